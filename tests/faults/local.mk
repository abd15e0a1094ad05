# SPDX-License-Identifier: MIT
# tests/faults/run runs the scripts; the client is all there is to build.
check_PROGRAMS += tests/lib/fcgi_client
tests_lib_fcgi_client_SOURCES = tests/lib/fcgi_client.c
tests_lib_fcgi_client_LDADD = libbase.la
EXTRA_DIST += \
	tests/faults/database.sh \
	tests/faults/kept-connections \
	tests/faults/kept.sh \
	tests/faults/lib.sh \
	tests/faults/protocol.sh \
	tests/faults/reload.sh \
	tests/faults/run \
	tests/faults/standby.sh \
	tests/faults/start.sh \
	tests/faults/stop.sh \
	tests/faults/workers.sh
