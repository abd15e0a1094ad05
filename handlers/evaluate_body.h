/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_EVALUATE_BODY_H
#define GRANTD_HANDLERS_EVALUATE_BODY_H

#include "handlers/operation.h"
#include "policy/decide.h"

/* The members of a question to the policies. */
extern const struct body_schema evaluate_body;

/* A question and what it borrows from, beside the call. */
struct evaluation {
	struct policy_question question;
	struct uuid key;		/* of the principal, where the body names one */
	struct buf roles;		/* separated by blanks */
	struct grant grant;		/* that the body describes */
};

/* Queue the reads that the body asks for: the grant and the key that it names. */
void evaluate_load(struct call *c);

/*
 * Make the question, with what evaluate_load() asked for read. NOT_FOUND: no such grant; else DONE, with *member and
 * *expected set where a member cannot be taken. evaluation_clear() in any case.
 */
MUST_CHECK enum outcome evaluate_read(struct call *c, struct evaluation *e, const char **member, const char **expected);
void evaluation_clear(struct evaluation *);

#endif
