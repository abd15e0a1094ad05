/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/settings.h"
#include "fcgi/handover.h"
#include "fcgi/inherit.h"
#include "fcgi/listener.h"
#include "fcgi/parent.h"
#include "fcgi/porter.h"
#include "fcgi/reload.h"
#include "fcgi/signals.h"

/* How long no connection is accepted after there were no descriptors or memory for one. */
#define SHORTAGE_MS 100

struct porter {
	struct settings *settings;
	const struct options *options;
	struct listener *listener;
	struct handover handover;
	int spawner;
	int life[2]; /* a socket pair: ours, and the parent's, which tells it of our end */
	pid_t parent;
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

static int
be_parent(struct porter *p)
{
	static const struct inherited nothing = INHERITED_NONE;

	handover_join(&p->handover);
	close(p->life[0]);
	if (p->spawner != -1)
		close(p->spawner);
	return parent_run(p->settings, p->options, &p->handover.workers, &nothing, p->life[1]);
}

static void
stop(struct porter *p)
{
	if (!p->stopping) {
		p->stopping = true;
		/* First nobody finds the way in, then those who did are served. */
		handover_rest(&p->handover, p->settings->stop_timeout / 4);
		listener_close(p->listener);
	}
	(void)kill(p->parent, SIGTERM);
}

static void
obey(struct porter *p, bool abandoned)
{
	int stops = signals_to_stop;

	signals_to_stop = 0;
	if (abandoned && !p->stopping) {
		log_warning("the process that spawned grantd is gone");
		stops++;
	}
	while (stops-- > 0)
		stop(p);
	if (signals_to_reload) {
		signals_to_reload = 0;
		reload_beside(p->settings, p->options);
		(void)kill(p->parent, SIGHUP);
	}
	if (signals_to_upgrade) {
		signals_to_upgrade = 0;
		(void)kill(p->parent, SIGUSR2); /* who says that it cannot be */
	}
}

/* Pass connections and signals on until the parent ends; its exit status. */
static int
pass_on(struct porter *p)
{
	static const struct timespec at_once = { .tv_sec = 0 };
	static const struct timespec shortage = { .tv_nsec = SHORTAGE_MS * 1000000L };
	struct pollfd news[2];
	sigset_t open;
	int status;

	signals_supervise(&open);
	while (waitpid(p->parent, &status, WNOHANG) == 0) {
		news[0] = (struct pollfd){ .fd = p->stopping ? -1 : p->spawner, .events = POLLIN };
		news[1] = (struct pollfd){ .fd = -1 };
		if (!p->stopping)
			handover_watch(&p->handover, &news[1]);
		if (ppoll(news, 2, handover_is_short(&p->handover) ? &shortage : NULL, &open) == -1)
			news[0].revents = 0;
		else if (!p->stopping)
			handover_some(&p->handover);
		(void)ppoll(NULL, 0, &at_once, &open); /* with much to do, signals come in here */
		obey(p, news[0].revents != 0);
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	log_error("the parent of the workers was killed by signal %d", WTERMSIG(status));
	return EXIT_FAILURE;
}

int
porter_run(struct settings *s, const struct options *o, struct listener *l, int spawner)
{
	struct porter p = {
		.settings = s,
		.options = o,
		.listener = l,
		.spawner = spawner,
	};
	int status = EXIT_FAILURE;

	if (!handover_open(&p.handover, l))
		return EXIT_FAILURE;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p.life) == -1) {
		log_error("starting the parent of the workers: %s", strerror(errno));
	} else if ((p.parent = fork_parent()) == 0) {
		status = be_parent(&p);
	} else if (p.parent != -1) {
		close(p.life[1]);
		status = pass_on(&p);
	}
	handover_close(&p.handover);
	return status;
}
