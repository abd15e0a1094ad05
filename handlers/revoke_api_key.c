/* SPDX-License-Identifier: MIT */
/*
 * RevokeApiKey, DELETE /v1/api-keys/{keyId}: from the next request on the key opens nothing, in any worker.
 * Answers 204; again: 204, and nothing is logged.
 */
#include "config.h"

#include "handlers/operation.h"

static enum outcome
change(struct call *c)
{
	db_key_revoke(c->db, &c->tenant, &c->api_key.id, &c->entry, &c->api_key_changed);
	c->changing = true;
	return DONE;
}

static void
answer(struct call *c)
{
	response_empty(c->rs, 204);
}

const struct operation op_revoke_api_key = {
	.id = "RevokeApiKey",
	.method = HTTP_DELETE,
	.path = "/v1/api-keys/{keyId}",
	.access = ACCESS_WRITE,
	.target = TARGET_API_KEY,
	.change = change,
	.answer = answer,
};
