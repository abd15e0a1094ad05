noinst_LIBRARIES += libpolicy.a
libpolicy_a_SOURCES = \
	policy/about.c policy/about.h \
	policy/actions.c policy/actions.h \
	policy/baseline.c policy/baseline.h \
	policy/cache.c policy/cache.h \
	policy/decide.c policy/decide.h \
	policy/entities.c policy/entities.h \
	policy/file.c policy/file.h \
	policy/guard.c policy/guard.h \
	policy/instants.c policy/instants.h \
	policy/program.c policy/program.h \
	policy/question.c policy/question.h \
	policy/rule.c policy/rule.h \
	policy/rule_json.c policy/rule_json.h \
	policy/rule_text.c policy/rule_text.h \
	policy/set.c policy/set.h \
	policy/share.c policy/share.h \
	policy/vocabulary.c policy/vocabulary.h

# The vocabulary of rules, for the official tools, and as a C string: quotes and backslashes escaped, a literal for each line.
dist_pkgdata_DATA = policy/grantd.cedarschema
policy/vocabulary.$(OBJEXT): policy/schema_text.inc
CLEANFILES += policy/schema_text.inc
policy/schema_text.inc: $(top_srcdir)/policy/grantd.cedarschema
	$(AM_V_GEN)$(MKDIR_P) policy && \
	sed -e 's/[\\"]/\\&/g' -e 's/^/"/' -e 's/$$/\\n"/' $(top_srcdir)/policy/grantd.cedarschema >$@.tmp && \
	mv $@.tmp $@
