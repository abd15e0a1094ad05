/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_UPGRADE_H
#define GRANTD_FCGI_UPGRADE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct listener;
struct pool;

/*
 * Another program takes the place of this one, in the same process, and no web server notices (SIGUSR2): the one that is at
 * the path, or in $PATH under the name, with which this one was started.
 *
 * First the new program says whether it could serve with the settings that it finds (--check-config); if it could not, everything stays
 * as it is. Then no worker takes anything new: connections wait in the listening queue, requests in kept connections'
 * sockets. What workers have in hand and what waits for the rest of a request is answered, for as long as stopping may take. When no
 * worker is left, the new program is executed (execve(2)): it has the process id, the environment, the listening socket and
 * the kept connections (fcgi/inherit.h), and finds what waits there. What cannot be handed on is the memory of
 * requests that had come in part, of which there are none by then, unless their clients took too long.
 *
 * The parent's own, which calls all of this; not where a porter accepts for it.
 */
struct upgrade {
	char *const *argv; /* that this program was started with; borrowed */
	enum {
		UPGRADE_NONE,
		UPGRADE_CHECKING, /* `check` is the process that does, until `by`, by clock_monotonic_ms() */
		UPGRADE_DRAINING /* until `by`, too */
	} state;
	pid_t check;
	int64_t by;
};

/* Start the check, which may take until `by`. False: it cannot be started, and the reason is logged. */
MUST_CHECK bool upgrade_begin(struct upgrade *u, int64_t by);

/* A check that takes longer is killed: whoever waits for it obeys neither SIGHUP nor SIGUSR2. */
void upgrade_limit(struct upgrade *u, int64_t now);

/*
 * The check ended, with a status of waitpid(2). Then workers take no more, or, with the reason logged, nothing is changed: false.
 */
MUST_CHECK bool upgrade_checked(struct upgrade *u, int status, struct pool *pool, int64_t by);

/* When no worker is left: execute the new program. It returns only when that failed, which is logged; all is as before then. */
void upgrade_execute(struct upgrade *u, const struct listener *l, struct pool *pool);

/* Workers take requests again, as when nothing had been begun. A check is not waited for. */
void upgrade_abandon(struct upgrade *u, struct pool *pool);

#endif
