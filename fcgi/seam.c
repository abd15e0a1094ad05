/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fastcgi.h"
#include "base/log.h"
#include "base/number.h"
#include "base/settings.h"
#include "fcgi/intake.h"
#include "fcgi/params.h"
#include "fcgi/seam.h"
#include "fcgi/wire.h"
#include "handlers/dispatch.h"
#include "http/request.h"
#include "http/response.h"

#define STREAM_PART ((size_t)8192)
/* What is collected before it is sent: more than nearly every answer. */
#define OUTPUT_SIZE ((size_t)32768)
/* How much is read at a time of a peer that sends as fast as we read: then others have their turn. */
#define TURN_MOST ((size_t)1024 * 1024)

struct seam {
	const struct settings *settings;
	struct wire wire;

	/* Of the request in hand: */
	struct intake in;
	struct times {
		int64_t begun;    /* clock_monotonic_ms() of the first wait for it; 0: none yet */
		int64_t has_head; /* the same for its body */
		int64_t whole;    /* the same for what has nothing to do with its coming */
	} times;
	bool asked;             /* how much of its body is of use */
	enum body_end body_end; /* how it came */
	struct buf text;        /* its variables, where they may be read again */
	struct buf path;
	const char *length; /* Content-Length as text, or NULL; borrowed from the variables */

	struct buf head; /* of a response */
};

/* What seam_save() writes before what came in. */
struct saved {
	struct times times;
	bool asked;
	_Alignas(max_align_t) char bytes[];
};

static void
reserve(struct buf *b, size_t size)
{
	static const char nothing[4096];

	while (b->len < size && !b->failed)
		buf_add(b, nothing, sizeof(nothing));
}

struct seam *
seam_open(const struct settings *settings)
{
	struct seam *sm = calloc(1, sizeof(*sm));

	if (sm == NULL)
		return NULL;
	sm->settings = settings;
	sm->wire.fd = -1;
	/* Whatever memory there is later on, an answer can be sent. */
	reserve(&sm->wire.output, 2 * OUTPUT_SIZE);
	reserve(&sm->head, OUTPUT_SIZE);
	if (!sm->wire.output.failed && !sm->head.failed)
		return sm;
	seam_close(sm);
	return NULL;
}

void
seam_close(struct seam *sm)
{
	if (sm == NULL)
		return;
	buf_wipe(&sm->in.variables);
	buf_clear(&sm->in.body);
	buf_clear(&sm->in.reply);
	buf_wipe(&sm->text);
	buf_clear(&sm->path);
	buf_clear(&sm->head);
	buf_clear(&sm->wire.output);
	free(sm);
}

/* ---- what comes in ---- */

/* Forget the request before, with its caller's key; or go on with one that was saved. */
static bool
begin(struct seam *sm, const struct seam_source *from)
{
	const struct saved *saved = from->saved;

	if (from->fd != sm->wire.fd)
		wire_begin(&sm->wire, from->fd);
	sm->length = NULL;
	sm->times = (struct times){ .begun = 0 };
	sm->asked = false;
	if (saved == NULL) {
		intake_begin(&sm->in, DISPATCH_BODY_MOST);
		return true;
	}
	sm->times = saved->times;
	sm->asked = saved->asked;
	return intake_restore(&sm->in, saved->bytes);
}

static void
take(struct seam *sm)
{
	const unsigned char *bytes;
	size_t have, turn = 0;

	while (sm->in.s.end == INTAKE_MORE && turn < TURN_MOST) {
		if ((bytes = wire_look(&sm->wire, &have)) == NULL) {
			if (!sm->wire.late)
				sm->in.s.end = sm->in.s.has_head ? INTAKE_GONE : INTAKE_BROKEN;
			return;
		}
		have = intake_take(&sm->in, bytes, have);
		wire_take(&sm->wire, have);
		turn += have;
		if (sm->in.reply.len == 0)
			continue;
		buf_reset(&sm->wire.output);
		buf_add(&sm->wire.output, sm->in.reply.data, sm->in.reply.len);
		buf_reset(&sm->in.reply);
		if (!wire_send(&sm->wire))
			sm->in.s.end = INTAKE_BROKEN;
	}
}

static bool
is_known_role(int role)
{
	return role == FCGI_RESPONDER || role == FCGI_AUTHORIZER || role == FCGI_FILTER;
}

