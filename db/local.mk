noinst_LIBRARIES += libdb.a
libdb_a_SOURCES = \
	db/activity.c db/activity.h \
	db/activity_list.c \
	db/activity_summary.c \
	db/audit_archive.c db/audit_archive.h \
	db/audit_counts.c db/audit_counts.h \
	db/audit_follow.c db/audit_follow.h \
	db/audit_hear.c db/audit_hear.h \
	db/audit_list.c db/audit_list.h \
	db/audit_row.c db/audit_row.h \
	db/audit_stream.c db/audit_stream.h \
	db/audit_strays.c db/audit_strays.h \
	db/audit_text.c db/audit_text.h \
	db/audit_verify.c db/audit_verify.h \
	db/catalog.c db/catalog.h \
	db/change.c db/change.h \
	db/clock.c \
	db/connection.c db/connection.h \
	db/conninfo.c db/conninfo.h \
	db/db.c db/db.h \
	db/grant.c db/grant.h db/grant_sql.h \
	db/grant_create.c db/grant_create.h \
	db/grant_list.c \
	db/inspect.c db/inspect.h \
	db/json.c db/json.h \
	db/key.c db/key.h \
	db/key_list.c \
	db/key_record.c db/key_record.h db/key_sql.h \
	db/move.c db/move_carry.c db/move.h \
	db/outcome.c \
	db/page.c db/page.h \
	db/policy.c db/policy.h db/policy_sql.h \
	db/policy_list.c \
	db/policy_load.c db/policy_load.h \
	db/policy_rule.c db/policy_rule.h \
	db/session.c \
	db/statement.c db/statement.h \
	db/tenant.c db/tenant.h \
	db/tenant_remove.c db/tenant_remove.h \
	db/told.c db/told.h \
	db/told_rules.c db/told_rules.h \
	db/told_state.c db/told_state.h

# What the schema consists of, and how it is looked at: as C, and the rights that a worker needs as SQL.
catalog_includes = db/catalog_expected.inc db/catalog_sql.inc db/rights_sql.inc
db/catalog.$(OBJEXT): db/catalog_expected.inc db/catalog_sql.inc
db/session.$(OBJEXT): db/rights_sql.inc
CLEANFILES += $(catalog_includes)
db/catalog_expected.inc: $(top_srcdir)/db/catalog.expected
	$(AM_V_GEN)$(MKDIR_P) db && sed -e 's/[\\"]/\\&/g' -e 's/\t/", "/g' -e 's/^/{ "/' -e 's/$$/" },/' \
		$(top_srcdir)/db/catalog.expected >$@.tmp && mv $@.tmp $@
db/catalog_sql.inc: $(top_srcdir)/db/catalog.sql
	$(AM_V_GEN)$(MKDIR_P) db && sed -e '/^--/d' -e 's/[\\"]/\\&/g' -e 's/^/"/' -e 's/$$/\\n"/' \
		$(top_srcdir)/db/catalog.sql >$@.tmp && mv $@.tmp $@
db/rights_sql.inc: $(top_srcdir)/db/catalog.expected $(top_srcdir)/db/rights.awk
	$(AM_V_GEN)$(MKDIR_P) db && awk -f $(top_srcdir)/db/rights.awk $(top_srcdir)/db/catalog.expected >$@.tmp && \
		mv $@.tmp $@

# Run it when a script of db/deploy/ has changed; tests/db/run says so where it was forgotten.
EXTRA_DIST += db/catalog.sql db/catalog.expected db/rights.awk db/update-catalog
.PHONY: update-catalog
update-catalog:
	$(top_srcdir)/db/update-catalog

# The schema, for sqitch and for psql alone: all scripts that are there, in $(pkgdatadir)/db.
EXTRA_DIST += db/install.sql db/citus.sql db/sqitch.conf db/sqitch.plan db/deploy db/revert db/verify
.PHONY: install-schema uninstall-schema
install-schema:
	$(MKDIR_P) "$(DESTDIR)$(pkgdatadir)/db"
	cd $(top_srcdir)/db && $(INSTALL_DATA) install.sql citus.sql sqitch.conf sqitch.plan "$(DESTDIR)$(pkgdatadir)/db"
	for part in deploy revert verify; do \
		$(MKDIR_P) "$(DESTDIR)$(pkgdatadir)/db/$$part" && \
		(cd $(top_srcdir)/db/$$part && $(INSTALL_DATA) *.sql "$(DESTDIR)$(pkgdatadir)/db/$$part") || exit 1; \
	done
uninstall-schema:
	rm -rf "$(DESTDIR)$(pkgdatadir)/db"
