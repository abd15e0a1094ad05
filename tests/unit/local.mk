if HAVE_CMOCKA
# One program for each subject; they print TAP and are run under the sanitizers by tests/run.
unit_ldadd = libhttp.a libbase.a $(JSONC_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS)
unit_programs = \
	tests/unit/test_api_key \
	tests/unit/test_body \
	tests/unit/test_buf \
	tests/unit/test_clock \
	tests/unit/test_conninfo \
	tests/unit/test_cors \
	tests/unit/test_decide \
	tests/unit/test_description \
	tests/unit/test_etag \
	tests/unit/test_exhaustion \
	tests/unit/test_fail_closed \
	tests/unit/test_fastcgi \
	tests/unit/test_field \
	tests/unit/test_hex \
	tests/unit/test_json_build \
	tests/unit/test_json_memory \
	tests/unit/test_json_raw \
	tests/unit/test_json_strict \
	tests/unit/test_known_keys \
	tests/unit/test_limits \
	tests/unit/test_log \
	tests/unit/test_media_type \
	tests/unit/test_metrics \
	tests/unit/test_moves \
	tests/unit/test_number \
	tests/unit/test_operations \
	tests/unit/test_path \
	tests/unit/test_policy_cache \
	tests/unit/test_policy_share \
	tests/unit/test_prefer \
	tests/unit/test_query \
	tests/unit/test_request \
	tests/unit/test_resource \
	tests/unit/test_response \
	tests/unit/test_rule \
	tests/unit/test_settings \
	tests/unit/test_statement \
	tests/unit/test_time_text \
	tests/unit/test_trace \
	tests/unit/test_told \
	tests/unit/test_utf8 \
	tests/unit/test_uuid \
	tests/unit/test_vocabulary
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
EXTRA_DIST += tests/unit/rows.h tests/unit/unit.h

tests_unit_test_api_key_LDADD = $(unit_ldadd)
tests_unit_test_body_LDADD = $(unit_ldadd)
tests_unit_test_buf_LDADD = $(unit_ldadd)
tests_unit_test_clock_LDADD = libdb.a $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_conninfo_LDADD = libdb.a $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_conninfo_LDFLAGS = $(AM_LDFLAGS) -static
tests_unit_test_cors_LDADD = $(unit_ldadd)
tests_unit_test_decide_LDADD = libpolicy.a libdb.a cedar/libcedar.la $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_description_CPPFLAGS = $(AM_CPPFLAGS) -DSOURCES='"$(abs_top_srcdir)"'
tests_unit_test_description_LDADD = libhandlers.a libpolicy.a libdb.a cedar/libcedar.la $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_etag_LDADD = $(unit_ldadd)
tests_unit_test_exhaustion_LDADD = $(unit_ldadd)
tests_unit_test_fail_closed_LDADD = libpolicy.a libdb.a cedar/libcedar.la $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_fastcgi_LDADD = $(unit_ldadd) $(FCGI_LIBS)
tests_unit_test_field_LDADD = $(unit_ldadd)
tests_unit_test_hex_LDADD = $(unit_ldadd)
tests_unit_test_json_build_LDADD = $(unit_ldadd)
tests_unit_test_json_memory_LDADD = $(unit_ldadd)
tests_unit_test_json_raw_LDADD = $(unit_ldadd)
tests_unit_test_json_strict_LDADD = $(unit_ldadd)
tests_unit_test_known_keys_LDADD = libhandlers.a libpolicy.a libdb.a cedar/libcedar.la $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_limits_LDADD = $(unit_ldadd)
tests_unit_test_log_LDADD = $(unit_ldadd)
tests_unit_test_media_type_LDADD = $(unit_ldadd)
tests_unit_test_metrics_LDADD = $(unit_ldadd)
tests_unit_test_moves_LDADD = libhandlers.a libpolicy.a libdb.a cedar/libcedar.la $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_number_LDADD = $(unit_ldadd)
tests_unit_test_operations_CPPFLAGS = $(AM_CPPFLAGS) -DSOURCES='"$(abs_top_srcdir)"'
tests_unit_test_operations_LDADD = libhandlers.a libpolicy.a libdb.a cedar/libcedar.la $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_path_LDADD = $(unit_ldadd)
tests_unit_test_policy_cache_LDADD = libpolicy.a libdb.a cedar/libcedar.la $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_policy_cache_LDFLAGS = $(AM_LDFLAGS) -static
tests_unit_test_policy_share_LDADD = libpolicy.a libdb.a cedar/libcedar.la $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_prefer_LDADD = $(unit_ldadd)
tests_unit_test_query_LDADD = $(unit_ldadd)
tests_unit_test_request_LDADD = $(unit_ldadd)
tests_unit_test_resource_LDADD = $(unit_ldadd)
tests_unit_test_response_LDADD = $(unit_ldadd)
tests_unit_test_rule_LDADD = libpolicy.a cedar/libcedar.la $(unit_ldadd)
tests_unit_test_settings_LDADD = $(unit_ldadd)
tests_unit_test_statement_LDADD = libdb.a $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_statement_LDFLAGS = $(AM_LDFLAGS) -static
tests_unit_test_time_text_LDADD = $(unit_ldadd)
tests_unit_test_trace_LDADD = $(unit_ldadd)
tests_unit_test_told_LDADD = libdb.a $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_told_LDFLAGS = $(AM_LDFLAGS) -static
tests_unit_test_utf8_LDADD = $(unit_ldadd)
tests_unit_test_uuid_LDADD = $(unit_ldadd)
# Looks inside the engine, whose names are hidden in the shared library.
tests_unit_test_vocabulary_LDADD = libhandlers.a libpolicy.a libdb.a cedar/libcedar.la $(unit_ldadd) $(LIBPQ_LIBS)
tests_unit_test_vocabulary_LDFLAGS = $(CHECK_LDFLAGS) -static
endif
