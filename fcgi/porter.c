/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "fcgi/handover.h"
#include "fcgi/inherit.h"
#include "fcgi/listener.h"
#include "fcgi/parent.h"
#include "fcgi/porter.h"
#include "fcgi/reload.h"
#include "fcgi/signals.h"
#include "fcgi/spawner.h"

/* How long no connection is accepted after there were no descriptors or memory for one. */
#define SHORTAGE_MS 100
/* At least so long from a parent's start to its successor's, lest one that always dies at once be started all the time. */
#define RESTART_MS 1000

struct porter {
	struct settings *settings;
	const struct options *options;
	struct listener *listener;
	struct handover handover;
	int spawner;         /* readable once whoever we are not to outlive has ended; owned */
	bool by_lighttpd;    /* it is one, or was: another one may go on with us */
	int life[2];         /* a socket pair: ours, and the others', whom it tells of our end */
	pid_t parent;        /* 0: none just now */
	int64_t start_after; /* no parent is started before; clock_monotonic_ms() */
	bool stopping;
};

/*
 * Fork the parent. A child whose porter was killed before it could give up the socket goes on as the porter: the web server may have
 * met it at the socket. 0 in the child that is to be the parent, -1: it cannot be, and why is logged.
 */
static pid_t
fork_parent(void)
{
	pid_t porter, child;

	do {
		porter = getpid();
		child = fork();
	} while (child == 0 && getppid() != porter);
	if (child == -1)
		log_error("starting the parent of the workers: %s", strerror(errno));
	return child;
}

static _Noreturn void
be_parent(struct porter *p)
{
	static const struct inherited nothing = INHERITED_NONE;

	handover_join(&p->handover);
	close(p->life[0]);
	close(p->spawner);
	exit(parent_run(p->settings, p->options, &p->handover.workers, &nothing, p->life[1]));
}

/* False: why is logged. */
static bool
start_parent(struct porter *p)
{
	pid_t parent;

	p->start_after = clock_monotonic_ms() + RESTART_MS;
	if ((parent = fork_parent()) == 0)
		be_parent(p);
	p->parent = parent == -1 ? 0 : parent;
	return parent != -1;
}

static void
tell(const struct porter *p, int signo)
{
	if (p->parent != 0)
		(void)kill(p->parent, signo);
}

/* A lighttpd that comes in between the last accept4(2) and this has found us in vain. */
static void
close_door(struct porter *p)
{
	p->stopping = true;
	listener_close(p->listener);
}

static void
stop(struct porter *p)
{
	if (!p->stopping) {
		/* First nobody finds the way in, then those who did are served. */
		handover_rest(&p->handover, p->settings->stop_timeout / 4);
		close_door(p);
	}
	tell(p, SIGTERM);
}

/* The spawner has ended. Whoever waits in the socket is accepted first: another lighttpd may be among them. */
static void
be_abandoned(struct porter *p)
{
	bool more = true;

	while (!p->by_lighttpd || !spawner_follow(&p->spawner, p->handover.latest)) {
		if (more) {
			more = handover_sift(&p->handover);
			continue;
		}
		close_door(p);
		log_warning("the process that spawned grantd is gone");
		tell(p, SIGTERM);
		return;
	}
}

static void
obey(struct porter *p, bool abandoned)
{
	int stops = signals_to_stop;

	signals_to_stop = 0;
	if (abandoned && !p->stopping)
		be_abandoned(p);
	while (stops-- > 0)
		stop(p);
	if (signals_to_reload && p->parent == 0) {
		signals_to_reload = 0;
		(void)reload_settings(p->settings, p->options); /* nobody else is there to say it */
	} else if (signals_to_reload) {
		signals_to_reload = 0;
		reload_beside(p->settings, p->options);
		tell(p, SIGHUP);
	}
	if (signals_to_upgrade) {
		signals_to_upgrade = 0;
		tell(p, SIGUSR2); /* who says that it cannot be, if there is one */
	}
}

/*
 * The parent has ended. One that was killed is to have a successor: were the porter to end instead, a lighttpd that found it (porter.h)
 * would never start another grantd. One that ended by itself was told to, or cannot serve. False: the porter is to end, too.
 */
static bool
outlive(struct porter *p, int status)
{
	p->parent = 0;
	if (!WIFSIGNALED(status))
		return false;
	log_error("the parent of the workers was killed by signal %d%s", WTERMSIG(status),
	    p->stopping ? "" : ", and another takes its place");
	return !p->stopping;
}

/* How long to wait at most; NULL: until a descriptor or a signal tells. */
static const struct timespec *
wait_limit(const struct porter *p, struct timespec *to)
{
	int64_t ms = SHORTAGE_MS;

	if (p->parent == 0)
		ms = p->start_after - clock_monotonic_ms();
	else if (!handover_is_short(&p->handover))
		return NULL;
	if (ms < 0)
		ms = 0;
	*to = (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	return to;
}

/* Wait for connections and signals, and pass them on. */
static void
pass_some(struct porter *p, const sigset_t *open)
{
	static const struct timespec at_once = { .tv_sec = 0 };
	struct pollfd news[2] = {
		{ .fd = p->stopping ? -1 : p->spawner, .events = POLLIN },
		{ .fd = -1 },
	};
	struct timespec limit;

	if (!p->stopping)
		handover_watch(&p->handover, &news[1]);
	if (ppoll(news, 2, wait_limit(p, &limit), open) == -1)
		news[0].revents = 0;
	else if (!p->stopping && news[0].revents == 0)
		handover_some(&p->handover);
	(void)ppoll(NULL, 0, &at_once, open); /* with much to do, signals come in here */
	obey(p, news[0].revents != 0);
}

/* Pass connections and signals on for as long as there is a parent to be had; the exit status. */
static int
pass_on(struct porter *p)
{
	sigset_t open;
	int status = 0;

	signals_supervise(&open);
	if (!start_parent(p))
		return EXIT_FAILURE;
	for (;;) {
		if (p->parent != 0) {
			if (waitpid(p->parent, &status, WNOHANG) != 0 && !outlive(p, status))
				return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
		} else if (p->stopping) {
			return EXIT_FAILURE; /* it was killed, and no other is needed any more */
		} else if (clock_monotonic_ms() >= p->start_after) {
			(void)start_parent(
			    p); /* or later: lighttpd may never start another grantd */
		}
		pass_some(p, &open);
	}
}

int
porter_run(struct settings *s, const struct options *o, struct listener *l, int spawner)
{
	struct porter p = {
		.settings = s,
		.options = o,
		.listener = l,
		.spawner = spawner,
		.by_lighttpd = spawner_may_be_lighttpd(),
	};
	int status;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p.life) == -1) {
		log_error("preparing to accept for workers: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	if (!handover_open(&p.handover, l))
		return EXIT_FAILURE;
	status = pass_on(&p);
	handover_close(&p.handover);
	return status;
}
