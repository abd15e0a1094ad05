/* SPDX-License-Identifier: MIT */
/*
 * CreatePolicy, POST /v1/policies: a policy without rules yet. Answers 201; raises 409 conflict where the tenant has a
 * policy of that name, which also keeps a repeated request from making a second one.
 */
#include "config.h"

#include "handlers/policy_answer.h"
#include "handlers/policy_change.h"
#include "policy/about.h"

static bool
create_policy_about(struct call *c, struct about *a)
{
	const struct policy_settings s = policy_settings_of(c->request.body, NULL);

	about_text(a, ABOUT_NAME, s.name);
	about_number(a, ABOUT_PRIORITY, s.priority);
	about_flag(a, ABOUT_ENABLED, s.enabled);
	return true;
}

static const enum change *
create_policy_change(struct call *c)
{
	const struct policy_settings s = policy_settings_of(c->request.body, NULL);

	db_policy_create(c->db, &c->caller.tenant, &c->change.id, &s, &c->change.by,
	    &c->of.policy.is);
	return &c->of.policy.is.change;
}

static void
create_policy_answer(struct call *c)
{
	answer_policy_created(c, &c->of.policy.is);
}

const struct operation op_create_policy = {
	.id = "CreatePolicy",
	.method = HTTP_POST,
	.path = "/v1/policies",
	.access = ACCESS_WRITE,
	.target = TARGET_POLICIES,
	.body = &policy_create_body,
	.body_max = BODY_SMALL,
	.about = create_policy_about,
	.change = create_policy_change,
	.guarded = true,
	.answer = create_policy_answer,
};
