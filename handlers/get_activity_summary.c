/* SPDX-License-Identifier: MIT */
/*
 * GetActivitySummary, GET /v1/grants/{id}/activity/summary: how much was done in sessions under a
 * grant, and with which services. Answers 200; raises nothing that the machine does not.
 */
#include "config.h"

#include "db/json.h"
#include "handlers/operation.h"

static void
get_activity_summary_load(struct call *c)
{
	db_activity_summary(c->db, &c->caller.tenant, &c->request.path_id[0], &c->of.grant.summary);
}

static void
get_activity_summary_answer(struct call *c)
{
	response_json(c->rs, 200, activity_summary_json(&c->of.grant.summary));
}

const struct operation op_get_activity_summary = {
	.id = "GetActivitySummary",
	.method = HTTP_GET,
	.path = "/v1/grants/{id}/activity/summary",
	.access = ACCESS_READ,
	.target = TARGET_GRANT,
	.load = get_activity_summary_load,
	.answer = get_activity_summary_answer,
};
