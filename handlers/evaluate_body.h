/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_EVALUATE_BODY_H
#define GRANTD_HANDLERS_EVALUATE_BODY_H

#include "handlers/operation.h"
#include "policy/question.h"

/* The members of a question to the policies. */
extern const struct body_schema evaluate_body;

/* Queue the reads that the body asks for: the grant and the key that it names. */
void evaluate_load(struct call *c);

/*
 * Make the question, with what evaluate_load() asked for read. Without a principal it is the caller, without a context this
 * request's own. NOT_FOUND: no such grant; else DONE, with *bad, a member that cannot be taken, and *expected set, or
 * NULL. asked_clear() in any case.
 */
MUST_CHECK enum outcome evaluate_read(struct call *c, struct asked *a, const char **bad,
    const char **expected);

#endif
