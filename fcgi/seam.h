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
 * The seam to libfcgi: FastCGI's records on one side, struct request and struct response on the
 * other. Only seam.c includes <fcgiapp.h>.
 *
 * libfcgi is used for the protocol alone. Connections are accepted by the caller, because
 * FCGX_Accept_r() has no time limit that holds and a gap in which a signal is missed. Each
 * carries one request: one that is kept open for the next would hold this process for one
 * client of the web server.
 *
 * One for each process, made after the fork; the signals that main() holds are blocked.
 */
struct seam;

/*
 * NULL when out of memory. `settings` is borrowed and outlives it. Replaces the handlers that
 * libfcgi installs.
 */
MUST_CHECK struct seam *seam_open(const struct settings *settings);
void seam_close(struct seam *);

/*
 * Read a request's head from the connection `fd`, which is taken over, within
 * GRANTD_PEER_TIMEOUT. True: *rq is filled, and good until seam_answer(), which must follow.
 * False: the peer was silent, slow, gone, or does not speak FastCGI, or memory ran out; the
 * connection is closed.
 */
MUST_CHECK bool seam_read(struct seam *, int fd, struct request *rq);

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

/*
 * Send the response as a whole, or end one that was sent in pieces, and close the connection. A
 * response that failed or is empty becomes a 500. One that was cut ends with the connection alone,
 * without FastCGI's end of a request, so that no web server takes it for whole. That the peer is gone
 * is no error: what was to be done is done.
 */
void seam_answer(struct seam *, const struct request *rq, struct response *rs);

#endif
