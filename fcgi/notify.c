/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <time.h>

#include <systemd/sd-daemon.h>

#include "fcgi/notify.h"

void
notify_ready(int workers)
{
	if (workers == 0)
		(void)sd_notify(0, "READY=1\nWATCHDOG_USEC=0\nSTATUS=Serving in one process");
	else
		(void)sd_notifyf(0, "READY=1\nSTATUS=Serving with %d workers", workers);
}

/* Since when is for the manager to know which reload this answers (sd_notify(3), RELOADING). */
void
notify_reloading(const char *status)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64 "\nSTATUS=%s",
	    (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000, status);
}

void
notify_refused(const char *status)
{
	(void)sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void
notify_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1\nSTATUS=Finishing what is in hand");
}

int64_t
notify_alive(int64_t now)
{
	static int64_t every, due;
	uint64_t interval; /* µs */

	if (every == 0)
		every = sd_watchdog_enabled(0, &interval) > 0 ? (int64_t)(interval / 2000) : -1;
	if (every < 0)
		return INT64_MAX;
	if (now >= due) {
		(void)sd_notify(0, "WATCHDOG=1");
		due = now + every;
	}
	return due;
}
