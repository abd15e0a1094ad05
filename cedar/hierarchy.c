/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cedar/request.h"

/*
 * A walk over an entity and all that it has as ancestors, each once: `queue`
 * holds those that were met, `done` of them had their parents looked at.
 */
struct ancestor_walk {
	struct cedar_request *rq;
	struct cedar_entity **queue;
	uint32_t met, done;
};

static void
meet(struct ancestor_walk *walk, struct cedar_entity *e)
{
	if (e->visited == walk->rq->walks)
		return;
	e->visited = walk->rq->walks;
	walk->queue[walk->met++] = e;
}

/* No entity is met twice, so the queue needs a place for each at most. */
static bool
walk_start(struct ancestor_walk *walk, struct cedar_request *rq, struct cedar_entity *from)
{
	struct cedar_entity *e;

	*walk = (struct ancestor_walk){ .rq = rq };
	if ((walk->queue = cd_arena_alloc(&rq->arena, rq->entity_count * sizeof(*walk->queue))) ==
	    NULL)
		return false;
	if (++rq->walks == 0) {
		for (e = rq->entities; e != NULL; e = e->next)
			e->visited = 0;
		rq->walks = 1;
	}
	meet(walk, from);
	return true;
}

/* The next entity, the first one itself included; NULL at the end. */
static struct cedar_entity *
walk_next(struct ancestor_walk *walk)
{
	struct cedar_entity *e;
	uint32_t i;

	if (walk->done == walk->met)
		return NULL;
	e = walk->queue[walk->done++];
	for (i = 0; i < e->parent_count; i++)
		meet(walk, e->parents[i]);
	return e;
}

static int
compare_uids(const void *a, const void *b)
{
	uint32_t x = (*(const struct uid *const *)a)->serial,
		 y = (*(const struct uid *const *)b)->serial;

	return (x > y) - (x < y);
}

/* Fill in the party's ancestors. */
static bool
find_ancestors(struct cedar_request *rq, struct party *party)
{
	const struct cedar_entity *e;
	struct ancestor_walk walk;

	party->ancestor_count = 0;
	if (party->entity->parent_count == 0)
		return true;
	if ((party->ancestors = cd_arena_alloc(&rq->arena,
		 rq->entity_count * sizeof(*party->ancestors))) == NULL ||
	    !walk_start(&walk, rq, party->entity))
		return false;
	(void)walk_next(&walk);
	while ((e = walk_next(&walk)) != NULL)
		party->ancestors[party->ancestor_count++] = e->uid;
	cd_sort(party->ancestors, party->ancestor_count, sizeof(*party->ancestors), compare_uids);
	return true;
}

