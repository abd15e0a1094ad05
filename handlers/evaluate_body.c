/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/clock.h"
#include "base/time_text.h"
#include "handlers/authorize.h"
#include "handlers/evaluate_body.h"

#define LINE(name_, max_) { .name = name_, .type = MEMBER_LINE, .max = max_ }

static const char *const statuses[] = { "active", "expired", "revoked", NULL };
static const struct body_member role = { .type = MEMBER_LINE, .min = 1, .max = 63 };

static const struct body_member principal_members[] = {
	{ .name = "id", .type = MEMBER_UUID },
	LINE("name", 200),
	{ .name = "roles", .type = MEMBER_ARRAY, .max = 32, .item = &role },
};
static const struct body_schema principal_schema = { principal_members,
	COUNT_OF(principal_members) };

static const struct body_member resource_members[] = { LINE("type", 256), LINE("id", 2048) };
static const struct body_schema resource_schema = { resource_members, COUNT_OF(resource_members) };

/* As a grant is shown, so that one can be taken from an answer and tried with something changed. */
static const struct body_member grant_members[] = {
	{ .name = "id", .type = MEMBER_UUID },
	{ .name = "request_id", .type = MEMBER_UUID, .nullable = true },
	LINE("grantee_id", 256),
	{ .name = "resource", .type = MEMBER_OBJECT, .schema = &resource_schema },
	LINE("action", 256),
	{ .name = "status", .type = MEMBER_STRING, .words = statuses },
	{ .name = "audit_enabled", .type = MEMBER_BOOLEAN },
	{ .name = "expires_at", .type = MEMBER_TIME },
	{ .name = "granted_at", .type = MEMBER_TIME },
	{ .name = "revoked_at", .type = MEMBER_TIME, .nullable = true },
	{ .name = "metadata", .type = MEMBER_OBJECT },
	{ .name = "created_at", .type = MEMBER_TIME },
	{ .name = "updated_at", .type = MEMBER_TIME },
	{ .name = "version", .type = MEMBER_INTEGER, .min = 1, .max = INT32_MAX },
};
static const struct body_schema grant_schema = { grant_members, COUNT_OF(grant_members) };

static const struct body_member context_members[] = {
	{ .name = "audit_enabled", .type = MEMBER_BOOLEAN },
	LINE("request_id", REQUEST_ID_MAX),
	LINE("source_ip", 45),
	{ .name = "now", .type = MEMBER_TIME },
	LINE("user_agent", 512),
	LINE("reason", 512),
};
static const struct body_schema context_schema = { context_members, COUNT_OF(context_members) };

static const struct body_member members[] = {
	{ .name = "principal", .type = MEMBER_OBJECT, .schema = &principal_schema },
	{ .name = "action", .type = MEMBER_STRING, .required = true, .min = 1, .max = 64 },
	{ .name = "grant_id", .type = MEMBER_UUID },
	{ .name = "grant", .type = MEMBER_OBJECT, .schema = &grant_schema },
	{ .name = "context", .type = MEMBER_OBJECT, .schema = &context_schema },
};
const struct body_schema evaluate_body = { members, COUNT_OF(members) };

/* Members that are there are put in place; the schema has checked them. */

static struct json_object *
member(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	if (object != NULL)
		(void)json_object_object_get_ex(object, name, &value);
	return value;
}

static bool
take_uuid(struct json_object *object, const char *name, struct uuid *to)
{
	struct json_object *v = member(object, name);

	return v != NULL &&
	    uuid_parse(to, json_object_get_string(v), (size_t)json_object_get_string_len(v));
}

static bool
take_time(struct json_object *object, const char *name, int64_t *to)
{
	struct json_object *v = member(object, name);

	return v != NULL &&
	    time_parse(to, json_object_get_string(v), (size_t)json_object_get_string_len(v));
}

static void
take_text(struct json_object *object, const char *name, const char **to)
{
	struct json_object *v = member(object, name);

	if (v != NULL)
		*to = json_object_get_string(v);
}

/* The parts of a question. */

void
evaluate_load(struct call *c)
{
	struct uuid id;

	if (take_uuid(c->body, "grant_id", &id))
		db_grant_get(c->db, &c->tenant, &id, &c->grant);
	if (take_uuid(member(c->body, "principal"), "id", &id))
		db_key_get(c->db, &c->tenant, &id, &c->other_key);
}

/* A role is a word here, as it is in a key. False: one is not. */
static bool
take_roles(struct evaluation *e, struct json_object *roles)
{
	size_t n = json_object_array_length(roles), i;

	for (i = 0; i < n; i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(roles, i));

		if (strchr(text, ' ') != NULL)
			return false;
		buf_adds(&e->roles, i > 0 ? " " : "");
		buf_adds(&e->roles, text);
	}
	e->question.roles = buf_text(&e->roles);
	return true;
}

