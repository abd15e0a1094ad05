/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fastcgi.h"
#include "base/log.h"
#include "base/number.h"
#include "base/settings.h"
#include "fcgi/params.h"
#include "fcgi/seam.h"
#include "fcgi/wire.h"
#include "http/request.h"
#include "http/response.h"

/* More than any web server lets a request's head be, with its variables' names. */
#define VARIABLES_MOST ((size_t)256 * 1024)
/* A question about values is a few names. */
#define QUESTION_MOST ((size_t)1024)
#define STREAM_PART ((size_t)8192)
/* What is collected before it is sent: more than nearly every answer. */
#define OUTPUT_SIZE ((size_t)32768)

struct seam {
	const struct settings *settings;
	struct wire wire;

	/* Of the request in hand: */
	unsigned id;
	int role;
	bool keep;
	bool begun, ended;    /* its first record came, and the last one of its body */
	struct buf variables; /* holds the caller's key: wiped */
	struct buf path;
	const char *length; /* Content-Length as text, or NULL; borrowed from `variables` */

	struct buf head; /* of a response */
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
	buf_wipe(&sm->variables);
	buf_clear(&sm->path);
	buf_clear(&sm->head);
	buf_clear(&sm->wire.output);
	free(sm);
}

/* ---- the head of a request ---- */

/* What is asked about this program: it has one connection's one request at a time. */
static bool
answer_question(struct seam *sm)
{
	struct buf names = BUF_EMPTY, values = BUF_EMPTY;
	struct fcgi_pair p;
	char *at;

	if (wire_take_content(&sm->wire, &names, QUESTION_MOST) && names.len > 0) {
		at = names.data;
		while (fcgi_get_pair(&at, names.data + names.len, &p))
			if (p.name_len == strlen(FCGI_MPXS_CONNS) &&
			    memcmp(p.name, FCGI_MPXS_CONNS, p.name_len) == 0)
				fcgi_put_pair(&values, p.name, p.name_len, "0", 1);
	}
	buf_reset(&sm->wire.output);
	fcgi_put_record(&sm->wire.output,
	    &(struct fcgi_header){ .version = FCGI_VERSION_1,
		.type = FCGI_GET_VALUES_RESULT,
		.content = values.len },
	    values.data);
	buf_clear(&names);
	buf_clear(&values);
	return wire_send(&sm->wire);
}

/* A record of the connection (section 4). */
static bool
answer_management(struct seam *sm)
{
	const FCGI_UnknownTypeBody unknown = { .type = (unsigned char)sm->wire.record.type };

	if (sm->wire.record.type == FCGI_GET_VALUES)
		return answer_question(sm);
	buf_reset(&sm->wire.output);
	fcgi_put_record(&sm->wire.output,
	    &(struct fcgi_header){ .version = FCGI_VERSION_1,
		.type = FCGI_UNKNOWN_TYPE,
		.content = sizeof(unknown) },
	    &unknown);
	return wire_send(&sm->wire);
}

/* Refuse a request: FCGI_CANT_MPX_CONN, FCGI_UNKNOWN_ROLE. */
static bool
refuse(struct seam *sm, unsigned id, int status)
{
	buf_reset(&sm->wire.output);
	fcgi_put_end(&sm->wire.output, id, status);
	return wire_send(&sm->wire);
}

static bool
begin_request(struct seam *sm)
{
	unsigned char bytes[sizeof(FCGI_BeginRequestBody)];

	if (sm->wire.record.content < sizeof(bytes) || !wire_take(&sm->wire, bytes, sizeof(bytes)))
		return false;
	sm->wire.record.content -= sizeof(bytes);
	if (sm->begun)
		return sm->wire.record.id != sm->id &&
		    refuse(sm, sm->wire.record.id, FCGI_CANT_MPX_CONN);
	sm->begun = true;
	sm->id = sm->wire.record.id;
	sm->role = bytes[0] << 8 | bytes[1];
	sm->keep = (bytes[2] & FCGI_KEEP_CONN) != 0;
	return true;
}

/*
 * A record, which is not of the request's input, or at a time when it has none: a question, another
 * request, or something of one that has ended. False: the connection is of no use any more.
 */
static bool
pass_over(struct seam *sm)
{
	if (sm->wire.record.id == FCGI_NULL_REQUEST_ID)
		return answer_management(sm);
	if (sm->wire.record.type == FCGI_BEGIN_REQUEST)
		return begin_request(sm);
	return true;
}

