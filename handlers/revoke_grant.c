/* SPDX-License-Identifier: MIT */
/* RevokeGrant, DELETE /v1/grants/{id}: ends a grant before its time. Answers 204; again: 204, and nothing is logged. */
#include "config.h"

#include "handlers/answer.h"

static const enum change *
revoke_grant_change(struct call *c)
{
	db_grant_revoke(c->db, &c->caller.tenant, &c->request.path_id[0], &c->change.by,
	    &c->of.grant.is);
	return &c->of.grant.is.change;
}

const struct operation op_revoke_grant = {
	.id = "RevokeGrant",
	.method = HTTP_DELETE,
	.path = "/v1/grants/{id}",
	.access = ACCESS_WRITE,
	.target = TARGET_GRANT,
	.change = revoke_grant_change,
	.answer = answer_nothing,
};