static void
refuse_role(struct seam *sm)
{
	buf_reset(&sm->wire.output);
	fcgi_put_end(&sm->wire.output, sm->in.s.id, FCGI_UNKNOWN_ROLE);
	if (!wire_send(&sm->wire))
		log_debug("a web server did not wait to be refused");
}

/* The key is neither left in what was read, nor in what it was taken from. */
static void
wipe(struct seam *sm)
{
	if (sm->in.variables.data != NULL)
		explicit_bzero(sm->in.variables.data, sm->in.variables.len);
	buf_reset(&sm->in.variables);
	if (sm->text.len > 0)
		explicit_bzero(sm->text.data, sm->text.len);
	buf_reset(&sm->text);
	explicit_bzero(sm->wire.input, sm->wire.at);
}

/* ---- a request of it ---- */

static enum seam_head
make_request(struct seam *sm, struct buf *variables, struct request *rq)
{
	if (!is_known_role(sm->in.s.role)) {
		refuse_role(sm);
		return SEAM_NONE;
	}
	switch (params_request(variables, sm->settings->base_path, &sm->path, rq)) {
	case PARAMS_GOOD:
		return SEAM_REQUEST;
	case PARAMS_NUL:
		return SEAM_REFUSED;
	case PARAMS_WRONG:
		log_warning("a web server sent variables whose lengths do not fit");
		return SEAM_NONE;
	case PARAMS_MEMORY:
		log_error("out of memory for a request's head");
		break;
	}
	return SEAM_NONE;
}

static bool
parse_length(const char *text, int64_t *length)
{
	return number_parse(length, text, strlen(text), 0, INT64_MAX);
}

/* struct request's read_body: all that came is there. */
static enum body_end
read_body(void *source, size_t max, struct buf *to)
{
	const struct seam *sm = source;
	const struct buf *body = &sm->in.body;
	int64_t length = -1; /* not said, as with a body that is passed on while it arrives */

	if (sm->length != NULL && !parse_length(sm->length, &length))
		return BODY_LENGTH;
	if ((length > 0 && (uint64_t)length > max) || sm->in.s.too_large || body->len > max)
		return BODY_TOO_LARGE;
	if (sm->body_end != BODY_WHOLE)
		return sm->body_end;
	if (length >= 0 && (uint64_t)length != body->len)
		return BODY_LENGTH;
	buf_add(to, body->data, body->len);
	return to->failed ? BODY_MEMORY : BODY_WHOLE;
}

/* A request that is answered now, with its body, or with the reason why there is none. */
static enum seam_head
hand_over(struct seam *sm, struct request *rq, enum body_end end, bool again)
{
	enum seam_head head;

	/* Reading variables writes to them. */
	buf_reset(&sm->text);
	if (again)
		buf_add(&sm->text, sm->in.variables.data, sm->in.variables.len);
	head = make_request(sm, again ? &sm->text : &sm->in.variables, rq);
	if (head == SEAM_NONE)
		return head; /* and there is no request */
	sm->body_end = end;
	sm->length = rq->header[HEADER_CONTENT_LENGTH];
	rq->read_body = read_body;
	rq->body_source = sm;
	return head;
}

/* All variables are there, and the body is not: is there more of it than is of use, or will there be? */
static bool
is_too_large(struct seam *sm)
{
	enum seam_head head;
	struct request rq;
	const char *text;
	int64_t length = 0;
	size_t most;

	if (sm->asked)
		return sm->in.s.too_large;
	sm->asked = true;
	buf_reset(&sm->text);
	buf_add(&sm->text, sm->in.variables.data, sm->in.variables.len);
	head = make_request(sm, &sm->text, &rq);
	most = head == SEAM_REQUEST ? dispatch_body_most(&rq) : 0;
	text = head == SEAM_NONE ? NULL : rq.header[HEADER_CONTENT_LENGTH];
	if ((text != NULL && (!parse_length(text, &length) || (uint64_t)length > most)) ||
	    sm->in.body.len > most)
		intake_drop_body(&sm->in);
	sm->in.s.body_most = most;
	return sm->in.s.too_large;
}

/*
 * What is not whole waits, outside of any worker's time. But whom nothing that is still to come can
 * help is answered at once, unless the connection is to be kept: then all of the request has to be
 * read before (finish_input()).
 */
