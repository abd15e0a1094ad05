# SPDX-License-Identifier: MIT
if ENABLE_FUZZING
check_PROGRAMS += tests/fuzz/fuzz_fastcgi tests/fuzz/fuzz_params tests/fuzz/fuzz_status
tests_fuzz_fuzz_fastcgi_SOURCES = tests/fuzz/fuzz_fastcgi.c fcgi/intake.c fcgi/params.c fcgi/route.c fcgi/seam.c fcgi/wire.c
tests_fuzz_fuzz_fastcgi_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_fastcgi_LDADD = libhandlers.a libpolicy.a libdb.a cedar/libcedar.la $(fuzz_ldadd) $(LIBPQ_LIBS)
tests_fuzz_fuzz_params_SOURCES = tests/fuzz/fuzz_params.c fcgi/params.c fcgi/route.c
tests_fuzz_fuzz_params_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_params_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_status_SOURCES = tests/fuzz/fuzz_status.c fcgi/intake.c fcgi/status_request.c
tests_fuzz_fuzz_status_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_status_LDADD = $(fuzz_ldadd)
endif
