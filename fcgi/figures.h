/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_FIGURES_H
#define GRANTD_FCGI_FIGURES_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct metrics;
struct pool;
struct settings;
struct shares;
struct slot;

/* A worker process, by the index of its slot on the board. */
struct child {
	pid_t pid;           /* 0: the slot is free */
	unsigned generation; /* which reload it was started after */
	bool told;           /* to end */
	bool killed;         /* by us, and so no sign of trouble at its start */
	int64_t started;
};

/* Why a worker ended, but for those that were to stop with the parent. */
#define CAUSES(X) \
	X(CAUSE_RETIRED, "retired")   /* it had served GRANTD_MAX_REQUESTS */ \
	X(CAUSE_REPLACED, "replaced") /* by one with newer settings */ \
	X(CAUSE_FAILED, "failed")     /* it could not go on, and said why */ \
	X(CAUSE_SIGNAL, "signal")     /* it was killed, by whomever but us */ \
	X(CAUSE_OVERDUE, "overdue")   /* we killed it, for GRANTD_REQUEST_TIMEOUT */

#define CAUSE_MEMBER(name, word) name,
enum cause { CAUSES(CAUSE_MEMBER) CAUSE__MAX };
#undef CAUSE_MEMBER

/*
 * What the parent can tell of itself and its workers: what the pages show that fcgi/status.h answers with. All pointers are
 * borrowed, and the parent's; the arrays have BOARD_SLOTS elements, and `metrics` one more, which is the parent's own and has what
 * workers counted that are gone.
 */
struct figures {
	const struct settings *settings;
	const struct child *child;
	const struct slot *board;
	struct metrics *metrics;
	const struct shares *shares;
	const struct pool *pool;
	int listener;    /* where connections wait for a worker; -1: elsewhere */
	int64_t started; /* the parent, in microseconds since 1970 */
	unsigned generation;
	bool stopping;
	uint64_t starts; /* of workers */
	uint64_t exits[CAUSE__MAX];
	uint64_t reloads, reloads_refused;
};

/* How the workers are just now. */
struct crew {
	int starting, busy, idle;
	int64_t oldest; /* ms that the request has been in hand that is the longest; 0: none */
};
void figures_crew(const struct figures *, int64_t now, struct crew *);

/* Ask the workers how much memory they have: each says so after its next request, for whoever looks later. */
void figures_ask_memory(const struct figures *);

/* Everything that is counted, in Prometheus' text format, version 0.0.4. */
void figures_metrics(const struct figures *, int64_t now, struct buf *);

/* Who does what, for people, and for programs; `now` is clock_monotonic_ms(), here as above. */
void figures_text(const struct figures *, int64_t now, struct buf *);
void figures_json(const struct figures *, int64_t now, struct buf *);

#endif