static enum seam_head
part(struct seam *sm, const struct seam_source *from, struct request *rq)
{
	bool answered = sm->in.s.has_head && is_too_large(sm) && !sm->in.s.keep;

	if (from->late && !sm->in.s.has_head)
		log_info("no request's head came on a connection within %d ms",
		    sm->settings->peer_timeout);
	if (answered || (from->late && sm->in.s.has_head))
		return hand_over(sm, rq, BODY_TIMEOUT, false);
	return from->late ? SEAM_NONE : SEAM_PART;
}

static enum seam_head
read_request(struct seam *sm, const struct seam_source *from, struct request *rq)
{
	wire_limit(&sm->wire, from->grace, -1);
	take(sm);
	switch (sm->in.s.end) {
	case INTAKE_WHOLE:
		return hand_over(sm, rq, BODY_WHOLE, from->again);
	case INTAKE_GONE:
		return hand_over(sm, rq, BODY_GONE, from->again);
	case INTAKE_MORE:
		return part(sm, from, rq);
	case INTAKE_MEMORY:
		log_error("out of memory for a request");
		break;
	case INTAKE_BROKEN:
		break;
	}
	return SEAM_NONE;
}

enum seam_head
seam_read(struct seam *sm, const struct seam_source *from, struct request *rq)
{
	enum seam_head head = begin(sm, from) ? read_request(sm, from, rq) : SEAM_NONE;

	if (head == SEAM_NONE) {
		wipe(sm);
		sm->wire.fd = -1;
	}
	return head;
}

size_t
seam_save_most(void)
{
	return sizeof(struct saved) + intake_save_most(DISPATCH_BODY_MOST);
}

bool
seam_can_save(const struct seam *sm)
{
	return sm->wire.at == sm->wire.have && sm->in.s.end != INTAKE_MORE;
}

/* Until when to wait, at this time. */
static int64_t
due_of(struct seam *sm, int64_t now)
{
	const struct settings *s = sm->settings;
	int64_t due;

	if (sm->in.s.end != INTAKE_MORE) {
		if (sm->times.whole == 0)
			sm->times.whole = now;
		return sm->times.whole + s->tenant_wait;
	}
	if (sm->times.begun == 0)
		sm->times.begun = now;
	if (!sm->in.s.has_head)
		return sm->times.begun + s->peer_timeout;
	if (sm->times.has_head == 0)
		sm->times.has_head = now;
	due = sm->times.has_head + s->body_timeout;
	return now + s->peer_timeout < due ? now + s->peer_timeout : due;
}

size_t
seam_save(struct seam *sm, void *to, size_t most, int64_t *due)
{
	struct saved *saved = to;
	size_t size = most > sizeof(*saved) ?
	    intake_save(&sm->in, saved->bytes, most - sizeof(*saved)) :
	    0;

	*due = due_of(sm, clock_monotonic_ms());
	if (size > 0) {
		saved->times = sm->times;
		saved->asked = sm->asked;
	}
	wipe(sm);
	sm->wire.fd = -1;
	return size > 0 ? sizeof(*saved) + size : 0;
}

bool
seam_is_responder(const struct seam *sm)
{
	return sm->in.s.role == FCGI_RESPONDER;
}

/* ---- its answer ---- */

/* When even an error cannot be built. The id is of safe characters alone. */
static void
put_last_resort(struct buf *to, const struct response *rs)
{
	enum http_error e = response_fallback(rs);
	int status = http_error_status(e);

	buf_addf(to,
	    "Status: %d %s\r\nX-Request-Id: %s\r\nCache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\nContent-Type: application/json\r\n\r\n"
	    "{\"code\":\"%s\",\"message\":\"%s\",\"details\":{\"request_id\":\"%s\"}}",
	    status, response_reason(status), rs->request_id, http_error_code(e),
	    http_error_message(e), rs->request_id);
}

static void
put_head(struct buf *to, const struct response *rs)
{
	buf_addf(to, "Status: %d %s\r\n", rs->status, response_reason(rs->status));
	buf_add(to, rs->head.data, rs->head.len);
	buf_adds(to, "\r\n");
}

bool
seam_stream_begin(struct seam *sm, const struct response *rs)
{
	buf_reset(&sm->head);
	put_head(&sm->head, rs);
	return !sm->head.failed && seam_stream(sm, sm->head.data, sm->head.len);
}

/*
 * The connection was closed, or the request is to be aborted (FastCGI Specification 5.4): nothing else
 * is sent after the end of the input. Seen at once, even where nothing is written for a while.
 */
