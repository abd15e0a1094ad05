/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_WORKER_H
#define GRANTD_FCGI_WORKER_H

#include <signal.h>
#include <stdbool.h>

#include "base/compiler.h"

struct limits;
struct listener;
struct metrics;
struct pool;
struct settings;
struct shares;
struct slot;

/* What a worker works with; everything is borrowed. */
struct worker {
	const struct settings *settings;
	const struct listener *listener;
	struct pool *pool;
	struct limits *limits;
	struct slot *slot;
	struct metrics *metrics; /* where it counts; NULL: where nobody looks */
	struct slot *board;      /* of all workers; NULL: alone */
	struct shares *shares;   /* likewise */
	int link;                /* to the parent, which is told when we are ready; or -1 */
	int porter;              /* readable once it has ended; -1: there is none */
	bool alone;              /* the one process there is, without a parent */
};

/* Why a worker stopped. In all but the last, the request it had in hand was answered. */
enum worker_end {
	WORKER_RETIRED,  /* it has served GRANTD_MAX_REQUESTS, or was told to make room (SIGHUP) */
	WORKER_STOPPED,  /* it was told to stop (SIGTERM; SIGINT and SIGQUIT, too, when alone) */
	WORKER_ORPHANED, /* the parent is gone, or who spawned the one process there is */
	WORKER_FAILED    /* it cannot work; the reason is logged */
};

/*
 * Serve until there is a reason not to. The signals that main() holds are blocked on entry and
 * on return; the ones that end a worker are open only while it waits for a request, so none is
 * ever cut short by one.
 */
MUST_CHECK enum worker_end worker_run(const struct worker *w);

/*
 * The process that was forked for it: sets the limits, and ends the process when worker_run()
 * returns, with 0, or 1 for WORKER_FAILED.
 */
_Noreturn void worker_process(const struct worker *w);

#endif
