# Run by tests/db/run against a cluster of their own.
EXTRA_DIST += tests/db/run tests/db/test_activity.sql tests/db/test_audit_log.sql \
	tests/db/test_authenticate.sql tests/db/test_changes.sql tests/db/test_hot_updates.sql tests/db/test_policies.sql \
	tests/db/test_privileges.sql tests/db/test_refusals.sql tests/db/test_structure.sql tests/db/test_tenants.sql \
	tests/db/test_values.sql tests/db/two_tenants.sql tests/db/upgrade.sh tests/db/version4.sql

# Programs that need a cluster: tests/db/run starts one and runs them.
if HAVE_CMOCKA
admin_fixture = tests/db/admin.c tests/db/admin.h
admin_ldadd = libdb.a libbase.a $(CMOCKA_LIBS) $(LIBPQ_LIBS) $(JSONC_LIBS) $(CRYPTO_LIBS)

check_PROGRAMS += tests/db/test_exchange
tests_db_test_exchange_SOURCES = tests/db/test_exchange.c $(admin_fixture)
tests_db_test_exchange_LDADD = $(admin_ldadd)

check_PROGRAMS += tests/db/test_policy
tests_db_test_policy_SOURCES = tests/db/test_policy.c $(admin_fixture)
tests_db_test_policy_LDADD = $(admin_ldadd)

check_PROGRAMS += tests/db/test_audit_row
tests_db_test_audit_row_SOURCES = tests/db/test_audit_row.c $(admin_fixture)
tests_db_test_audit_row_LDADD = $(admin_ldadd)

check_PROGRAMS += tests/db/test_records
tests_db_test_records_SOURCES = tests/db/test_records.c $(admin_fixture)
tests_db_test_records_LDADD = $(admin_ldadd)

check_PROGRAMS += tests/db/test_limits
tests_db_test_limits_SOURCES = tests/db/test_limits.c $(admin_fixture)
tests_db_test_limits_LDADD = $(admin_ldadd)

check_PROGRAMS += tests/db/test_told
tests_db_test_told_SOURCES = tests/db/test_told.c $(admin_fixture)
tests_db_test_told_LDADD = $(admin_ldadd)

service_fixture = tests/db/fixture.c tests/db/fixture.h $(admin_fixture)
service_ldadd = libhandlers.a libpolicy.a libdb.a libhttp.a libbase.a \
	cedar/libcedar.la $(CMOCKA_LIBS) $(LIBPQ_LIBS) $(JSONC_LIBS) $(CRYPTO_LIBS)

check_PROGRAMS += tests/db/test_audit_export
tests_db_test_audit_export_SOURCES = tests/db/test_audit_export.c $(service_fixture)
tests_db_test_audit_export_LDADD = $(service_ldadd)
tests_db_test_audit_export_LDFLAGS = $(AM_LDFLAGS) -static

check_PROGRAMS += tests/db/test_clock
tests_db_test_clock_SOURCES = tests/db/test_clock.c $(service_fixture)
tests_db_test_clock_LDADD = $(service_ldadd)
tests_db_test_clock_LDFLAGS = $(AM_LDFLAGS) -static -Wl,--wrap=clock_gettime -Wl,--wrap=db_grant_look \
	-Wl,--wrap=db_clock_saw

check_PROGRAMS += tests/db/test_guessing
tests_db_test_guessing_SOURCES = tests/db/test_guessing.c $(service_fixture)
tests_db_test_guessing_LDADD = $(service_ldadd)
tests_db_test_guessing_LDFLAGS = $(AM_LDFLAGS) -static -Wl,--wrap=db_begin \
	-Wl,--wrap=db_activity_counted

check_PROGRAMS += tests/db/test_pipeline
tests_db_test_pipeline_SOURCES = tests/db/test_pipeline.c $(service_fixture)
tests_db_test_pipeline_LDADD = $(service_ldadd)
tests_db_test_pipeline_LDFLAGS = $(AM_LDFLAGS) -static -Wl,--wrap=db_policy_look

check_PROGRAMS += tests/db/test_activity
tests_db_test_activity_SOURCES = tests/db/test_activity.c $(service_fixture)
tests_db_test_activity_LDADD = $(service_ldadd)
tests_db_test_activity_LDFLAGS = $(AM_LDFLAGS) -static

check_PROGRAMS += tests/db/test_activity_race
tests_db_test_activity_race_SOURCES = tests/db/test_activity_race.c $(service_fixture)
tests_db_test_activity_race_LDADD = $(service_ldadd)
tests_db_test_activity_race_LDFLAGS = $(AM_LDFLAGS) -static

check_PROGRAMS += tests/db/test_paging
tests_db_test_paging_SOURCES = tests/db/test_paging.c $(service_fixture)
tests_db_test_paging_LDADD = $(service_ldadd)
tests_db_test_paging_LDFLAGS = $(AM_LDFLAGS) -static

check_PROGRAMS += tests/db/test_lists
tests_db_test_lists_SOURCES = tests/db/test_lists.c $(service_fixture)
tests_db_test_lists_LDADD = $(service_ldadd)
tests_db_test_lists_LDFLAGS = $(AM_LDFLAGS) -static

# What lists send is taken on its way.
check_PROGRAMS += tests/db/test_list_plans
tests_db_test_list_plans_SOURCES = tests/db/test_list_plans.c $(service_fixture)
tests_db_test_list_plans_LDADD = $(service_ldadd)
tests_db_test_list_plans_LDFLAGS = $(AM_LDFLAGS) -static -Wl,--wrap=page_queue -Wl,--wrap=db_queue

check_PROGRAMS += tests/db/test_operations
tests_db_test_operations_SOURCES = tests/db/test_operations.c $(service_fixture)
tests_db_test_operations_LDADD = $(service_ldadd)
tests_db_test_operations_LDFLAGS = $(AM_LDFLAGS) -static

check_PROGRAMS += tests/db/test_commit
tests_db_test_commit_SOURCES = tests/db/test_commit.c tests/db/relay.c tests/db/relay.h $(service_fixture)
tests_db_test_commit_LDADD = $(service_ldadd)
tests_db_test_commit_LDFLAGS = $(AM_LDFLAGS) -static
endif
