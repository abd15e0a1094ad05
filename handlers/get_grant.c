/* SPDX-License-Identifier: MIT */
/* GetGrant, GET /v1/grants/{id}: one grant. Answers 200, or 304 where If-None-Match names what the client has. */
#include "config.h"

#include "db/json.h"
#include "handlers/answer.h"
#include "handlers/grant_answer.h"

static void
get_grant_answer(struct call *c)
{
	char etag[ETAG_TEXT_MAX];

	grant_etag(&c->of.grant.was, etag);
	answer_read(c, etag, grant_json(&c->of.grant.was));
}

const struct operation op_get_grant = {
	.id = "GetGrant",
	.method = HTTP_GET,
	.path = "/v1/grants/{id}",
	.access = ACCESS_READ,
	.target = TARGET_GRANT,
	.answer = get_grant_answer,
};
