/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"
#include "ctl/follow_sink.h"

#define FLUSH_AT (256 * 1024)
#define STEP_MS 5 /* between two looks at what the system has no event for */

bool
sink_failed(struct sink *s, const char *what)
{
	(void)snprintf(s->error, sizeof(s->error), "%s: %s", what, strerror(errno));
	return false;
}

static bool
say(struct sink *s, const char *what)
{
	(void)snprintf(s->error, sizeof(s->error), "%s", what);
	return false;
}

/* ---- what --to says ---- */

static bool
copy(char *to, size_t size, const char *from, size_t len)
{
	if (len == 0 || len >= size)
		return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

/* HOST:PORT, or [ADDRESS]:PORT. */
static bool
parse_peer(struct sink *s, const char *text)
{
	const char *colon = strrchr(text, ':'), *end = colon;
	int64_t port;

	if (colon == NULL || !number_parse(&port, colon + 1, strlen(colon + 1), 1, 65535))
		return false;
	if (text[0] == '[' && colon > text && colon[-1] == ']') {
		text++;
		end = colon - 1;
	} else if (memchr(text, ':', (size_t)(colon - text)) != NULL) {
		return false;
	}
	return copy(s->host, sizeof(s->host), text, (size_t)(end - text)) &&
	    copy(s->port, sizeof(s->port), colon + 1, strlen(colon + 1));
}

bool
sink_parse(struct sink *s, const char *to)
{
	*s = (struct sink){ .fd = -1, .out = BUF_EMPTY };
	if (strcmp(to, "-") == 0) {
		s->kind = SINK_OUTPUT;
		return true;
	}
	if (strncmp(to, "unix:", 5) == 0) {
		s->kind = SINK_LOCAL;
		return to[5] == '/' &&
		    copy(s->host, sizeof(((struct sockaddr_un *)NULL)->sun_path), to + 5,
			strlen(to + 5));
	}
	s->kind = strncmp(to, "tls://", 6) == 0 ? SINK_TLS : SINK_TCP;
	return (s->kind == SINK_TLS || strncmp(to, "tcp://", 6) == 0) && parse_peer(s, to + 6);
}

bool
sink_make(struct sink *s, const struct sink_tls *tls)
{
	return s->kind != SINK_TLS || sink_tls_make(s, tls);
}

void
sink_clear(struct sink *s)
{
	sink_close(s);
	SSL_CTX_free(s->tls);
	s->tls = NULL;
	buf_clear(&s->out);
}

/* ---- connecting ---- */

static bool
connect_in_time(int fd, const struct sockaddr *address, socklen_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int flags = fcntl(fd, F_GETFL), error = 0;

	if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return false;
	if (connect(fd, address, len) != 0) {
		if (errno != EINPROGRESS)
			return false;
		if (poll(&p, 1, SINK_WAIT_MS) != 1) {
			errno = ETIMEDOUT;
			return false;
		}
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
			return false;
		errno = error;
	}
	return error == 0 && fcntl(fd, F_SETFL, flags) == 0;
}

/* So that no call on it waits for ever, and a peer that is gone without a word is noticed. */
static void
set_patience(int fd)
{
	const struct timeval wait = { .tv_sec = SINK_WAIT_MS / 1000 };
	const int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

static bool
open_tcp(struct sink *s)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list, *a;
	int rc = getaddrinfo(s->host, s->port, &hints, &list);

	if (rc != 0)
		return say(s, gai_strerror(rc));
	for (a = list; a != NULL && s->fd < 0; a = a->ai_next) {
		s->fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (s->fd >= 0 && connect_in_time(s->fd, a->ai_addr, a->ai_addrlen))
			break;
		(void)sink_failed(s, "connecting");
		if (s->fd >= 0)
			(void)close(s->fd);
		s->fd = -1;
	}
	freeaddrinfo(list);
	if (s->fd >= 0)
		set_patience(s->fd);
	return s->fd >= 0;
}

static bool
open_local(struct sink *s)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memcpy(address.sun_path, s->host, strlen(s->host) + 1);
	s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		return sink_failed(s, s->host);
	set_patience(s->fd);
	return true;
}

bool
sink_open(struct sink *s)
{
	bool done = true;

	buf_reset(&s->out);
	switch (s->kind) {
	case SINK_OUTPUT:
		s->fd = STDOUT_FILENO;
		break;
	case SINK_LOCAL:
		done = open_local(s);
		break;
	case SINK_TCP:
		done = open_tcp(s);
		break;
	case SINK_TLS:
		done = open_tcp(s) && sink_tls_open(s);
		break;
	}
	if (!done)
		sink_close(s);
	return done;
}

bool
sink_is_open(const struct sink *s)
{
	return s->fd >= 0;
}

void
sink_close(struct sink *s)
{
	SSL_free(s->ssl);
	s->ssl = NULL;
	if (s->fd >= 0 && s->kind != SINK_OUTPUT)
		(void)close(s->fd);
	s->fd = -1;
	buf_reset(&s->out);
}

