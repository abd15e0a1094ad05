/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_SEAM_H
#define GRANTD_FCGI_SEAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

struct request;
struct response;
struct settings;

/*
 * The seam to FastCGI: its records (base/fastcgi.h) on one side, struct request and struct response
 * on the other. One request at a time, of the role of a responder; a connection may carry many, one
 * after the other.
 *
 * The records are read here and not by libfcgi, whose reader has no time limits, ends the process
 * at lengths that do not fit, cuts values at a NUL, and overruns a buffer at a question about its
 * values.
 *
 * One for each process, made after the fork. Connections are the caller's, and block or not as they
 * like.
 */
struct seam;

/* NULL when out of memory. `settings` is borrowed and outlives it. */
MUST_CHECK struct seam *seam_open(const struct settings *settings);
void seam_close(struct seam *);

/* What came on a connection. */
enum seam_head {
	SEAM_REQUEST, /* a request; *rq is good until seam_answer(), which must follow */
	SEAM_REFUSED, /* the same, but with a NUL in what it says: to be refused as malformed */
	SEAM_PART,    /* it is not all there: to be saved, or the connection closed */
	SEAM_NONE     /* the peer is gone, or broke the protocol, or memory ran out: to be closed */
};

/* Where a request comes from. */
struct seam_source {
	int fd;
	const void *saved; /* what came of it before, as seam_save() wrote it; NULL: nothing */
	int grace;         /* ms to wait for the rest of it here and now */
	bool late;         /* it is not waited for any longer: one that has a head is answered */
	bool again;        /* a whole one may be saved as well, instead of being answered */
};

/*
 * Take in what there is. A request is whole before it is answered, with its body; but not one whose
 * body is not needed, or too large for what it asks for, or late: rq->read_body says so then.
 */
MUST_CHECK enum seam_head seam_read(struct seam *, const struct seam_source *from,
    struct request *rq);

/* How many bytes of memory hold whatever seam_save() writes. */
size_t seam_save_most(void);

/*
 * Can a request that seam_read() gave be saved? Not one behind which the next has begun to come.
 */
bool seam_can_save(const struct seam *);

/*
 * After SEAM_PART, or instead of seam_answer(): write what came so far, which holds the caller's key, to memory that is aligned for
 * anything; any process can go on from there. *due: the clock_monotonic_ms() until which to wait, for
 * a head as long as GRANTD_PEER_TIMEOUT in all, for a body as long without a byte of it, and for all
 * of it as long as GRANTD_BODY_TIMEOUT; one that is whole, as long as GRANTD_TENANT_WAIT in all. How much was written; 0: it does not fit.
 */
MUST_CHECK size_t seam_save(struct seam *, void *to, size_t most, int64_t *due);

/*
 * True when the web server asks for what only a responder gives; the other roles take a 200 for
 * a permission.
 */
bool seam_is_responder(const struct seam *);

/*
 * For a response that is sent in pieces: its head, and then the pieces, each in parts that the peer
 * has to take in within GRANTD_BODY_TIMEOUT. False: the peer is gone, or does not read.
 */
MUST_CHECK bool seam_stream_begin(struct seam *, const struct response *rs);
MUST_CHECK bool seam_stream(struct seam *, const void *data, size_t len);

/* What becomes of a connection after its answer. */
enum seam_next {
	SEAM_CLOSE,
	SEAM_KEEP, /* the web server asked for it, and all of its request was read */
	SEAM_MORE, /* the same, and its next request has begun to come: seam_read() has it */
	SEAM_LINGER /* its web server still sends: to be closed when that has ended, see seam_linger() */
};

/*
 * Send the response as a whole, or end one that was sent in pieces. A response that failed or is
 * empty becomes a 500. One that was cut ends with the connection alone, without FastCGI's end of a
 * request, so that no web server takes it for whole. That the peer is gone is no error: what was to
 * be done is done.
 */
MUST_CHECK enum seam_next seam_answer(struct seam *, const struct request *rq, struct response *rs);

/* Read, without waiting, what a web server sends after its answer. SEAM_LINGER: there may be more. */
MUST_CHECK enum seam_next seam_linger(int fd);

#endif
