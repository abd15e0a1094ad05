/* SPDX-License-Identifier: MIT */
/*
 * UpdatePolicy, PATCH /v1/policies/{policyId}: its name, priority, and whether its rules are asked. Answers 200 or
 * 204; raises 409 conflict where another policy has the name, and 409 policy_lockout. Safe to repeat.
 */
#include "config.h"

#include "db/json.h"
#include "handlers/answer.h"
#include "handlers/policy_answer.h"
#include "handlers/policy_change.h"

static enum outcome
change(struct call *c)
{
	struct policy_settings s = policy_settings_of(c->body, &c->policy);

	db_policy_update(c->db, &c->tenant, &c->policy.id, &s, &c->entry, &c->policy_changed);
	return policy_change(c);
}

static void
answer(struct call *c)
{
	const struct policy *p = c->policy_changed.found ? &c->policy_changed : &c->policy;
	char etag[ETAG_TEXT_MAX];

	policy_etag(p, etag);
	answer_changed(c, etag, policy_json(p));
}

const struct operation op_update_policy = {
	.id = "UpdatePolicy",
	.method = HTTP_PATCH,
	.path = "/v1/policies/{policyId}",
	.access = ACCESS_WRITE,
	.target = TARGET_POLICY,
	.body = &policy_update_body,
	.body_max = BODY_SMALL,
	.merge_patch = true,
	.change = change,
	.answer = answer,
};
