noinst_LTLIBRARIES += libdb.la
libdb_la_SOURCES = \
	db/activity.c db/activity.h \
	db/activity_list.c \
	db/audit_list.c db/audit_list.h \
	db/audit_row.c db/audit_row.h \
	db/audit_text.c db/audit_text.h \
	db/audit_verify.c db/audit_verify.h \
	db/change.c db/change.h \
	db/clock.c \
	db/connection.c db/connection.h \
	db/db.c db/db.h \
	db/grant.c db/grant.h db/grant_sql.h \
	db/grant_create.c db/grant_create.h \
	db/grant_list.c \
	db/inspect.c db/inspect.h \
	db/json.c db/json.h \
	db/key.c db/key.h \
	db/key_list.c \
	db/key_record.c db/key_record.h db/key_sql.h \
	db/outcome.c \
	db/page.c db/page.h \
	db/policy.c db/policy.h db/policy_sql.h \
	db/policy_list.c \
	db/policy_load.c db/policy_load.h \
	db/policy_rule.c db/policy_rule.h \
	db/statement.c db/statement.h \
	db/tenant.c db/tenant.h
libdb_la_LIBADD = libbase.la $(LIBPQ_LIBS) $(JSONC_LIBS) $(CRYPTO_LIBS)

# The schema, for sqitch and for psql alone.
EXTRA_DIST += db/install.sql db/sqitch.conf db/sqitch.plan db/deploy db/revert db/verify
