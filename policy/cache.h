/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_CACHE_H
#define GRANTD_POLICY_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/uuid.h"
#include "policy/set.h"

/*
 * Compiled policy sets, one for each tenant, of the version that was asked for last. The version arrives with every
 * credential that is looked up, so nobody needs to be told of a change: a set of another
 * version is simply not found. Bounded in memory: the set that was not used for longest goes first.
 * Sets of the same rules share a program, which goes with the last of them. Not for several threads.
 */
struct policy_cache;

/* `memory_max` bytes in all, see policy_cache_memory(); the set in use is kept even if it alone is larger. NULL: no memory. */
MUST_CHECK struct policy_cache *policy_cache_new(size_t memory_max);
void policy_cache_free(struct policy_cache *);

/* For the sets that are to be put here. Borrowed. */
struct policy_share *policy_cache_share(struct policy_cache *);

/* The tenant's set of exactly this version, or NULL. Borrowed until the next policy_cache_put(). */
const struct policy_set *policy_cache_get(struct policy_cache *, const struct uuid *tenant,
    int64_t version);

/*
 * Take over a set, which has a program of this cache's share or one of its own, in place of the tenant's other version;
 * sets that no longer fit are freed. False when out of memory: then the caller still owns the set.
 */
MUST_CHECK bool policy_cache_put(struct policy_cache *, const struct uuid *tenant, int64_t version,
    struct policy_set *);

/* Bytes held by all sets, by the programs of its share, once each, and by the tables. */
size_t policy_cache_memory(const struct policy_cache *);

#endif
