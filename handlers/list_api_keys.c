/* SPDX-License-Identifier: MIT */
/* ListApiKeys, GET /v1/api-keys: the tenant's keys, without what is secret, newest first, page by page. Answers 200. */
#include "config.h"

#include "base/words.h"
#include "handlers/api_key_answer.h"

static const struct query_parameter query[] = {
	PAGE_QUERY,
	{ .name = "status", .type = QUERY_WORD, .words = status_words },
};
enum { STATUS = PAGE_QUERY_OWN };

static void
list_api_keys_load(struct call *c)
{
	db_key_list(c->db, &c->caller.tenant, c->request.query.value[STATUS].text, &c->request.page,
	    &c->list);
}

static void
list_api_keys_answer(struct call *c)
{
	page_answer(c, api_key_item);
}

const struct operation op_list_api_keys = {
	.id = "ListApiKeys",
	.method = HTTP_GET,
	.path = "/v1/api-keys",
	.access = ACCESS_READ,
	.target = TARGET_API_KEYS,
	.query = query,
	.query_count = COUNT_OF(query),
	.paged = true,
	.load = list_api_keys_load,
	.answer = list_api_keys_answer,
};
