/* SPDX-License-Identifier: MIT */
/*
 * RotateApiKey, POST /v1/api-keys/{keyId}/rotate: a new key with the name and roles of an old one, which goes on working
 * for `overlap` seconds. Answers 201 with the new key itself; raises 409 conflict where the old one is revoked,
 * and 422 invalid_body for a time that has passed. Each of the two keys gets an entry.
 */
#include "config.h"

#include <json-c/json.h>

#include "base/clock.h"
#include "base/time_text.h"
#include "handlers/answer.h"
#include "handlers/api_key_answer.h"

#define OVERLAP_DEFAULT 3600
#define OVERLAP_MOST (30L * 24 * 3600)

static const struct body_member members[] = {
	{ .name = "overlap", .type = MEMBER_INTEGER, .min = 0, .max = OVERLAP_MOST },
	{ .name = "expires_at", .type = MEMBER_TIME, .nullable = true },
};
static const struct body_schema body = { members, COUNT_OF(members) };

/* Unless told otherwise, the new key lives as long from now as the old one was meant to, or till the end of time. */
static bool
expiry_of(struct call *c, struct key_new *n)
{
	const struct key_record *old = &c->api_key;

	if (json_object_object_get_ex(c->body, "expires_at", NULL))
		return api_key_expiry(c->body, n);
	n->has_expires_at = old->has_expires_at;
	n->expires_at = clock_wall_us() + (old->expires_at - old->created_at);
	if (n->expires_at > TIME_MOST)
		n->expires_at = TIME_MOST;
	return true;
}

static enum outcome
change(struct call *c)
{
	struct key_new n = {
		.name = c->api_key.name,
		.roles = c->api_key.roles,
		.replaces = &c->api_key.id,
	};
	struct audit_entry retired = c->entry;
	uint8_t hash[API_KEY_HASH_LEN];
	struct json_object *overlap;
	enum outcome rc;

	if (c->api_key.has_revoked_at) {
		response_error_message(c->rs, ERROR_CONFLICT,
		    "This key is revoked: make a new one instead.", NULL, NULL);
		c->refused = true;
		return DONE;
	}
	if (!api_key_new(c, &n, hash) || !expiry_of(c, &n) || !uuid_make_v7(&retired.id))
		return BROKEN;
	db_key_create(c->db, &c->tenant, &n, &c->entry, &c->api_key_changed);
	if ((rc = db_exchange(c->db)) != DONE || !c->api_key_changed.found)
		return rc; /* without a new key the old one stays as it is */
	db_key_retire(c->db, &c->tenant, &c->api_key.id,
	    json_object_object_get_ex(c->body, "overlap", &overlap) ?
		json_object_get_int64(overlap) :
		OVERLAP_DEFAULT,
	    &n.id, &retired, &c->api_key_retired);
	c->changing = true;
	return DONE;
}

const struct operation op_rotate_api_key = {
	.id = "RotateApiKey",
	.method = HTTP_POST,
	.path = "/v1/api-keys/{keyId}/rotate",
	.access = ACCESS_WRITE,
	.target = TARGET_API_KEY,
	.body = &body,
	.body_max = BODY_SMALL,
	.change = change,
	.makes = true,
	.answer = answer_api_key_created,
};
