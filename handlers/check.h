/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_CHECK_H
#define GRANTD_HANDLERS_CHECK_H

#include <stdbool.h>

#include "handlers/operation.h"

/* The first thing wrong with a request; `error` is HTTP_ERROR__MAX while there is none. */
struct fault {
	enum http_error error;
	struct json_object *details; /* owned until it is answered; may be NULL */
};

#define FAULT_NONE \
	{ \
		.error = HTTP_ERROR__MAX, .details = NULL \
	}

/* Refuse a parameter: 400 invalid_parameter with its name and what was expected of it. Returns false. */
bool refuse_parameter(struct fault *f, const char *parameter, const char *expected);

/* Refuse a body: 422 invalid_body with the member and what was expected of it. Returns false. */
bool refuse_member(struct fault *f, const char *member, const char *expected);

/*
 * The checks that need no database, each filling its part of *c; false, and *f filled,
 * at the first thing wrong. They are made before the credential is looked up, and answered after it.
 */
MUST_CHECK bool check_key(struct call *c, struct fault *f); /* X-API-Key: form and check sum */
MUST_CHECK bool check_tenant_id(struct call *c, struct fault *f);  /* X-Tenant-ID */
MUST_CHECK bool check_parameters(struct call *c, struct fault *f); /* path, query, headers */
MUST_CHECK bool check_body(struct call *c, struct fault *f);       /* type, size, syntax, schema */

/* Answer with what is wrong, and take its details. */
void answer_fault(struct call *c, struct fault *f);

#endif
