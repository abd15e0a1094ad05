/* SPDX-License-Identifier: MIT */
/*
 * CreateGrant, POST /v1/grants. Answers 201; raises 422 idempotency_mismatch, and 422 invalid_body for a resource id that is
 * not of its type and for a time that has passed. Safe to repeat with an Idempotency-Key: for 24 hours
 * the same key and body give the first answer again.
 *
 * Whether the grant's session is audited from the start is for the policies to say: it is where any rule that
 * determined the permission has audit_session.
 */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/field.h"
#include "base/resource.h"
#include "base/time_text.h"
#include "db/json.h"
#include "handlers/answer.h"
#include "handlers/check.h"
#include "handlers/grant_answer.h"

static const struct body_member resource_members[] = {
	{ .name = "type", .type = MEMBER_STRING, .required = true, .words = resource_types },
	{ .name = "id",
	    .type = MEMBER_LINE,
	    .required = true,
	    .min = 1,
	    .max = FIELD_RESOURCE_ID_MOST },
};
static const struct body_schema resource = { resource_members, COUNT_OF(resource_members) };
static const struct body_member members[] = {
	{ .name = "request_id", .type = MEMBER_UUID, .nullable = true },
	{
	    .name = "grantee_id",
	    .type = MEMBER_LINE,
	    .required = true,
	    .min = 1,
	    .max = FIELD_IDENTIFIER_MOST,
	},
	{ .name = "resource", .type = MEMBER_OBJECT, .required = true, .schema = &resource },
	{
	    .name = "action",
	    .type = MEMBER_LINE,
	    .required = true,
	    .min = 1,
	    .max = FIELD_IDENTIFIER_MOST,
	},
	{ .name = "expires_at", .type = MEMBER_TIME, .required = true },
	{ .name = "metadata", .type = MEMBER_OBJECT },
};
static const struct body_schema body = { members, COUNT_OF(members) };

/* The schema has seen to it that the member is there and a string. */
static const char *
text_of(struct json_object *object, const char *name)
{
	return json_object_get_string(json_object_object_get(object, name));
}

static bool
check(struct call *c, struct fault *f)
{
	struct json_object *r = json_object_object_get(c->body, "resource");
	const char *type = text_of(r, "type");

	if (resource_id_valid(type, text_of(r, "id")))
		return true;
	return refuse_member(f, "resource.id", resource_id_form(type));
}

static void
load(struct call *c)
{
	if (c->idempotency.key != NULL)
		db_first_answer_get(c->db, &c->tenant, &c->idempotency, &c->first);
}

/* False: a value is not what the schema promised. */
static bool
grant_of(struct call *c, struct grant_new *g, struct uuid *request_id)
{
	struct json_object *r = json_object_object_get(c->body, "resource");
	struct json_object *metadata = json_object_object_get(c->body, "metadata");
	const char *expires_at = text_of(c->body, "expires_at");
	const char *request = text_of(c->body, "request_id");

	*g = (struct grant_new){
		.grantee_id = text_of(c->body, "grantee_id"),
		.resource_type = text_of(r, "type"),
		.resource_id = text_of(r, "id"),
		.action = text_of(c->body, "action"),
		.audit_enabled = c->decision.audit_session,
		.metadata = "{}",
	};
	if (metadata != NULL)
		g->metadata = json_object_to_json_string_ext(metadata, JSON_C_TO_STRING_PLAIN);
	if (request != NULL) {
		g->request_id = request_id;
		if (!uuid_parse(request_id, request, strlen(request)))
			return false;
	}
	return uuid_make_v7(&g->id) && g->metadata != NULL &&
	    time_parse(&g->expires_at, expires_at, strlen(expires_at));
}

static enum outcome
change(struct call *c)
{
	struct grant_new g;
	struct uuid request_id;

	if (c->first.grant.found) {
		c->refused = !c->first.same_body;
		if (c->refused)
			response_error(c->rs, ERROR_IDEMPOTENCY_MISMATCH, NULL, NULL);
		return DONE;
	}
	if (!grant_of(c, &g, &request_id))
		return BROKEN;
	db_grant_create(c->db, &c->tenant, &g, &c->entry, &c->changed);
	if (c->idempotency.key != NULL)
		db_first_answer_keep(c->db, &c->tenant, &c->idempotency, &g);
	c->changing = true;
	return DONE;
}

static void
answer(struct call *c)
{
	const struct grant *g = c->first.grant.found ? &c->first.grant : &c->changed;
	char path[sizeof("/v1/grants/") + UUID_TEXT_LEN] = "/v1/grants/", etag[GRANT_ETAG_MAX];

	if (!g->found) { /* by the database's clock, which alone counts */
		answer_invalid_member(c, "expires_at", "a time to come");
		return;
	}
	uuid_print(&g->id, path + strlen(path));
	grant_etag(g, etag);
	answer_created(c, path, etag, grant_json(g));
}

const struct operation op_create_grant = {
	.id = "CreateGrant",
	.method = HTTP_POST,
	.path = "/v1/grants",
	.access = ACCESS_WRITE,
	.body = &body,
	.body_max = BODY_SMALL,
	.check = check,
	.idempotent = true,
	.load = load,
	.change = change,
	.makes = true,
	.answer = answer,
};
