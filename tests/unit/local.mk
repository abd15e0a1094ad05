if HAVE_CMOCKA
# One program for each subject; they print TAP and are run under the sanitizers by tests/run.
unit_ldadd = libhttp.la libbase.la $(JSONC_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS)
unit_programs = \
	tests/unit/test_api_key \
	tests/unit/test_buf \
	tests/unit/test_hex \
	tests/unit/test_json_memory \
	tests/unit/test_json_strict \
	tests/unit/test_log \
	tests/unit/test_number \
	tests/unit/test_settings \
	tests/unit/test_time_text \
	tests/unit/test_utf8 \
	tests/unit/test_uuid
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
EXTRA_DIST += tests/unit/unit.h

tests_unit_test_api_key_LDADD = $(unit_ldadd)
tests_unit_test_buf_LDADD = $(unit_ldadd)
tests_unit_test_hex_LDADD = $(unit_ldadd)
tests_unit_test_json_memory_LDADD = $(unit_ldadd)
tests_unit_test_json_strict_LDADD = $(unit_ldadd)
tests_unit_test_log_LDADD = $(unit_ldadd)
tests_unit_test_number_LDADD = $(unit_ldadd)
tests_unit_test_settings_LDADD = $(unit_ldadd)
tests_unit_test_time_text_LDADD = $(unit_ldadd)
tests_unit_test_utf8_LDADD = $(unit_ldadd)
tests_unit_test_uuid_LDADD = $(unit_ldadd)
endif

# fcgi/ is a program and no library, so these compile what they test.
if HAVE_CMOCKA
fcgi_unit_programs = \
	tests/unit/test_listener \
	tests/unit/test_params \
	tests/unit/test_route
check_PROGRAMS += $(fcgi_unit_programs)
TESTS += $(fcgi_unit_programs)

tests_unit_test_listener_SOURCES = tests/unit/test_listener.c fcgi/listener.c
tests_unit_test_listener_LDADD = $(unit_ldadd)
tests_unit_test_params_SOURCES = tests/unit/test_params.c fcgi/params.c fcgi/route.c
tests_unit_test_params_LDADD = $(unit_ldadd)
tests_unit_test_route_SOURCES = tests/unit/test_route.c fcgi/route.c
tests_unit_test_route_LDADD = $(unit_ldadd)
endif
