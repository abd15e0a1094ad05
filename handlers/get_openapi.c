/* SPDX-License-Identifier: MIT */
/* GetOpenApi, GET /v1/openapi.json: the description of this interface, docs/openapi.yaml as JSON. Answers 200. */
#include "config.h"

#include "handlers/operation.h"

/* docs/openapi.json as a string literal, made by the build. */
static const char description[] =
#include "handlers/openapi_json.inc"
    ;

static void
get_openapi_answer(struct call *c)
{
	c->rs->status = 200;
	response_header(c->rs, "Content-Type", "application/json");
	buf_add(&c->rs->body, description, sizeof(description) - 1);
}

const struct operation op_get_openapi = {
	.id = "GetOpenApi",
	.method = HTTP_GET,
	.path = "/v1/openapi.json",
	.access = ACCESS_PUBLIC,
	.answer = get_openapi_answer,
};
