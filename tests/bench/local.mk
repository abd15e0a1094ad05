# SPDX-License-Identifier: MIT
# Measurements, run by hand; what an engine's bench is built of is listed with its tests.
EXTRA_DIST += tests/bench/lists tests/bench/mix tests/bench/patch
