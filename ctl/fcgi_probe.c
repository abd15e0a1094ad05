/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fastcgi.h"
#include "base/number.h"
#include "ctl/fcgi_probe.h"

#define TIMEOUT_SECONDS 5
#define ANSWER_MOST 65536 /* bytes */
#define STATUS_LINE "Status: "

#define REQUEST_ID 1

static void
param(struct buf *out, const char *name, const char *value)
{
	fcgi_put_pair(out, name, strlen(name), value, strlen(value));
}

static void
make_request(struct buf *out, const char *path)
{
	struct buf params = BUF_EMPTY;

	param(&params, "GATEWAY_INTERFACE", "CGI/1.1");
	param(&params, "SERVER_PROTOCOL", "HTTP/1.1");
	param(&params, "REQUEST_METHOD", "GET");
	param(&params, "REQUEST_URI", path);
	param(&params, "SCRIPT_NAME", path);
	param(&params, "PATH_INFO", "");
	param(&params, "REMOTE_ADDR", "127.0.0.1");
	fcgi_put_begin(out, REQUEST_ID, FCGI_RESPONDER, 0);
	fcgi_put_stream(out, FCGI_PARAMS, REQUEST_ID, params.data, params.len);
	fcgi_put_stream_end(out, FCGI_PARAMS, REQUEST_ID);
	fcgi_put_stream_end(out, FCGI_STDIN, REQUEST_ID);
	out->failed |= params.failed;
	buf_clear(&params);
}

/* Nothing waits for ever, not even connect(2) to a full queue. */
static bool
set_timeouts(int fd)
{
	const struct timeval t = { .tv_sec = TIMEOUT_SECONDS };

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)) == 0;
}

static bool
fail(struct probe *p, const char *why)
{
	(void)snprintf(p->error, sizeof(p->error), "%s", why);
	return false;
}

/* A connected socket, or -1. */
static int
connect_address(const struct sockaddr *address, socklen_t len, struct probe *p)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && set_timeouts(fd) && connect(fd, address, len) == 0) {
		p->connected = true;
		return fd;
	}
	(void)fail(p, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static int
connect_unix(const char *path, struct probe *p)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path)) {
		(void)fail(p, "the path is too long for a socket");
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	return connect_address((const struct sockaddr *)&address, sizeof(address), p);
}

static int
connect_tcp(const char *where, struct probe *p)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	const char *colon = strrchr(where, ':');
	struct addrinfo *found = NULL, *a;
	char host[NI_MAXHOST];
	int fd = -1, rc;
	bool bracketed = where[0] == '[' && colon != NULL && colon > where && colon[-1] == ']';

	if (colon == NULL || (size_t)(colon - where) >= sizeof(host)) {
		(void)fail(p, "it is neither a path nor HOST:PORT");
		return -1;
	}
	(void)snprintf(host, sizeof(host), "%.*s", (int)(colon - where) - 2 * bracketed,
	    where + bracketed);
	rc = getaddrinfo(host, colon + 1, &hints, &found);
	if (rc != 0) {
		(void)fail(p, gai_strerror(rc));
		return -1;
	}
	for (a = found; a != NULL && fd < 0; a = a->ai_next)
		fd = connect_address(a->ai_addr, a->ai_addrlen, p);
	freeaddrinfo(found);
	return fd;
}

static bool
send_all(int fd, const struct buf *request, struct probe *p)
{
	size_t sent = 0;
	ssize_t n;

	if (request->failed)
		return fail(p, "out of memory");
	while (sent < request->len) {
		n = send(fd, request->data + sent, request->len - sent, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return fail(p, strerror(errno));
		sent += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool
receive(int fd, void *into, size_t len, struct probe *p)
{
	size_t got = 0;
	ssize_t n;

	while (got < len) {
		n = recv(fd, (char *)into + got, len - got, 0);
		if (n == 0)
			return fail(p, "the connection was closed before the answer was complete");
		if (n < 0 && errno == EAGAIN)
			return fail(p, "there was no answer in time");
		if (n < 0 && errno != EINTR)
			return fail(p, strerror(errno));
		got += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* Read records until the end of the request; its standard output goes to `answer`. */
static bool
receive_answer(int fd, struct buf *answer, struct probe *p)
{
	unsigned char bytes[FCGI_HEADER_LEN];
	char content[FCGI_MAX_LENGTH + UINT8_MAX];
	struct fcgi_header h;

	do {
		if (!receive(fd, bytes, sizeof(bytes), p))
			return false;
		fcgi_header_read(&h, bytes);
		if (h.version != FCGI_VERSION_1)
			return fail(p, "what answers does not speak FastCGI");
		if (!receive(fd, content, h.content + h.padding, p))
			return false;
		if (h.type == FCGI_STDOUT)
			buf_add(answer, content, h.content);
		if (answer->len > ANSWER_MOST || answer->failed)
			return fail(p, "the answer is too long");
	} while (h.type != FCGI_END_REQUEST);
	return true;
}

/* CGI's header "Status: 200 OK" (RFC 3875 section 6.3.3); 200 where there is none. */
static int
status_of(const struct buf *answer)
{
	const char *text = buf_text(answer), *at = strstr(text, STATUS_LINE);
	int64_t status;

	if (at == NULL || (at != text && at[-1] != '\n'))
		return answer->len > 0 ? 200 : 0;
	at += strlen(STATUS_LINE);
	return strlen(at) >= 3 && number_parse(&status, at, 3, 100, 599) ? (int)status : 0;
}

int
probe_connect(const char *listen, struct probe *p)
{
	*p = (struct probe){ .connected = false };
	return strchr(listen, '/') != NULL ? connect_unix(listen, p) : connect_tcp(listen, p);
}

void
fcgi_probe(const char *listen, const char *path, struct probe *p)
{
	struct buf request = BUF_EMPTY, answer = BUF_EMPTY;
	int fd;

	if ((fd = probe_connect(listen, p)) < 0)
		return;
	make_request(&request, path);
	if (send_all(fd, &request, p) && receive_answer(fd, &answer, p)) {
		p->status = status_of(&answer);
		if (p->status == 0)
			(void)fail(p, "the answer has no status");
	}
	(void)close(fd);
	buf_clear(&request);
	buf_clear(&answer);
}
