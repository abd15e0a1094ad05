# SPDX-License-Identifier: MIT
# Measurements, run by hand; what an engine's bench is built of is listed with its tests.
check_PROGRAMS += tests/bench/load tests/bench/make-keys tests/bench/peer-libfcgi
tests_bench_load_SOURCES = tests/bench/load.c tests/bench/ask.c tests/bench/ask.h \
	tests/bench/http_answer.c tests/bench/http_answer.h
tests_bench_load_LDADD = libbase.a $(JSONC_LIBS) $(CRYPTO_LIBS)
tests_bench_make_keys_SOURCES = tests/bench/make_keys.c
tests_bench_make_keys_LDADD = libbase.a $(JSONC_LIBS) $(CRYPTO_LIBS)
tests_bench_peer_libfcgi_SOURCES = tests/bench/peers/libfcgi.c
tests_bench_peer_libfcgi_LDADD = libbase.a $(FCGI_LIBS) $(LIBPQ_LIBS) $(JSONC_LIBS) $(CRYPTO_LIBS)
EXTRA_DIST += tests/bench/lists tests/bench/activity tests/bench/bare.sql tests/bench/bare-statement.sql tests/bench/growth tests/bench/bomb \
	tests/bench/lib.sh tests/bench/mix \
	tests/bench/own.pgbench tests/bench/report.jq tests/bench/run tests/bench/walk.pgbench \
	tests/bench/world.sql \
	tests/bench/peers/libfcgi.lighttpd.conf.in \
	tests/bench/peers/node/package.json tests/bench/peers/node/package-lock.json tests/bench/peers/node/server.js \
	tests/bench/peers/php/index.php tests/bench/peers/php/lighttpd.conf.in tests/bench/peers/php/nginx.conf.in \
	tests/bench/peers/php/php-fpm.conf.in
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_http_answer
TESTS += tests/unit/test_http_answer
tests_unit_test_http_answer_SOURCES = tests/unit/test_http_answer.c tests/bench/http_answer.c
tests_unit_test_http_answer_LDADD = $(CMOCKA_LIBS)
endif
