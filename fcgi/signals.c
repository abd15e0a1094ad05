/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fcgi/signals.h"

volatile sig_atomic_t signals_to_stop;
volatile sig_atomic_t signals_to_reload;
volatile sig_atomic_t signals_to_upgrade;

static void
on_stop(int signo)
{
	(void)signo;
	signals_to_stop++;
}

static void
on_reload(int signo)
{
	(void)signo;
	signals_to_reload = 1;
}

static void
on_upgrade(int signo)
{
	(void)signo;
	signals_to_upgrade = 1;
}

static void
on_child(int signo)
{
	(void)signo; /* it only ends ppoll(2) */
}

void
signals_handle(int signo, void (*handler)(int), sigset_t *open)
{
	struct sigaction sa = { .sa_handler = handler };

	sigfillset(&sa.sa_mask);
	sigaction(signo, &sa, NULL);
	sigdelset(open, signo);
}

void
signals_supervise(sigset_t *open)
{
	signals_to_stop = 0;
	signals_to_reload = 0;
	signals_to_upgrade = 0;
	sigprocmask(SIG_BLOCK, NULL, open);
	signals_handle(SIGTERM, on_stop, open);
	signals_handle(SIGINT, on_stop, open);
	signals_handle(SIGQUIT, on_stop, open);
	signals_handle(SIGHUP, on_reload, open);
	signals_handle(SIGUSR2, on_upgrade, open);
	signals_handle(SIGCHLD, on_child, open);
}
