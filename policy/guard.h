/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_GUARD_H
#define GRANTD_POLICY_GUARD_H

#include "db/db.h"
#include "db/key_record.h"
#include "policy/decide.h"

/*
 * The guard against locking a tenant out of its own policies. Asked in the transaction of a change, after it and before the
 * commit, with the tenant's row held: so it sees the very rules that would be in force.
 *
 * *kept: is there one active key that may both create and update policy rules? `circumstances` holds the tenant and the
 * context that each key is tried with: those of the change itself. Where they give no reason, one is supposed, as
 * anybody can give one.
 *
 * `ended`: NULL; or the key that the change, queued before this, revokes. Where that one could not change the policies, or
 * nothing came of it, nothing is lost: *kept is true. Many a tenant has no such key, as grantctl alone changes its policies.
 *
 * DONE, or why the rules and keys could not be read: the transaction is then to be rolled back. *kept is false
 * where the rules cannot be compiled.
 */
MUST_CHECK enum outcome policy_guard(struct db *, struct decider *,
    const struct policy_question *circumstances, const struct key_record *ended, bool *kept);

#endif