static bool
peer_left(const struct seam *sm)
{
	char byte;

	return recv(sm->wire.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
}

bool
seam_stream(struct seam *sm, const void *data, size_t len)
{
	const char *from = data;
	size_t n;

	if (peer_left(sm))
		return false;
	for (; len > 0; from += n, len -= n) {
		n = len < STREAM_PART ? len : STREAM_PART;
		buf_reset(&sm->wire.output);
		fcgi_put_stream(&sm->wire.output, FCGI_STDOUT, sm->in.s.id, from, n);
		wire_limit(&sm->wire, sm->settings->body_timeout, -1);
		if (!wire_send(&sm->wire))
			return false;
	}
	return true;
}

/* Collect the status, the head, and an answer that is all in it. True: the body is to follow. */
static bool
make_head(struct buf *to, const struct request *rq, struct response *rs)
{
	buf_reset(to);
	if (rs->status == 0 || response_failed(rs))
		response_error(rs, response_fallback(rs), NULL, NULL);
	if (!response_failed(rs))
		put_head(to, rs);
	if (!response_failed(rs) && !to->failed)
		return rq->method != HTTP_HEAD;
	buf_reset(to);
	put_last_resort(to, rs);
	return false;
}

/* Of one that is built in memory; what is short is only collected. */
static bool
send_response(struct seam *sm, const struct request *rq, struct response *rs)
{
	bool with_body = make_head(&sm->head, rq, rs);
	const char *from = rs->body.data;
	size_t left = with_body ? rs->body.len : 0, n;

	fcgi_put_stream(&sm->wire.output, FCGI_STDOUT, sm->in.s.id, sm->head.data, sm->head.len);
	for (; left > 0; from += n, left -= n) {
		n = left < OUTPUT_SIZE ? left : OUTPUT_SIZE;
		if (sm->wire.output.len + n > OUTPUT_SIZE) {
			if (!wire_send(&sm->wire))
				return false;
			buf_reset(&sm->wire.output);
		}
		fcgi_put_stream(&sm->wire.output, FCGI_STDOUT, sm->in.s.id, from, n);
	}
	return true;
}

/* The response, or what is left of it, and the end of the request, in one write where it is short. */
static bool
send_answer(struct seam *sm, const struct request *rq, struct response *rs)
{
	buf_reset(&sm->wire.output);
	wire_limit(&sm->wire, sm->settings->request_timeout, sm->settings->peer_timeout);
	if (rs->stream == STREAM_NONE && !send_response(sm, rq, rs))
		return false;
	fcgi_put_stream_end(&sm->wire.output, FCGI_STDOUT, sm->in.s.id);
	fcgi_put_end(&sm->wire.output, sm->in.s.id, FCGI_REQUEST_COMPLETE);
	return wire_send(&sm->wire);
}

enum seam_next
seam_linger(int fd)
{
	static char trash[16384];
	size_t turn = 0;
	ssize_t n;

	while (turn < TURN_MOST && (n = recv(fd, trash, sizeof(trash), MSG_DONTWAIT)) != 0) {
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? SEAM_LINGER : SEAM_CLOSE;
		turn += (size_t)n;
	}
	return turn < TURN_MOST ? SEAM_CLOSE : SEAM_LINGER;
}

/*
 * On a connection that is kept, the end of the answer comes after the end of the request, all of
 * which was read by then, so that what follows is the next one. Otherwise our side ends: the web
 * server sees that at once, and does not take the connection for one that is kept, as mod_proxy_fcgi
 * does with its own request sent by half. Close with what came unread, and the answer on its way
 * would be destroyed; so the rest is read first.
 */
static enum seam_next
end_answer(struct seam *sm, bool sent)
{
	if (sent && sm->in.s.end == INTAKE_WHOLE && sm->in.s.keep)
		return sm->wire.at < sm->wire.have ? SEAM_MORE : SEAM_KEEP;
	if (!sent || sm->in.s.end != INTAKE_MORE)
		return SEAM_CLOSE;
	(void)shutdown(sm->wire.fd, SHUT_WR);
	return seam_linger(sm->wire.fd);
}

enum seam_next
seam_answer(struct seam *sm, const struct request *rq, struct response *rs)
{
	enum seam_next next = SEAM_CLOSE;

	if (rs->stream != STREAM_CUT)
		next = end_answer(sm, send_answer(sm, rq, rs));
	wipe(sm);
	if (next != SEAM_MORE)
		sm->wire.fd = -1;
	return next;
}
