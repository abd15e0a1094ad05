/* SPDX-License-Identifier: MIT */
/*
 * CreatePolicyRule, POST /v1/policies/{policyId}/rules: adds a rule, given as text or in parts. Answers 201; raises
 * 422 invalid_policy and 409 policy_lockout. Repeated, it adds another.
 */
#include "config.h"

#include "handlers/policy_answer.h"
#include "handlers/policy_change.h"
#include "handlers/rule_body.h"

static enum outcome
change(struct call *c)
{
	struct rule_settings settings;
	struct rule rule;
	struct uuid id;
	enum outcome rc = rule_body_read(c, NULL, &rule, &settings);

	if (rc == DONE && !uuid_make_v7(&id))
		rc = BROKEN;
	if (rc == DONE && !c->refused) {
		db_policy_rule_create(c->db, &c->tenant, &c->policy.id, &id, &settings, &c->entry,
		    &c->rule_changed);
		rc = policy_change(c);
	}
	rule_clear(&rule);
	return rc;
}

static void
answer(struct call *c)
{
	answer_rule_created(c, &c->rule_changed);
}

const struct operation op_create_policy_rule = {
	.id = "CreatePolicyRule",
	.method = HTTP_POST,
	.path = "/v1/policies/{policyId}/rules",
	.access = ACCESS_WRITE,
	.target = TARGET_RULES,
	.body = &rule_body,
	.body_max = BODY_LARGE,
	.change = change,
	.makes = true,
	.answer = answer,
};
