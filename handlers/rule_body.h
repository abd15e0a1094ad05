/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_RULE_BODY_H
#define GRANTD_HANDLERS_RULE_BODY_H

#include "handlers/operation.h"
#include "policy/rule.h"

/* The members of a body that describes a rule, as text or in parts. */
extern const struct body_schema rule_body;

/*
 * Read c->body into settings over those of `was` (NULL: a new rule). The settings borrow from the body, from `was` and from
 * *rule, which the caller clears in any case.
 *
 * policy_text wins over the parts. Parts go over those of `was`; one that names a scope type says the whole scope.
 * Where they change what the rule says, its text is made anew and keeps its annotations.
 *
 * DONE, unless memory ran out (BROKEN); with call->refused where the rule is not one, which is answered then:
 * 422 invalid_policy, or invalid_body for parts that do not belong together.
 */
MUST_CHECK enum outcome rule_body_read(struct call *c, const struct rule_record *was,
    struct rule *rule, struct rule_settings *settings);

#endif
