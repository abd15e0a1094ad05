/* SPDX-License-Identifier: MIT */
/*
 * UpdateGrant, PATCH /v1/grants/{id}: switches the auditing of a grant's session on or off.
 *
 * Answers 200 with the grant, or 204 where the client prefers that; raises nothing that the machine
 * does not. Safe to repeat: it sets a state, and setting what is set changes and logs nothing.
 */
#include "config.h"

#include <json-c/json.h>

#include "base/metrics.h"
#include "db/json.h"
#include "handlers/answer.h"
#include "handlers/grant_answer.h"

static const struct body_member members[] = {
	{ .name = "audit_enabled", .type = MEMBER_BOOLEAN },
};
static const struct body_schema body = { members, COUNT_OF(members) };

static enum prepared
update_grant_prepare(struct call *c)
{
	return json_object_object_get_ex(c->request.body, "audit_enabled", NULL) ? PREPARED :
										   PREPARED_SAME;
}

static const enum change *
update_grant_change(struct call *c)
{
	struct json_object *wanted = json_object_object_get(c->request.body, "audit_enabled");

	db_grant_set_audit(c->db, &c->caller.tenant, &c->request.path_id[0],
	    json_object_get_boolean(wanted), &c->change.by, &c->of.grant.is);
	return &c->of.grant.is.change;
}

static void
update_grant_answer(struct call *c)
{
	const struct grant *g = c->of.grant.is.found ? &c->of.grant.is : &c->of.grant.was;
	char etag[ETAG_TEXT_MAX];

	if (c->rs->changed)
		metrics_add(METRIC_SWITCHES + (g->audit_enabled ? SWITCHED_ON : SWITCHED_OFF), 1);
	grant_etag(g, etag);
	answer_changed(c, etag, grant_json(g));
}

const struct operation op_update_grant = {
	.id = "UpdateGrant",
	.method = HTTP_PATCH,
	.path = "/v1/grants/{id}",
	.access = ACCESS_WRITE,
	.target = TARGET_GRANT,
	.body = &body,
	.body_max = BODY_SMALL,
	.merge_patch = true,
	.prepare = update_grant_prepare,
	.change = update_grant_change,
	.direct = true,
	.answer = update_grant_answer,
};
