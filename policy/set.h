/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_SET_H
#define GRANTD_POLICY_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/uuid.h"
#include "db/policy_load.h"

struct cedar_set;

/* What is told of a rule when it determines an answer. */
struct policy_info {
	struct uuid policy_id;
	struct uuid id;
	const char *notice; /* NULL: none */
	bool forbid;
	bool audit_session;
};

/* The rules of one priority: `count` of them from `first`. */
struct policy_layer {
	int64_t priority;
	size_t first, count;
};

/* A tenant's rules in force, compiled. Immutable; owns copies of all it needs. */
struct policy_set {
	struct cedar_set *cedar;
	struct policy_info *info; /* by the number of the rule in the set */
	size_t count;
	struct policy_layer *layer; /* from high priority to low */
	size_t layers;
	char *notices; /* what info[].notice points into */
	size_t memory; /* bytes held in all */
};

/*
 * Compile rules. NULL where one does not parse, or memory ran out: the caller refuses whatever was asked. The reason,
 * with the rule's id, line and column, is logged for the operator.
 */
MUST_CHECK struct policy_set *policy_set_compile(const struct policy_rules *);

/* The same from a list in the order of asking, which need not come from the database. */
MUST_CHECK struct policy_set *policy_set_compile_list(const struct policy_rule *, size_t count);

void policy_set_free(struct policy_set *);

#endif
