# SPDX-License-Identifier: MIT
EXTRA_DIST += tests/smoke/run tests/smoke/form tests/smoke/quickstart tests/smoke/lib.sh tests/smoke/world.sh tests/smoke/chains.sql \
	tests/smoke/cases/01-service.sh tests/smoke/cases/02-checks.sh tests/smoke/cases/03-methods.sh \
	tests/smoke/cases/04-bodies.sh tests/smoke/cases/05-server.sh tests/smoke/cases/06-faults.sh \
	tests/smoke/cases/07-mount.sh tests/smoke/cases/08-units.sh \
	tests/smoke/cases/09-activity.sh tests/smoke/cases/10-audit.sh tests/smoke/cases/11-policies.sh tests/smoke/cases/12-console.sh
EXTRA_DIST += tests/smoke/day tests/lib/site.sh
