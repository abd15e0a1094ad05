/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_RESPONSE_H
#define GRANTD_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/field.h"
#include "http/error.h"

struct json_object;

#define REQUEST_ID_MAX FIELD_REQUEST_ID_MOST

struct response;

/* How a response came to be one that is sent in pieces, or did not. */
enum stream_begun { STREAM_BEGUN, STREAM_BUSY, STREAM_GONE };

/*
 * The way out for what is too large to be held in memory. Whoever will send the response gives it one
 * before the request is answered; `to` is his own affair.
 */
struct response_sink {
	void *to;
	/* Send status and head. STREAM_BUSY: nothing was sent, as too many are at it already. */
	enum stream_begun (*begin)(void *to, const struct response *);
	/*
	 * Send a piece of the body, waiting while the client takes in what went before, but not without
	 * end. No bytes: only see whether somebody is there, and show that work goes on. False: nobody
	 * is there or nobody reads, or this process is to end.
	 */
	bool (*write)(void *to, const void *data, size_t len);
};

/* How far a response is that is sent in pieces. */
enum stream {
	STREAM_NONE, /* it is not one */
	STREAM_OPEN, /* its head was sent */
	STREAM_CUT   /* it ends where it is: the connection has to end so that a client sees that */
};

/*
 * A response that is built in memory and sent in one piece, so that no client ever sees half of
 * one; response_stream() is the exception. Building is sticky: a lost append turns up in
 * response_failed(), and whoever sends answers 500 instead. The owner clears it with
 * response_clear(); RESPONSE_EMPTY is valid.
 */
struct response {
	int status;      /* 0 until something was answered */
	struct buf head; /* "Name: value\r\n" lines, without Status */
	struct buf body;
	enum http_error error; /* that was answered; HTTP_ERROR__MAX: none */
	bool changed; /* something was committed: no fallback may say that nothing was changed */
	char request_id[REQUEST_ID_MAX + 1]; /* set by response_begin() */
	const struct response_sink *sink;    /* borrowed; NULL: streams are collected in body */
	enum stream stream;
};

#define RESPONSE_EMPTY \
	{ \
		.status = 0, .head = BUF_EMPTY, .body = BUF_EMPTY, .request_id = "", .sink = NULL, \
		.error = HTTP_ERROR__MAX, .stream = STREAM_NONE \
	}

/*
 * Start afresh, keeping the memory: take over the caller's X-Request-Id where it is one
 * (1 to 128 of A-Za-z0-9._-), or else make one, and write the headers that every response
 * carries (X-Request-Id, Cache-Control, X-Content-Type-Options).
 */
void response_begin(struct response *, const char *request_id);

/* Add a header. A value with a control character fails the response: no header can be injected. */
void response_header(struct response *, const char *name, const char *value);

/*
 * Answer with a JSON value; takes over the reference to it, NULL included (which fails the
 * response).
 */
void response_json(struct response *, int status, struct json_object *);

/* Answer with no body: 204, 304. */
void response_empty(struct response *, int status);

/*
 * Answer with a body of unknown length: send status and head, with all headers in place. False: there
 * is nothing more to be done, because the client left, or was answered 503 since too many streams are
 * under way.
 */
MUST_CHECK bool response_stream_begin(struct response *, int status);

/*
 * Send a piece of it. False: it was cut, since the client left or does not read, or the process has to
 * end. No bytes: nothing was found to send for a while, and the client may have left meanwhile.
 */
MUST_CHECK bool response_stream(struct response *, const void *data, size_t len);

/* What was begun cannot be ended as it should: the client shall see that it is not whole. */
void response_stream_cut(struct response *);

/*
 * Answer with an error in the one error shape; replaces whatever was answered before, except the
 * headers of response_begin(); a stream that has begun is cut. `details` (may be NULL) is taken over and gains `request_id`;
 * `notices` (may be NULL: no such member) is taken over. Adds what RFC 9110 demands with a status:
 * WWW-Authenticate with 401, Retry-After with 503.
 */
void response_error(struct response *, enum http_error, struct json_object *details,
    struct json_object *notices);

/*
 * The error for a response that could not be built: internal, or commit_unknown where something was
 * committed, so that the client repeats the request instead of believing that nothing happened.
 */
enum http_error response_fallback(const struct response *);

/* The same with a message of the caller's instead of the table's; `message` is copied. */
void response_error_message(struct response *, enum http_error, const char *message,
    struct json_object *details, struct json_object *notices);

/* Details with one member, for the calls above: {"name": "value"} or NULL when out of memory. */
struct json_object *error_detail(const char *name, const char *value);
struct json_object *error_detail_int(const char *name, long long value);

/* The words that go with a status (RFC 9110 section 15); "" for one that no answer of ours has, which is allowed. */
const char *response_reason(int status);

bool response_failed(const struct response *);
void response_clear(struct response *);

#endif
