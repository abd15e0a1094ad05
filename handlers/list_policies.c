/* SPDX-License-Identifier: MIT */
/* ListPolicies, GET /v1/policies: the tenant's policies, newest first, page by page. Answers 200. */
#include "config.h"

#include "handlers/policy_answer.h"

static const struct query_parameter query[] = { PAGE_QUERY };

static void
list_policies_load(struct call *c)
{
	db_policy_list(c->db, &c->caller.tenant, &c->request.page, &c->list);
}

static void
list_policies_answer(struct call *c)
{
	page_answer(c, policy_item);
}

const struct operation op_list_policies = {
	.id = "ListPolicies",
	.method = HTTP_GET,
	.path = "/v1/policies",
	.access = ACCESS_READ,
	.target = TARGET_POLICIES,
	.query = query,
	.query_count = COUNT_OF(query),
	.paged = true,
	.load = list_policies_load,
	.answer = list_policies_answer,
};
