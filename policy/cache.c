/* SPDX-License-Identifier: MIT */
/* A table by tenant with the least lately used at the end of a list. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/cache.h"
#include "policy/share.h"

#define BUCKETS_FIRST 64 /* a power of two */

struct entry {
	struct uuid tenant;
	int64_t version;
	struct policy_set *set;
	struct entry *next;          /* in the bucket */
	struct entry *newer, *older; /* used later, used earlier */
};

struct policy_cache {
	struct policy_share *share;
	struct entry **bucket;
	size_t buckets; /* a power of two */
	size_t count;
	struct entry *newest, *oldest;
	size_t memory; /* of the entries and their sets */
	size_t memory_max;
};

struct policy_cache *
policy_cache_new(size_t memory_max)
{
	struct policy_cache *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->memory_max = memory_max;
	c->buckets = BUCKETS_FIRST;
	c->bucket = calloc(c->buckets, sizeof(*c->bucket));
	c->share = policy_share_new();
	if (c->bucket == NULL || c->share == NULL) {
		policy_cache_free(c);
		return NULL;
	}
	return c;
}

struct policy_share *
policy_cache_share(struct policy_cache *c)
{
	return c->share;
}

/* ---- table ---- */

/*
 * Tenants are known ones, with keys of their own, so nobody can fill the table with ids made to collide; the end of
 * a UUID is random in every version that is in use.
 */
static struct entry **
place_of(const struct policy_cache *c, const struct uuid *tenant)
{
	struct entry **at;
	uint64_t bits;

	memcpy(&bits, tenant->octet + 8, sizeof(bits));
	bits *= UINT64_C(0x9E3779B97F4A7C15);
	at = &c->bucket[(size_t)(bits >> 32) & (c->buckets - 1)];
	while (*at != NULL && !uuid_equal(&(*at)->tenant, tenant))
		at = &(*at)->next;
	return at;
}

static void
link_entry(struct policy_cache *c, struct entry *e)
{
	struct entry **at = place_of(c, &e->tenant);

	e->next = NULL;
	*at = e;
}

/* As many buckets as entries at least; without memory for that, their lists are longer. */
static void
cache_widen(struct policy_cache *c)
{
	struct policy_cache wider = *c;
	size_t i;

	wider.buckets = c->buckets * 2;
	if (c->count < c->buckets ||
	    (wider.bucket = calloc(wider.buckets, sizeof(*wider.bucket))) == NULL)
		return;
	for (i = 0; i < c->buckets; i++)
		while (c->bucket[i] != NULL) {
			struct entry *e = c->bucket[i];

			c->bucket[i] = e->next;
			link_entry(&wider, e);
		}
	free(c->bucket);
	*c = wider;
}

/* ---- use ---- */

static void
unlink_use(struct policy_cache *c, struct entry *e)
{
	*(e->newer != NULL ? &e->newer->older : &c->newest) = e->older;
	*(e->older != NULL ? &e->older->newer : &c->oldest) = e->newer;
}

static void
link_newest(struct policy_cache *c, struct entry *e)
{
	e->newer = NULL;
	e->older = c->newest;
	*(c->newest != NULL ? &c->newest->newer : &c->oldest) = e;
	c->newest = e;
}

static void
forget(struct policy_cache *c, struct entry **at)
{
	struct entry *e = *at;

	*at = e->next;
	unlink_use(c, e);
	c->count--;
	c->memory -= sizeof(*e) + e->set->memory;
	policy_set_free(e->set);
	free(e);
}

void
policy_cache_free(struct policy_cache *c)
{
	if (c == NULL)
		return;
	while (c->oldest != NULL)
		forget(c, place_of(c, &c->oldest->tenant));
	policy_share_free(c->share);
	free(c->bucket);
	free(c);
}

const struct policy_set *
policy_cache_get(struct policy_cache *c, const struct uuid *tenant, int64_t version)
{
	struct entry *e = *place_of(c, tenant);

	if (e == NULL || e->version != version)
		return NULL;
	unlink_use(c, e);
	link_newest(c, e);
	return e->set;
}

bool
policy_cache_put(struct policy_cache *c, const struct uuid *tenant, int64_t version,
    struct policy_set *set)
{
	struct entry **known = place_of(c, tenant), *e;

	if (*known != NULL)
		forget(c, known);
	if ((e = malloc(sizeof(*e))) == NULL)
		return false;
	*e = (struct entry){ .tenant = *tenant, .version = version, .set = set };
	cache_widen(c);
	link_entry(c, e);
	link_newest(c, e);
	c->count++;
	c->memory += sizeof(*e) + set->memory;
	while (policy_cache_memory(c) > c->memory_max && c->oldest != e)
		forget(c, place_of(c, &c->oldest->tenant));
	return true;
}

size_t
policy_cache_memory(const struct policy_cache *c)
{
	return c->memory + sizeof(*c) + c->buckets * sizeof(*c->bucket) +
	    policy_share_memory(c->share);
}
