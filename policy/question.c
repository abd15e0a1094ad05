/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "base/field.h"
#include "base/time_text.h"
#include "base/words.h"
#include "policy/actions.h"
#include "policy/question.h"
#include "policy/rule.h"

#define AN_HOUR INT64_C(3600000000)

#define LINE(name_, max_) \
	{ \
		.name = name_, .type = MEMBER_LINE, .max = max_ \
	}

/* ---- what a question is ---- */

static const char *const decisions[] = { "allow", "deny", NULL };
static const struct body_member role = { .type = MEMBER_LINE, .min = 1, .max = FIELD_ROLE_MOST };
static const struct body_member notice = { .type = MEMBER_STRING };

static const struct body_member principal_members[] = {
	{ .name = "id", .type = MEMBER_UUID },
	LINE("name", FIELD_NAME_MOST),
	{ .name = "roles", .type = MEMBER_ARRAY, .max = FIELD_ROLES_MOST, .item = &role },
};
static const struct body_schema principal_schema = { principal_members,
	COUNT_OF(principal_members) };

static const struct body_member resource_members[] = {
	LINE("type", FIELD_IDENTIFIER_MOST),
	LINE("id", FIELD_RESOURCE_ID_MOST),
};
static const struct body_schema resource_schema = { resource_members, COUNT_OF(resource_members) };

