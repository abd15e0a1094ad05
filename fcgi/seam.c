/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/number.h"
#include "base/settings.h"
#include "fcgi/deadline.h"
#include "fcgi/params.h"
#include "fcgi/seam.h"
#include "http/request.h"
#include "http/response.h"

#define CHUNK 4096
#define STREAM_PART ((size_t)8192)

struct seam {
	const struct settings *settings;
	FCGX_Request fcgi;
	/* Of the request in hand: */
	struct buf path;
	const char *length; /* Content-Length as text, or NULL; borrowed from fcgi */
};

struct seam *
seam_open(const struct settings *settings)
{
	struct seam *sm = calloc(1, sizeof(*sm));

	if (sm == NULL)
		return NULL;
	if (FCGX_Init() != 0) {
		free(sm);
		return NULL;
	}
	/* FCGX_Init() has put handlers of its own in place of SIG_IGN and SIG_DFL. */
	(void)signal(SIGPIPE, SIG_IGN);
	deadline_init();
	sm->settings = settings;
	/*
	 * No listening socket: libfcgi never accepts, it fails with EBADF when the connection
	 * it was given is no good.
	 */
	FCGX_InitRequest(&sm->fcgi, -1, 0);
	return sm;
}

void
seam_close(struct seam *sm)
{
	if (sm == NULL)
		return;
	buf_clear(&sm->path);
	free(sm);
}

static void
limit_time(int fd, int option, int ms)
{
	const struct timeval t = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	(void)setsockopt(fd, SOL_SOCKET, option, &t, sizeof(t));
}

