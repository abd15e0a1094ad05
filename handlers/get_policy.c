/* SPDX-License-Identifier: MIT */
/* GetPolicy, GET /v1/policies/{policyId}: one policy, without its rules. Answers 200, or 304. */
#include "config.h"

#include "db/json.h"
#include "handlers/answer.h"
#include "handlers/policy_answer.h"

static void
get_policy_answer(struct call *c)
{
	char etag[ETAG_TEXT_MAX];

	policy_etag(&c->of.policy.was, etag);
	answer_read(c, etag, policy_json(&c->of.policy.was));
}

const struct operation op_get_policy = {
	.id = "GetPolicy",
	.method = HTTP_GET,
	.path = "/v1/policies/{policyId}",
	.access = ACCESS_READ,
	.target = TARGET_POLICY,
	.answer = get_policy_answer,
};
