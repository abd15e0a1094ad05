# SPDX-License-Identifier: MIT
EXTRA_DIST += tests/run tests/coverage/table tests/dist/installed tests/dist/targets tests/lib/tap.sh tests/lib/cluster
include tests/unit/local.mk
include tests/unit/fcgi.mk
include tests/unit/cedar.mk
include tests/fuzz/local.mk
include tests/fuzz/fcgi.mk
include tests/fuzz/cedar.mk
include tests/cedar/local.mk
include tests/db/local.mk
include tests/faults/local.mk
include tests/ha/local.mk
include tests/metrics/local.mk
include tests/smoke/local.mk
include tests/ctl/local.mk
include tests/bench/local.mk
include tests/policy/local.mk
include tests/security/local.mk
include tests/console/local.mk
include tests/contract/local.mk
include tests/operating/local.mk
include tests/citus/local.mk
include tests/packages/local.mk
include tests/lint/local.mk
