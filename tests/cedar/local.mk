# SPDX-License-Identifier: MIT
# The comparison of the policy engine with the official one, and what measures both.
noinst_PROGRAMS += tests/bench/bench-cedar
tests_bench_bench_cedar_SOURCES = tests/bench/bench_cedar.c
tests_bench_bench_cedar_LDADD = cedar/libcedar.la $(JSONC_LIBS)
tests_bench_bench_cedar_LDFLAGS = $(CHECK_LDFLAGS) -static
EXTRA_DIST += \
	tests/cedar/README.md tests/cedar/corpus tests/cedar/differential tests/cedar/lib \
	tests/cedar/probes.jsonl.gz tests/cedar/regressions.jsonl tests/cedar/run tests/cedar/command \
	tests/fuzz/cedar tests/fuzz/cedar-differential tests/fuzz/cedar-validate-differential tests/fuzz/package.json tests/fuzz/package-lock.json \
	tests/bench/cedar tests/bench/cedar-official tests/bench/cedar-rules
