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
#include "policy/about.h"

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
create_grant_check(struct call *c, struct fault *f)
{
	struct json_object *r = json_object_object_get(c->request.body, "resource");
	const char *type = text_of(r, "type");

	if (resource_id_valid(type, text_of(r, "id")))
		return true;
	return refuse_member(f, "resource.id", resource_id_form(type));
}

/* False: a value is not what the schema promised. */
static bool
grant_of(struct call *c, struct grant_new *g, struct uuid *request_id)
{
	struct json_object *r = json_object_object_get(c->request.body, "resource");
	struct json_object *metadata = json_object_object_get(c->request.body, "metadata");
	const char *expires_at = text_of(c->request.body, "expires_at");
	const char *request = text_of(c->request.body, "request_id");

	*g = (struct grant_new){
		.grantee_id = text_of(c->request.body, "grantee_id"),
		.resource_type = text_of(r, "type"),
		.resource_id = text_of(r, "id"),
		.action = text_of(c->request.body, "action"),
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
	g->id = c->change.id;
	return g->metadata != NULL && time_parse(&g->expires_at, expires_at, strlen(expires_at));
}

/* The grant that is asked for, under the names that rules know of one that is there. */
static bool
create_grant_about(struct call *c, struct about *a)
{
	const struct grant_new *g = &c->of.grant.new;

	if (!grant_of(c, &c->of.grant.new, &c->of.grant.request_id))
		return false;
	if (g->request_id != NULL)
		about_id(a, ABOUT_REQUEST_ID, g->request_id);
	about_text(a, ABOUT_GRANTEE_ID, g->grantee_id);
	about_text(a, ABOUT_RESOURCE_TYPE, g->resource_type);
	about_text(a, ABOUT_RESOURCE_ID, g->resource_id);
	about_text(a, ABOUT_ACTION, g->action);
	about_number(a, ABOUT_EXPIRES_AT, g->expires_at);
	about_text(a, ABOUT_METADATA, g->metadata);
	return true;
}

static enum prepared
create_grant_prepare(struct call *c)
{
	return grant_of(c, &c->of.grant.new, &c->of.grant.request_id) ? PREPARED : PREPARED_FAILED;
}

static const enum change *
create_grant_change(struct call *c)
{
	db_grant_create(c->db, &c->caller.tenant, &c->of.grant.new, &c->request.once, &c->change.by,
	    &c->of.grant.is);
	return &c->of.grant.is.change;
}

static void
create_grant_answer(struct call *c)
{
	const struct grant *g = &c->of.grant.is;
	char path[sizeof("/v1/grants/") + UUID_TEXT_LEN] = "/v1/grants/", etag[ETAG_TEXT_MAX];

	if (g->change == CHANGE_MISMATCH) {
		response_error(c->rs, ERROR_IDEMPOTENCY_MISMATCH, NULL, NULL);
		return;
	}
	if (g->change == CHANGE_PAST) { /* by the database's clock, which alone counts */
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
	.target = TARGET_GRANTS,
	.body = &body,
	.body_max = BODY_SMALL,
	.check = create_grant_check,
	.idempotent = true,
	.about = create_grant_about,
	.prepare = create_grant_prepare,
	.change = create_grant_change,
	.answer = create_grant_answer,
};
