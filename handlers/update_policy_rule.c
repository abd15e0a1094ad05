/* SPDX-License-Identifier: MIT */
/*
 * UpdatePolicyRule, PATCH /v1/policies/{policyId}/rules/{ruleId}: its text or parts, ordinal, notice, audit_session.
 * Answers 200 or 204; raises 422 invalid_policy and 409 policy_lockout. Safe to repeat.
 */
#include "config.h"

#include <string.h>

#include "handlers/answer.h"
#include "handlers/policy_answer.h"
#include "handlers/rule_body.h"
#include "policy/about.h"

/* A request that changes what is beside the text alone asks for no other text. */
static bool
update_policy_rule_about(struct call *c, struct about *a)
{
	const struct rule *rule = &c->of.policy.rule;

	if (!rule_body_look(c, &c->of.policy.rule_was) ||
	    strcmp(rule->text, c->of.policy.rule_was.is.text) == 0)
		return true;
	about_text(a, ABOUT_ASKED_EFFECT, rule->parts.effect);
	about_text(a, ABOUT_ASKED_POLICY_TEXT, rule->text);
	return true;
}

static enum prepared
update_policy_rule_prepare(struct call *c)
{
	return rule_body_read(c, &c->of.policy.rule_was);
}

static const enum change *
update_policy_rule_change(struct call *c)
{
	db_policy_rule_change(c->db, &c->caller.tenant, &c->request.path_id[0],
	    &c->request.path_id[1], &c->of.policy.rule_set, &c->change.by, &c->of.policy.rule_is);
	return &c->of.policy.rule_is.change;
}

static void
update_policy_rule_answer(struct call *c)
{
	const struct rule_record *r = c->of.policy.rule_is.found ? &c->of.policy.rule_is :
								   &c->of.policy.rule_was;
	char etag[ETAG_TEXT_MAX];

	rule_etag(r, etag);
	answer_changed(c, etag, rule_body_answer(c, r));
}

const struct operation op_update_policy_rule = {
	.id = "UpdatePolicyRule",
	.method = HTTP_PATCH,
	.path = "/v1/policies/{policyId}/rules/{ruleId}",
	.access = ACCESS_WRITE,
	.target = TARGET_RULE,
	.query = rule_query,
	.query_count = RULE_QUERY_COUNT,
	.body = &rule_body,
	.body_max = BODY_LARGE,
	.merge_patch = true,
	.about = update_policy_rule_about,
	.prepare = update_policy_rule_prepare,
	.change = update_policy_rule_change,
	.guarded = true,
	.answer = update_policy_rule_answer,
};