/* As a grant is shown, so that one can be taken from an answer and tried with something changed. */
static const struct body_member grant_members[] = {
	{ .name = "id", .type = MEMBER_UUID },
	{ .name = "request_id", .type = MEMBER_UUID, .nullable = true },
	LINE("grantee_id", FIELD_IDENTIFIER_MOST),
	{ .name = "resource", .type = MEMBER_OBJECT, .schema = &resource_schema },
	LINE("action", FIELD_IDENTIFIER_MOST),
	{ .name = "status", .type = MEMBER_STRING, .words = status_words },
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

/* What a request is about, by enum about_type. */
#define MEMBER_OF_ABOUT_IS_KEY(most) .type = MEMBER_UUID
#define MEMBER_OF_ABOUT_IS_ID(most) .type = MEMBER_UUID
#define MEMBER_OF_ABOUT_IS_LINE(most) .type = MEMBER_LINE, .max = (most)
#define MEMBER_OF_ABOUT_IS_TEXT(most) .type = MEMBER_STRING, .max = (most)
#define MEMBER_OF_ABOUT_IS_EFFECT(most) .type = MEMBER_STRING, .words = rule_effect_words
#define MEMBER_OF_ABOUT_IS_ROLES(most) .type = MEMBER_ARRAY, .max = FIELD_ROLES_MOST, .item = &role
#define MEMBER_OF_ABOUT_IS_TIME(most) .type = MEMBER_TIME
#define MEMBER_OF_ABOUT_IS_NUMBER(most) \
	.type = MEMBER_INTEGER, .min = -FIELD_PRIORITY_MOST, .max = FIELD_PRIORITY_MOST
#define MEMBER_OF_ABOUT_IS_FLAG(most) .type = MEMBER_BOOLEAN
#define MEMBER_OF_ABOUT_IS_OBJECT(most) .type = MEMBER_OBJECT

static const struct body_member context_members[] = {
	{ .name = "audit_enabled", .type = MEMBER_BOOLEAN },
	LINE("request_id", FIELD_REQUEST_ID_MOST), LINE("source_ip", 45),
	{ .name = "now", .type = MEMBER_TIME }, LINE("user_agent", 512),
	LINE("reason", FIELD_REASON_MOST),
#define X(id, name_, type, most) { .name = name_, MEMBER_OF_##type(most) },
	ABOUT_MEMBERS(X)
#undef X
};
static const struct body_schema context_schema = { context_members, COUNT_OF(context_members) };

/* What the rules would be, by their ids. Without a text a rule is left out. */
static const struct body_member edit_members[] = {
	{ .name = "rule_id", .type = MEMBER_UUID, .required = true },
	{ .name = "policy_id", .type = MEMBER_UUID, .required = true },
	{
	    .name = "priority",
	    .type = MEMBER_INTEGER,
	    .min = -FIELD_PRIORITY_MOST,
	    .max = FIELD_PRIORITY_MOST,
	},
	{ .name = "policy_text",
	    .type = MEMBER_STRING,
	    .nullable = true,
	    .min = 1,
	    .max = RULE_TEXT_MAX },
	{ .name = "notice",
	    .type = MEMBER_LINE,
	    .nullable = true,
	    .min = 1,
	    .max = RULE_NOTICE_MAX },
};
static const struct body_schema edit_schema = { edit_members, COUNT_OF(edit_members) };
static const struct body_member edit = { .type = MEMBER_OBJECT, .schema = &edit_schema };

/* Over the API the first six, in files all but the first two. */
static const struct body_member members[] = {
	{ .name = "edits", .type = MEMBER_ARRAY, .max = EDITS_MAX, .item = &edit },
	{ .name = "grant_id", .type = MEMBER_UUID },
	{ .name = "principal", .type = MEMBER_OBJECT, .schema = &principal_schema },
	{ .name = "action", .type = MEMBER_STRING, .required = true, .min = 1, .max = 64 },
	{ .name = "grant", .type = MEMBER_OBJECT, .schema = &grant_schema },
	{ .name = "context", .type = MEMBER_OBJECT, .schema = &context_schema },
	{ .name = "name", .type = MEMBER_LINE },
	{ .name = "decision", .type = MEMBER_STRING, .required = true, .words = decisions },
	{ .name = "notices", .type = MEMBER_ARRAY, .item = &notice },
};
const struct body_schema question_body = { members, 6 };
const struct body_schema question_case = { members + 2, COUNT_OF(members) - 2 };

/* ---- reading one ---- */

/* A member has the type that is described; NULL where it is not there, or is null as it may be. */
static struct json_object *
question_member(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	(void)json_object_object_get_ex(object, name, &value);
	return value;
}

static bool
take_text(struct json_object *object, const char *name, const char **to)
{
	struct json_object *v = question_member(object, name);

	if (v != NULL)
		*to = json_object_get_string(v);
	return v != NULL;
}

static bool
take_bool(struct json_object *object, const char *name, bool *to)
{
	struct json_object *v = question_member(object, name);

	if (v != NULL)
		*to = json_object_get_boolean(v);
	return v != NULL;
}

static bool
take_uuid(struct json_object *object, const char *name, struct uuid *to)
{
	const char *text;

	return take_text(object, name, &text) && uuid_parse(to, text, strlen(text));
}

static bool
take_time(struct json_object *object, const char *name, int64_t *to)
{
	const char *text;

	return take_text(object, name, &text) && time_parse(to, text, strlen(text));
}

/* A role is a word here, as it is in a key. */
static void
read_roles(struct buf *to, struct json_object *roles, const char *of, struct body_fault *f)
{
	size_t n = json_object_array_length(roles), i;
	char name[BODY_MEMBER_MAX];

	for (i = 0; i < n; i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(roles, i));

		if (strchr(text, ' ') != NULL) {
			(void)snprintf(name, sizeof(name), "%s[%zu]", of, i);
			body_refuse(f, name, "a word");
			return;
		}
		buf_adds(to, i > 0 ? " " : "");
		buf_adds(to, text);
	}
}

static void
read_principal(struct asked *a, struct json_object *p, struct body_fault *f)
{
	struct json_object *roles = question_member(p, "roles");

	if (take_uuid(p, "id", &a->key))
		a->question.key = &a->key;
	(void)take_text(p, "name", &a->question.key_name);
	if (roles != NULL) {
		read_roles(&a->roles, roles, "principal.roles", f);
		a->question.roles = buf_text(&a->roles);
	}
}