/* Each single read and write of libfcgi's ends after the peer's time (socket(7): EAGAIN). */
static void
limit_silence(int fd, int ms)
{
	const int on = 1;

	limit_time(fd, SO_RCVTIMEO, ms);
	limit_time(fd, SO_SNDTIMEO, ms);
	/* For TCP alone, and refused by others: a response must not wait for an acknowledgement. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* Read to the end of the body or to `max`; a byte more is BODY_TOO_LARGE. */
static enum body_end
read_to_end(FCGX_Stream *in, size_t max, struct buf *to)
{
	char chunk[CHUNK];
	size_t have = 0;
	int n;

	while ((n = FCGX_GetStr(chunk, sizeof(chunk), in)) > 0) {
		have += (size_t)n;
		if (have > max)
			return BODY_TOO_LARGE;
		buf_add(to, chunk, (size_t)n);
		if (to->failed)
			return BODY_MEMORY;
	}
	/*
	 * A body that was cut off looks whole but for the stream's error: a closed connection,
	 * an abort, a signal.
	 */
	return FCGX_GetError(in) == 0 ? BODY_WHOLE : BODY_GONE;
}

/* True for the errors that a time limit ends a read with: SO_RCVTIMEO's, and the deadline's. */
static bool
is_timeout(int error)
{
	return error == EAGAIN || error == EINTR;
}

/* struct request's read_body. */
static enum body_end
read_body(void *source, size_t max, struct buf *to)
{
	struct seam *sm = source;
	FCGX_Stream *in = sm->fcgi.in;
	size_t before = to->len;
	int64_t length = -1; /* not said, as with a body that is passed on while it arrives */
	enum body_end end;

	if (sm->length != NULL &&
	    !number_parse(&length, sm->length, strlen(sm->length), 0, INT64_MAX))
		return BODY_LENGTH;
	if (length > 0 && (uint64_t)length > max)
		return BODY_TOO_LARGE;
	deadline_start(sm->settings->body_timeout);
	end = read_to_end(in, max, to);
	if (deadline_stop() && end == BODY_GONE)
		return BODY_TIMEOUT;
	if (end == BODY_GONE && is_timeout(FCGX_GetError(in)))
		return BODY_TIMEOUT;
	if (end == BODY_WHOLE && length >= 0 && (uint64_t)length != to->len - before)
		return BODY_LENGTH;
	return end;
}

/*
 * Close without an answer: the end of a request would be an empty one, which mod_proxy_fcgi
 * passes on as a 200.
 */
static void
drop(struct seam *sm)
{
	FCGX_Free(&sm->fcgi, 1);
}

bool
seam_read(struct seam *sm, int fd, struct request *rq)
{
	bool late;
	int rc;

	limit_silence(fd, sm->settings->peer_timeout);
	/*
	 * FCGX_Accept_r() reads from the connection that it has already; it would begin with
	 * closing it, unless it is told that the request before wanted it kept.
	 */
	sm->fcgi.ipcFd = fd;
	sm->fcgi.keepConnection = 1;
	/* Close with close(2) alone: libfcgi's way waits for the peer without end. See drain(). */
	(void)FCGX_Detach(&sm->fcgi);
	deadline_start(sm->settings->peer_timeout);
	rc = FCGX_Accept_r(&sm->fcgi);
	late = deadline_stop();
	sm->fcgi.keepConnection = 0;
	if (rc == 0 && FCGX_GetError(sm->fcgi.in) != 0) {
		/*
		 * What was cut off between two variables is a request to libfcgi: one that
		 * lacks, perhaps, If-Match.
		 */
		rc = -1;
		drop(sm);
	}
	if (rc != 0) {
		if (late)
			log_info("no request's head came on a connection within %d ms",
			    sm->settings->peer_timeout);
		return false;
	}
	if (!params_request((const char *const *)sm->fcgi.envp, sm->settings->base_path, &sm->path,
		rq)) {
		log_error("out of memory for a request's path");
		drop(sm);
		return false;
	}
	sm->length = rq->header[HEADER_CONTENT_LENGTH];
	rq->read_body = read_body;
	rq->body_source = sm;
	return true;
}

bool
seam_is_responder(const struct seam *sm)
{
	return sm->fcgi.role == FCGI_RESPONDER;
}

/* RFC 9110 section 15; a status without a name here has an empty one, which is allowed. */
static const char *
reason_phrase(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} table[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 204, "No Content" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (table[i].status == status)
			return table[i].phrase;
	return "";
}

static void
put(FCGX_Stream *out, const struct buf *b)
{
	if (b->len > 0)
		(void)FCGX_PutStr(b->data, (int)b->len, out);
}

/* When even an error cannot be built. The id is of safe characters alone. */
static void
put_last_resort(FCGX_Stream *out, const struct response *rs)
{
	enum http_error e = response_fallback(rs);
	int status = http_error_status(e);

	(void)FCGX_FPrintF(out,
	    "Status: %d %s\r\nX-Request-Id: %s\r\nCache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\nContent-Type: application/json\r\n\r\n"
	    "{\"code\":\"%s\",\"message\":\"%s\",\"details\":{\"request_id\":\"%s\"}}",
	    status, reason_phrase(status), rs->request_id, http_error_code(e),
	    http_error_message(e), rs->request_id);
}

/*
 * Take in what the web server still sends, so that closing does not destroy the answer on its
 * way (a socket closed with unread data resets the connection), for the peer's time at most.
 * Mostly that is nothing: the end of the body is read.
 */
static void
drain(struct seam *sm)
{
	FCGX_Stream *in = sm->fcgi.in;
	char chunk[CHUNK];

	if (FCGX_HasSeenEOF(in) != 0)
		return;
	deadline_start(sm->settings->peer_timeout);
	while (FCGX_GetStr(chunk, sizeof(chunk), in) > 0)
		continue;
	(void)deadline_stop();
}

static void
put_head(FCGX_Stream *out, const struct response *rs)
{
	(void)FCGX_FPrintF(out, "Status: %d %s\r\n", rs->status, reason_phrase(rs->status));
	put(out, &rs->head);
	(void)FCGX_PutS("\r\n", out);
}

bool
seam_stream_begin(struct seam *sm, const struct response *rs)
{
	/* The end of the web server's input: what it sends after that is news, see peer_left(). */
	drain(sm);
	limit_time(sm->fcgi.ipcFd, SO_SNDTIMEO, sm->settings->body_timeout);
	put_head(sm->fcgi.out, rs);
	return FCGX_FFlush(sm->fcgi.out) == 0;
}

/*
 * The connection was closed, or the request is to be aborted (FastCGI Specification 5.4): nothing else
 * is sent after the end of the input. Seen at once, even where nothing is written for a while.
 */
static bool
peer_left(const struct seam *sm)
{
	char byte;

	return recv(sm->fcgi.ipcFd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
}

bool
seam_stream(struct seam *sm, const void *data, size_t len)
{
	FCGX_Stream *out = sm->fcgi.out;
	const char *from = data;
	bool late = false;
	size_t n;

	if (peer_left(sm))
		return false;
	for (; len > 0 && !late && FCGX_GetError(out) == 0; from += n, len -= n) {
		n = len < STREAM_PART ? len : STREAM_PART;
		deadline_start(sm->settings->body_timeout);
		(void)FCGX_PutStr(from, (int)n, out);
		late = deadline_stop();
	}
	return !late && FCGX_GetError(out) == 0;
}

static void
put_response(FCGX_Stream *out, const struct request *rq, struct response *rs)
{
	if (rs->status == 0 || response_failed(rs))
		response_error(rs, response_fallback(rs), NULL, NULL);
	if (response_failed(rs)) {
		put_last_resort(out, rs);
		return;
	}
	put_head(out, rs);
	if (rq->method != HTTP_HEAD)
		put(out, &rs->body);
}

void
seam_answer(struct seam *sm, const struct request *rq, struct response *rs)
{
	FCGX_Stream *out = sm->fcgi.out;

	if (rs->stream == STREAM_CUT) {
		drop(sm);
		return;
	}
	if (rs->stream == STREAM_NONE)
		put_response(out, rq, rs);
	/*
	 * Closing the last stream sends what is left and the end of the request, in one write
	 * where it is short.
	 */
	(void)FCGX_FClose(sm->fcgi.err);
	(void)FCGX_FClose(out);
	drain(sm);
	FCGX_Finish_r(&sm->fcgi);
}
