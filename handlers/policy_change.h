/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_POLICY_CHANGE_H
#define GRANTD_HANDLERS_POLICY_CHANGE_H

#include "handlers/operation.h"

/*
 * The end of every change() of policies and rules, with the change queued: send it, and see that it leaves a key that can
 * change policies (policy/guard.h). Where it leaves none, that is answered and the call is refused.
 */
MUST_CHECK enum outcome policy_change(struct call *c);

/* What a body says of a policy, over what is there already; `was` is NULL for a new one. Borrows from both. */
struct policy_settings policy_settings_of(struct json_object *body, const struct policy *was);

/* The members of such a body, for operation tables. */
extern const struct body_schema policy_create_body, policy_update_body;

#endif
