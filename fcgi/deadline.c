/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/time.h>

#include <signal.h>
#include <stddef.h>

#include "fcgi/deadline.h"

/* How often a missed EINTR is made up for. */
#define AGAIN_US 50000

static volatile sig_atomic_t passed;

static void
on_alarm(int signo)
{
	(void)signo;
	passed = 1;
}

void
deadline_init(void)
{
	/* Without SA_RESTART: EINTR is the purpose. */
	struct sigaction sa = { .sa_handler = on_alarm };
	sigset_t set;

	sigemptyset(&sa.sa_mask);
	sigaction(SIGALRM, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void
deadline_start(int ms)
{
	struct itimerval t = {
		.it_value = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 },
		.it_interval = { .tv_sec = 0, .tv_usec = AGAIN_US },
	};

	passed = 0;
	setitimer(ITIMER_REAL, &t, NULL);
}

bool
deadline_stop(void)
{
	static const struct itimerval off;

	setitimer(ITIMER_REAL, &off, NULL);
	return passed != 0;
}
