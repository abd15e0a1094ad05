/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_AUTHORIZE_H
#define GRANTD_HANDLERS_AUTHORIZE_H

#include "handlers/operation.h"

/*
 * Ask the tenant's policies about this call, whose credential is verified and whose target was read; fills c->decision, and
 * says in c->change whether a rule had to look at the grant. Fail-closed: VERDICT_DENIED unless the policies in
 * force permit. Reads the policies, in an exchange of its own, where they are not those that are kept.
 * DONE, or why they could not be read or asked.
 */
MUST_CHECK enum outcome authorize(struct call *c);

/*
 * Do the policies permit this call to the key as it was last seen, whatever the attributes of the target are? Asks
 * neither the database nor anything but what is in memory; false wherever that does not suffice.
 */
MUST_CHECK bool authorize_unseen(struct call *c, const struct key *known);

/* Fill in the circumstances of the call: the question's context, except what the body asks for. Borrows from *c. */
void authorize_context(struct call *c, struct policy_question *q);

/* The determining rules as the audit log has them: [{"policy_id", "rule_id"}]. The caller's; NULL: no memory. */
struct json_object *decision_rules_json(const struct decision *);

/*
 * The forbids that failed in evaluation, in the same form; of a decision over budget also the rule where it was given up.
 * The caller's; NULL: no memory.
 */
struct json_object *decision_failed_json(const struct decision *);

/*
 * Why it is refused, where it is not what the rules say: "budget", or "rule_failed", a forbid that failed is among what
 * determined it. NULL: neither.
 */
const char *decision_reason(const struct decision *);

/* The notices of the determining rules, in their order, without duplicates. The caller's; NULL: none, or no memory. */
struct json_object *decision_notices_json(const struct decision *);

/*
 * Answer 403 policy_denied: with the forbidding rules' notices, or with a message that nothing permits it; and with details
 * of what decision_reason() tells.
 */
void answer_denied(struct call *c);

#endif
