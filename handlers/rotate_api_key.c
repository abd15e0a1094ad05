/* SPDX-License-Identifier: MIT */
/*
 * RotateApiKey, POST /v1/api-keys/{keyId}/rotate: a new key with the name and roles of an old one, which goes on working
 * for `overlap` seconds. Answers 201 with the new key itself; raises 409 conflict where the old one is revoked,
 * and 422 invalid_body for a time that has passed. Each of the two keys gets an entry.
 */
#include "config.h"

#include <json-c/json.h>

#include "handlers/api_key_answer.h"

#define OVERLAP_DEFAULT 3600
#define OVERLAP_MOST (30L * 24 * 3600)

static const struct body_member members[] = {
	{ .name = "overlap", .type = MEMBER_INTEGER, .min = 0, .max = OVERLAP_MOST },
	{ .name = "expires_at", .type = MEMBER_TIME, .nullable = true },
};
static const struct body_schema body = { members, COUNT_OF(members) };

/* Unless told otherwise, the new key lives as long from now as the old one was meant to: by the database's clock. */
static bool
expiry_of(struct call *c, struct of_api_key *of)
{
	of->rotation.inherit = !json_object_object_get_ex(c->request.body, "expires_at", NULL);
	return of->rotation.inherit || api_key_expiry(c->request.body, &of->new);
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
	};
	return api_key_new(c) && expiry_of(c, of) ? PREPARED : PREPARED_FAILED;
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
	if (c->of.api_key.is.made.change == CHANGE_REVOKED)
		response_error_message(c->rs, ERROR_CONFLICT,
		    "This key is revoked: make a new one instead.", NULL, NULL);
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
	.prepare = rotate_api_key_prepare,
	.change = rotate_api_key_change,
	.answer = rotate_api_key_answer,
};
