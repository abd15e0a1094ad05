/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "fcgi/board.h"
#include "fcgi/figures.h"
#include "fcgi/inherit.h"
#include "fcgi/listener.h"
#include "fcgi/notify.h"
#include "fcgi/options.h"
#include "fcgi/parent.h"
#include "fcgi/pool.h"
#include "fcgi/reload.h"
#include "fcgi/seam.h"
#include "fcgi/share.h"
#include "fcgi/signals.h"
#include "fcgi/status.h"
#include "fcgi/upgrade.h"
#include "fcgi/worker.h"

/*
 * A worker that dies sooner than this after its start "dies at once": the next one is delayed,
 * each time twice as long.
 */
#define EARLY_MS 2000
#define DELAY_FIRST_MS 100
#define DELAY_MOST_MS 10000
/* Early deaths longer ago than this no longer count. */
#define EARLY_FORGET_MS 30000
/* How often the requests in hand are looked at. */
#define WATCH_MS 500
/* What it waits for beside who asks for the status. */
#define OWN_NEWS 3
/* And while there are to be none: a worker that has answered its last tells nobody. */
#define DRAIN_MS 10

struct parent {
	struct settings *settings;
	const struct options *options;
	struct listener *listener;
	struct slot *board;
	struct shares *shares;
	struct pool *pool;
	int porter; /* readable once it has ended, whom we are not to outlive; -1: there is none */
	struct limits *limits;
	struct metrics *metrics; /* of each slot, and behind them our own */
	struct status *status;
	struct figures figures; /* what it shows */
	struct child child[BOARD_SLOTS];
	int link[2]; /* a socket pair: ours, and the workers' */
	unsigned generation;

	int early_deaths; /* in a row */
	int64_t last_early_death;
	int64_t start_after; /* no worker is started before */

	bool announced; /* the service manager knows that this generation serves */
	struct upgrade upgrade;

	bool abandoned; /* so it has */
	bool stopping;
	int64_t stop_by;
	int64_t refuse_at; /* when kept connections may bring nothing new any more; 0: done */
	bool forced;       /* a worker was killed while stopping */
};

static bool
is_current(const struct parent *p, const struct child *c)
{
	return c->pid != 0 && !c->told && c->generation == p->generation;
}

static int
count_all(const struct parent *p)
{
	int n = 0;
	int i;

	for (i = 0; i < BOARD_SLOTS; i++)
		n += p->child[i].pid != 0;
	return n;
}

static int
count_current(const struct parent *p, bool ready_only)
{
	int n = 0;
	int i;

	for (i = 0; i < BOARD_SLOTS; i++)
		n += is_current(p, &p->child[i]) &&
		    (!ready_only || atomic_load(&p->board[i].ready));
	return n;
}

static int
free_slot(const struct parent *p)
{
	int i;

	for (i = 0; i < BOARD_SLOTS; i++)
		if (p->child[i].pid == 0)
			return i;
	return -1;
}

static void
tell(struct child *c, int signo)
{
	c->told = true;
	(void)kill(c->pid, signo);
}

/*
 * The new process: what it keeps of the parent's is the listener, the settings, its slot, its
 * end of the link, and what tells of the porter's end.
 */
static _Noreturn void
be_worker(struct parent *p, int slot)
{
	const struct worker w = {
		.settings = p->settings,
		.listener = p->listener,
		.pool = p->pool,
		.limits = p->limits,
		.slot = &p->board[slot],
		.metrics = &p->metrics[slot],
		.board = p->board,
		.shares = p->shares,
		.link = p->link[1],
		.porter = p->porter,
		.alone = false,
	};

	close(p->link[0]);
	status_leave(p->status);
	if (!pool_join(p->pool, slot))
		exit(EXIT_FAILURE);
	worker_process(&w);
}

static void
delay_start(struct parent *p, int64_t now)
{
	int ms = DELAY_MOST_MS;

	if (now - p->last_early_death > EARLY_FORGET_MS)
		p->early_deaths = 0;
	p->last_early_death = now;
	if (p->early_deaths < 16 && DELAY_FIRST_MS << p->early_deaths < DELAY_MOST_MS)
		ms = DELAY_FIRST_MS << p->early_deaths;
	p->early_deaths++;
	p->start_after = now + ms;
	log_warning("the next worker starts in %d ms", ms);
}

/* False: no more for now. */
static bool
start_worker(struct parent *p, int64_t now)
{
	int slot = free_slot(p);
	pid_t pid;

	if (slot < 0)
		return false; /* a worker that ends makes room */
	slot_clear(&p->board[slot]);
	atomic_store(&p->metrics[slot].wanted, true);
	share_clear(p->shares, slot);
	pid = fork();
	if (pid == 0)
		be_worker(p, slot);
	if (pid == -1) {
		log_error("starting a worker: %s", strerror(errno));
		delay_start(p, now);
		return false;
	}
	p->child[slot] = (struct child){
		.pid = pid,
		.generation = p->generation,
		.started = now,
	};
	p->figures.starts++;
	log_debug("worker %ld started", (long)pid);
	return true;
}

