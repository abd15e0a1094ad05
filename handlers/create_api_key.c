/* SPDX-License-Identifier: MIT */
/*
 * CreateApiKey, POST /v1/api-keys. Answers 201 with the key itself, which is shown this once; raises 422 invalid_body
 * for roles that are no names and for a time that has passed. Repeated, it makes another key.
 */
#include "config.h"

#include <json-c/json.h>

#include "base/field.h"
#include "handlers/api_key_answer.h"
#include "handlers/check.h"
#include "policy/about.h"

static const struct body_member role = { .type = MEMBER_LINE, .min = 1, .max = FIELD_ROLE_MOST };
static const struct body_member members[] = {
	{ .name = "name", .type = MEMBER_LINE, .required = true, .min = 1, .max = FIELD_NAME_MOST },
	{
	    .name = "roles",
	    .type = MEMBER_ARRAY,
	    .required = true,
	    .min = 1,
	    .max = FIELD_ROLES_MOST,
	    .item = &role,
	},
	{ .name = "expires_at", .type = MEMBER_TIME, .nullable = true },
};
static const struct body_schema body = { members, COUNT_OF(members) };

static bool
create_api_key_check(struct call *c, struct fault *f)
{
	struct json_object *roles = json_object_object_get(c->request.body, "roles");
	char member[32];
	size_t i;

	for (i = 0; i < json_object_array_length(roles); i++) {
		if (field_role_valid(json_object_get_string(json_object_array_get_idx(roles, i))))
			continue;
		(void)snprintf(member, sizeof(member), "roles[%zu]", i);
		return refuse_member(f, member,
		    "a role: a lower-case letter, then lower-case letters, digits, _ and -");
	}
	return true;
}

/* Separated by blanks, which no role has. */
static void
join_roles(struct json_object *roles, struct buf *text)
{
	size_t i;

	for (i = 0; i < json_object_array_length(roles); i++) {
		if (i > 0)
			buf_addc(text, ' ');
		buf_adds(text, json_object_get_string(json_object_array_get_idx(roles, i)));
	}
}

/* The key that is asked for, which is what is made where the policies permit it. */
static bool
create_api_key_about(struct call *c, struct about *a)
{
	struct of_api_key *of = &c->of.api_key;

	of->new.name = json_object_get_string(json_object_object_get(c->request.body, "name"));
	buf_reset(&of->roles);
	join_roles(json_object_object_get(c->request.body, "roles"), &of->roles);
	of->new.roles = buf_text(&of->roles);
	if (of->roles.failed || !api_key_expiry(c->request.body, &of->new))
		return false;
	about_text(a, ABOUT_NAME, of->new.name);
	about_text(a, ABOUT_ROLES, of->new.roles);
	if (of->new.has_expires_at)
		about_number(a, ABOUT_EXPIRES_AT, of->new.expires_at);
	return true;
}

static enum prepared
create_api_key_prepare(struct call *c)
{
	return api_key_new(c) ? PREPARED : PREPARED_FAILED;
}

static const enum change *
create_api_key_change(struct call *c)
{
	db_key_create(c->db, &c->caller.tenant, &c->of.api_key.new, &c->change.by,
	    &c->of.api_key.is.made);
	return &c->of.api_key.is.made.change;
}

const struct operation op_create_api_key = {
	.id = "CreateApiKey",
	.method = HTTP_POST,
	.path = "/v1/api-keys",
	.access = ACCESS_WRITE,
	.target = TARGET_API_KEYS,
	.body = &body,
	.body_max = BODY_SMALL,
	.check = create_api_key_check,
	.about = create_api_key_about,
	.prepare = create_api_key_prepare,
	.change = create_api_key_change,
	.answer = answer_api_key_created,
};
