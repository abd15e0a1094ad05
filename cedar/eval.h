/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_EVAL_H
#define CEDAR_EVAL_H

#include <stdbool.h>

#include "cedar/cedar.h"
#include "cedar/policy.h"

struct cedar_request;

/* Why an evaluation failed; what `detail` of a struct cedar_failure points to. */
enum failure {
	FAILURE_TYPE, /* const char *: what was expected; `got` is its enum value_type */
	FAILURE_OVERFLOW,
	FAILURE_ATTRIBUTE,        /* struct name: missing in a record */
	FAILURE_ENTITY_ATTRIBUTE, /* struct name: missing in an entity */
	FAILURE_TAG,              /* struct uid: it has no such tag */
	FAILURE_ENTITY,           /* struct uid: does not exist */
	FAILURE_ARITY,
	FAILURE_TEXT,  /* a constructor's text is none of its type */
	FAILURE_UNHELD /* struct name: of what was read; NULL: it is within what was compared */
};

enum eval_result {
	EVAL_VALUE,
	EVAL_FAILED,       /* the failure is filled in */
	EVAL_UNDETERMINED, /* an opaque entity was touched */
	EVAL_GAVE_UP       /* no memory, or the request's budget is spent */
};

struct machine {
	struct cedar_request *request; /* NULL for expressions without variables */
	struct arena *arena;           /* for what cannot be held in a struct value */
	int64_t *left;                 /* of the steps that may be taken */
	struct cedar_failure failure;
};

/*
 * All conditions of a policy whose scope matches.  Recursion goes no deeper than
 * the brackets of the text.
 */
enum eval_result cd_eval_conditions(struct machine *, const struct cd_policy *, bool *satisfied);

/*
 * Give a set, a record or a function call whose operands are constant its value,
 * unless that fails; a failure is left for when it is reached.
 */
void cd_fold(struct arena *, struct expr *);

#endif
