/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_TOLD_RULES_H
#define GRANTD_DB_TOLD_RULES_H

#include "db/told.h"

/*
 * The rules of one policy, as the entries of its chain tell them: those that are there, ordered by id. They take the memory of
 * the policy's text. A zeroed one is empty; told_rules_clear() it.
 */
struct told_rules {
	struct told_rule {
		struct told told;
		int64_t sequence; /* of the last entry about it */
	} * rule;
	size_t count, size;
	bool failed; /* out of memory */
};

/* Forget the rules, for the next policy. */
void told_rules_begin(struct told_rules *);
void told_rules_clear(struct told_rules *);

/* The id of the rule that the entry is about. False: it is about the policy itself. */
MUST_CHECK bool told_rule_id(const struct told_entry *, struct uuid *id);

/* The next entry of the policy's chain, about a rule; or about the policy, which takes the rules away where it ends it. */
void told_rules_take(struct told_rules *, const struct uuid *id, const struct told_entry *,
    const struct told_sink *);
void told_rules_end(struct told_rules *, const struct uuid *policy, const struct told_entry *,
    const struct told_sink *);

/* A rule that was told of before, to be filled; NULL: it is there already, or memory ran out. */
struct told *told_rules_add(struct told_rules *, const struct uuid *id, int64_t sequence);

/*
 * Rows of the policy, in the order of their ids, are compared one by one: `*next` counts the rules that were passed. In the end
 * those that are left are gone.
 */
void told_rules_compare(const struct told_rules *, size_t *next, const struct uuid *id,
    const char *row, const struct told_sink *);
void told_rules_left(const struct told_rules *, size_t next, const struct told_sink *);

#endif
