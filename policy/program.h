/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_PROGRAM_H
#define GRANTD_POLICY_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "db/policy_load.h"

struct cedar_set;
struct policy_share;

/* The rules of one priority: `count` of them from `first`. */
struct policy_layer {
	int64_t priority;
	size_t first, count;
};

#define PROGRAM_DIGEST_LEN 32

/*
 * Rules compiled. Nothing in it belongs to a tenant: a rule is known by its number in the list, and ids, notices and
 * flags are kept by whoever uses the program, so the same texts at the same priorities, in the same order, make a
 * program that any tenant can use. Never changes; owns all it needs.
 */
struct policy_program {
	struct cedar_set *cedar;
	size_t memory;                   /* bytes held in all */
	struct {                         /* policy/share.c's */
		struct policy_share *by; /* NULL: by nobody */
		uint8_t digest[PROGRAM_DIGEST_LEN];
		size_t users;
		struct policy_program *next; /* in the bucket */
	} shared;
	size_t layers;
	struct policy_layer layer[]; /* from high priority to low */
};

/*
 * Compile rules in the order of asking. DONE; BROKEN where one does not parse, or UNAVAILABLE where there is no memory for
 * them: then *program is NULL. The reason, with the rule's id, line and column, is logged for the operator.
 */
MUST_CHECK enum outcome policy_program_compile(const struct policy_rule *, size_t count,
    struct policy_program **program);

void policy_program_free(struct policy_program *);

#endif
