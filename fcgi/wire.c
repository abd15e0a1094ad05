/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "fcgi/wire.h"

void
wire_begin(struct wire *w, int fd)
{
	w->fd = fd;
	w->at = w->have = 0;
	w->record = (struct fcgi_header){ .content = 0 };
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
	int64_t left = w->until - clock_monotonic_ms();
	int rc;

	if (left > w->silence)
		left = w->silence;
	if (left <= 0 || (rc = poll(&peer, 1, (int)left)) == 0) {
		w->late = true;
		return false;
	}
	return rc > 0 || errno == EINTR;
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
wire_take_some(struct wire *w, size_t most, size_t *len)
{
	const unsigned char *from;

	if (w->at == w->have && !fill(w))
		return NULL;
	from = w->input + w->at;
	*len = w->have - w->at < most ? w->have - w->at : most;
	w->at += *len;
	return from;
}

bool
wire_take(struct wire *w, unsigned char *to, size_t len)
{
	const unsigned char *from;
	size_t n;

	for (; len > 0; to += n, len -= n) {
		if ((from = wire_take_some(w, len, &n)) == NULL)
			return false;
		memcpy(to, from, n);
	}
	return true;
}

bool
wire_skip(struct wire *w, size_t len)
{
	size_t n;

	for (; len > 0; len -= n)
		if (wire_take_some(w, len, &n) == NULL)
			return false;
	return true;
}

bool
wire_take_content(struct wire *w, struct buf *to, size_t most)
{
	const unsigned char *from;
	size_t n;

	if (to->len + w->record.content > most)
		return false;
	for (; w->record.content > 0; w->record.content -= n) {
		if ((from = wire_take_some(w, w->record.content, &n)) == NULL)
			return false;
		buf_add(to, from, n);
	}
	return true;
}

bool
wire_next(struct wire *w)
{
	unsigned char bytes[FCGI_HEADER_LEN];

	if (!wire_skip(w, w->record.content + w->record.padding) ||
	    !wire_take(w, bytes, sizeof(bytes))) {
		w->record = (struct fcgi_header){ .content = 0 };
		return false;
	}
	fcgi_header_read(&w->record, bytes);
	return w->record.version == FCGI_VERSION_1;
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
