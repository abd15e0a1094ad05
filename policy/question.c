/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/time_text.h"
#include "policy/actions.h"
#include "policy/question.h"

#define AN_HOUR INT64_C(3600000000)

/* One object being read; sticky: the first member that is of another type than wanted is kept. */
struct reader {
	const char *bad;
	const char *expected;
};

/* The member, or NULL where it is not there or is null. */
static struct json_object *
member(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		(void)json_object_object_get_ex(object, name, &value);
	return value;
}

static void
refuse(struct reader *r, const char *name, const char *expected)
{
	if (r->bad != NULL)
		return;
	r->bad = name;
	r->expected = expected;
}

/* The member where it is of that type; NULL otherwise, and refused unless it is not there. */
static struct json_object *
typed(struct reader *r, struct json_object *object, const char *name, enum json_type type,
    const char *expected)
{
	struct json_object *v = member(object, name);

	if (v == NULL || json_object_is_type(v, type))
		return v;
	refuse(r, name, expected);
	return NULL;
}

static bool
take_text(struct reader *r, struct json_object *object, const char *name, const char **to)
{
	struct json_object *v = typed(r, object, name, json_type_string, "a string");

	if (v != NULL)
		*to = json_object_get_string(v);
	return v != NULL;
}

static bool
take_bool(struct reader *r, struct json_object *object, const char *name, bool *to)
{
	struct json_object *v = typed(r, object, name, json_type_boolean, "true or false");

	if (v != NULL)
		*to = json_object_get_boolean(v);
	return v != NULL;
}

static bool
take_uuid(struct reader *r, struct json_object *object, const char *name, struct uuid *to)
{
	const char *text;

	if (!take_text(r, object, name, &text))
		return false;
	if (uuid_parse(to, text, strlen(text)))
		return true;
	refuse(r, name, "a UUID");
	return false;
}

static bool
take_time(struct reader *r, struct json_object *object, const char *name, int64_t *to)
{
	const char *text;

	if (!take_text(r, object, name, &text))
		return false;
	if (time_parse(to, text, strlen(text)))
		return true;
	refuse(r, name, "an RFC 3339 time");
	return false;
}

/* A role is a word here, as it is in a key. */
static void
read_roles(struct reader *r, struct asked *a, struct json_object *roles)
{
	size_t n = json_object_array_length(roles), i;

	for (i = 0; i < n; i++) {
		struct json_object *role = json_object_array_get_idx(roles, i);
		const char *text = json_object_get_string(role);

		if (!json_object_is_type(role, json_type_string) || text[0] == '\0' ||
		    strchr(text, ' ') != NULL) {
			refuse(r, "roles", "an array of words");
			return;
		}
		buf_adds(&a->roles, i > 0 ? " " : "");
		buf_adds(&a->roles, text);
	}
	a->question.roles = buf_text(&a->roles);
}

static void
read_principal(struct reader *r, struct asked *a, struct json_object *p)
{
	struct json_object *roles = typed(r, p, "roles", json_type_array, "an array of words");

	if (take_uuid(r, p, "id", &a->key))
		a->question.key = &a->key;
	(void)take_text(r, p, "name", &a->question.key_name);
	if (roles != NULL)
		read_roles(r, a, roles);
}

static void
read_grant(struct reader *r, struct json_object *from, struct grant *g, int64_t now)
{
	struct json_object *resource = typed(r, from, "resource", json_type_object, "an object");
	struct json_object *metadata = typed(r, from, "metadata", json_type_object, "an object");
	struct json_object *version = typed(r, from, "version", json_type_int, "an integer");

	*g = (struct grant){
		.found = true,
		.grantee_id = "",
		.resource_type = "",
		.resource_id = "",
		.action = "",
		.status = "active",
		.granted_at = now,
		.created_at = now,
		.updated_at = now,
		.expires_at = now + AN_HOUR,
		.metadata = "{}",
		.version = 1,
		.rows = DB_ROWS_EMPTY,
	};
	(void)take_uuid(r, from, "id", &g->id);
	g->has_request_id = take_uuid(r, from, "request_id", &g->request_id);
	(void)take_text(r, from, "grantee_id", &g->grantee_id);
	(void)take_text(r, resource, "type", &g->resource_type);
	(void)take_text(r, resource, "id", &g->resource_id);
	(void)take_text(r, from, "action", &g->action);
	(void)take_text(r, from, "status", &g->status);
	(void)take_bool(r, from, "audit_enabled", &g->audit_enabled);
	(void)take_time(r, from, "expires_at", &g->expires_at);
	(void)take_time(r, from, "granted_at", &g->granted_at);
	g->has_revoked_at = take_time(r, from, "revoked_at", &g->revoked_at);
	(void)take_time(r, from, "created_at", &g->created_at);
	(void)take_time(r, from, "updated_at", &g->updated_at);
	if (metadata != NULL)
		g->metadata = json_object_to_json_string_ext(metadata, JSON_C_TO_STRING_PLAIN);
	if (g->metadata == NULL)
		refuse(r, "metadata", "less");
	if (version != NULL)
		g->version = json_object_get_int64(version);
}

