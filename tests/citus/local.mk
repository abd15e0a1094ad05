# SPDX-License-Identifier: MIT
EXTRA_DIST += tests/citus/cluster tests/citus/run
