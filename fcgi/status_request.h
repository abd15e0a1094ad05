/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_STATUS_REQUEST_H
#define GRANTD_FCGI_STATUS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "fcgi/intake.h"

/*
 * A request to the status page, as bytes come in: of HTTP/1.0 or 1.1 (RFC 9112), or of FastCGI, which the first byte tells. All that
 * is taken from it is what has to be known, and no more than STATUS_REQUEST_MOST bytes of it. Pure functions over memory.
 */
#define STATUS_REQUEST_MOST ((size_t)16384)

enum status_end {
	STATUS_MORE,  /* there is more to come */
	STATUS_WHOLE, /* there is something to answer: `status` says what */
	STATUS_BROKEN /* it is no request at all: the connection is good for nothing but closing */
};

struct status_request {
	bool fastcgi;     /* it speaks FastCGI */
	bool any_host;    /* HTTP: whatever Host says; see below */
	size_t taken;     /* bytes */
	struct buf head;  /* HTTP: what came so far */
	struct intake in; /* FastCGI: likewise */

	/* Once it is whole: 200, or what is wrong with it: 400, 405, 421, 431. */
	int status;
	bool is_head;  /* HEAD: an answer without a body */
	char page[32]; /* the last part of the path, without its '/' */
	bool json;     /* it asks for JSON */
};

/*
 * `any_host`: over a Unix socket, where a client of HTTP has to put something into Host that means nothing. Otherwise it must name this
 * machine, as an address of the loopback interface or localhost: a web page that a browser here shows, under a name that was made to
 * stand for 127.0.0.1, does not (421).
 */
void status_request_begin(struct status_request *, bool any_host);
void status_request_clear(struct status_request *);

/* Take in what came. `fastcgi_allowed`: the first byte may be that of a FastCGI record. */
MUST_CHECK enum status_end status_request_take(struct status_request *, const char *bytes,
    size_t len, bool fastcgi_allowed);

#endif
