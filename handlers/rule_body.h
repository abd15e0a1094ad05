/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_RULE_BODY_H
#define GRANTD_HANDLERS_RULE_BODY_H

#include "handlers/operation.h"
#include "policy/rule.h"

/* The members of a body that describes a rule, as text or in parts. */
extern const struct body_schema rule_body;

/*
 * Read the body into c->of.policy.rule_set, over the settings of `was` (NULL: a new rule). They borrow from the body, from
 * `was` and from c->of.policy.rule.
 *
 * policy_text wins over the parts. Parts go over those of `was`; one that names a scope type says the whole scope.
 * Where they change what the rule says, its text is made anew and keeps its annotations.
 *
 * PREPARED; PREPARED_REFUSED where the rule is not one, which is answered: 422 invalid_policy, or invalid_body for parts
 * that do not belong together; PREPARED_FAILED where memory ran out.
 */
MUST_CHECK enum prepared rule_body_read(struct call *c, const struct rule_record *was);

/* Read the rule alone into c->of.policy.rule, and answer nothing. False: it is none, or memory ran out. */
MUST_CHECK bool rule_body_look(struct call *c, const struct rule_record *was);

#endif
