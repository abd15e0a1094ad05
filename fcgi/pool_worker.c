/* SPDX-License-Identifier: MIT */
/* A worker waits for all connections, has one in hand, and gives it back or has it closed. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "fcgi/pass.h"
#include "fcgi/pool.h"
#include "fcgi/pool_parts.h"

/* ---- to the keeper ---- */

bool
pool_fetch(struct pool *p, int place, uint32_t generation)
{
	const struct message question = { MESSAGE_ASK, place, generation };
	struct message answer;
	int fd = -1;

	if (pass_send(p->ask[1], &question, sizeof(question), p->reply[1], 0) &&
	    pass_receive(p->reply[0], &answer, sizeof(answer), &fd, 0) && fd != -1)
		return place_settle(&p->places, fd, place, generation);
	log_error("a kept connection did not come from the parent process: %s", strerror(errno));
	return false;
}

void
pool_entrust(struct pool *p, int fd, int place, uint32_t generation)
{
	const struct message m = { MESSAGE_KEEP, place, generation };

	if (!p->joined && place < 0) {
		keeper_give_place(p, fd);
		return;
	}
	if (!p->joined) {
		keeper_keep(p, fd, place, generation);
		return;
	}
	if (!pass_send(p->ask[1], &m, sizeof(m), fd, 0)) {
		log_warning("keeping a connection: %s", strerror(errno));
		if (place >= 0)
			place_leave(&p->places, place, generation);
	}
	close(fd);
}

void
pool_give_up(struct pool *p, int place, uint32_t generation)
{
	const struct message m = { MESSAGE_END, place, generation };

	if (!p->joined)
		keeper_forget(p, place);
	else if (!pass_send(p->ask[1], &m, sizeof(m), -1, 0))
		log_warning("giving up a connection: %s", strerror(errno));
}

/* ---- waiting ---- */

enum pool_event
pool_meet(struct pool *p, const struct epoll_event *event, struct connection *c)
{
	int place = place_lower(event->data.u64);
	uint32_t generation = place_generation(event->data.u64);
	const struct place *at = place_at(&p->places, place);

	if (!place_hold(&p->places, place, generation))
		return POOL_NOTHING;
	if (at->pause == PAUSE_NONE && atomic_load(&p->places.table->held_back)) {
		place_release(&p->places, place, generation);
		return POOL_NOTHING;
	}
	/*
	 * Its web server closed it, mostly between two requests, and then there is no need to have it: what may
	 * have been sent before that would find nobody to answer to.
	 */
	if ((event->events & (EPOLLHUP | EPOLLERR)) != 0) {
		pool_give_up(p, place, generation);
		return POOL_NOTHING;
	}
	if (p->places.generation[place] != generation && !pool_fetch(p, place, generation))
		return POOL_FAILED;
	*c = (struct connection){
		.fd = place_fd(place),
		.place = place,
		.generation = generation,
		.pause = at->pause,
		.late = at->late,
	};
	return POOL_KEPT;
}

enum pool_event
pool_wait(struct pool *p, const sigset_t *open, int ms, struct connection *c)
{
	struct epoll_event event;
	int n;

	if (!p->joined && pool_paused(p) != 0) {
		pool_sweep(p);
		ms = ms < 0 || ms > POOL_SWEEP_MS ? POOL_SWEEP_MS : ms;
	}
	n = epoll_pwait(p->places.epoll, &event, 1, ms, open);
	if (n == -1 && errno == EINTR)
		return POOL_SIGNAL;
	if (n == -1) {
		log_error("waiting for a connection: %s", strerror(errno));
		return POOL_FAILED;
	}
	if (n == 0)
		return POOL_NOTHING;
	if (event.data.u64 == EVENT_LINK)
		return POOL_ORPHANED;
	if (event.data.u64 != EVENT_LISTENER)
		return pool_meet(p, &event, c);
	if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) {
		log_error("the listening socket is broken");
		return POOL_FAILED;
	}
	return POOL_NEW;
}

/* ---- giving back ---- */

void
pool_keep(struct pool *p, struct connection *c)
{
	if (p->kept == 0 || atomic_load(&p->places.table->refusing)) {
		pool_end(p, c);
	} else if (c->place < 0) {
		pool_entrust(p, c->fd, -1, 0);
	} else {
		if (place_at(&p->places, c->place)->pause != PAUSE_NONE)
			place_pause(&p->places, c->place, PAUSE_NONE, 0);
		place_let_go(&p->places, c->place, c->generation, EPOLLIN);
	}
	c->fd = -1;
}

void
pool_end(struct pool *p, struct connection *c)
{
	if (c->place < 0 || c->is_new) {
		if (c->place >= 0)
			place_leave(&p->places, c->place, c->generation);
		close(c->fd);
	} else {
		(void)shutdown(c->fd, SHUT_RDWR);
		pool_give_up(p, c->place, c->generation);
	}
	c->fd = -1;
}