bool
sink_alive(struct sink *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN | POLLRDHUP };
	char byte;
	ssize_t n;

	if (s->kind != SINK_TCP && s->kind != SINK_TLS)
		return true; /* sending tells */
	if (poll(&p, 1, 0) == 0)
		return true;
	if (p.revents & POLLRDHUP)
		return say(s, "the receiver closed the connection");
	n = recv(s->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	if (n < 0 && errno != EAGAIN)
		return sink_failed(s, "the connection");
	return n != 0 || say(s, "the receiver closed the connection");
}

/* ---- sending ---- */

static bool
write_out(struct sink *s, const char *data, size_t len)
{
	ssize_t n;

	if (s->kind == SINK_TLS)
		return sink_tls_write(s, data, len);
	while (len > 0) {
		n = write(s->fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return sink_failed(s, "sending");
		data += n;
		len -= (size_t)n;
	}
	return true;
}

bool
sink_flush(struct sink *s)
{
	bool done = !s->out.failed ? write_out(s, s->out.data, s->out.len) :
				     say(s, "out of memory");

	buf_reset(&s->out);
	return done;
}

static enum sent
send_datagram(struct sink *s, const char *text, size_t len)
{
	ssize_t n;

	do
		n = send(s->fd, text, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return SENT;
	if (errno == EMSGSIZE)
		return SENT_TOO_LONG;
	(void)sink_failed(s, "sending");
	return SENT_NOT;
}

enum sent
sink_send(struct sink *s, const char *text, size_t len)
{
	if (s->kind == SINK_LOCAL)
		return send_datagram(s, text, len);
	if (s->framing == FRAME_COUNT)
		buf_addf(&s->out, "%zu ", len);
	buf_add(&s->out, text, len);
	if (s->framing == FRAME_LINE)
		buf_addc(&s->out, '\n');
	if (s->out.len < FLUSH_AT && !s->out.failed)
		return SENT;
	return sink_flush(s) ? SENT : SENT_NOT;
}

/* ---- confirming ---- */

/* Wait until a request of ioctl() says that nothing is left to be read by the other end. */
static bool
wait_until_read(struct sink *s, unsigned long request)
{
	int64_t deadline = clock_monotonic_ms() + SINK_WAIT_MS;
	int left = 1;

	while (ioctl(s->fd, request, &left) == 0 && left > 0) {
		if (clock_monotonic_ms() > deadline)
			return say(s, "the receiver does not read what was sent");
		(void)poll(NULL, 0, STEP_MS);
	}
	return left <= 0 || sink_failed(s, "what was not read");
}

/*
 * TCP: after our end, the other one's; and then the connection is over. A receiver that had ended its side before it read everything
 * gives itself away by a reset, which comes before the connection is over on our side.
 */
static bool
end_tcp(struct sink *s)
{
	int64_t deadline = clock_monotonic_ms() + SINK_WAIT_MS;
	char thrown_away[512];
	struct tcp_info info;
	socklen_t size;
	int error = 0;
	ssize_t n;

	if (shutdown(s->fd, SHUT_WR) != 0)
		return sink_failed(s, "closing");
	do
		n = recv(s->fd, thrown_away, sizeof(thrown_away), 0);
	while ((n > 0 || (n < 0 && errno == EINTR)) && clock_monotonic_ms() < deadline);
	if (n > 0) {
		errno = ETIMEDOUT;
		return sink_failed(s, "the receiver talks, and does not end");
	}
	if (n < 0)
		return errno == EAGAIN ? say(s, "the receiver did not read to the end in time") :
					 sink_failed(s, "closing");
	do {
		size = sizeof(info);
		if (getsockopt(s->fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
			return sink_failed(s, "closing");
		if (info.tcpi_state == TCP_CLOSE)
			break;
		(void)poll(NULL, 0, STEP_MS);
	} while (clock_monotonic_ms() < deadline);
	size = sizeof(error);
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		return sink_failed(s, "closing");
	errno = error;
	if (error != 0)
		return sink_failed(s, "closing");
	return info.tcpi_state == TCP_CLOSE ||
	    say(s, "the receiver did not take all of it in time");
}

/* A datagram that nobody reads any more is taken off the queue too: an empty one finds out whether the receiver is still there. */
static bool
end_local(struct sink *s)
{
	if (!wait_until_read(s, SIOCOUTQ))
		return false;
	return send(s->fd, "", 0, MSG_NOSIGNAL) == 0 || sink_failed(s, s->host);
}

static bool
end_output(struct sink *s)
{
	struct stat st;

	if (fstat(s->fd, &st) != 0)
		return sink_failed(s, "standard output");
	if (S_ISFIFO(st.st_mode))
		return wait_until_read(s, FIONREAD);
	return !S_ISREG(st.st_mode) || fsync(s->fd) == 0 || sink_failed(s, "standard output");
}

bool
sink_confirm(struct sink *s)
{
	bool done = sink_flush(s);

	if (!done) {
		sink_close(s);
		return false;
	}
	switch (s->kind) {
	case SINK_OUTPUT:
		return end_output(s);
	case SINK_LOCAL:
		done = end_local(s);
		break;
	case SINK_TCP:
		done = end_tcp(s);
		break;
	case SINK_TLS:
		done = sink_tls_end(s) && end_tcp(s);
		break;
	}
	if (s->kind != SINK_LOCAL || !done)
		sink_close(s);
	return done;
}
