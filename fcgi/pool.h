/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_POOL_H
#define GRANTD_FCGI_POOL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct listener;

/*
 * Where requests come from: the listening socket, and the connections that web servers asked to be
 * kept (FCGI_KEEP_CONN). All workers wait for all of them, so that whichever is idle takes the next
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
 * `most` is how many connections are kept (0: none), less where the process may not have as many
 * descriptors, which is logged. `link` is watched for its peer's end (-1: none): it is readable then, and
 * never before. Both descriptors are borrowed. NULL: the reason is logged.
 */
MUST_CHECK struct pool *pool_open(const struct listener *l, int link, int most);

/* Closes all that this process has of it; without pool_end(), other processes keep theirs. */
void pool_close(struct pool *);

/*
 * The worker's, after the fork: who it is, an index that no other living process has. Without it, a
 * process is the keeper and the one worker at once. False: the reason is logged.
 */
MUST_CHECK bool pool_join(struct pool *, int worker);

/* A connection that has something to say. The worker's alone until pool_keep() or pool_end(). */
struct connection {
	int fd;
	int place;           /* -1: it is new, and not among the kept */
	uint32_t generation; /* of the place */
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

/* Close it, in all processes. */
void pool_end(struct pool *, struct connection *);

/* How many are kept, in hand or idle. */
int pool_count(const struct pool *);

/*
 * The keeper's. pool_ear() is readable when pool_hear() should be called, which never waits.
 */
int pool_ear(const struct pool *);
void pool_hear(struct pool *);

/*
 * This worker is gone. What it had in hand is closed, which tells the web server. `killed`: it may
 * have been told of an event and had no time to take what it was about; that is told again.
 */
void pool_bury(struct pool *, int worker, bool killed);

/* No worker shall accept from the listening socket any more; the kept ones go on. */
void pool_deafen(struct pool *);

/*
 * Before the end: whatever web servers have sent so far is still served, but they can send no more
 * (shutdown(2) with SHUT_RD), and after its answer each connection is closed. Those that a worker
 * has in hand are left alone, and closed when they are given back.
 */
void pool_refuse(struct pool *);

#endif
