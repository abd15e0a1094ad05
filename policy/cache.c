/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/cache.h"

#define SLOTS_FIRST 64 /* a power of two */

struct cache_slot {
	struct uuid tenant;
	int64_t version;
	struct policy_set *set; /* NULL: the slot is free */
	uint64_t used;          /* the tick of its last use */
};

/* Open addressing with linear probing; at most three quarters full. */
struct policy_cache {
	struct cache_slot *slot;
	size_t slots; /* a power of two */
	size_t count;
	size_t memory;
	size_t memory_max;
	uint64_t tick;
};

struct policy_cache *
policy_cache_new(size_t memory_max)
{
	struct policy_cache *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->slots = SLOTS_FIRST;
	c->memory_max = memory_max;
	c->slot = calloc(c->slots, sizeof(*c->slot));
	if (c->slot == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

void
policy_cache_free(struct policy_cache *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->slots; i++)
		policy_set_free(c->slot[i].set);
	free(c->slot);
	free(c);
}

/*
 * Tenants are known ones, with keys of their own, so nobody can fill the table with ids made to collide; the end of
 * a UUID is random in every version that is in use.
 */
static size_t
slot_home(const struct policy_cache *c, const struct uuid *tenant)
{
	uint64_t bits;

	memcpy(&bits, tenant->octet + 8, sizeof(bits));
	bits *= UINT64_C(0x9E3779B97F4A7C15);
	return (size_t)(bits >> 32) & (c->slots - 1);
}

/* The tenant's slot, or the free one where it belongs. */
static struct cache_slot *
slot_find(const struct policy_cache *c, const struct uuid *tenant)
{
	size_t i = slot_home(c, tenant);

	while (c->slot[i].set != NULL && !uuid_equal(&c->slot[i].tenant, tenant))
		i = (i + 1) & (c->slots - 1);
	return &c->slot[i];
}

const struct policy_set *
policy_cache_get(struct policy_cache *c, const struct uuid *tenant, int64_t version)
{
	struct cache_slot *s = slot_find(c, tenant);

	if (s->set == NULL || s->version != version)
		return NULL;
	s->used = ++c->tick;
	return s->set;
}

/* Free a slot, and move up what was displaced past it. */
static void
slot_evict(struct policy_cache *c, struct cache_slot *s)
{
	size_t i;

	c->memory -= s->set->memory;
	c->count--;
	policy_set_free(s->set);
	s->set = NULL;
	for (i = ((size_t)(s - c->slot) + 1) & (c->slots - 1); c->slot[i].set != NULL;
	     i = (i + 1) & (c->slots - 1)) {
		struct cache_slot moved = c->slot[i];

		c->slot[i].set = NULL;
		*slot_find(c, &moved.tenant) = moved;
	}
}

static struct cache_slot *
slot_oldest(const struct policy_cache *c)
{
	struct cache_slot *found = NULL;
	size_t i;

	for (i = 0; i < c->slots; i++)
		if (c->slot[i].set != NULL && (found == NULL || c->slot[i].used < found->used))
			found = &c->slot[i];
	return found;
}

static bool
cache_grow(struct policy_cache *c)
{
	struct policy_cache larger = *c;
	size_t i;

	if (c->count + 1 <= c->slots / 4 * 3)
		return true;
	larger.slots = c->slots * 2;
	larger.slot = calloc(larger.slots, sizeof(*larger.slot));
	if (larger.slot == NULL)
		return false;
	for (i = 0; i < c->slots; i++)
		if (c->slot[i].set != NULL)
			*slot_find(&larger, &c->slot[i].tenant) = c->slot[i];
	free(c->slot);
	*c = larger;
	return true;
}

bool
policy_cache_put(struct policy_cache *c, const struct uuid *tenant, int64_t version,
    struct policy_set *set)
{
	struct cache_slot *s = slot_find(c, tenant);

	if (s->set != NULL)
		slot_evict(c, s);
	while (c->count > 0 && c->memory + set->memory > c->memory_max)
		slot_evict(c, slot_oldest(c));
	if (!cache_grow(c))
		return false;
	*slot_find(c, tenant) = (struct cache_slot){
		.tenant = *tenant,
		.version = version,
		.set = set,
		.used = ++c->tick,
	};
	c->memory += set->memory;
	c->count++;
	return true;
}

size_t
policy_cache_memory(const struct policy_cache *c)
{
	return c->memory + c->slots * sizeof(*c->slot);
}
