/* SPDX-License-Identifier: MIT */
/* ListPolicyRules, GET /v1/policies/{policyId}/rules: a policy's rules in their order, page by page. Answers 200. */
#include "config.h"

#include "handlers/policy_answer.h"

static const struct query_parameter query[] = { PAGE_QUERY };

static void
list_policy_rules_load(struct call *c)
{
	db_policy_rule_list(c->db, &c->caller.tenant, &c->request.path_id[0], &c->request.page,
	    &c->list);
}

static void
list_policy_rules_answer(struct call *c)
{
	page_answer(c, rule_item);
}

const struct operation op_list_policy_rules = {
	.id = "ListPolicyRules",
	.method = HTTP_GET,
	.path = "/v1/policies/{policyId}/rules",
	.access = ACCESS_READ,
	.target = TARGET_RULES,
	.query = query,
	.query_count = COUNT_OF(query),
	.paged = true,
	.load = list_policy_rules_load,
	.answer = list_policy_rules_answer,
};