static void
start_missing(struct parent *p, int64_t now)
{
	int missing = p->settings->workers - count_current(p, false);

	while (missing-- > 0 && now >= p->start_after)
		if (!start_worker(p, now))
			return;
}

/* Once there are as many new workers as there should be, those from before the reload make room. */
static void
retire_replaced(struct parent *p)
{
	int i;

	if (count_current(p, true) < p->settings->workers)
		return;
	if (!p->announced) {
		notify_ready(p->settings->workers);
		p->announced = true;
	}
	for (i = 0; i < BOARD_SLOTS; i++) {
		struct child *c = &p->child[i];

		if (c->pid != 0 && !c->told && c->generation != p->generation)
			tell(c, SIGHUP);
	}
}

static void
log_death(const struct parent *p, int slot, int status, int64_t now)
{
	const struct child *c = &p->child[slot];
	char id[REQUEST_ID_MAX + 1];
	int64_t since = slot_busy(&p->board[slot], id);
	const char *how = WIFSIGNALED(status) ? "was killed by signal" : "ended with status";
	int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);

	if (WIFEXITED(status) && number == 0)
		log_debug("worker %ld ended after %llu requests", (long)c->pid,
		    (unsigned long long)atomic_load(&p->board[slot].requests));
	else if (since == 0)
		log_error("worker %ld %s %d", (long)c->pid, how, number);
	else
		log_error("worker %ld %s %d, with request %s in hand for %lld ms", (long)c->pid,
		    how, number, id[0] != '\0' ? id : "(not yet named)", (long long)(now - since));
}

static void
count_death(struct parent *p, const struct child *c, int status)
{
	enum cause cause = c->killed ? CAUSE_OVERDUE :
	    WIFSIGNALED(status)      ? CAUSE_SIGNAL :
	    status != 0              ? CAUSE_FAILED :
	    c->told                  ? CAUSE_REPLACED :
				       CAUSE_RETIRED;

	if (!p->stopping)
		p->figures.exits[cause]++;
}

static void
bury(struct parent *p, pid_t pid, int status, int64_t now)
{
	int i;

	for (i = 0; i < BOARD_SLOTS; i++) {
		struct child *c = &p->child[i];

		if (c->pid != pid)
			continue;
		log_death(p, i, status, now);
		count_death(p, c, status);
		metrics_fold(&p->metrics[BOARD_SLOTS], &p->metrics[i]);
		share_clear(p->shares, i);
		pool_bury(p->pool, i, status != 0);
		if (status != 0 && !c->killed && !p->stopping && now - c->started < EARLY_MS)
			delay_start(p, now);
		*c = (struct child){ .pid = 0 };
		return;
	}
}

/* The new program has said whether it could serve. */
static void
end_check(struct parent *p, int status, int64_t now)
{
	if (!upgrade_checked(&p->upgrade, status, p->pool, now + p->settings->stop_timeout))
		notify_refused("The new program cannot serve; everything stays as it was");
}

static void
bury_dead(struct parent *p, int64_t now)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (p->upgrade.state == UPGRADE_CHECKING && pid == p->upgrade.check)
			end_check(p, status, now);
		else
			bury(p, pid, status, now);
}

static void
kill_worker(struct parent *p, int slot)
{
	p->child[slot].killed = true;
	(void)kill(p->child[slot].pid, SIGKILL);
}

/* A request that takes longer than any should: its worker will not come back by itself. */
static void
kill_overdue(struct parent *p, int64_t now)
{
	char id[REQUEST_ID_MAX + 1];
	int i;

	for (i = 0; i < BOARD_SLOTS; i++) {
		struct child *c = &p->child[i];
		int64_t since = c->pid == 0 || c->killed ? 0 : slot_busy(&p->board[i], id);

		if (since == 0 || now - since < p->settings->request_timeout)
			continue;
		log_error("worker %ld has had request %s in hand for %lld ms and is killed",
		    (long)c->pid, id[0] != '\0' ? id : "(not yet named)", (long long)(now - since));
		kill_worker(p, i);
	}
}

static void
kill_all(struct parent *p, const char *why)
{
	int i;

	log_warning("%s: %d workers are killed", why, count_all(p));
	p->forced = true;
	for (i = 0; i < BOARD_SLOTS; i++)
		if (p->child[i].pid != 0)
			kill_worker(p, i);
}