static bool
is_of_request(const struct seam *sm)
{
	return sm->begun && sm->wire.record.id == sm->id &&
	    sm->wire.record.type != FCGI_BEGIN_REQUEST;
}

/* All variables. False: they did not come, or are too many, or something else came. */
static bool
read_variables(struct seam *sm)
{
	while (wire_next(&sm->wire)) {
		if (!is_of_request(sm)) {
			if (!pass_over(sm))
				return false;
		} else if (sm->wire.record.type != FCGI_PARAMS) {
			return false;
		} else if (sm->wire.record.content == 0) {
			return true;
		} else if (!wire_take_content(&sm->wire, &sm->variables, VARIABLES_MOST)) {
			return false;
		}
	}
	return false;
}

static bool
is_known_role(int role)
{
	return role == FCGI_RESPONDER || role == FCGI_AUTHORIZER || role == FCGI_FILTER;
}

/* Forget the request before, with its caller's key. */
static void
begin_anew(struct seam *sm, int fd)
{
	if (fd != sm->wire.fd)
		wire_begin(&sm->wire, fd);
	sm->begun = sm->ended = sm->keep = false;
	sm->length = NULL;
}

static enum seam_head
read_head(struct seam *sm, struct request *rq)
{
	wire_limit(&sm->wire, sm->settings->peer_timeout, -1);
	if (!read_variables(sm)) {
		if (sm->wire.late)
			log_info("no request's head came on a connection within %d ms",
			    sm->settings->peer_timeout);
		return SEAM_NONE;
	}
	if (!is_known_role(sm->role)) {
		(void)refuse(sm, sm->id, FCGI_UNKNOWN_ROLE);
		return SEAM_NONE;
	}
	switch (params_request(&sm->variables, sm->settings->base_path, &sm->path, rq)) {
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

/* The key is neither left in what was read, nor in what it was taken from. */
static void
wipe(struct seam *sm)
{
	if (sm->variables.data != NULL)
		explicit_bzero(sm->variables.data, sm->variables.len);
	buf_reset(&sm->variables);
	explicit_bzero(sm->wire.input, sm->wire.at);
}

/* ---- its body ---- */

/* The next piece of it, as BODY_WHOLE; no bytes: that was all. Otherwise, why there is none. */
static enum body_end
next_piece(struct seam *sm, const unsigned char **from, size_t *len)
{
	*len = 0;
	while (!sm->ended &&
	    (!is_of_request(sm) || sm->wire.record.type != FCGI_STDIN ||
		sm->wire.record.content == 0)) {
		if (!wire_next(&sm->wire))
			return sm->wire.late ? BODY_TIMEOUT : BODY_GONE;
		if (!is_of_request(sm)) {
			if (!pass_over(sm))
				return BODY_GONE;
		} else if (sm->wire.record.type != FCGI_STDIN) {
			return BODY_GONE; /* aborted, mostly (section 5.4) */
		} else {
			sm->ended = sm->wire.record.content == 0;
		}
	}
	if (sm->ended)
		return BODY_WHOLE;
	if ((*from = wire_take_some(&sm->wire, sm->wire.record.content, len)) == NULL)
		return sm->wire.late ? BODY_TIMEOUT : BODY_GONE;
	sm->wire.record.content -= *len;
	return BODY_WHOLE;
}

static enum body_end
read_to_end(struct seam *sm, size_t max, struct buf *to)
{
	const unsigned char *from = NULL;
	size_t have = 0, n;
	enum body_end end;

	while ((end = next_piece(sm, &from, &n)) == BODY_WHOLE && n > 0) {
		have += n;
		if (have > max)
			return BODY_TOO_LARGE;
		buf_add(to, from, n);
		if (to->failed)
			return BODY_MEMORY;
	}
	return end;
}

/* struct request's read_body. */
static enum body_end
read_body(void *source, size_t max, struct buf *to)
{
	struct seam *sm = source;
	size_t before = to->len;
	int64_t length = -1; /* not said, as with a body that is passed on while it arrives */
	enum body_end end;

	if (sm->length != NULL &&
	    !number_parse(&length, sm->length, strlen(sm->length), 0, INT64_MAX))
		return BODY_LENGTH;
	if (length > 0 && (uint64_t)length > max)
		return BODY_TOO_LARGE;
	wire_limit(&sm->wire, sm->settings->body_timeout, sm->settings->peer_timeout);
	end = read_to_end(sm, max, to);
	if (end == BODY_WHOLE && length >= 0 && (uint64_t)length != to->len - before)
		return BODY_LENGTH;
	return end;
}

enum seam_head
seam_read(struct seam *sm, int fd, struct request *rq)
{
	enum seam_head head;

	begin_anew(sm, fd);
	head = read_head(sm, rq);
	if (head == SEAM_NONE) {
		wipe(sm);
		sm->wire.fd = -1;
		return head;
	}
	sm->length = rq->header[HEADER_CONTENT_LENGTH];
	rq->read_body = read_body;
	rq->body_source = sm;
	return head;
}

bool
seam_is_responder(const struct seam *sm)
{
	return sm->role == FCGI_RESPONDER;
}

/* ---- its answer ---- */

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
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};
	size_t i;

	for (i = 0; i < COUNT_OF(table); i++)
		if (table[i].status == status)
			return table[i].phrase;
	return "";
}

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
	    status, reason_phrase(status), rs->request_id, http_error_code(e),
	    http_error_message(e), rs->request_id);
}

