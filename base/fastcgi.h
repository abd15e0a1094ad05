/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_FASTCGI_H
#define GRANTD_BASE_FASTCGI_H

#include <fastcgi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"

/*
 * The records of the FastCGI Specification 1.0 (sections 3.3, 3.4 and 5), in memory: whoever sends
 * any writes them with this, grantd, grantctl and the tests alike. Types, roles and statuses are
 * those of libfcgi's <fastcgi.h>. Pure functions; the buffers are the caller's, and sticky.
 */

/* What the eight bytes before a record's content say. */
struct fcgi_header {
	int version;             /* FCGI_VERSION_1 */
	int type;                /* FCGI_BEGIN_REQUEST, … */
	unsigned id;             /* of the request; 0: of the connection */
	size_t content, padding; /* bytes that follow, in this order */
};

void fcgi_header_read(struct fcgi_header *, const unsigned char bytes[FCGI_HEADER_LEN]);

/*
 * One record, of whatever its header says, wrong things included: at most FCGI_MAX_LENGTH bytes of
 * content, and at most 255 of padding, which are zeros.
 */
void fcgi_put_record(struct buf *, const struct fcgi_header *, const void *content);

/* A piece of a stream, in as many records as it takes; no bytes, no record. */
void fcgi_put_stream(struct buf *, int type, unsigned id, const void *data, size_t len);

/* The end of a stream: a record without content. */
void fcgi_put_stream_end(struct buf *, int type, unsigned id);

void fcgi_put_begin(struct buf *, unsigned id, int role, int flags);
/* With an application's status of 0; `status` is FCGI_REQUEST_COMPLETE, … */
void fcgi_put_end(struct buf *, unsigned id, int status);

/* A name and its value, as they stand in the content of FCGI_PARAMS and FCGI_GET_VALUES. */
void fcgi_put_pair(struct buf *, const char *name, size_t name_len, const char *value,
    size_t value_len);

/* One that was read; borrowed from what it was read from, and not terminated. */
struct fcgi_pair {
	char *name, *value;
	size_t name_len, value_len;
};

/*
 * Read the pair at *at, and go past it. False: there is no whole one before `end`, so that at the
 * end of the content *at is not `end` where the last pair was cut off or its lengths lie.
 */
MUST_CHECK bool fcgi_get_pair(char **at, char *end, struct fcgi_pair *);

#endif
