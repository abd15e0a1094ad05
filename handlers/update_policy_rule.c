/* SPDX-License-Identifier: MIT */
/*
 * UpdatePolicyRule, PATCH /v1/policies/{policyId}/rules/{ruleId}: its text or parts, ordinal, notice, audit_session.
 * Answers 200 or 204; raises 422 invalid_policy and 409 policy_lockout. Safe to repeat.
 */
#include "config.h"

#include "handlers/answer.h"
#include "handlers/policy_answer.h"
#include "handlers/policy_change.h"
#include "handlers/rule_body.h"
#include "policy/rule_json.h"

static enum outcome
change(struct call *c)
{
	struct rule_settings settings;
	struct rule rule;
	enum outcome rc = rule_body_read(c, &c->rule, &rule, &settings);

	if (rc == DONE && !c->refused) {
		db_policy_rule_update(c->db, &c->tenant, &c->rule.policy_id, &c->rule.id, &settings,
		    &c->entry, &c->rule_changed);
		rc = policy_change(c);
	}
	rule_clear(&rule);
	return rc;
}

static void
answer(struct call *c)
{
	const struct rule_record *r = c->rule_changed.found ? &c->rule_changed : &c->rule;
	char etag[ETAG_TEXT_MAX];

	rule_etag(r, etag);
	answer_changed(c, etag, rule_record_json(r));
}

const struct operation op_update_policy_rule = {
	.id = "UpdatePolicyRule",
	.method = HTTP_PATCH,
	.path = "/v1/policies/{policyId}/rules/{ruleId}",
	.access = ACCESS_WRITE,
	.target = TARGET_RULE,
	.body = &rule_body,
	.body_max = BODY_LARGE,
	.merge_patch = true,
	.change = change,
	.answer = answer,
};