static void
put_head(struct buf *to, const struct response *rs)
{
	buf_addf(to, "Status: %d %s\r\n", rs->status, reason_phrase(rs->status));
	buf_add(to, rs->head.data, rs->head.len);
	buf_adds(to, "\r\n");
}

/* Take in what the web server still sends, for the peer's time at most; mostly that is nothing. */
static void
drain(struct seam *sm)
{
	const unsigned char *from;
	size_t n;

	if (sm->ended)
		return;
	wire_limit(&sm->wire, sm->settings->peer_timeout, -1);
	while (next_piece(sm, &from, &n) == BODY_WHOLE && n > 0)
		continue;
}

/*
 * Close with what came unread, and the answer on its way would be destroyed. So our side ends first: the
 * web server sees that at once, and does not take the connection for one that is kept, as
 * mod_proxy_fcgi does with its own request sent by half.
 */
static void
end_softly(struct seam *sm)
{
	if (sm->ended)
		return;
	(void)shutdown(sm->wire.fd, SHUT_WR);
	drain(sm);
}

bool
seam_stream_begin(struct seam *sm, const struct response *rs)
{
	/* The end of the web server's input: what it sends after that is news, see peer_left(). */
	drain(sm);
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
		fcgi_put_stream(&sm->wire.output, FCGI_STDOUT, sm->id, from, n);
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

	fcgi_put_stream(&sm->wire.output, FCGI_STDOUT, sm->id, sm->head.data, sm->head.len);
	for (; left > 0; from += n, left -= n) {
		n = left < OUTPUT_SIZE ? left : OUTPUT_SIZE;
		if (sm->wire.output.len + n > OUTPUT_SIZE) {
			if (!wire_send(&sm->wire))
				return false;
			buf_reset(&sm->wire.output);
		}
		fcgi_put_stream(&sm->wire.output, FCGI_STDOUT, sm->id, from, n);
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
	fcgi_put_stream_end(&sm->wire.output, FCGI_STDOUT, sm->id);
	fcgi_put_end(&sm->wire.output, sm->id, FCGI_REQUEST_COMPLETE);
	return wire_send(&sm->wire);
}

/*
 * On a connection that is kept, the end of the answer comes after the end of the request, all of
 * which was read by then, so that what follows is the next one. False: that is not to be had.
 */
static bool
finish_input(struct seam *sm)
{
	if (!sm->keep)
		return false;
	drain(sm);
	if (!sm->ended || !wire_skip(&sm->wire, sm->wire.record.padding))
		return false;
	sm->wire.record.padding = 0;
	return true;
}

enum seam_next
seam_answer(struct seam *sm, const struct request *rq, struct response *rs)
{
	enum seam_next next = SEAM_CLOSE;
	bool keep;

	if (rs->stream != STREAM_CUT) {
		keep = finish_input(sm);
		if (!send_answer(sm, rq, rs))
			keep = false;
		else if (!keep)
			end_softly(sm);
		if (keep)
			next = sm->wire.at < sm->wire.have ? SEAM_MORE : SEAM_KEEP;
	}
	wipe(sm);
	if (next != SEAM_MORE)
		sm->wire.fd = -1;
	return next;
}
