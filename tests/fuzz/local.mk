if ENABLE_FUZZING
# A fuzzer's program-specific flags: libFuzzer brings main().
fuzz_ldflags = $(CHECK_LDFLAGS) -fsanitize=fuzzer
endif
