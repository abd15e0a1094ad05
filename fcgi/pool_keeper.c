/* SPDX-License-Identifier: MIT */
/* The keeper has all connections: it gives out the places, hands descriptors to workers, and closes what is over. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "fcgi/pass.h"
#include "fcgi/pool.h"
#include "fcgi/pool_parts.h"

/* One that is late is told of again, should the worker that was told have died. */
#define LATE_AGAIN_MS 1000

/* ---- places ---- */

void
keeper_forget(struct pool *p, int place)
{
	(void)epoll_ctl(p->places.epoll, EPOLL_CTL_DEL, place_fd(place), NULL);
	(void)shutdown(place_fd(place), SHUT_RDWR);
	close(place_fd(place));
	place_leave(&p->places, place, p->places.generation[place]);
	atomic_fetch_sub(&p->places.table->count, 1);
}

/* A web server whose host is gone must not have a place for ever. Unix sockets refuse this. */
static void
find_dead_peers(int fd)
{
	const int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

void
keeper_keep(struct pool *p, int fd, int place, uint32_t generation)
{
	find_dead_peers(fd);
	if (!place_settle(&p->places, fd, place, generation)) {
		log_error("keeping a connection: %s", strerror(errno));
		place_leave(&p->places, place, generation);
		return;
	}
	atomic_fetch_add(&p->places.table->count, 1);
	place_release(&p->places, place, generation);
	if (!place_arm(&p->places, EPOLL_CTL_ADD, place, generation,
		place_events(&p->places, place))) {
		log_error("keeping a connection: %s", strerror(errno));
		keeper_forget(p, place);
	}
}

static void
log_full(struct pool *p)
{
	if (p->kept > 0 && p->full++ % FULL_LOG_EVERY == 0)
		log_warning("web servers keep more than %d connections: one is closed after its "
			    "request, which may cost the next (GRANTD_KEPT_CONNECTIONS)",
		    p->kept);
}

void
keeper_give_place(struct pool *p, int fd)
{
	uint32_t generation;
	int place = -1;

	if (!atomic_load(&p->places.table->refusing) && pool_count(p) - pool_paused(p) < p->kept)
		place = place_take(&p->places, NOBODY, &generation);
	if (place >= 0) {
		keeper_keep(p, fd, place, generation);
		return;
	}
	log_full(p);
	close(fd);
}

/* ---- what workers say ---- */

/* A worker that met this connection for the first time waits for it; it holds it, so it is there. */
static void
hand_out(const struct message *m, int to)
{
	if (!pass_send(to, m, sizeof(*m), place_fd(m->place), MSG_DONTWAIT))
		log_warning("handing on a connection: %s", strerror(errno));
	close(to);
}

static bool
is_current(const struct pool *p, const struct message *m)
{
	return m->place >= 0 && m->place < p->places.most &&
	    p->places.generation[m->place] == m->generation && place_is_open(m->generation);
}

static void
obey(struct pool *p, const struct message *m, int fd)
{
	if (m->kind == MESSAGE_KEEP && fd != -1 && m->place < 0)
		keeper_give_place(p, fd);
	else if (m->kind == MESSAGE_KEEP && fd != -1 && m->place < p->places.most)
		keeper_keep(p, fd, m->place, m->generation);
	else if (m->kind == MESSAGE_ASK && fd != -1 && is_current(p, m))
		hand_out(m, fd);
	else if (m->kind == MESSAGE_END && is_current(p, m))
		keeper_forget(p, m->place);
	else if (fd != -1)
		close(fd);
}

void
pool_hear(struct pool *p)
{
	struct message m;
	int fd;

	while (pass_receive(p->ask[0], &m, sizeof(m), &fd, MSG_DONTWAIT))
		obey(p, &m, fd);
}

int
pool_ear(const struct pool *p)
{
	return p->ask[0];
}

/* ---- workers that are gone ---- */

/* A worker may have died between taking a room and saying so. */
static void
bury_rooms(struct pool *p)
{
	const struct rooms *r = &p->places.rooms;
	int i, place;

	for (i = 0; i < r->count; i++) {
		place = atomic_load(&room_at(r, i)->place) - 1;
		if (place >= 0 && place_at(&p->places, place)->room != i + 1 &&
		    !place_is_open(place_generation(place_load(&p->places, place))))
			room_leave(r, i);
	}
}

void
pool_bury(struct pool *p, int worker, bool killed)
{
	const struct places *ps = &p->places;
	int place, gone = place_holder(worker);
	uint64_t word;

	pool_hear(p); /* what it said before it ended */
	if (killed)
		pool_listen(p);
	for (place = 0; place < ps->most; place++) {
		bool here = place_is_open(ps->generation[place]);

		word = place_load(ps, place);
		if (here && word == place_word(ps->generation[place], gone))
			keeper_forget(p, place);
		else if (place_lower(word) == gone) /* had no time to send it */
			place_leave(&p->places, place, place_generation(word));
		else if (here && killed)
			(void)place_arm(ps, EPOLL_CTL_MOD, place, ps->generation[place],
			    place_events(ps, place));
	}
	bury_rooms(p);
}

/* ---- time ---- */

/* Nobody holds it but the keeper, for a moment. */
static void
end_pause(struct pool *p, int place, int64_t now)
{
	struct place *at = place_at(&p->places, place);

	if (at->pause == PAUSE_END) {
		keeper_forget(p, place);
		return;
	}
	at->late = true;
	atomic_store(&at->due, now + LATE_AGAIN_MS);
	place_let_go(&p->places, place, p->places.generation[place], EPOLLIN | EPOLLOUT);
}

void
pool_sweep(struct pool *p)
{
	const struct places *ps = &p->places;
	int paused = pool_paused(p), sharing = pool_sharing(p), seen = 0, place;
	int64_t now = clock_monotonic_ms(), due;

	for (place = 0; place < ps->most; place++) {
		due = atomic_load(&place_at(ps, place)->due);
		seen += due != 0;
		if (due == 0 || due > now || !place_is_open(ps->generation[place]) ||
		    !place_hold(ps, place, ps->generation[place]))
			continue;
		due = atomic_load(&place_at(ps, place)->due); /* it may have moved */
		if (due != 0 && due <= now)
			end_pause(p, place, now);
		else
			place_let_go(ps, place, ps->generation[place], place_events(ps, place));
	}
	/* A worker that was killed may have counted, and not paused, or the other way round. */
	if (seen == 0) {
		(void)atomic_compare_exchange_strong(&ps->table->paused, &paused, 0);
		(void)atomic_compare_exchange_strong(&ps->table->sharing, &sharing, 0);
	}
}

/* ---- an upgrade, and the end ---- */

bool
pool_idle(const struct pool *p, int **fd, size_t *count)
{
	int place;

	*count = 0;
	*fd = calloc((size_t)p->places.most + 1, sizeof(**fd));
	if (*fd == NULL)
		return false;
	for (place = 0; place < p->places.most; place++)
		if (place_is_open(p->places.generation[place]) &&
		    place_at(&p->places, place)->pause == PAUSE_NONE)
			(*fd)[(*count)++] = place_fd(place);
	return true;
}

/*
 * They were at places, and go to the first ones: each to a descriptor that is its own, or was that of one before
 * it, or nobody's.
 */
void
pool_adopt(struct pool *p, const int *fd, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		keeper_give_place(p, fd[i]);
}

void
pool_refuse(struct pool *p)
{
	int place;

	atomic_store(&p->places.table->refusing, true);
	for (place = 0; place < p->places.most; place++) {
		uint32_t generation = p->places.generation[place];

		/* Its end is an event, with which a worker finds what came before it, or nothing. */
		if (!place_is_open(generation) || !place_hold(&p->places, place, generation))
			continue;
		if (place_at(&p->places, place)->pause == PAUSE_NONE)
			(void)shutdown(place_fd(place), SHUT_RD);
		place_let_go(&p->places, place, generation, place_events(&p->places, place));
	}
}
