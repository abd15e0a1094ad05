/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_SET_H
#define GRANTD_POLICY_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/uuid.h"
#include "db/policy_load.h"
#include "policy/program.h"

/* What is told of a rule when it determines an answer. */
struct policy_info {
	struct uuid policy_id;
	struct uuid id;
	const char *notice; /* NULL: none; in the set's own memory */
	bool forbid;
	bool audit_session;
};

/* A tenant's rules in force, compiled. Immutable; owns copies of all it needs, but for a program that others use too. */
struct policy_set {
	struct policy_program *program;
	size_t memory; /* bytes held; without those of a shared program */
	size_t count;
	bool failing_forbid_denies; /* of the tenant: a forbid that fails in evaluation forbids */
	struct policy_info
	    info[]; /* by the number of the rule in the program; the notices follow */
};

/*
 * Compile rules, or use the program that the share has of the same ones; NULL: no share, for a set that is kept for no
 * longer than a request. The share must outlive the set.
 * DONE; BROKEN where one does not parse: the caller refuses whatever was asked; or UNAVAILABLE where memory ran out: nothing
 * was decided, and it is said so. *set is NULL then. The reason, with the rule's id, line and column, is logged for the operator.
 */
MUST_CHECK enum outcome policy_set_compile(const struct policy_rules *, struct policy_share *,
    struct policy_set **set);

/* The same from a list in the order of asking, which need not come from the database. */
MUST_CHECK enum outcome policy_set_compile_list(const struct policy_rule *, size_t count,
    bool failing_forbid_denies, struct policy_share *, struct policy_set **set);

void policy_set_free(struct policy_set *); /* NULL is fine */

#endif
