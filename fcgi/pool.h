/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_POOL_H
#define GRANTD_FCGI_POOL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct listener;

/*
 * Where requests come from: the listening socket, the connections that web servers asked to be
 * kept (FCGI_KEEP_CONN), and those whose request is not all there yet, which wait here and not in a
 * worker. All workers wait for all of them, so that whichever is idle takes the next
 * request, whoever had that connection's last one; a kept connection that is idle costs no worker,
 * and one whose worker ends, for whatever reason, is there for the others. That is what makes
 * retiring and reloading free of a race with a web server that is just sending: a connection is
 * closed when its web server did so, when it broke the protocol, or at the final stop.
 *
 * How: one epoll instance, made before the first fork, in which each kept connection is for one
 * event at a time (EPOLLONESHOT). It has a place, 0 to `most` - 1, and the same descriptor number
 * in each process that has it, by its place, because epoll knows descriptors by number too. One
 * process, the keeper (the parent, or the only one), has them all, gives out the places, and hands
 * a descriptor to a worker that meets a connection for the first time (SCM_RIGHTS). After that, a
 * request on a kept connection costs epoll_pwait(2) and epoll_ctl(2), and the keeper sleeps. To hand
 * the connection itself to and fro for each request would cost six calls and a switch to the keeper;
 * to leave it with one worker, requests would wait for that one while others are idle.
 *
 * Fairness: epoll's list of what is ready is a queue; the listening socket, and a kept connection that
 * has its next request already, are put at its end when they are armed again; and a worker takes one
 * event at a time. So neither do kept connections starve those in the listening queue, nor the other
 * way round, nor one another.
 *
 * Who holds a connection is in shared memory, and is taken with one compare and swap, so that two
 * never serve one, and so that the keeper knows what a worker that was killed had in hand.
 *
 * What came so far of a request that waits is in a room, which is shared memory as well, so that any
 * worker goes on with it. There are fewer rooms than places, for they are large; a room's memory is
 * touched as far as it is used. Who holds a connection holds its room; when a worker is killed, the
 * keeper gives the rooms back of what it held.
 *
 * A place's connections are told apart by a generation that each gets. Fork safe in that each
 * process says pool_join() once; no threads.
 */
struct pool;

#define POOL_ERROR_MAX 256

/*
 * May this process, and those that it forks, have as many descriptors as serving takes with at most `most` kept connections? Fewer
 * are kept where there are not enough for all, but some there must be. False: `error` is the sentence.
 */
MUST_CHECK bool pool_fits(int most, char error[POOL_ERROR_MAX]);

/*
 * `kept` is how many connections are kept (0: none), and `rooms` how many more may wait for the rest of
 * their request, with `room_size` bytes for each; less where the process may not have as many
 * descriptors, which is logged. `link` is watched for its peer's end (-1: none): it is readable then, and
 * never before. Both descriptors are borrowed. NULL: the reason is logged.
 */
MUST_CHECK struct pool *pool_open(const struct listener *l, int link, int kept, int rooms,
    size_t room_size);

/* Bytes of memory that all processes share. */
size_t pool_memory(const struct pool *);

/* Closes all that this process has of it; without pool_end(), other processes keep theirs. */
void pool_close(struct pool *);

/*
 * The worker's, after the fork: who it is, an index that no other living process has. Without it, a
 * process is the keeper and the one worker at once. False: the reason is logged.
 */
MUST_CHECK bool pool_join(struct pool *, int worker);

/* What a connection waits for that is not idle. */
enum pool_pause {
	PAUSE_NONE,
	PAUSE_REST,  /* for the rest of its request: what came so far is in its room */
	PAUSE_SHARE, /* for a share of the workers (pool_wake()): its request is in its room */
	PAUSE_END    /* for its web server to end it, its answer was sent */
};

/* A connection that has something to say. The worker's alone until pool_keep() or pool_end(). */
struct connection {
	int fd;
	int place;             /* -1: it is new, and has none */
	uint32_t generation;   /* of the place */
	enum pool_pause pause; /* what it has waited for */
	bool late;             /* for as long as it may; it may have nothing to say */
	uint64_t group;        /* PAUSE_SHARE: who is to be woken, not 0 */
	bool is_new;           /* the pool's: it has a place, and is not the keeper's yet */
};

