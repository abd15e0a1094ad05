/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_REQUEST_H
#define GRANTD_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/compiler.h"

/* Methods, RFC 9110 section 9 and RFC 5789; HTTP_OTHER is any method that is offered nowhere. */
enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_OTHER,
	HTTP_METHOD__MAX
};

/*
 * The request headers that are read, and nothing else: X(enumerator, name, name as a CGI variable).
 * One that arrives twice refuses the request, but for those that are lists (http_header_is_list()).
 */
#define HTTP_HEADER_LIST(X) \
	X(HEADER_API_KEY, "X-API-Key", "HTTP_X_API_KEY") \
	X(HEADER_TENANT_ID, "X-Tenant-ID", "HTTP_X_TENANT_ID") \
	X(HEADER_REQUEST_ID, "X-Request-Id", "HTTP_X_REQUEST_ID") \
	X(HEADER_TRACEPARENT, "traceparent", "HTTP_TRACEPARENT") \
	X(HEADER_AUDIT_REASON, "X-Audit-Reason", "HTTP_X_AUDIT_REASON") \
	X(HEADER_IDEMPOTENCY_KEY, "Idempotency-Key", "HTTP_IDEMPOTENCY_KEY") \
	X(HEADER_CONTENT_TYPE, "Content-Type", "CONTENT_TYPE") \
	X(HEADER_CONTENT_ENCODING, "Content-Encoding", "HTTP_CONTENT_ENCODING") \
	X(HEADER_CONTENT_LENGTH, "Content-Length", "CONTENT_LENGTH") \
	X(HEADER_IF_MATCH, "If-Match", "HTTP_IF_MATCH") \
	X(HEADER_IF_NONE_MATCH, "If-None-Match", "HTTP_IF_NONE_MATCH") \
	X(HEADER_PREFER, "Prefer", "HTTP_PREFER") \
	X(HEADER_USER_AGENT, "User-Agent", "HTTP_USER_AGENT") \
	X(HEADER_ORIGIN, "Origin", "HTTP_ORIGIN") \
	X(HEADER_AC_REQUEST_METHOD, "Access-Control-Request-Method", \
	    "HTTP_ACCESS_CONTROL_REQUEST_METHOD") \
	X(HEADER_AC_REQUEST_HEADERS, "Access-Control-Request-Headers", \
	    "HTTP_ACCESS_CONTROL_REQUEST_HEADERS")

enum http_header {
#define X(id, name, variable) id,
	HTTP_HEADER_LIST(X)
#undef X
	    HTTP_HEADER__MAX
};

/* How reading the body ended. */
enum body_end {
	BODY_WHOLE,     /* all of it was read */
	BODY_TOO_LARGE, /* more than the caller's limit; the rest was left unread */
	BODY_LENGTH,    /* Content-Length is no number, or not the length that came */
	BODY_TIMEOUT,   /* the client was silent for too long */
	BODY_GONE,      /* the client or the web server went away */
	BODY_MEMORY
};

struct buf;

/*
 * One request, in the server's terms and none of FastCGI's. Everything is borrowed from whoever
 * made it and lives until the response was sent.
 */
struct request {
	enum http_method method;
	const char *path;        /* decoded, without the base path; begins with '/' */
	const char *uri;         /* as the client wrote it, with the query; "", NULL: not told */
	const char *query;       /* raw, without the '?'; "" where there is none */
	const char *remote_addr; /* the client's address as the web server says it, or "" */
	const char *header[HTTP_HEADER__MAX]; /* NULL: absent */
	int duplicate;                        /* a HEADER_… that came twice, or -1 */

	/*
	 * Read the whole body into *to, at most `max` bytes; called at most once.
	 * `body_source` is its own affair.
	 */
	enum body_end (*read_body)(void *body_source, size_t max, struct buf *to);
	void *body_source;
};

/* The method's name; "OTHER" for HTTP_OTHER. */
const char *http_method_name(enum http_method);
/* By exact, case-sensitive name (RFC 9110 section 9.1); HTTP_OTHER for anything unknown. */
enum http_method http_method_from_name(const char *);
const char *http_header_name(enum http_header);
/* Are several lines of it one list (RFC 9110 section 5.3)? */
bool http_header_is_list(enum http_header);
/*
 * The header that a CGI variable (RFC 3875 section 4.1.18) carries, or -1 for one that is not read.
 */
int http_header_from_variable(const char *name, size_t len);

#endif
