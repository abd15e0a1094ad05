/* SPDX-License-Identifier: MIT */
/*
 * DeletePolicy, DELETE /v1/policies/{policyId}: the policy and its rules; their audit chain stays. Answers 204; raises
 * 409 policy_lockout. Again: 404.
 */
#include "config.h"

#include "handlers/answer.h"

static const enum change *
delete_policy_change(struct call *c)
{
	db_policy_delete(c->db, &c->caller.tenant, &c->request.path_id[0], &c->change.by,
	    &c->of.policy.is);
	return &c->of.policy.is.change;
}

const struct operation op_delete_policy = {
	.id = "DeletePolicy",
	.method = HTTP_DELETE,
	.path = "/v1/policies/{policyId}",
	.access = ACCESS_WRITE,
	.target = TARGET_POLICY,
	.change = delete_policy_change,
	.guarded = true,
	.answer = answer_nothing,
};
