/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_SIGNALS_H
#define GRANTD_FCGI_SIGNALS_H

#include <signal.h>

/*
 * Signals are blocked but while a process waits (ppoll(2), epoll_pwait(2)), and a handler only notes that they came. What is
 * noted is each process's own, and begins at nothing with signals_supervise().
 */
extern volatile sig_atomic_t signals_to_stop;   /* how many times, since last looked at */
extern volatile sig_atomic_t signals_to_reload; /* at least once */
extern volatile sig_atomic_t signals_to_upgrade;

/* Install a handler (sigaction(2)), which no other interrupts, and take the signal out of the mask to wait with. Cannot fail. */
void signals_handle(int signo, void (*handler)(int), sigset_t *open);

/*
 * For a process that has others below it: note TERM, INT, QUIT, HUP and USR2, and let CHLD end a wait. *open becomes the mask to wait
 * with: that of the process, which has all of these blocked, without them.
 */
void signals_supervise(sigset_t *open);

#endif
