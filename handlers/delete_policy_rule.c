/* SPDX-License-Identifier: MIT */
/*
 * DeletePolicyRule, DELETE /v1/policies/{policyId}/rules/{ruleId}. Answers 204; raises 409 policy_lockout. Again: 404.
 */
#include "config.h"

#include "handlers/policy_change.h"

static enum outcome
change(struct call *c)
{
	db_policy_rule_delete(c->db, &c->tenant, &c->rule.policy_id, &c->rule.id, &c->entry,
	    &c->rule_changed);
	return policy_change(c);
}

static void
answer(struct call *c)
{
	response_empty(c->rs, 204);
}

const struct operation op_delete_policy_rule = {
	.id = "DeletePolicyRule",
	.method = HTTP_DELETE,
	.path = "/v1/policies/{policyId}/rules/{ruleId}",
	.access = ACCESS_WRITE,
	.target = TARGET_RULE,
	.change = change,
	.answer = answer,
};
