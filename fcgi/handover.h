/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_HANDOVER_H
#define GRANTD_FCGI_HANDOVER_H

#include <sys/socket.h>
#include <sys/types.h>

#include <poll.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "fcgi/listener.h"

/*
 * Connections that one process accepts, the porter (fcgi/porter.h), and puts into a queue, which the workers wait for in place of
 * the listening socket. All is the porter's but for handover_join() and handover_take(). What is in the queue when
 * the porter is killed is for the workers to answer.
 */
struct handover {
	int listener;            /* the porter's alone; borrowed */
	struct listener workers; /* the queue's other end, of kind LISTENER_HANDED */
	int queue;
	int waiting;   /* a connection that the queue had no room for; or -1 */
	pid_t latest;  /* who connected last; 0: nobody, or nobody can tell */
	bool shortage; /* of descriptors or memory, when it was last tried */
};

/* False: the reason is logged. */
MUST_CHECK bool handover_open(struct handover *, const struct listener *);
void handover_close(struct handover *);

/* What to wait for, before handover_some() is called: in *news, which poll(2) ignores where that is time alone. */
void handover_watch(const struct handover *, struct pollfd *news);

/* Hand on connections that have come, some at most, without waiting. */
void handover_some(struct handover *);

/* Nothing is to be had just now, so that handover_some() should be called again after a while. */
bool handover_is_short(const struct handover *);

/* Before the listening socket is closed: hand on all that wait in it, for at most `ms` milliseconds. */
void handover_rest(struct handover *, int ms);

/*
 * Once the web server has ended: the next connection. One that has nobody at its other end any more, as all of that server's, is closed and
 * needs no room in the queue; `latest` is who it was. False: there is no more, or no room.
 */
bool handover_sift(struct handover *);

/* In a process that is not the porter: close what is the porter's alone. Descriptor 0 is then /dev/null. */
void handover_join(struct handover *);

/*
 * The next connection of the queue's end `fd`, and who is connected, as accept4(2) does without waiting; SOCK_CLOEXEC. -1 with
 * errno EAGAIN: there is none; EMFILE: there was one, and no descriptor for it.
 */
MUST_CHECK int handover_take(int fd, struct sockaddr_storage *peer);

#endif
