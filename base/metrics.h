/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_METRICS_H
#define GRANTD_BASE_METRICS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/operations.h"

/*
 * What a process counts, and what it says of itself, in memory that others may share.
 *
 * Each process has a place of its own and is the only one that writes there, with relaxed stores of whole words: so no count
 * is ever torn or lost, whenever a process is killed, and counting costs no more than an addition. Whoever sums them up
 * reads at any time; once a process is gone, metrics_fold() adds what it had counted to a place of the reader's, so that no sum
 * ever goes back.
 *
 * What is counted is told by fcgi/metrics_page.c, with names and helps.
 */

/* Upper bounds of the buckets that times are counted in, in microseconds; one more bucket has what is above. */
#define METRICS_BOUNDS(X) \
	X(500) \
	X(1000) \
	X(2500) \
	X(5000) \
	X(10000) \
	X(25000) \
	X(50000) \
	X(100000) \
	X(250000) X(500000) X(1000000) X(2500000) X(5000000) X(10000000) X(30000000)

#define X(us) +1
enum { METRICS_BUCKETS = METRICS_BOUNDS(X) + 1 };
#undef X

/* A histogram's words: its buckets, and the sum in microseconds. */
enum { METRICS_HISTOGRAM = METRICS_BUCKETS + 1 };

/* Statuses that answers have; what has none of them counts as the first. */
#define METRICS_STATUSES(X) \
	X(0) \
	X(200) \
	X(201) \
	X(204) \
	X(304) \
	X(400) \
	X(401) \
	X(403) \
	X(404) \
	X(405) \
	X(408) \
	X(409) \
	X(412) X(413) X(415) X(422) X(429) X(500) X(503)

#define X(status) +1
enum { METRICS_STATUS_COUNT = METRICS_STATUSES(X) };
#undef X

/* Room for the codes of errors, which http/error.h lists. */
#define METRICS_ERRORS_MOST 32
/* By how much it asks of the database: no operation at all, a public one, one that reads, and one that writes. */
#define METRICS_SORTS 4

enum { RETRY_LOOK, RETRY_AGAIN, RETRY_REPEAT, RETRY__MAX };
enum { LIMIT_STRANGER, LIMIT_KEY, LIMIT__MAX };
enum { CONNECTION_OPENED, CONNECTION_FAILED, CONNECTION_LOST, CONNECTION__MAX };
enum {
	FAULT_CONFLICT,
	FAULT_RETRY,
	FAULT_LOST,
	FAULT_UNAVAILABLE,
	FAULT_UNKNOWN,
	FAULT_BROKEN,
	FAULT__MAX
};
enum {
	EFFECT_PERMIT,
	EFFECT_FORBID,
	EFFECT_NO_PERMIT,
	EFFECT_FAILED_FORBID,
	EFFECT_BUDGET,
	EFFECT_FAULT,
	EFFECT__MAX
};
enum { CACHE_HIT, CACHE_MISS, CACHE__MAX };
enum { SWITCHED_OFF, SWITCHED_ON, SWITCHED__MAX };
enum { EVENTS_ACCEPTED, EVENTS_DUPLICATE, EVENTS__MAX };
enum { DROPPED_NO_ROOM, DROPPED_SLOW, DROPPED__MAX };

/* X(name, words): what is counted, and how many words it takes, one for each of what it is told apart by. */
#define METRICS_COUNTS(X) \
	X(METRIC_REQUESTS, (OPERATION_COUNT + 1) * METRICS_STATUS_COUNT) \
	X(METRIC_REQUEST_TIME, METRICS_SORTS *METRICS_HISTOGRAM) \
	X(METRIC_ERRORS, METRICS_ERRORS_MOST) \
	X(METRIC_RETRIES, RETRY__MAX) \
	X(METRIC_LIMITS, LIMIT__MAX) \
	X(METRIC_EXCHANGE_TIME, METRICS_HISTOGRAM) \
	X(METRIC_EXCHANGE_FAULTS, FAULT__MAX) \
	X(METRIC_CONNECTIONS, CONNECTION__MAX) \
	X(METRIC_DECISIONS, EFFECT__MAX) \
	X(METRIC_COMPILE_TIME, METRICS_HISTOGRAM) \
	X(METRIC_POLICY_LOOKUPS, CACHE__MAX) \
	X(METRIC_KEY_LOOKUPS, CACHE__MAX) \
	X(METRIC_AUDIT_ENTRIES, 1) \
	X(METRIC_AUDIT_REFUSALS, 1) \
	X(METRIC_SWITCHES, SWITCHED__MAX) \
	X(METRIC_EVENTS, EVENTS__MAX) \
	X(METRIC_DROPPED, DROPPED__MAX) \
	X(METRIC_LOG_LOST, 1)

