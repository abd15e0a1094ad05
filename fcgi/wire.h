/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_WIRE_H
#define GRANTD_FCGI_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"

/* Of a web server's records at once: a head and a short body, mostly. */
#define WIRE_INPUT_SIZE 16384

/*
 * Bytes on a connected socket, with time limits. A read or write first tries without
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
 * What was read and not yet taken, *len bytes, one at least, where they lie until the next call. NULL:
 * no more came in time (`late`), or the peer is gone.
 */
MUST_CHECK const unsigned char *wire_look(struct wire *, size_t *len);

/* So many of them are done with. */
void wire_take(struct wire *, size_t len);

/* Send what is in `output`. False: the peer is gone or did not take it in time, or memory ran out. */
MUST_CHECK bool wire_send(struct wire *);

#endif
