/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cedar/policy.h"

/* The lists of keys that the index is made of. */
enum listing { PRINCIPAL_ENTITIES, PRINCIPAL_TYPES, ACTIONS, RESOURCE_ENTITIES, RESOURCE_TYPES };

static const struct uid *
entity_key(const struct scope *scope)
{
	return scope->kind == CEDAR_EQ || scope->kind == CEDAR_IN ? scope->entity : NULL;
}

/*
 * The keys of a policy in a listing: their number, and the i-th one.  `is ... in`
 * goes by its type alone; whoever asks the index checks the whole scope anyway.
 */
static uint32_t
key_count(const struct cd_policy *policy, enum listing listing)
{
	switch (listing) {
	case PRINCIPAL_ENTITIES:
		return entity_key(&policy->principal) != NULL;
	case PRINCIPAL_TYPES:
		return policy->principal.type != NULL;
	case ACTIONS:
		return policy->action_count;
	case RESOURCE_ENTITIES:
		return entity_key(&policy->resource) != NULL;
	case RESOURCE_TYPES:
	default:
		return policy->resource.type != NULL;
	}
}

static uint32_t
key_at(const struct cd_policy *policy, enum listing listing, uint32_t i)
{
	switch (listing) {
	case PRINCIPAL_ENTITIES:
		return policy->principal.entity->serial;
	case PRINCIPAL_TYPES:
		return policy->principal.type->serial;
	case ACTIONS:
		return policy->actions[i]->serial;
	case RESOURCE_ENTITIES:
		return policy->resource.entity->serial;
	case RESOURCE_TYPES:
	default:
		return policy->resource.type->serial;
	}
}

/*
 * Count the policies of each key, so that every list's end is known, then fill
 * the lists from the last policy down, each end moving to its list's start.
 */
static bool
build_postings(struct cedar_set *set, enum listing listing, uint32_t keys, struct postings *out)
{
	uint32_t *starts = cd_arena_zero(&set->arena, (size_t)keys + 1, sizeof(*starts));
	uint32_t *items, n, i, key;

	if (starts == NULL)
		return false;
	for (n = 0; n < set->count; n++)
		for (i = 0; i < key_count(set->policies[n], listing); i++)
			starts[key_at(set->policies[n], listing, i)]++;
	for (key = 1; key <= keys; key++)
		starts[key] += starts[key - 1];
	if ((items = cd_arena_alloc(&set->arena, starts[keys] * sizeof(*items))) == NULL)
		return false;
	for (n = set->count; n-- > 0;)
		for (i = key_count(set->policies[n], listing); i-- > 0;)
			items[--starts[key_at(set->policies[n], listing, i)]] = n;
	*out = (struct postings){ .keys = keys, .starts = starts, .items = items };
	return true;
}

static uint64_t *
new_bits(struct cedar_set *set)
{
	return cd_arena_zero(&set->arena, set->index.words, sizeof(uint64_t));
}

static void
set_bit(uint64_t *bits, uint32_t n, bool value)
{
	bits[n / 64] |= (uint64_t)value << n % 64;
}

static bool
build_any(struct cedar_set *set)
{
	uint64_t *principal = new_bits(set), *action = new_bits(set), *resource = new_bits(set);
	uint32_t n;

	if (principal == NULL || action == NULL || resource == NULL)
		return false;
	for (n = 0; n < set->count; n++) {
		set_bit(principal, n, set->policies[n]->principal.kind == CEDAR_ANY);
		set_bit(action, n, set->policies[n]->action == CEDAR_ANY);
		set_bit(resource, n, set->policies[n]->resource.kind == CEDAR_ANY);
	}
	set->index.principal.any = principal;
	set->index.action.any = action;
	set->index.resource.any = resource;
	return true;
}

bool
cd_index_build(struct cedar_set *set)
{
	struct index *index = &set->index;
	uint32_t uids = cd_interner_uid_count(&set->symbols),
		 names = cd_interner_name_count(&set->symbols);

	index->words = (set->count + 63) / 64;
	return build_any(set) &&
	    build_postings(set, PRINCIPAL_ENTITIES, uids, &index->principal.entities) &&
	    build_postings(set, PRINCIPAL_TYPES, names, &index->principal.types) &&
	    build_postings(set, ACTIONS, uids, &index->action.entities) &&
	    build_postings(set, RESOURCE_ENTITIES, uids, &index->resource.entities) &&
	    build_postings(set, RESOURCE_TYPES, names, &index->resource.types);
}
