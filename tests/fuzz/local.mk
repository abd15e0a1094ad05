if ENABLE_FUZZING
FUZZ_LDFLAGS = $(CHECK_LDFLAGS) -fsanitize=fuzzer
endif
