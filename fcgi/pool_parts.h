/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_POOL_PARTS_H
#define GRANTD_FCGI_POOL_PARTS_H

#include <sys/epoll.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "fcgi/places.h"
#include "fcgi/pool.h"

/*
 * What the pool's files, and its test, know of one another:
 *
 *	pool.c		opening and closing, the listening socket, and what can be counted
 *	pool_keeper.c	what the keeper does: all connections are in its hands, and it gives out the places
 *	pool_worker.c	what a worker does: it waits, has a connection in hand, and gives it back
 *	pool_pause.c	connections that wait for something, with a request in a room: likewise a worker's
 *
 * Workers write to the keeper (struct message), which answers at once, and only where a descriptor is asked for. The one process
 * there is has nobody to write to: it does by itself what the keeper does for others.
 */
struct pool {
	struct places places;
	int listener; /* borrowed */
	int kept;     /* how many are kept at most; the other places are of those that wait */
	int ask[2];   /* the keeper's end, and the workers' */
	int reply[2]; /* a worker's own: where descriptors come to */
	bool joined;  /* a worker, with a keeper elsewhere */
	/* How often it was said that there were too many. */
	uint64_t full, ousted;
};

/* How often, in connections, it is said that more are asked for than are kept, or than have room. */
#define FULL_LOG_EVERY 1000

/* Above the last place: what is received on the way to its place. */
#define SPARE_FDS 16
/* Places beyond those of connections that are kept and that wait: what gave its room to another has its own a little longer. */
#define LEAVING_MOST 32

/* What an event is about: a place's word with the place, or one of these. */
#define EVENT_LISTENER UINT64_MAX
#define EVENT_LINK (UINT64_MAX - 1)
/* From a worker to the keeper, with a descriptor: KEEP brings the connection; ASK a socket to send it to; END comes alone. */
enum message_kind { MESSAGE_KEEP, MESSAGE_ASK, MESSAGE_END };

struct message {
	enum message_kind kind;
	int place; /* of a connection to be kept: -1, where it has none */
	uint32_t generation;
};

/* ---- pool.c ---- */

/* Raise this process's limit of descriptors for as many places as are wanted. How many there can be. */
int pool_limit(int most);

/* ---- pool_keeper.c: the keeper's ---- */

/* Take over a connection that has its place, which nobody holds from then on; and one that has none, to be kept. */
void keeper_keep(struct pool *, int fd, int place, uint32_t generation);
void keeper_give_place(struct pool *, int fd);

/* Forget the connection, which the caller holds or nobody; other processes' descriptors of it are of no use any more. */
void keeper_forget(struct pool *, int place);

/* ---- pool_worker.c: a worker's, of a connection that it holds ---- */

/* Have the keeper's descriptor of it. False: the reason is logged. */
MUST_CHECK bool pool_fetch(struct pool *, int place, uint32_t generation);

/* A new one is the keeper's affair from now on; `place` is -1, or one that was taken for it. */
void pool_entrust(struct pool *, int fd, int place, uint32_t generation);

/* Have the keeper close it. */
void pool_give_up(struct pool *, int place, uint32_t generation);

/* An event of a place's connection: *c, where there is something to read. It may tell of one that was there before. */
MUST_CHECK enum pool_event pool_meet(struct pool *, const struct epoll_event *,
    struct connection *c);

#endif
