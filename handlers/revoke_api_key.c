/* SPDX-License-Identifier: MIT */
/*
 * RevokeApiKey, DELETE /v1/api-keys/{keyId}: from the next request on the key opens nothing, in any worker.
 * Answers 204; again: 204, and nothing is logged. Raises 409 policy_lockout for the last key that may change the policies.
 */
#include "config.h"

#include "handlers/answer.h"

static const enum change *
revoke_api_key_change(struct call *c)
{
	db_key_revoke(c->db, &c->caller.tenant, &c->request.path_id[0], &c->change.by,
	    &c->of.api_key.is.made);
	return &c->of.api_key.is.made.change;
}

const struct operation op_revoke_api_key = {
	.id = "RevokeApiKey",
	.method = HTTP_DELETE,
	.path = "/v1/api-keys/{keyId}",
	.access = ACCESS_WRITE,
	.target = TARGET_API_KEY,
	.change = revoke_api_key_change,
	.guarded = true,
	.answer = answer_nothing,
};