static void
begin_stop(struct parent *p, int64_t now)
{
	int i;

	upgrade_abandon(&p->upgrade, p->pool);
	notify_stopping();
	p->stopping = true;
	p->stop_by = now + p->settings->stop_timeout;
	p->refuse_at = now + p->settings->stop_timeout / 4;
	log_info("stopping: %d workers finish what they have in hand", count_all(p));
	/* First nobody finds the way in, then those who did are served. systemd keeps its queue. */
	if (p->listener->kind == LISTENER_SYSTEMD)
		pool_deafen(p->pool);
	p->figures.listener = -1;
	listener_retire(p->listener);
	listener_close(p->listener);
	for (i = 0; i < BOARD_SLOTS; i++)
		if (p->child[i].pid != 0)
			tell(&p->child[i], SIGTERM);
}

static void
begin_reload(struct parent *p)
{
	notify_reloading("Reading the settings again");
	if (!reload_settings(p->settings, p->options)) {
		p->figures.reloads_refused++;
		notify_refused("The new settings cannot be used; everything stays as it was");
		return;
	}
	p->figures.reloads++;
	p->generation++;
	p->start_after = 0;
	p->announced = false;
}

static void
begin_upgrade(struct parent *p, int64_t now)
{
	if (p->listener->kind == LISTENER_HANDED) {
		log_error("upgrade: a web server started grantd; restart that");
		return;
	}
	notify_reloading("A new program is asked whether it could serve");
	if (!upgrade_begin(&p->upgrade, now + p->settings->stop_timeout))
		notify_refused("There is no new program; everything stays as it was");
}

/* Is anything still to be answered, or has that taken too long? */
static bool
is_drained(const struct parent *p, int64_t now)
{
	char id[REQUEST_ID_MAX + 1];
	int i;

	if (now >= p->upgrade.by)
		return true;
	for (i = 0; i < BOARD_SLOTS; i++)
		if (p->child[i].pid != 0 && slot_busy(&p->board[i], id) != 0)
			return false;
	return pool_paused(p->pool) == 0;
}

/*
 * Workers take nothing new. Those that have nothing in hand are told to end; one that took something just before may leave a request
 * that waits, which takes a worker once more. Then the new program comes, or nothing has changed.
 */
static void
drain(struct parent *p, int64_t now)
{
	int i;

	if (!is_drained(p, now)) {
		start_missing(p, now);
		return;
	}
	for (i = 0; i < BOARD_SLOTS; i++)
		if (p->child[i].pid != 0 && !p->child[i].told)
			tell(&p->child[i], SIGHUP);
	if (count_all(p) > 0)
		return;
	upgrade_execute(&p->upgrade, p->listener, p->pool);
	notify_refused("The new program cannot be executed; everything stays as it was");
}

static void
obey_other(struct parent *p, int64_t now)
{
	if (signals_to_reload && p->upgrade.state == UPGRADE_NONE) {
		signals_to_reload = 0;
		begin_reload(p);
	}
	if (signals_to_upgrade && p->upgrade.state == UPGRADE_NONE) {
		signals_to_upgrade = 0;
		begin_upgrade(p, now);
	}
	upgrade_limit(&p->upgrade, now);
}