/* The caller's key; or the one that is named, which need not exist where its roles are given. */
static const char *
read_principal(struct call *c, struct evaluation *e, const char **expected)
{
	struct json_object *p = member(c->body, "principal"), *roles = member(p, "roles");
	struct policy_question *q = &e->question;

	q->key = &c->key.id;
	q->key_name = c->key.name;
	q->roles = c->key.roles;
	if (take_uuid(p, "id", &e->key)) {
		q->key = &e->key;
		q->key_name = c->other_key.found ? c->other_key.name : "";
		q->roles = c->other_key.found ? c->other_key.roles : "";
		*expected = "roles, as the tenant has no key with this id";
		if (!c->other_key.found && roles == NULL)
			return "principal.roles";
	}
	take_text(p, "name", &q->key_name);
	*expected = "roles without blanks";
	return roles != NULL && !take_roles(e, roles) ? "principal.roles" : NULL;
}

static const char *
read_action(struct call *c, struct evaluation *e, const char **expected)
{
	const char *action = json_object_get_string(member(c->body, "action"));
	size_t i;

	*expected = "the id of an operation, such as UpdateGrant";
	for (i = 0; i < operations_count; i++)
		if (operations[i]->access != ACCESS_PUBLIC && strcmp(operations[i]->id, action) == 0) {
			e->question.action = operations[i]->id;
			e->question.write = operations[i]->access == ACCESS_WRITE;
			return NULL;
		}
	return "action";
}

static void
read_grant(struct json_object *from, struct grant *g, int64_t now)
{
	struct json_object *resource = member(from, "resource"), *v;

	*g = (struct grant){ .found = true, .grantee_id = "", .resource_type = "", .resource_id = "",
		.action = "", .status = "active", .granted_at = now, .created_at = now,
		.updated_at = now, .expires_at = now + INT64_C(3600000000), .metadata = "{}",
		.version = 1, .rows = DB_ROWS_EMPTY };
	(void)take_uuid(from, "id", &g->id);
	g->has_request_id = take_uuid(from, "request_id", &g->request_id);
	take_text(from, "grantee_id", &g->grantee_id);
	take_text(resource, "type", &g->resource_type);
	take_text(resource, "id", &g->resource_id);
	take_text(from, "action", &g->action);
	take_text(from, "status", &g->status);
	g->audit_enabled = (v = member(from, "audit_enabled")) != NULL && json_object_get_boolean(v);
	(void)take_time(from, "expires_at", &g->expires_at);
	(void)take_time(from, "granted_at", &g->granted_at);
	g->has_revoked_at = take_time(from, "revoked_at", &g->revoked_at);
	if ((v = member(from, "metadata")) != NULL)
		g->metadata = json_object_to_json_string_ext(v, JSON_C_TO_STRING_PLAIN);
	(void)take_time(from, "created_at", &g->created_at);
	(void)take_time(from, "updated_at", &g->updated_at);
	if ((v = member(from, "version")) != NULL)
		g->version = json_object_get_int64(v);
}

static enum outcome
read_resource(struct call *c, struct evaluation *e)
{
	struct json_object *described = member(c->body, "grant");

	if (member(c->body, "grant_id") != NULL) {
		e->question.grant = &c->grant;
		return c->grant.found ? DONE : NOT_FOUND;
	}
	if (described == NULL)
		return DONE;
	read_grant(described, &e->grant, e->question.now);
	e->question.grant = &e->grant;
	return e->grant.metadata != NULL ? DONE : BROKEN;
}

/* Without a context it is this request's own; with one it is what that says, and a request id and a time in any case. */
static void
read_context(struct call *c, struct policy_question *q)
{
	struct json_object *context = member(c->body, "context"), *v;

	authorize_context(c, q);
	if (context == NULL)
		return;
	q->source_ip = q->user_agent = q->reason = NULL;
	v = member(context, "audit_enabled");
	q->has_audit_enabled = v != NULL;
	q->audit_enabled = v != NULL && json_object_get_boolean(v);
	take_text(context, "request_id", &q->request_id);
	take_text(context, "source_ip", &q->source_ip);
	(void)take_time(context, "now", &q->now);
	take_text(context, "user_agent", &q->user_agent);
	take_text(context, "reason", &q->reason);
}

enum outcome
evaluate_read(struct call *c, struct evaluation *e, const char **bad, const char **expected)
{
	*e = (struct evaluation){ .roles = BUF_EMPTY, .grant = GRANT_EMPTY };
	e->question.tenant = &c->tenant;
	*bad = read_principal(c, e, expected);
	if (*bad == NULL)
		*bad = read_action(c, e, expected);
	if (*bad == NULL && member(c->body, "grant") != NULL && member(c->body, "grant_id") != NULL) {
		*bad = "grant";
		*expected = "grant or grant_id, not both";
	}
	if (*bad != NULL)
		return DONE;
	read_context(c, &e->question);
	return e->roles.failed ? BROKEN : read_resource(c, e);
}

void
evaluation_clear(struct evaluation *e)
{
	buf_clear(&e->roles);
}
