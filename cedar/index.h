/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_INDEX_H
#define CEDAR_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "cedar/arena.h"

struct cedar_set;

/*
 * Which policies can apply, by one part of their scope.  A policy is either
 * among those with no bound (`any`), or in the list of each key that its scope
 * names.  Keys are serials: of uids for `==` and `in`, of type names for `is`.
 */
struct postings {
	uint32_t keys;          /* serials below this one have a list */
	const uint32_t *starts; /* keys + 1 of them, into items */
	const uint32_t *items;  /* numbers of policies, rising within a list */
};

struct dimension {
	const uint64_t *any; /* a bit for each policy */
	struct postings entities;
	struct postings types;
};

struct index {
	uint32_t words; /* of 64 bits, for one bit a policy */
	struct dimension principal, action, resource;
};

/* Build it over all policies of the set. False without memory. */
bool cd_index_build(struct cedar_set *);

#endif