static void
obey(struct parent *p, int64_t now)
{
	int stops = signals_to_stop;

	signals_to_stop = 0;
	if (p->abandoned && !p->stopping) {
		log_warning("the process that accepts connections is gone");
		stops++;
	}
	if (stops > 0 && !p->stopping) {
		begin_stop(p, now);
		stops--;
	}
	if (p->refuse_at != 0 && now >= p->refuse_at) {
		p->refuse_at = 0;
		pool_refuse(p->pool);
	}
	if (p->stopping && !p->forced) {
		if (stops > 0)
			kill_all(p, "told to stop again");
		else if (now >= p->stop_by)
			kill_all(p, "the time to stop in is over");
	}
	if (!p->stopping)
		obey_other(p, now);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* In how many milliseconds something is due that no signal tells of. */
static int64_t
until_due(const struct parent *p, int64_t now)
{
	int64_t due = now + (pool_paused(p->pool) > 0 ? POOL_SWEEP_MS : WATCH_MS);

	if (p->stopping && !p->forced)
		due = earlier(due, p->stop_by);
	if (p->refuse_at != 0)
		due = earlier(due, p->refuse_at);
	if (!p->stopping && p->start_after > now)
		due = earlier(due, p->start_after);
	due = earlier(due, status_due(p->status));
	if (p->upgrade.state == UPGRADE_DRAINING)
		due = earlier(due, now + DRAIN_MS);
	if (p->upgrade.state == UPGRADE_CHECKING)
		due = earlier(due, p->upgrade.by);
	due = earlier(due, notify_alive(now));
	return due > now ? due - now : 0;
}

/* True: somebody who asks for the status has come, or does something. */
static bool
serve_status(struct parent *p, const struct pollfd *news, int n)
{
	bool heard = false;
	int i;

	for (i = 0; i < n; i++)
		heard = heard || news[i].revents != 0;
	p->figures.generation = p->generation;
	p->figures.stopping = p->stopping;
	status_serve(p->status, news, n, &p->figures, clock_monotonic_ms());
	return heard;
}

/*
 * Wait for a signal, for news from a worker, or until something is due, and meanwhile keep
 * connections for the workers, and tell of them. False: that is not possible.
 */
static bool
wait_for_news(struct parent *p, const sigset_t *open)
{
	struct pollfd news[OWN_NEWS + STATUS_FDS_MOST] = {
		{ .fd = p->link[0], .events = POLLIN },
		{ .fd = pool_ear(p->pool), .events = POLLIN },
		{ .fd = p->stopping ? -1 : p->porter, .events = POLLIN },
	};
	char trash[64];
	bool heard;
	int64_t ms;
	int n;

	do {
		ms = clock_monotonic_ms();
		n = status_watch(p->status, news + OWN_NEWS, ms);
		ms = until_due(p, ms);
		if (ppoll(news, (nfds_t)(OWN_NEWS + n),
			&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 },
			open) == -1) {
			if (errno == EINTR)
				return true;
			log_error("waiting for workers: %s", strerror(errno));
			return false;
		}
		if (news[1].revents != 0)
			pool_hear(p->pool);
		heard = serve_status(p, news + OWN_NEWS, n) || news[1].revents != 0;
		p->abandoned = news[2].revents != 0;
	} while (ms > 0 && news[0].revents == 0 && !p->abandoned && heard);
	while (recv(p->link[0], trash, sizeof(trash), MSG_DONTWAIT) > 0)
		continue;
	return true;
}

static void
supervise(struct parent *p, const sigset_t *open)
{
	do {
		int64_t now = clock_monotonic_ms();

		bury_dead(p, now);
		obey(p, now);
		if (p->upgrade.state == UPGRADE_DRAINING && !p->stopping) {
			drain(p, now);
		} else if (!p->stopping) {
			start_missing(p, now);
			retire_replaced(p);
			pool_listen(p->pool);
		}
		kill_overdue(p, now);
		log_tick();
		pool_sweep(p->pool);
	} while ((!p->stopping || count_all(p) > 0) && wait_for_news(p, open));
}

/* Whatever it needs of memory that it shares with workers. */
static bool
open_shared(struct parent *p)
{
	p->board = board_open();
	p->shares = shares_open();
	p->limits = limits_open();
	p->metrics = metrics_open(BOARD_SLOTS + 1);
	return p->board != NULL && p->shares != NULL && p->limits != NULL && p->metrics != NULL;
}

static void
open_figures(struct parent *p)
{
	metrics_use(&p->metrics[BOARD_SLOTS]);
	p->figures = (struct figures){
		.settings = p->settings,
		.child = p->child,
		.board = p->board,
		.metrics = p->metrics,
		.shares = p->shares,
		.pool = p->pool,
		.listener = p->listener->kind == LISTENER_HANDED ? -1 : p->listener->fd,
		.started = clock_wall_us(),
	};
}

int
parent_run(struct settings *s, const struct options *o, struct listener *l,
    const struct inherited *in, int porter)
{
	struct parent *p = calloc(1, sizeof(*p));
	sigset_t open;
	bool clean;

	if (p == NULL || !open_shared(p) ||
	    (p->status = status_open(s, clock_monotonic_ms())) == NULL ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p->link) == -1) {
		log_error("preparing for workers: %s", strerror(errno));
		free(p);
		return EXIT_FAILURE;
	}
	p->settings = s;
	p->options = o;
	p->upgrade.argv = o->argv;
	p->listener = l;
	p->porter = porter;
	p->pool = pool_open(l, p->link[1], s->kept_connections, s->waiting_requests,
	    seam_save_most());
	if (p->pool == NULL) {
		close(p->link[0]);
		close(p->link[1]);
		free(p);
		return EXIT_FAILURE;
	}
	open_figures(p);
	pool_adopt(p->pool, in->kept, in->count);
	signals_supervise(&open);
	supervise(p, &open);
	/* Workers that are left, when supervising became impossible, end when the link does. */
	clean = p->stopping && !p->forced;
	status_close(p->status);
	pool_close(p->pool);
	close(p->link[0]);
	close(p->link[1]);
	free(p);
	log_info("stopped");
	return clean ? EXIT_SUCCESS : EXIT_FAILURE;
}
