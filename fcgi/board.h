/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_BOARD_H
#define GRANTD_FCGI_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "http/response.h"

/*
 * What each worker is doing, in memory that the parent and all workers share. A slot has one
 * writer, its worker, from the fork until it is reaped; the parent reads at any time and clears
 * the slot before the fork. What workers count is beside it, by the same number: base/metrics.h.
 */
struct slot {
	_Atomic int64_t
	    busy_since; /* clock_monotonic_ms() at which its request began; 0: it waits */
	_Atomic uint64_t requests; /* answered since the worker started */
	atomic_bool ready;         /* it has come as far as waiting for connections */
	atomic_bool streaming;     /* it sends a response in pieces, as its client reads */
	_Atomic unsigned naming;   /* odd while the id is written */
	char request_id[REQUEST_ID_MAX + 1]; /* of the request in hand; "": not known yet */
};

/*
 * More than twice the largest GRANTD_WORKERS: a reload has two generations, and busy ones of
 * earlier reloads.
 */
#define BOARD_SLOTS 4096

/*
 * BOARD_SLOTS empty slots, shared with processes forked later; NULL with errno set. Lives until
 * the process ends.
 */
MUST_CHECK struct slot *board_open(void);

/* The parent's, before the fork. */
void slot_clear(struct slot *);

/* The worker's. */
void slot_ready(struct slot *);
void slot_begin(struct slot *);
void slot_name(struct slot *, const char *request_id);
void slot_end(struct slot *, bool answered);

/* The request in hand takes long because it is long: its time begins anew. */
void slot_progress(struct slot *);

/*
 * Claim that the worker of this slot streams; slot_end() gives that back. False: on this board `most`
 * workers do so already. Those that claim at the same time may all be refused, and none is let in
 * that is too many.
 */
MUST_CHECK bool slot_stream(struct slot *board, struct slot *, int most);

/*
 * For anyone: since when the worker has had its request in hand, 0 if it has none, and the
 * request's id; "" where it is not known yet, or just being written, as by a worker that was killed at that.
 */
int64_t slot_busy(const struct slot *, char request_id[REQUEST_ID_MAX + 1]);

#endif
