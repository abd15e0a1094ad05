noinst_LIBRARIES += libhandlers.a
libhandlers_a_SOURCES = \
	handlers/answer.c handlers/answer.h \
	handlers/api_key_answer.c handlers/api_key_answer.h \
	handlers/audit_context.c handlers/audit_context.h \
	handlers/audit_export.c handlers/audit_export.h \
	handlers/authorize.c handlers/authorize.h \
	handlers/check.c handlers/check.h \
	handlers/create_api_key.c \
	handlers/create_grant.c \
	handlers/create_policy.c handlers/create_policy_rule.c \
	handlers/delete_policy.c handlers/delete_policy_rule.c \
	handlers/dispatch.h \
	handlers/evaluate_body.c handlers/evaluate_body.h \
	handlers/evaluate_edits.c handlers/evaluate_edits.h \
	handlers/evaluate_policies.c \
	handlers/get_activity_summary.c \
	handlers/get_audit_log_entry.c handlers/list_audit_log.c \
	handlers/get_grant.c \
	handlers/get_openapi.c \
	handlers/get_policy.c handlers/get_policy_rule.c \
	handlers/grant_answer.c handlers/grant_answer.h \
	handlers/healthz.c \
	handlers/limit.c handlers/limit.h \
	handlers/list_activity.c \
	handlers/list_api_keys.c \
	handlers/list_grants.c \
	handlers/list_policies.c handlers/list_policy_rules.c \
	handlers/known_keys.c handlers/known_keys.h \
	handlers/operation.h handlers/operations.c \
	handlers/machine.c handlers/machine.h \
	handlers/moves.c handlers/moves.h \
	handlers/page.c handlers/page.h \
	handlers/pipeline.c \
	handlers/policy_answer.c handlers/policy_answer.h \
	handlers/policy_change.c handlers/policy_change.h \
	handlers/readyz.c \
	handlers/record_activity.c \
	handlers/rule_body.c handlers/rule_body.h \
	handlers/revoke_api_key.c \
	handlers/revoke_grant.c \
	handlers/rotate_api_key.c \
	handlers/service.c handlers/service.h \
	handlers/target.c handlers/target.h \
	handlers/update_grant.c \
	handlers/update_policy.c handlers/update_policy_rule.c

# The description that is served, as a C string: quotes and backslashes escaped, a literal for each line.
handlers/get_openapi.$(OBJEXT): handlers/openapi_json.inc
CLEANFILES += handlers/openapi_json.inc
handlers/openapi_json.inc: $(top_srcdir)/docs/openapi.json
	$(AM_V_GEN)$(MKDIR_P) handlers && \
	sed -e 's/[\\"]/\\&/g' -e 's/^/"/' -e 's/$$/\\n"/' $(top_srcdir)/docs/openapi.json >$@.tmp && \
	mv $@.tmp $@
