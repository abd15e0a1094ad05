# SPDX-License-Identifier: MIT
# tests/faults/run runs the scripts; the client is all there is to build.
check_PROGRAMS += tests/lib/fcgi_client
tests_lib_fcgi_client_SOURCES = tests/lib/fcgi_client.c
tests_lib_fcgi_client_LDADD = libbase.a $(JSONC_LIBS) $(CRYPTO_LIBS)

# A grantd of the version after this one.
check_PROGRAMS += tests/faults/grantd_next
tests_faults_grantd_next_SOURCES = $(grantd_SOURCES) tests/faults/session_next.c
tests_faults_grantd_next_LDADD = $(grantd_LDADD)
tests_faults_grantd_next_LDFLAGS = $(grantd_LDFLAGS)
tests/faults/session_next.$(OBJEXT): db/rights_sql.inc

EXTRA_DIST += \
	tests/cells/killed.sh \
	tests/cells/load.js \
	tests/cells/run \
	tests/faults/cells.sh \
	tests/faults/database.sh \
	tests/faults/kept-connections \
	tests/faults/kept.sh \
	tests/faults/kill-compare \
	tests/faults/kill/compare.js \
	tests/faults/kill/load.js \
	tests/faults/kill/program.js \
	tests/faults/kill/random.js \
	tests/faults/kill/run.js \
	tests/faults/lib.sh \
	tests/faults/log.sh \
	tests/faults/next.sql \
	tests/faults/protocol.sh \
	tests/faults/ready.sh \
	tests/faults/reload.sh \
	tests/faults/roll.sh \
	tests/faults/run \
	tests/faults/served.sh \
	tests/faults/session.sh \
	tests/faults/share.sh \
	tests/faults/slow-bodies \
	tests/faults/spawn.sh \
	tests/faults/standby.sh \
	tests/faults/start.sh \
	tests/faults/stop.sh \
	tests/faults/upgrade.sh \
	tests/faults/workers.sh
