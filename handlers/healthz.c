/* SPDX-License-Identifier: MIT */
/* Healthz, GET /healthz: this process answers; says nothing of the database. Answers 200. */
#include "config.h"

#include "handlers/operation.h"

static void
healthz_answer(struct call *c)
{
	response_json(c->rs, 200, error_detail("status", "ok"));
}

const struct operation op_healthz = {
	.id = "Healthz",
	.method = HTTP_GET,
	.path = "/healthz",
	.access = ACCESS_PUBLIC,
	.answer = healthz_answer,
};
