# Run against the build; tests/run has the first, the other takes longer.
EXTRA_DIST += tests/metrics/alerts tests/metrics/lib.sh tests/metrics/run