/* METRIC_REQUESTS and so on: the first of its words. */
enum metric {
#define X(name, words) name, name##_LAST = name + (words)-1,
	METRICS_COUNTS(X)
#undef X
	    METRIC__COUNT
};

/* What there is now, and goes with the process. */
enum gauge {
	GAUGE_RESIDENT,      /* bytes of memory, as it was when somebody last wanted to know */
	GAUGE_POLICY_MEMORY, /* bytes of compiled policies */
	GAUGE_KEY_MEMORY,    /* bytes of what is remembered of keys */
	GAUGE_BACKEND,       /* the process id of its database session; 0: none */
	GAUGE__COUNT
};

/* What a process waits for, in the middle of a request. */
enum wait { WAIT_NOTHING, WAIT_DATABASE, WAIT_CONNECTION, WAIT_CLIENT, WAIT_LOG, WAIT__MAX };

struct metrics {
	_Alignas(64) _Atomic uint64_t
	    count[METRIC__COUNT]; /* whole cache lines, so that nobody slows another down */
	_Atomic uint64_t gauge[GAUGE__COUNT];

	/* What it does: of the request in hand, the operation's number + 1 (0: not known), and what it waits for. */
	_Atomic int operation;
	_Atomic int waits;
	_Atomic int64_t waits_since; /* clock_monotonic_ms() */

	atomic_bool wanted; /* the reader's: GAUGE_RESIDENT is to be said anew */
};

/* This process's place: one that nobody shares, until metrics_use(). Never NULL. */
extern struct metrics *metrics_own;

/* `n` empty places, shared with processes forked later; NULL with errno set. They live until the process ends. */
MUST_CHECK struct metrics *metrics_open(size_t n);

/* This process counts there from now on, and nobody else does; NULL: where nobody looks. */
void metrics_use(struct metrics *);

/*
 * Of a place that nobody writes to any more: add its counts to those at `to`, which is the caller's, and empty it.
 */
void metrics_fold(struct metrics *to, struct metrics *from);

static inline uint64_t
metrics_get(const struct metrics *m, int which)
{
	return atomic_load_explicit(&m->count[which], memory_order_relaxed);
}

/* Count `n` more. There is one writer, so that no other addition comes between. */
static inline void
metrics_add(int which, uint64_t n)
{
	_Atomic uint64_t *word = &metrics_own->count[which];

	atomic_store_explicit(word, atomic_load_explicit(word, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

static inline void
metrics_set(enum gauge which, uint64_t value)
{
	atomic_store_explicit(&metrics_own->gauge[which], value, memory_order_relaxed);
}

/* Count a time in the histogram that begins at `first`. */
void metrics_time(int first, int64_t us);

/* Count an answer. `operation` is OPERATION_COUNT where there was none; `sort` one of METRICS_SORTS. */
void metrics_answer(int operation, int sort, int status, int64_t us);

/* The request in hand is for this operation. */
static inline void
metrics_operation(int operation)
{
	atomic_store_explicit(&metrics_own->operation, operation + 1, memory_order_relaxed);
}

/* From now, at this time of clock_monotonic_ms(), the process waits; or, with WAIT_NOTHING, no more. */
static inline void
metrics_wait(enum wait what, int64_t now)
{
	atomic_store_explicit(&metrics_own->waits_since, now, memory_order_relaxed);
	atomic_store_explicit(&metrics_own->waits, (int)what, memory_order_relaxed);
}

/* Say how much memory the process has, where somebody wants to know; otherwise no system call is made. */
void metrics_tell_memory(void);

#endif