static void
read_context(struct reader *r, struct json_object *context, struct policy_question *q)
{
	q->source_ip = q->user_agent = q->reason = NULL;
	q->has_audit_enabled = take_bool(r, context, "audit_enabled", &q->audit_enabled);
	(void)take_text(r, context, "request_id", &q->request_id);
	(void)take_text(r, context, "source_ip", &q->source_ip);
	(void)take_time(r, context, "now", &q->now);
	(void)take_text(r, context, "user_agent", &q->user_agent);
	(void)take_text(r, context, "reason", &q->reason);
}

static void
read_action(struct reader *r, struct json_object *body, struct policy_question *q)
{
	const struct policy_action *action;
	const char *id = "";

	(void)take_text(r, body, "action", &id);
	action = policy_action_find(id);
	if (action == NULL) {
		refuse(r, "action", "the id of an operation, such as UpdateGrant");
		return;
	}
	q->action = action->id;
	q->write = action->write;
}

const char *
asked_read(struct asked *a, struct json_object *body, const char **expected)
{
	struct reader r = { .bad = NULL, .expected = NULL };
	struct json_object *principal, *grant, *context;

	principal = typed(&r, body, "principal", json_type_object, "an object");
	grant = typed(&r, body, "grant", json_type_object, "an object");
	context = typed(&r, body, "context", json_type_object, "an object");
	if (principal != NULL)
		read_principal(&r, a, principal);
	read_action(&r, body, &a->question);
	if (context != NULL)
		read_context(&r, context, &a->question);
	if (grant != NULL) {
		read_grant(&r, grant, &a->grant, a->question.now);
		a->question.grant = &a->grant;
	}
	if (a->roles.failed)
		refuse(&r, "roles", "less");
	*expected = r.expected;
	return r.bad;
}

/* The first member of an object that is not among `names`, which end with NULL. */
static const char *
stranger(struct json_object *object, const char *const *names)
{
	const char *const *name;

	if (!json_object_is_type(object, json_type_object))
		return NULL;
	json_object_object_foreach(object, found, ignored)
	{
		(void)ignored;
		for (name = names; *name != NULL && strcmp(*name, found) != 0; name++)
			continue;
		if (*name == NULL)
			return found;
	}
	return NULL;
}

const char *
asked_unknown(struct json_object *body)
{
	static const char *const outer[] = { "principal", "action", "grant", "context", NULL };
	static const char *const principal[] = { "id", "name", "roles", NULL };
	static const char *const resource[] = { "type", "id", NULL };
	static const char *const grant[] = { "id", "request_id", "grantee_id", "resource", "action",
		"status", "audit_enabled", "expires_at", "granted_at", "revoked_at", "metadata",
		"created_at", "updated_at", "version", NULL };
	static const char *const context[] = { "audit_enabled", "request_id", "source_ip", "now",
		"user_agent", "reason", NULL };
	const char *bad = stranger(body, outer);

	if (bad == NULL)
		bad = stranger(member(body, "principal"), principal);
	if (bad == NULL)
		bad = stranger(member(body, "grant"), grant);
	if (bad == NULL)
		bad = stranger(member(member(body, "grant"), "resource"), resource);
	return bad != NULL ? bad : stranger(member(body, "context"), context);
}

void
asked_clear(struct asked *a)
{
	buf_clear(&a->roles);
}
