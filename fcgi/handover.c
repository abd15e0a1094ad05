/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "fcgi/handover.h"
#include "fcgi/pass.h"
#include "fcgi/peer.h"

/* How many in a row, before somebody else's turn comes. */
#define SOME 32
/* How long until a shortage may be over. */
#define SHORTAGE_MS 10

bool
handover_open(struct handover *h, const struct listener *l)
{
	int fd[2];

	/* The workers' end is never at its end: they have the other, too, so that what is in the queue outlives the porter. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd) == -1) {
		log_error("preparing to accept for workers: %s", strerror(errno));
		return false;
	}
	*h = (struct handover){
		.listener = l->fd,
		.workers = { .fd = fd[1], .kind = LISTENER_HANDED },
		.queue = fd[0],
		.waiting = -1,
	};
	return true;
}

void
handover_close(struct handover *h)
{
	if (h->waiting != -1)
		close(h->waiting);
	close(h->queue);
	listener_close(&h->workers);
}

void
handover_watch(const struct handover *h, struct pollfd *news)
{
	if (h->shortage)
		*news = (struct pollfd){ .fd = -1 };
	else if (h->waiting != -1)
		*news = (struct pollfd){ .fd = h->queue, .events = POLLOUT };
	else
		*news = (struct pollfd){ .fd = h->listener, .events = POLLIN };
}

/* Errors that a process can wait out: no descriptors, no memory, or too many of its user's descriptors under way (ETOOMANYREFS). */
static bool
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
	    error == ETOOMANYREFS;
}

/* Put the waiting connection into the queue. False: not now. One that cannot be sent at all is given up. */
static bool
send_waiting(struct handover *h)
{
	const char nothing = 0;

	if (!pass_send(h->queue, &nothing, sizeof(nothing), h->waiting, MSG_DONTWAIT)) {
		h->shortage = is_shortage(errno);
		if (errno == EAGAIN || h->shortage)
			return false;
		log_warning("handing a connection to a worker: %s", strerror(errno));
	}
	close(h->waiting);
	h->waiting = -1;
	return true;
}

/* False: none waits, and none could be accepted; errno says why. */
static bool
find_waiting(struct handover *h)
{
	if (h->waiting != -1)
		return true;
	h->waiting = accept4(h->listener, NULL, NULL, SOCK_CLOEXEC);
	h->shortage = h->waiting == -1 && is_shortage(errno);
	if (h->waiting == -1)
		return false;
	h->latest = peer_pid(h->waiting);
	return true;
}

/* Accept one, and put it into the queue. False: there is none, or no room. */
static bool
hand_on(struct handover *h)
{
	if (find_waiting(h))
		return send_waiting(h);
	if (h->shortage)
		log_error("accepting a connection: %s", strerror(errno));
	return !h->shortage && errno != EAGAIN; /* this one is gone already */
}

void
handover_some(struct handover *h)
{
	int i;

	h->shortage = false;
	for (i = 0; i < SOME && hand_on(h); i++)
		continue;
}

bool
handover_is_short(const struct handover *h)
{
	return h->shortage;
}

void
handover_rest(struct handover *h, int ms)
{
	int64_t end = clock_monotonic_ms() + ms;
	struct pollfd room = { .fd = h->queue, .events = POLLOUT };
	int64_t left;

	while ((left = end - clock_monotonic_ms()) > 0) {
		if (hand_on(h))
			continue;
		if (h->waiting == -1 && !h->shortage)
			return;
		(void)poll(&room, h->shortage ? 0 : 1,
		    left < SHORTAGE_MS ? (int)left : SHORTAGE_MS);
	}
}

bool
handover_sift(struct handover *h)
{
	struct pollfd end = { .events = 0 };

	if (!find_waiting(h))
		return false;
	end.fd = h->waiting;
	if (poll(&end, 1, 0) != 1 || (end.revents & POLLHUP) == 0)
		return send_waiting(h);
	close(h->waiting);
	h->waiting = -1;
	return true;
}

void
handover_join(struct handover *h)
{
	if (h->waiting != -1)
		close(h->waiting);
	h->waiting = -1;
	close(h->listener);
	if (h->listener == STDIN_FILENO)
		(void)open("/dev/null", O_RDONLY);
	h->listener = -1;
}

int
handover_take(int fd, struct sockaddr_storage *peer)
{
	socklen_t len = sizeof(*peer);
	char nothing;
	int taken;

	if (!pass_receive(fd, &nothing, sizeof(nothing), &taken, MSG_DONTWAIT))
		return -1;
	if (taken == -1) {
		errno = EMFILE;
		return -1;
	}
	if (getpeername(taken, (struct sockaddr *)peer, &len) == -1) {
		close(taken); /* whoever it was has left */
		errno = ECONNABORTED;
		return -1;
	}
	return taken;
}
