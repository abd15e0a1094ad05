# SPDX-License-Identifier: MIT
# Longer than tests/run has time for: run by hand.
EXTRA_DIST += tests/ha/run tests/ha/run.js tests/ha/cluster.js tests/ha/faults.js tests/ha/lib.sh tests/ha/hosts \
	tests/ha/staleness tests/ha/staleness.js tests/ha/weight tests/ha/weight.js
