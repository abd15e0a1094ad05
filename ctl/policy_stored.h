/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_POLICY_STORED_H
#define GRANTCTL_POLICY_STORED_H

#include <stdio.h>

#include "ctl/engine/command.h"
#include "db/policy.h"
#include "db/policy_rule.h"

/* All of a tenant's policies with their rules, in the order of evaluation. */
struct stored_policy {
	struct policy policy;     /* borrows, as the rules do, from what was read */
	struct rule_record *rule; /* owned */
	int rules;
	struct db_list rows; /* of the database */
};

struct stored {
	struct stored_policy *policy;
	size_t count;
	struct db_list list;      /* of the database */
	struct json_object *json; /* or of what came over HTTP */
};

#define STORED_EMPTY \
	{ \
		.policy = NULL, .count = 0, .list = DB_LIST_EMPTY, .json = NULL \
	}

/*
 * Read them, in an open transaction with the tenant chosen. False, with a message: the database failed, or
 * there are more than 1000 policies, or rules in one. stored_clear() in any case.
 */
MUST_CHECK bool stored_read(struct ctl *, const struct uuid *tenant, struct stored *);
/* The same over HTTP, where there may be any number. */
MUST_CHECK enum status stored_read_remote(struct ctl *, struct stored *);
void stored_clear(struct stored *);

/* Bring policies into the order of evaluation. */
void stored_sort(struct stored *);

/* Print them as a file, or with --json. */
MUST_CHECK enum status stored_print(struct ctl *, const struct stored *);

/* Print a text, with `prefix` before each line. On a terminal, '?' stands for control characters. */
void print_lines(const char *text, const char *prefix);

/* Print a rule as in a file, in the same way. False: out of memory, or the rule does not parse. */
MUST_CHECK bool print_rule(const struct policy_settings *, const struct rule_settings *,
    const char *prefix);

struct policy_settings stored_settings(const struct stored_policy *);

#endif
