/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_GUARD_H
#define GRANTD_POLICY_GUARD_H

#include "db/db.h"
#include "db/key_record.h"
#include "policy/decide.h"

/*
 * What a tenant may have in force: so many rules, and so many bytes of their texts together. Whatever they say, that many compile
 * in less than a program may take (policy/program.c); and as no rule takes more than some seven steps for ten bytes of its
 * text, but for work on long values, asking all of them is within POLICY_STEPS_MAX: docs/performance.md has the worst.
 */
#define POLICY_RULES_MAX 4096
#define POLICY_TEXT_MAX ((size_t)256 * 1024)

/*
 * The guard against locking a tenant out of its own policies. Asked in the transaction of a change, after it and before the
 * commit, with the tenant's row held: so it sees the very rules that would be in force.
 */
struct guarded {
	bool too_large; /* more than may be in force: see POLICY_RULES_MAX and POLICY_TEXT_MAX */
	size_t rules, text;
	bool
	    kept; /* at each time there is one active key that may both create and update policy rules */
	bool later;         /* not kept: it is kept now, */
	int64_t locked_out; /* and not at this time any more; microseconds since 1970 */
};

/*
 * `circumstances` holds the tenant and the context that each key is tried with: those of the change itself, but for the time,
 * which is the database's. Where they give no reason, one is supposed, as anybody can give one.
 *
 * The times are those of policy/instants.h. A key that will have expired by then is taken to be rotated: what
 * counts is another key of its name and roles.
 *
 * `ended`: NULL; or the key that the change, queued before this, revokes. Where that one could not change the policies, or
 * nothing came of it, nothing is lost, and it is kept; only the present is asked about. Many a tenant has no such key, as grantctl alone
 * changes its policies.
 *
 * It is not kept either where asking all that takes more than 10 million steps of the engine, which is logged.
 *
 * DONE, or why the rules and keys could not be read or asked: the transaction is then to be rolled back. It is not kept
 * where a rule does not parse.
 */
MUST_CHECK enum outcome policy_guard(struct db *, struct decider *,
    const struct policy_question *circumstances, const struct key_record *ended, struct guarded *);

#endif
