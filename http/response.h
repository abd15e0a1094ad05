/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_RESPONSE_H
#define GRANTD_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "http/error.h"

struct json_object;

#define REQUEST_ID_MAX 128

/*
 * A response that is built in memory and sent in one piece, so that no client ever sees half of
 * one. Building is sticky: a lost append turns up in response_failed(), and whoever sends answers
 * 500 instead. The owner clears it with response_clear(); RESPONSE_EMPTY is valid.
 */
struct response {
	int status;		/* 0 until something was answered */
	struct buf head;	/* "Name: value\r\n" lines, without Status */
	struct buf body;
	bool changed;		/* something was committed: no fallback may say that nothing was changed */
	char request_id[REQUEST_ID_MAX + 1]; /* set by response_begin() */
};

#define RESPONSE_EMPTY { .status = 0, .head = BUF_EMPTY, .body = BUF_EMPTY, .request_id = "" }

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
 * Answer with an error in the one error shape; replaces whatever was answered before, except the
 * headers of response_begin(). `details` (may be NULL) is taken over and gains `request_id`;
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

bool response_failed(const struct response *);
void response_clear(struct response *);

#endif
