/* SPDX-License-Identifier: MIT */
/*
 * RotateApiKey, POST /v1/api-keys/{keyId}/rotate: a new key with the name and roles of an old one, which goes on working
 * for `overlap` seconds. It ends when the old one was to, unless expires_at says else. Answers 201 with the new key itself;
 * raises 409 conflict where the old one is revoked or was rotated before, and 422 invalid_body for a time that has
 * passed. Each of the two keys gets an entry.
 */
#include "config.h"

#include <json-c/json.h>

#include "base/time_text.h"
#include "handlers/answer.h"
#include "handlers/api_key_answer.h"
#include "policy/about.h"

#define OVERLAP_DEFAULT 3600
#define OVERLAP_MOST (30L * 24 * 3600)

static const struct body_member members[] = {
	{ .name = "overlap", .type = MEMBER_INTEGER, .min = 0, .max = OVERLAP_MOST },
	{ .name = "expires_at", .type = MEMBER_TIME, .nullable = true },
};
static const struct body_schema body = { members, COUNT_OF(members) };

/* Does the request say when the new key ends, and be it never? */
static bool
asks_expiry(const struct call *c)
{
	return json_object_object_get_ex(c->request.body, "expires_at", NULL);
}

/* To ask for no end is to ask for the last one: a rule that bounds it has one thing to look at. */
static bool
rotate_api_key_about(struct call *c, struct about *a)
{
	struct key_new *n = &c->of.api_key.new;

	if (!asks_expiry(c))
		return true;
	if (!api_key_expiry(c->request.body, n))
		return false;
	about_number(a, ABOUT_ASKED_EXPIRES_AT, n->has_expires_at ? n->expires_at : TIME_MOST);
	return true;
}

static enum prepared
rotate_api_key_prepare(struct call *c)
{
	struct of_api_key *of = &c->of.api_key;
	struct json_object *overlap;

	of->rotation = (struct key_rotation){
		.old = &of->was.id,
		.old_version = of->was.version,
		.overlap = json_object_object_get_ex(c->request.body, "overlap", &overlap) ?
		    json_object_get_int64(overlap) :
		    OVERLAP_DEFAULT,
		.old_entry = c->change.other_entry,
		.inherit = !asks_expiry(c),
	};
	return api_key_new(c) ? PREPARED : PREPARED_FAILED;
}

static const enum change *
rotate_api_key_change(struct call *c)
{
	struct of_api_key *of = &c->of.api_key;

	db_key_rotate(c->db, &c->caller.tenant, &of->rotation, &of->new, &c->change.by, &of->is);
	return &of->is.made.change;
}

static void
rotate_api_key_answer(struct call *c)
{
	enum change said = c->of.api_key.is.made.change;

	if (said == CHANGE_REVOKED)
		response_error_message(c->rs, ERROR_CONFLICT,
		    "This key is revoked: make a new one instead.", NULL, NULL);
	else if (said == CHANGE_REPLACED)
		response_error_message(c->rs, ERROR_CONFLICT,
		    "This key was rotated already: rotate the one that came after it.", NULL, NULL);
	else if (said == CHANGE_PAST && c->of.api_key.rotation.inherit)
		answer_invalid_member(c, "expires_at", "a time to come, as the key has expired");
	else
		answer_api_key_created(c);
}

const struct operation op_rotate_api_key = {
	.id = "RotateApiKey",
	.method = HTTP_POST,
	.path = "/v1/api-keys/{keyId}/rotate",
	.access = ACCESS_WRITE,
	.target = TARGET_API_KEY,
	.body = &body,
	.body_max = BODY_SMALL,
	.about = rotate_api_key_about,
	.prepare = rotate_api_key_prepare,
	.change = rotate_api_key_change,
	.two_entries = true,
	.answer = rotate_api_key_answer,
};
