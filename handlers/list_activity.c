/* SPDX-License-Identifier: MIT */
/*
 * ListActivity, GET /v1/grants/{id}/activity: what was done in sessions under a grant, the latest
 * first, page by page. Answers 200; raises nothing that the machine does not.
 */
#include "config.h"

#include "base/field.h"
#include "base/words.h"
#include "db/json.h"
#include "handlers/page.h"

enum { QUERY_SINCE = PAGE_QUERY_OWN, QUERY_UNTIL, QUERY_OUTCOME, QUERY_SERVICE };

static const struct query_parameter query[] = {
	PAGE_QUERY,
	{ .name = "since", .type = QUERY_TIME },
	{ .name = "until", .type = QUERY_TIME },
	{ .name = "outcome", .type = QUERY_WORD, .words = activity_outcome_words },
	{ .name = "service", .type = QUERY_TEXT, .min = 1, .max = FIELD_SERVICE_MOST },
};

static void
list_activity_load(struct call *c)
{
	const struct query_value *v = c->request.query.value;
	struct activity_filter filter = {
		.since = v[QUERY_SINCE].present ? &v[QUERY_SINCE].number : NULL,
		.until = v[QUERY_UNTIL].present ? &v[QUERY_UNTIL].number : NULL,
		.outcome = v[QUERY_OUTCOME].text,
		.service = v[QUERY_SERVICE].text,
	};

	db_activity_list(c->db, &c->caller.tenant, &c->request.path_id[0], &filter,
	    &c->request.page, &c->list);
}

static struct json_object *
list_activity_item(const struct db_list *list, int i)
{
	struct activity_event e = activity_event_at(list, i);

	return activity_event_json(&e);
}

static void
list_activity_answer(struct call *c)
{
	page_answer(c, list_activity_item);
}

const struct operation op_list_activity = {
	.id = "ListActivity",
	.method = HTTP_GET,
	.path = "/v1/grants/{id}/activity",
	.access = ACCESS_READ,
	.target = TARGET_GRANT,
	.query = query,
	.query_count = COUNT_OF(query),
	.paged = true,
	.load = list_activity_load,
	.answer = list_activity_answer,
};
