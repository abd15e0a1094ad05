# SPDX-License-Identifier: MIT
# Built with the tests, so that it stays buildable; run by tests/bench/cedar.
check_PROGRAMS += tests/bench/bench-cedar
tests_bench_bench_cedar_SOURCES = tests/bench/cedar.c
tests_bench_bench_cedar_LDADD = cedar/libcedar.la $(JSONC_LIBS)
tests_bench_bench_cedar_LDFLAGS = $(CHECK_LDFLAGS) -static
EXTRA_DIST += tests/bench/cedar tests/bench/cedar-official tests/bench/cedar-rules