static bool
has_ancestor(const struct party *party, const struct uid *uid)
{
	uint32_t low = 0, high = party->ancestor_count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (party->ancestors[middle] == uid)
			return true;
		if (uid->serial < party->ancestors[middle]->serial)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

/* The party that this entity is, or NULL. */
static const struct party *
find_party(const struct cedar_request *rq, const struct uid *uid)
{
	int i;

	for (i = 0; i < VAR_CONTEXT; i++)
		if (rq->parties[i].entity->uid == uid)
			return &rq->parties[i];
	return NULL;
}

/* Walk until an entity is found that is `uid`, or in `set` where uid is NULL. */
static bool
search(struct cedar_request *rq, struct cedar_entity *from, const struct uid *uid,
    const struct set *set, bool *able)
{
	struct arena_mark mark = cd_arena_mark(&rq->arena);
	const struct cedar_entity *e;
	struct value value;
	struct ancestor_walk walk;
	bool found = false;

	if (!walk_start(&walk, rq, from)) {
		*able = false;
		return false;
	}
	while (!found && (e = walk_next(&walk)) != NULL) {
		if (!cd_request_take(rq,
			1 + e->parent_count + (set != NULL ? cd_log2(set->count) : 0))) {
			*able = false;
			break;
		}
		value = value_entity(e->uid);
		found = uid != NULL ? e->uid == uid : cd_set_contains(set, &value);
	}
	cd_arena_release(&rq->arena, mark);
	return found;
}

bool
cd_request_in(struct cedar_request *rq, const struct uid *uid, const struct uid *ancestor,
    bool *able)
{
	const struct party *party;
	struct cedar_entity *e;

	if (uid == ancestor)
		return true;
	if ((party = find_party(rq, uid)) != NULL)
		return has_ancestor(party, ancestor);
	e = cd_request_find(rq, uid);
	return e != NULL && e->parent_count > 0 && search(rq, e, ancestor, NULL, able);
}

bool
cd_request_in_set(struct cedar_request *rq, const struct uid *uid, const struct set *set,
    bool *able)
{
	const struct party *party = find_party(rq, uid);
	struct value value = value_entity(uid);
	struct cedar_entity *e;
	uint32_t i;

	if (cd_set_contains(set, &value))
		return true;
	if (party == NULL) {
		e = cd_request_find(rq, uid);
		return e != NULL && e->parent_count > 0 && search(rq, e, NULL, set, able);
	}
	for (i = 0; i < set->count; i++)
		if (has_ancestor(party, set->items[i].entity))
			return true;
	return false;
}

/* ---- what can apply ---- */

static void
add_postings(uint64_t *bits, const struct postings *postings, uint32_t key)
{
	uint32_t i;

	if (key >= postings->keys)
		return;
	for (i = postings->starts[key]; i < postings->starts[key + 1]; i++)
		bits[postings->items[i] / 64] |= UINT64_C(1) << postings->items[i] % 64;
}

/* Leave of `bits` what this party's side of the index allows. */
static void
narrow(uint64_t *bits, uint64_t *scratch, uint32_t words, const struct dimension *dimension,
    const struct party *party, bool types)
{
	uint32_t i;

	for (i = 0; i < words; i++)
		scratch[i] = dimension->any[i];
	add_postings(scratch, &dimension->entities, party->entity->uid->serial);
	for (i = 0; i < party->ancestor_count; i++)
		add_postings(scratch, &dimension->entities, party->ancestors[i]->serial);
	if (types)
		add_postings(scratch, &dimension->types, party->entity->uid->type->serial);
	for (i = 0; i < words; i++)
		bits[i] &= scratch[i];
}

static bool
find_candidates(struct cedar_request *rq)
{
	const struct index *index = &rq->set->index;
	uint64_t *scratch = cd_arena_alloc(&rq->arena, index->words * sizeof(*scratch));
	uint32_t i;

	if (rq->candidates == NULL)
		rq->candidates = cd_arena_alloc(&rq->arena, index->words * sizeof(*rq->candidates));
	if (scratch == NULL || rq->candidates == NULL)
		return false;
	for (i = 0; i < index->words; i++)
		rq->candidates[i] = UINT64_MAX;
	narrow(rq->candidates, scratch, index->words, &index->action, &rq->parties[VAR_ACTION],
	    false);
	narrow(rq->candidates, scratch, index->words, &index->principal,
	    &rq->parties[VAR_PRINCIPAL], true);
	narrow(rq->candidates, scratch, index->words, &index->resource, &rq->parties[VAR_RESOURCE],
	    true);
	return true;
}

/* ---- all together ---- */

/* Records as they were put together turn into values. */
static bool
seal_records(struct cedar_request *rq)
{
	struct cedar_record *record;

	for (record = rq->records; record != NULL; record = record->next)
		if (cd_record_normalize(&record->record) != NULL) {
			cd_request_fail(rq, "a name is given twice in one record", (char *)NULL);
			return false;
		}
	return true;
}

bool
cd_request_prepare(struct cedar_request *rq)
{
	int i;

	if (rq->faulty || rq->prepared)
		return !rq->faulty;
	for (i = 0; i < VAR_CONTEXT; i++) {
		if (rq->parties[i].entity == NULL) {
			cd_request_fail(rq, "principal, action or resource is missing",
			    (char *)NULL);
			return false;
		}
		if (!find_ancestors(rq, &rq->parties[i])) {
			cd_request_no_memory(rq);
			return false;
		}
	}
	if (!seal_records(rq))
		return false;
	if (!find_candidates(rq)) {
		cd_request_no_memory(rq);
		return false;
	}
	rq->prepared = true;
	return true;
}
