/* SPDX-License-Identifier: MIT */
/* Readyz, GET /readyz: a change could be made in the database now. Answers 200, or 503. */
#include "config.h"

#include "handlers/operation.h"

static void
readyz_answer(struct call *c)
{
	if (db_ready(c->db) == DONE)
		response_json(c->rs, 200, error_detail("status", "ready"));
	else
		response_error(c->rs, ERROR_UNAVAILABLE, NULL, NULL);
}

const struct operation op_readyz = {
	.id = "Readyz",
	.method = HTTP_GET,
	.path = "/readyz",
	.access = ACCESS_PUBLIC,
	.answer = readyz_answer,
};
