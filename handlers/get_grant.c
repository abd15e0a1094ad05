/* SPDX-License-Identifier: MIT */
/* GetGrant, GET /v1/grants/{id}: one grant. Answers 200, or 304 where If-None-Match names what the client has. */
#include "config.h"

#include "handlers/grant_answer.h"
#include "http/etag.h"

static void
answer(struct call *c)
{
	const char *known = c->rq->header[HEADER_IF_NONE_MATCH];
	char etag[GRANT_ETAG_MAX];

	grant_etag(&c->grant, etag);
	if (known != NULL && etag_list_match(known, etag) == ETAG_MATCH) {
		response_header(c->rs, "ETag", etag);
		response_empty(c->rs, 304);
	} else {
		grant_answer(c->rs, &c->grant, false);
	}
}

const struct operation op_get_grant = {
	.id = "GetGrant", .method = HTTP_GET, .path = "/v1/grants/{id}",
	.access = ACCESS_READ, .target = TARGET_GRANT,
	.answer = answer,
};
