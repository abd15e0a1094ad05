/* SPDX-License-Identifier: MIT */
/*
 * CreatePolicy, POST /v1/policies: a policy without rules yet. Answers 201; raises 409 conflict where the tenant has a
 * policy of that name, which also keeps a repeated request from making a second one.
 */
#include "config.h"

#include "handlers/policy_answer.h"
#include "handlers/policy_change.h"

static enum outcome
change(struct call *c)
{
	struct policy_settings s = policy_settings_of(c->body, NULL);
	struct uuid id;

	if (!uuid_make_v7(&id))
		return BROKEN;
	db_policy_create(c->db, &c->tenant, &id, &s, &c->entry, &c->policy_changed);
	return policy_change(c);
}

static void
answer(struct call *c)
{
	answer_policy_created(c, &c->policy_changed);
}

const struct operation op_create_policy = {
	.id = "CreatePolicy",
	.method = HTTP_POST,
	.path = "/v1/policies",
	.access = ACCESS_WRITE,
	.target = TARGET_POLICIES,
	.body = &policy_create_body,
	.body_max = BODY_SMALL,
	.change = change,
	.makes = true,
	.answer = answer,
};
