/* SPDX-License-Identifier: MIT */
/*
 * GetActivitySummary, GET /v1/grants/{id}/activity/summary: how much was done in sessions under a
 * grant, and with which services; all of it, or of some time, and on request in buckets of time. Answers 200; 400
 * invalid_parameter where the buckets would be too many.
 */
#include "config.h"

#include "db/json.h"
#include "handlers/check.h"
#include "handlers/operation.h"

static const struct query_parameter query[] = {
	{ .name = "since", .type = QUERY_TIME },
	{ .name = "until", .type = QUERY_TIME },
	{ .name = "interval", .type = QUERY_INTEGER, .min = 1, .max = ACTIVITY_INTERVAL_MOST },
};
enum { SINCE, UNTIL, INTERVAL };

/* What is stored does for the whole; anything else is counted. */
static void
get_activity_summary_load(struct call *c)
{
	const struct query_value *v = c->request.query.value;
	const struct activity_span span = {
		.since = v[SINCE].present ? &v[SINCE].number : NULL,
		.until = v[UNTIL].present ? &v[UNTIL].number : NULL,
		.interval = v[INTERVAL].present ? &v[INTERVAL].number : NULL,
	};
	const struct uuid *tenant = &c->caller.tenant, *grant = &c->request.path_id[0];

	if (span.since == NULL && span.until == NULL && span.interval == NULL)
		db_activity_summary(c->db, tenant, grant, &c->of.grant.summary);
	else
		db_activity_counted(c->db, tenant, grant, &span, &c->of.grant.summary);
}

static void
get_activity_summary_answer(struct call *c)
{
	struct fault f = FAULT_NONE;

	if (!c->of.grant.summary.too_many) {
		response_json(c->rs, 200, activity_summary_json(&c->of.grant.summary));
		return;
	}
	(void)refuse_parameter(&f, "interval",
	    "an interval with which at most " TEXT_OF(
		ACTIVITY_BUCKETS_MOST) " buckets have events");
	answer_fault(c, &f);
}

const struct operation op_get_activity_summary = {
	.id = "GetActivitySummary",
	.method = HTTP_GET,
	.path = "/v1/grants/{id}/activity/summary",
	.access = ACCESS_READ,
	.target = TARGET_GRANT,
	.query = query,
	.query_count = COUNT_OF(query),
	.load = get_activity_summary_load,
	.dear = true,
	.answer = get_activity_summary_answer,
};
