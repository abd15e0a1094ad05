/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_WIRE_H
#define GRANTD_FCGI_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/fastcgi.h"

/* Of a web server's records at once: a head and a short body, mostly. */
#define WIRE_INPUT_SIZE 16384

/*
 * FastCGI's records on a connected socket, with time limits. A read or write first tries without
 * waiting, whatever the socket's own mode; only where that does not do, it waits in poll(2) for what is
 * left of the time. So a limit that is kept costs no system call.
 *
 * A zeroed one with fd -1 is valid. The owner clears `output`, and wipes what must not stay.
 */
struct wire {
	int fd; /* the caller's */

	/* What was read and not yet taken: from `at` to `have`. */
	unsigned char input[WIRE_INPUT_SIZE];
	size_t at, have;
	/* The record that is being taken: what is left of its content and padding. */
	struct fcgi_header record;

	struct buf output; /* records to be sent */

	int64_t until; /* clock_monotonic_ms() by which all has to be there, or to be taken */
	int silence;   /* ms, within which more of it has to */
	bool late;     /* it was not */
};

/* Another connection, of which nothing was read yet. */
void wire_begin(struct wire *, int fd);

/*
 * From now on there are `whole` ms for all that is read or written, and no more than `silence` ms at a
 * time without a byte; -1: as long as the whole.
 */
void wire_limit(struct wire *, int whole, int silence);

/*
 * Reading. NULL and false: no more came in time (`late`), the peer is gone, or it broke the protocol;
 * then the connection is of no use any more.
 */

/*
 * Up to `most` bytes of what comes next, one at least, where they lie until the next call. Of a
 * record's content, the caller takes *len off record.content.
 */
MUST_CHECK const unsigned char *wire_take_some(struct wire *, size_t most, size_t *len);
MUST_CHECK bool wire_take(struct wire *, unsigned char *to, size_t len);
MUST_CHECK bool wire_skip(struct wire *, size_t len);

/* Append what is left of the record's content. False, too, where that makes more than `most` bytes. */
MUST_CHECK bool wire_take_content(struct wire *, struct buf *to, size_t most);

/* Go to the next record, past what is left of this one; its header is in `record`. */
MUST_CHECK bool wire_next(struct wire *);

/* Send what is in `output`. False: the peer is gone or did not take it in time, or memory ran out. */
MUST_CHECK bool wire_send(struct wire *);

#endif
