/* SPDX-License-Identifier: MIT */
/* ListGrants, GET /v1/grants: the tenant's grants, newest first, page by page. Answers 200. */
#include "config.h"

#include "base/field.h"
#include "base/resource.h"
#include "base/words.h"
#include "db/json.h"
#include "handlers/page.h"

static const struct query_parameter query[] = {
	PAGE_QUERY,
	{ .name = "status", .type = QUERY_WORD, .words = status_words },
	{ .name = "grantee_id", .type = QUERY_TEXT, .min = 1, .max = FIELD_IDENTIFIER_MOST },
	{ .name = "resource_type", .type = QUERY_WORD, .words = resource_types },
	{ .name = "resource_id", .type = QUERY_TEXT, .min = 1, .max = FIELD_RESOURCE_ID_MOST },
	{ .name = "audit_enabled", .type = QUERY_WORD, .words = truth_words },
};
enum { STATUS = PAGE_QUERY_OWN, GRANTEE_ID, RESOURCE_TYPE, RESOURCE_ID, AUDIT_ENABLED };

static void
list_grants_load(struct call *c)
{
	const struct query_value *v = c->request.query.value;
	const struct grant_filter filter = {
		.status = v[STATUS].text,
		.grantee_id = v[GRANTEE_ID].text,
		.resource_type = v[RESOURCE_TYPE].text,
		.resource_id = v[RESOURCE_ID].text,
		.audit_enabled = v[AUDIT_ENABLED].text,
	};

	db_grant_list(c->db, &c->caller.tenant, &filter, &c->request.page, &c->list);
}

static struct json_object *
list_grants_item(const struct db_list *list, int i)
{
	struct grant g = grant_at(list, i);

	return grant_json(&g);
}

static void
list_grants_answer(struct call *c)
{
	page_answer(c, list_grants_item);
}

const struct operation op_list_grants = {
	.id = "ListGrants",
	.method = HTTP_GET,
	.path = "/v1/grants",
	.access = ACCESS_READ,
	.target = TARGET_GRANTS,
	.query = query,
	.query_count = COUNT_OF(query),
	.paged = true,
	.load = list_grants_load,
	.answer = list_grants_answer,
};
