/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_POLICY_MATCH_H
#define GRANTCTL_POLICY_MATCH_H

#include "ctl/policy_stored.h"
#include "policy/file.h"

/* What becomes of the rules of one policy: which stored one each rule of the file is, and where it will stand. */
struct matched_rule {
	int stored;     /* -1: none, it is new */
	bool same_text; /* as that one's */
	int64_t ordinal;
};

struct match {
	struct matched_rule *rule; /* one for each of the file's */
	bool *kept;                /* one for each stored: some rule of the file is it */
};

#define MATCH_EMPTY \
	{ \
		.rule = NULL, .kept = NULL \
	}

/*
 * Find the stored rules of a policy in a file's: first by the text that both have in a file, then by @id, then what is
 * left in order. A stored rule keeps its ordinal where that is more than the one before has, so that what is in place
 * already stays. `stored` may be NULL: a new policy. False: out of memory. match_clear() in any case.
 */
MUST_CHECK bool match_rules(struct match *, const struct file_policy *,
    const struct stored_policy *stored);
void match_clear(struct match *);

#endif
