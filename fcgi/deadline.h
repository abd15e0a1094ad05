/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_DEADLINE_H
#define GRANTD_FCGI_DEADLINE_H

#include <stdbool.h>

/*
 * A limit on the time of a library that reads without one: from deadline_start() + `ms` on,
 * blocking calls of this process end with EINTR, again and again until deadline_stop(), so that
 * none slips through between two alarms. One at a time; it is SIGALRM and ITIMER_REAL
 * (setitimer(2)), so nothing else may use those.
 */

/* Once, before the first: installs the handler and unblocks SIGALRM. */
void deadline_init(void);
void deadline_start(int ms);

/* True when the limit was reached since deadline_start(). */
bool deadline_stop(void);

#endif