enum pool_event {
	POOL_NEW,      /* one is to be accepted, and then pool_listen() called */
	POOL_KEPT,     /* the connection is filled in */
	POOL_NOTHING,  /* the time is over, or somebody else took what there was */
	POOL_SIGNAL,   /* one of those that `open` lets in has come, and nothing else */
	POOL_ORPHANED, /* the peer of the link is gone */
	POOL_FAILED    /* this process can wait no more; the reason is logged */
};

/* Wait for at most `ms` (-1: for ever) with the signal mask `open`. */
MUST_CHECK enum pool_event pool_wait(struct pool *, const sigset_t *open, int ms,
    struct connection *);

/*
 * Let another worker be told of the next one in the listening queue. The keeper calls it now and then
 * as well: a worker that was told may never come to accept.
 */
void pool_listen(struct pool *);

/*
 * Give it back, to wait for its next request; it is closed where there is no place for it. Nothing of
 * that request may have been read: whoever gets it reads from the socket alone.
 */
void pool_keep(struct pool *, struct connection *);

/*
 * Memory of the connection's own, to write to; NULL: there is no room. Where all is taken, the connection that
 * has waited for the rest of its request the longest is closed for it. A new connection gets a place
 * with it. It is overwritten and given back with pool_keep(), pool_end() and PAUSE_END.
 */
MUST_CHECK void *pool_room(struct pool *, struct connection *);

/* What was written there, by whichever worker, of one that has waited with PAUSE_REST or PAUSE_SHARE. */
const void *pool_saved(const struct pool *, const struct connection *);

/*
 * Give it back, to wait for more, until `due` by clock_monotonic_ms(): then the keeper closes it
 * (PAUSE_END), or a worker gets it, and it is late. `used` bytes of its room hold what is not for
 * others' eyes. Without a place, and where there is none, it is closed.
 */
void pool_pause(struct pool *, struct connection *, enum pool_pause, size_t used, int64_t due);

/* How many wait so, and how many of them with PAUSE_SHARE. */
int pool_paused(const struct pool *);
int pool_sharing(const struct pool *);

/* How many wait with PAUSE_SHARE and this group, and how many rooms there are. */
int pool_in_group(const struct pool *, uint64_t group);
int pool_rooms(const struct pool *);

/*
 * A worker gets the one of the group that has waited the longest; it may find that it has to wait on. Called
 * by whoever made place for it, and by whoever let it wait, where place was made meanwhile.
 */
void pool_wake(struct pool *, uint64_t group);

/* Close it, in all processes. */
void pool_end(struct pool *, struct connection *);

/* How many are kept, in hand or idle; and how many can be, beside those that wait. */
int pool_count(const struct pool *);
int pool_most(const struct pool *);

/*
 * The keeper's. pool_ear() is readable when pool_hear() should be called, which never waits.
 */
int pool_ear(const struct pool *);
void pool_hear(struct pool *);

/* See to those that have waited for as long as they may; more often than every POOL_SWEEP_MS is too often. */
void pool_sweep(struct pool *);

#define POOL_SWEEP_MS 100

/*
 * This worker is gone. What it had in hand is closed, which tells the web server. `killed`: it may
 * have been told of an event and had no time to take what it was about; that is told again.
 */
void pool_bury(struct pool *, int worker, bool killed);

/* No worker shall accept from the listening socket any more; the kept ones go on. */
void pool_deafen(struct pool *);

/*
 * For an upgrade: no worker takes a new connection or the next request of an idle one, which wait where they are, until
 * pool_let_in(). What waits with a pause is taken as always.
 */
void pool_hold_back(struct pool *);
void pool_let_in(struct pool *);

/* The descriptors of those that are idle, `*count` in a new array; the descriptors stay ours. False, with errno set: no memory. */
MUST_CHECK bool pool_idle(const struct pool *, int **fd, size_t *count);

/*
 * Keep connections that an earlier program had kept, in ascending order; right after pool_open(). They are taken over, and closed
 * where there is no place.
 */
void pool_adopt(struct pool *, const int *fd, size_t count);

/*
 * Before the end: whatever web servers have sent so far is still served, but they can send no more
 * (shutdown(2) with SHUT_RD), and after its answer each connection is closed. Those that a worker
 * has in hand are left alone, and closed when they are given back.
 */
void pool_refuse(struct pool *);

#endif
