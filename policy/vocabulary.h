/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_VOCABULARY_H
#define GRANTD_POLICY_VOCABULARY_H

#include "policy/rule.h"

struct cedar_schema;

/*
 * What rules can speak of: the operations, the types of entities, and their attributes by operation. It is said in one
 * place, policy/grantd.cedarschema, which is compiled in, and which the official tools read, too. A rule that speaks of
 * anything else never applies or fails, so that a forbid would let through in silence what it was written to stop.
 *
 * Only a rule that is written is held to it. One that is stored already goes on as it is.
 */

/* NULL: no memory. */
MUST_CHECK struct cedar_schema *vocabulary_new(void);
void vocabulary_free(struct cedar_schema *); /* NULL is fine */

/* Told of what is wrong, in the order of the text. */
typedef void vocabulary_complain(void *with, const struct rule_fault *);

/*
 * Hold statement `i` of a set to it. RULE_DONE; RULE_REFUSED after complaints, whose places are those of the text that was
 * added to the set, and whose `expected` is the nearest name or "".
 */
MUST_CHECK enum rule_result vocabulary_check(const struct cedar_schema *, const struct cedar_set *,
    size_t i, vocabulary_complain *, void *with);

/* The same for one rule that was read or made; *fault is the first. */
MUST_CHECK enum rule_result rule_known(const struct rule *, struct rule_fault *fault);

/* The same for a stored text. */
MUST_CHECK enum rule_result rule_text_known(const struct cedar_schema *, const char *text,
    struct rule_fault *fault);

#endif
