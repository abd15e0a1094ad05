/* SPDX-License-Identifier: MIT */
/* Requests that wait in a room: for the rest of them, or for a share of the workers. */
#include "config.h"

#include <stdint.h>

#include "base/log.h"
#include "base/metrics.h"
#include "fcgi/pool.h"
#include "fcgi/pool_parts.h"

/* Others look for room at the same time. */
#define ROOM_TRIES 8

/* ---- room ---- */

/* A place of its own for a connection that is new, and still the caller's. */
static bool
have_place(struct pool *p, struct connection *c)
{
	if (c->place < 0) {
		c->place = place_take(&p->places, p->places.self, &c->generation);
		c->is_new = true;
	}
	return c->place >= 0;
}

/* The place whose request has come in parts for the longest, of those that waited when it was looked at; -1: none. */
static int
slowest(const struct places *ps)
{
	int64_t since, least = INT64_MAX;
	int i, place, found = -1;

	for (i = 0; i < ps->rooms.count; i++) {
		const struct room *r = room_at(&ps->rooms, i);

		place = atomic_load(&r->place) - 1;
		since = atomic_load_explicit(&r->since, memory_order_relaxed);
		if (place < 0 || since >= least || place_at(ps, place)->pause != PAUSE_REST ||
		    place_lower(place_load(ps, place)) != NOBODY)
			continue;
		least = since;
		found = place;
	}
	return found;
}

/*
 * There is no room: the request that has come in parts for the longest gives way, for whoever means it sends
 * it at once, and whoever fills the rooms does not. Those that wait for a share are whole, and stay.
 */
static bool
oust_slowest(struct pool *p)
{
	int place = slowest(&p->places);
	uint32_t generation;

	if (place < 0)
		return false;
	generation = place_generation(place_load(&p->places, place));
	if (!place_is_open(generation) || !place_hold(&p->places, place, generation))
		return true; /* another had it, so look again */
	if (place_at(&p->places, place)->pause != PAUSE_REST) {
		place_let_go(&p->places, place, generation, place_events(&p->places, place));
		return true;
	}
	metrics_add(METRIC_DROPPED + DROPPED_SLOW, 1);
	if (p->ousted++ % FULL_LOG_EVERY == 0)
		log_warning("more than %d requests wait for their bodies: the slowest is dropped "
			    "(GRANTD_WAITING_REQUESTS)",
		    pool_rooms(p));
	place_pause(&p->places, place, PAUSE_NONE, 0);
	pool_give_up(p, place, generation);
	return true;
}

static bool
have_room(struct pool *p, int place)
{
	struct place *at = place_at(&p->places, place);
	int tries;

	for (tries = 0; at->room == 0 && tries < ROOM_TRIES; tries++) {
		at->room = room_take(&p->places.rooms, place) + 1;
		if (at->room == 0 && !oust_slowest(p))
			break;
	}
	return at->room != 0;
}

void *
pool_room(struct pool *p, struct connection *c)
{
	struct room *r;

	if (!have_place(p, c) || !have_room(p, c->place))
		return NULL;
	r = place_room(&p->places, c->place);
	r->used = SIZE_MAX;
	return r->bytes;
}

const void *
pool_saved(const struct pool *p, const struct connection *c)
{
	return place_room(&p->places, c->place)->bytes;
}

/* ---- waiting, and being woken ---- */

/*
 * Have a worker look at it again, which waits for a share, or did a moment ago. Whoever holds it looks by himself; and without
 * a descriptor of it, it is left to pool_sweep().
 */
static void
wake_place(struct pool *p, int place, uint32_t generation)
{
	if (!place_is_open(generation) || !place_hold(&p->places, place, generation))
		return;
	if (p->places.generation[place] == generation || pool_fetch(p, place, generation))
		place_let_go(&p->places, place, generation,
		    EPOLLIN | place_events(&p->places, place));
	else
		place_release(&p->places, place, generation);
}

void
pool_pause(struct pool *p, struct connection *c, enum pool_pause pause, size_t used, int64_t due)
{
	_Atomic uint64_t *waits_for = NULL;
	struct room *r;

	if (!have_place(p, c)) {
		pool_end(p, c);
		return;
	}
	if ((r = place_room(&p->places, c->place)) != NULL)
		r->used = used;
	place_pause(&p->places, c->place, pause, due);
	if (pause == PAUSE_SHARE)
		waits_for = &p->places.rooms.group[place_at(&p->places, c->place)->room - 1];
	if (waits_for != NULL)
		atomic_store(waits_for, c->group);
	if (c->is_new)
		pool_entrust(p, c->fd, c->place, c->generation);
	else
		place_let_go(&p->places, c->place, c->generation, waits_for != NULL ? 0 : EPOLLIN);
	/* Somebody woke it who could not have it yet, or whose event was taken back just now. */
	if (waits_for != NULL && !c->is_new && atomic_load(waits_for) != c->group)
		wake_place(p, c->place, c->generation);
	c->fd = -1;
}

/* The room of the group whose request has waited the longest; -1: none. */
static int
first_in_group(const struct places *ps, uint64_t group)
{
	int i, place, first = -1;
	int64_t due, least = INT64_MAX;

	for (i = 0; i < ps->rooms.count; i++) {
		if (atomic_load_explicit(&ps->rooms.group[i], memory_order_relaxed) != group)
			continue;
		place = atomic_load(&room_at(&ps->rooms, i)->place) - 1;
		due = place < 0 ? INT64_MAX : atomic_load(&place_at(ps, place)->due);
		if (due < least) {
			least = due;
			first = i;
		}
	}
	return first;
}

void
pool_wake(struct pool *p, uint64_t group)
{
	int room, place;

	if (pool_sharing(p) == 0 || (room = first_in_group(&p->places, group)) < 0)
		return;
	/* Once: the next that is woken is another one. */
	if (!atomic_compare_exchange_strong(&p->places.rooms.group[room], &group, 0))
		return;
	place = atomic_load(&room_at(&p->places.rooms, room)->place) - 1;
	if (place >= 0)
		wake_place(p, place, place_generation(place_load(&p->places, place)));
}
