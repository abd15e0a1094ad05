if ENABLE_FUZZING
# Run by tests/fuzz/run, each on tests/fuzz/corpus/<name> with tests/fuzz/dictionary/<name>.dict where there is one.
fuzz_ldflags = $(CHECK_LDFLAGS) -fsanitize=fuzzer
fuzz_ldadd = libhttp.a libbase.a $(JSONC_LIBS) $(CRYPTO_LIBS)
check_PROGRAMS += \
	tests/fuzz/fuzz_api_key \
	tests/fuzz/fuzz_body \
	tests/fuzz/fuzz_etag \
	tests/fuzz/fuzz_header \
	tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_path \
	tests/fuzz/fuzz_query \
	tests/fuzz/fuzz_settings \
	tests/fuzz/fuzz_time \
	tests/fuzz/fuzz_uuid

tests_fuzz_fuzz_api_key_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_api_key_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_body_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_body_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_etag_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_etag_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_header_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_header_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_json_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_json_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_path_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_path_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_query_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_query_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_settings_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_settings_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_time_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_time_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_uuid_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_uuid_LDADD = $(fuzz_ldadd)
endif
EXTRA_DIST += tests/fuzz/fuzz.h tests/fuzz/run tests/fuzz/corpus tests/fuzz/dictionary
