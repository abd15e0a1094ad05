if ENABLE_FUZZING
# They look inside the engine, whose other names are hidden in the shared library.
cedar_fuzz_ldflags = $(CHECK_LDFLAGS) -fsanitize=fuzzer -static
cedar_fuzz_ldadd = cedar/libcedar.la $(JSONC_LIBS)
check_PROGRAMS += \
	tests/fuzz/fuzz_cedar_ext \
	tests/fuzz/fuzz_cedar_json \
	tests/fuzz/fuzz_cedar_parse \
	tests/fuzz/fuzz_cedar_schema

tests_fuzz_fuzz_cedar_ext_LDFLAGS = $(cedar_fuzz_ldflags)
tests_fuzz_fuzz_cedar_ext_LDADD = $(cedar_fuzz_ldadd)
tests_fuzz_fuzz_cedar_json_LDFLAGS = $(cedar_fuzz_ldflags)
tests_fuzz_fuzz_cedar_json_LDADD = $(cedar_fuzz_ldadd)
tests_fuzz_fuzz_cedar_parse_LDFLAGS = $(cedar_fuzz_ldflags)
tests_fuzz_fuzz_cedar_parse_LDADD = $(cedar_fuzz_ldadd)
tests_fuzz_fuzz_cedar_schema_LDFLAGS = $(cedar_fuzz_ldflags)
tests_fuzz_fuzz_cedar_schema_LDADD = $(cedar_fuzz_ldadd)
endif
