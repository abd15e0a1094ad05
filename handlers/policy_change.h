/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_POLICY_CHANGE_H
#define GRANTD_HANDLERS_POLICY_CHANGE_H

#include "handlers/operation.h"

/*
 * Send a change of policies or rules, or the end of a key, in a transaction that is committed only where it leaves a key that
 * can change policies, and no more rules than may be in force (policy/guard.h): what would be in force is looked at before it is.
 * Otherwise it is undone, and c->change.locked_out or too_large is set. The outcome of the transaction; c->change.said is what
 * became of the change.
 */
MUST_CHECK enum outcome guarded_change(struct call *c);

/* Answer that it was undone: 422 invalid_policy with the bound, or 409 policy_lockout. */
void answer_undone(struct call *c);

/* What a body says of a policy, over what is there already; `was` is NULL for a new one. Borrows from both. */
struct policy_settings policy_settings_of(struct json_object *body, const struct policy *was);

/* The members of such a body, for operation tables. */
extern const struct body_schema policy_create_body, policy_update_body;

#endif
