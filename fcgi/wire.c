/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "fcgi/wire.h"

void
wire_begin(struct wire *w, int fd)
{
	w->fd = fd;
	w->at = w->have = 0;
}

void
wire_limit(struct wire *w, int whole, int silence)
{
	w->until = clock_monotonic_ms() + whole;
	w->silence = silence < 0 ? whole : silence;
	w->late = false;
}

/* Wait until the peer has sent something, or takes something. False: not in time. */
static bool
wait_for_peer(struct wire *w, short events)
{
	struct pollfd peer = { .fd = w->fd, .events = events };
	int64_t now = clock_monotonic_ms(), left = w->until - now;
	int rc = 0;

	if (left > w->silence)
		left = w->silence;
	if (left > 0) {
		metrics_wait(WAIT_CLIENT, now);
		rc = poll(&peer, 1, (int)left);
		metrics_wait(WAIT_NOTHING, 0);
	}
	w->late = w->late || rc == 0;
	return rc > 0 || (rc < 0 && errno == EINTR);
}

static bool
must_wait(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Some bytes more, when all were taken. False: none come. */
static bool
fill(struct wire *w)
{
	ssize_t n;

	while ((n = recv(w->fd, w->input, sizeof(w->input), MSG_DONTWAIT)) < 0)
		if (!must_wait() || !wait_for_peer(w, POLLIN))
			return false;
	w->at = 0;
	w->have = (size_t)n;
	return n > 0;
}

const unsigned char *
wire_look(struct wire *w, size_t *len)
{
	if (w->at == w->have && !fill(w))
		return NULL;
	*len = w->have - w->at;
	return w->input + w->at;
}

void
wire_take(struct wire *w, size_t len)
{
	w->at += len;
}

bool
wire_send(struct wire *w)
{
	const char *from = w->output.data;
	size_t left = w->output.len;
	ssize_t n;

	if (w->output.failed)
		return false;
	while (left > 0) {
		n = send(w->fd, from, left, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (!must_wait() || !wait_for_peer(w, POLLOUT)))
			return false;
		if (n > 0) {
			from += n;
			left -= (size_t)n;
		}
	}
	return true;
}
