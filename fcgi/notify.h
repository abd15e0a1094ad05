/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_NOTIFY_H
#define GRANTD_FCGI_NOTIFY_H

#include <stdint.h>

/*
 * What the service manager is told, with `Type=notify` (sd_notify(3)); nothing where nobody asked for it ($NOTIFY_SOCKET). For
 * the process that the manager started alone: its children say nothing. Times are clock_monotonic_ms()'s. Whether the manager
 * heard is not known, and nothing depends on it.
 */

/*
 * It serves, with so many workers; also after a reload that was begun. With 0 it is one process alone, which waits for requests
 * for as long as there are none, and is not for a watchdog to judge.
 */
void notify_ready(int workers);

/* New settings, or a new program, are on their way in; `status` is a sentence about it. */
void notify_reloading(const char *status);

/* A reload or an upgrade came to nothing, and all is as before. */
void notify_refused(const char *status);

void notify_stopping(void);

/*
 * Tell the watchdog that this process is alive, if there is one (sd_watchdog_enabled(3)), at half of its interval at most. When
 * it wants to hear again; INT64_MAX: never.
 */
int64_t notify_alive(int64_t now);

#endif
