/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_EVALUATE_BODY_H
#define GRANTD_HANDLERS_EVALUATE_BODY_H

#include "handlers/operation.h"
#include "policy/question.h"

/* Queue the reads that a body (question_body) asks for: the grant and the key that it names. */
void evaluate_load(struct call *c);

/*
 * Make the question, with what evaluate_load() asked for read. Without a principal it is the caller, without a context this
 * request's own. NOT_FOUND: no such grant; BROKEN: no memory; else DONE, with fault->member "" or what cannot be taken.
 * asked_clear() in any case.
 */
MUST_CHECK enum outcome evaluate_read(struct call *c, struct asked *a, struct body_fault *fault);

#endif