static void
read_grant(struct json_object *from, struct grant *g, int64_t now)
{
	struct json_object *resource = question_member(from, "resource");
	struct json_object *metadata = question_member(from, "metadata");
	struct json_object *version = question_member(from, "version");

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
	(void)take_uuid(from, "id", &g->id);
	g->has_request_id = take_uuid(from, "request_id", &g->request_id);
	(void)take_text(from, "grantee_id", &g->grantee_id);
	if (resource != NULL) {
		(void)take_text(resource, "type", &g->resource_type);
		(void)take_text(resource, "id", &g->resource_id);
	}
	(void)take_text(from, "action", &g->action);
	(void)take_text(from, "status", &g->status);
	(void)take_bool(from, "audit_enabled", &g->audit_enabled);
	(void)take_time(from, "expires_at", &g->expires_at);
	(void)take_time(from, "granted_at", &g->granted_at);
	g->has_revoked_at = take_time(from, "revoked_at", &g->revoked_at);
	(void)take_time(from, "created_at", &g->created_at);
	(void)take_time(from, "updated_at", &g->updated_at);
	if (metadata != NULL)
		g->metadata = json_object_to_json_string_ext(metadata, JSON_C_TO_STRING_PLAIN);
	if (version != NULL)
		g->version = json_object_get_int64(version);
}

static void
read_about_member(struct asked *a, enum about_member m, struct json_object *value,
    struct body_fault *f)
{
	const char *text = json_object_get_string(value); /* of an object, its JSON */
	struct uuid id;
	int64_t time;

	switch (about_type(m)) {
	case ABOUT_IS_KEY:
	case ABOUT_IS_ID:
		if (uuid_parse(&id, text, strlen(text)))
			about_id(&a->about, m, &id);
		break;
	case ABOUT_IS_LINE:
	case ABOUT_IS_TEXT:
	case ABOUT_IS_EFFECT:
	case ABOUT_IS_OBJECT:
		about_text(&a->about, m, text);
		break;
	case ABOUT_IS_ROLES:
		read_roles(&a->target_roles, value, "context.target_roles", f);
		about_text(&a->about, m, buf_text(&a->target_roles));
		break;
	case ABOUT_IS_TIME:
		if (time_parse(&time, text, strlen(text)))
			about_number(&a->about, m, time);
		break;
	case ABOUT_IS_NUMBER:
		about_number(&a->about, m, json_object_get_int64(value));
		break;
	case ABOUT_IS_FLAG:
		about_flag(&a->about, m, json_object_get_boolean(value));
		break;
	}
}

static void
read_about(struct asked *a, struct json_object *context, struct body_fault *f)
{
	int m;

	for (m = 0; m < ABOUT__MAX; m++) {
		struct json_object *value = question_member(context,
		    about_name((enum about_member)m));

		if (value != NULL)
			read_about_member(a, (enum about_member)m, value, f);
	}
	a->question.about = &a->about;
}

static void
read_context(struct json_object *context, struct policy_question *q)
{
	q->source_ip = q->user_agent = q->reason = NULL;
	q->has_audit_enabled = take_bool(context, "audit_enabled", &q->audit_enabled);
	(void)take_text(context, "request_id", &q->request_id);
	(void)take_text(context, "source_ip", &q->source_ip);
	(void)take_time(context, "now", &q->now);
	(void)take_text(context, "user_agent", &q->user_agent);
	(void)take_text(context, "reason", &q->reason);
}

static void
read_action(struct json_object *body, struct policy_question *q, struct body_fault *f)
{
	const struct policy_action *action;
	const char *id = "";

	(void)take_text(body, "action", &id);
	action = policy_action_find(id);
	if (action == NULL) {
		body_refuse(f, "action", "the id of an operation, such as UpdateGrant");
		return;
	}
	q->action = action->id;
	q->write = action->write;
}

enum outcome
asked_read(struct asked *a, struct json_object *body, struct body_fault *f)
{
	struct json_object *principal = question_member(body, "principal"),
			   *grant = question_member(body, "grant");
	struct json_object *context = question_member(body, "context");

	f->member[0] = '\0';
	read_action(body, &a->question, f);
	if (principal != NULL && f->member[0] == '\0')
		read_principal(a, principal, f);
	if (context != NULL) {
		read_context(context, &a->question);
		read_about(a, context, f);
	}
	if (grant != NULL) {
		read_grant(grant, &a->grant, a->question.now);
		a->question.grant = &a->grant;
	}
	return a->roles.failed || a->target_roles.failed ||
		(grant != NULL && a->grant.metadata == NULL) ?
	    BROKEN :
	    DONE;
}

void
asked_clear(struct asked *a)
{
	buf_clear(&a->roles);
	buf_clear(&a->target_roles);
}
