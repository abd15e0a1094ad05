# SPDX-License-Identifier: MIT
if ENABLE_FUZZING
check_PROGRAMS += tests/fuzz/fuzz_params
tests_fuzz_fuzz_params_SOURCES = tests/fuzz/fuzz_params.c fcgi/params.c fcgi/route.c
tests_fuzz_fuzz_params_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_params_LDADD = $(fuzz_ldadd)
endif
