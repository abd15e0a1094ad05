/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_RULE_BODY_H
#define GRANTD_HANDLERS_RULE_BODY_H

#include "handlers/operation.h"
#include "policy/rule.h"

/* The members of a body that describes a rule, as text or in parts. */
extern const struct body_schema rule_body;

/* The query of an operation that takes such a body: allow_unknown=true stores a rule that can never apply or always fails. */
#define RULE_QUERY_COUNT 1
extern const struct query_parameter rule_query[RULE_QUERY_COUNT];

/*
 * Read the body into c->of.policy.rule_set, over the settings of `was` (NULL: a new rule). They borrow from the body, from
 * `was` and from c->of.policy.rule.
 *
 * policy_text wins over the parts. Parts go over those of `was`; one that names a scope type says the whole scope.
 * Where they change what the rule says, its text is made anew and keeps its annotations.
 *
 * PREPARED; PREPARED_REFUSED where the rule is not one, or a new text speaks of what is not there (policy/vocabulary.h) and
 * the query does not allow that, which is answered: 422 invalid_policy, or invalid_body for parts that do not belong
 * together; PREPARED_FAILED where memory ran out.
 */
MUST_CHECK enum prepared rule_body_read(struct call *c, const struct rule_record *was);

/*
 * The rule as clients see it, with a warning where it was let through by allow_unknown. The caller's; NULL: no memory.
 */
struct json_object *rule_body_answer(const struct call *c, const struct rule_record *);

/* Read the rule alone into c->of.policy.rule, and answer nothing. False: it is none, or memory ran out. */
MUST_CHECK bool rule_body_look(struct call *c, const struct rule_record *was);

#endif
