/* SPDX-License-Identifier: MIT */
/* GetPolicyRule, GET /v1/policies/{policyId}/rules/{ruleId}: one rule, as text and in parts. Answers 200, or 304. */
#include "config.h"

#include "handlers/answer.h"
#include "handlers/policy_answer.h"
#include "policy/rule_json.h"

static void
get_policy_rule_answer(struct call *c)
{
	char etag[ETAG_TEXT_MAX];

	rule_etag(&c->of.policy.rule_was, etag);
	answer_read(c, etag, rule_record_json(&c->of.policy.rule_was));
}

const struct operation op_get_policy_rule = {
	.id = "GetPolicyRule",
	.method = HTTP_GET,
	.path = "/v1/policies/{policyId}/rules/{ruleId}",
	.access = ACCESS_READ,
	.target = TARGET_RULE,
	.answer = get_policy_rule_answer,
};
