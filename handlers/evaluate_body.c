/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "handlers/authorize.h"
#include "handlers/evaluate_body.h"

#define LINE(name_, max_) \
	{ \
		.name = name_, .type = MEMBER_LINE, .max = max_ \
	}

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

static bool
take_uuid(struct json_object *object, const char *name, struct uuid *to)
{
	struct json_object *v = NULL;

	return object != NULL && json_object_object_get_ex(object, name, &v) && v != NULL &&
	    uuid_parse(to, json_object_get_string(v), (size_t)json_object_get_string_len(v));
}

static struct json_object *
principal_of(const struct call *c)
{
	struct json_object *p = NULL;

	(void)json_object_object_get_ex(c->body, "principal", &p);
	return p;
}

void
evaluate_load(struct call *c)
{
	struct uuid id;

	if (take_uuid(c->body, "grant_id", &id))
		db_grant_get(c->db, &c->tenant, &id, &c->grant);
	if (take_uuid(principal_of(c), "id", &id))
		db_key_get(c->db, &c->tenant, &id, &c->other_key);
}

/* Another key than the caller's is as the tenant has it. One that it has not, the body must describe. */
static const char *
choose_principal(struct call *c, struct policy_question *q, const char **expected)
{
	struct json_object *p = principal_of(c);
	struct uuid id;

	q->key = &c->key.id;
	q->key_name = c->key.name;
	q->roles = c->key.roles;
	if (!take_uuid(p, "id", &id))
		return NULL;
	q->key_name = c->other_key.found ? c->other_key.name : "";
	q->roles = c->other_key.found ? c->other_key.roles : "";
	*expected = "roles, as the tenant has no key with this id";
	return c->other_key.found || json_object_object_get_ex(p, "roles", NULL) ?
	    NULL :
	    "principal.roles";
}

enum outcome
evaluate_read(struct call *c, struct asked *a, const char **bad, const char **expected)
{
	bool by_id = json_object_object_get_ex(c->body, "grant_id", NULL);

	*a = (struct asked)ASKED_EMPTY;
	a->question.tenant = &c->tenant;
	authorize_context(c, &a->question);
	*bad = choose_principal(c, &a->question, expected);
	if (*bad == NULL && by_id && json_object_object_get_ex(c->body, "grant", NULL)) {
		*bad = "grant";
		*expected = "grant or grant_id, not both";
	}
	if (*bad == NULL)
		*bad = asked_read(a, c->body, expected);
	if (*bad == NULL && by_id)
		a->question.grant = &c->grant;
	return by_id && !c->grant.found ? NOT_FOUND : DONE;
}
