/* SPDX-License-Identifier: MIT */
/*
 * DeletePolicyRule, DELETE /v1/policies/{policyId}/rules/{ruleId}. Answers 204; raises 409 policy_lockout. Again: 404.
 */
#include "config.h"

#include "handlers/answer.h"

static const enum change *
delete_policy_rule_change(struct call *c)
{
	db_policy_rule_change(c->db, &c->caller.tenant, &c->request.path_id[0],
	    &c->request.path_id[1], NULL, &c->change.by, &c->of.policy.rule_is);
	return &c->of.policy.rule_is.change;
}

const struct operation op_delete_policy_rule = {
	.id = "DeletePolicyRule",
	.method = HTTP_DELETE,
	.path = "/v1/policies/{policyId}/rules/{ruleId}",
	.access = ACCESS_WRITE,
	.target = TARGET_RULE,
	.change = delete_policy_rule_change,
	.guarded = true,
	.answer = answer_nothing,
};
