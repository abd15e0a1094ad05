/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_POLICY_MATCH_H
#define GRANTCTL_POLICY_MATCH_H

#include "ctl/policy_stored.h"
#include "policy/file.h"

/* How a rule of the file relates to the stored ones. */
struct matched_rule {
	int stored;      /* which stored rule it is; -1: none, it is new */
	bool same_text;  /* as that one */
	int64_t ordinal; /* that it will have */
};

struct match {
	struct matched_rule *rule; /* by the file's rules */
	bool *kept;                /* by the stored rules: is it in the file? */
};

#define MATCH_EMPTY \
	{ \
		.rule = NULL, .kept = NULL \
	}

/*
 * Pair the stored rules of a policy with those of a file: first by the text that both have in a file, then by @id, then
 * the rest in order. A stored rule keeps its ordinal if that is greater than the one before it, so that rules that are
 * in place stay. `stored` may be NULL: a new policy. False: out of memory. match_clear() in any case.
 */
MUST_CHECK bool match_rules(struct match *, const struct file_policy *,
    const struct stored_policy *stored);
void match_clear(struct match *);

#endif
