/* SPDX-License-Identifier: MIT */
/*
 * CreatePolicyRule, POST /v1/policies/{policyId}/rules: adds a rule, given as text or in parts. Answers 201; raises
 * 422 invalid_policy and 409 policy_lockout. Repeated, it adds another.
 */
#include "config.h"

#include "handlers/policy_answer.h"
#include "handlers/rule_body.h"
#include "policy/about.h"

/* Of a text that is no rule nothing can be told; it is refused before anything is stored. */
static bool
create_policy_rule_about(struct call *c, struct about *a)
{
	const struct rule *rule = &c->of.policy.rule;

	if (!rule_body_look(c, NULL))
		return true;
	about_text(a, ABOUT_EFFECT, rule->parts.effect);
	about_text(a, ABOUT_POLICY_TEXT, rule->text);
	return true;
}

static enum prepared
create_policy_rule_prepare(struct call *c)
{
	return rule_body_read(c, NULL);
}

static const enum change *
create_policy_rule_change(struct call *c)
{
	db_policy_rule_change(c->db, &c->caller.tenant, &c->request.path_id[0], &c->change.id,
	    &c->of.policy.rule_set, &c->change.by, &c->of.policy.rule_is);
	return &c->of.policy.rule_is.change;
}

static void
create_policy_rule_answer(struct call *c)
{
	answer_rule_created(c, &c->of.policy.rule_is, rule_body_answer(c, &c->of.policy.rule_is));
}

const struct operation op_create_policy_rule = {
	.id = "CreatePolicyRule",
	.method = HTTP_POST,
	.path = "/v1/policies/{policyId}/rules",
	.access = ACCESS_WRITE,
	.target = TARGET_RULES,
	.query = rule_query,
	.query_count = RULE_QUERY_COUNT,
	.body = &rule_body,
	.body_max = BODY_LARGE,
	.about = create_policy_rule_about,
	.prepare = create_policy_rule_prepare,
	.change = create_policy_rule_change,
	.guarded = true,
	.answer = create_policy_rule_answer,
};
