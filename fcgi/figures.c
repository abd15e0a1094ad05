/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "fcgi/backlog.h"
#include "fcgi/board.h"
#include "fcgi/figures.h"
#include "fcgi/pool.h"
#include "fcgi/share.h"

static const char *const operation_names[] = {
#define X(id, file, access, entity) #id,
	OPERATIONS(X)
#undef X
};

enum state { STATE_STARTING, STATE_IDLE, STATE_BUSY, STATE_ENDING, STATE__MAX };
static const char *const states[] = { "starting", "idle", "busy", "ending" };

/* What the parent sees of one worker. */
struct view {
	const struct child *child;
	enum state state;
	int64_t busy; /* ms that its request has been in hand; -1: it has none */
	char request_id[REQUEST_ID_MAX + 1];
	const char *operation; /* NULL: not known */
	enum wait waits;
	int64_t waits_for; /* ms that it has waited */
	uint64_t requests, resident, backend;
};

static int64_t
since(int64_t then, int64_t now)
{
	return then > 0 && now > then ? now - then : 0;
}

/* False: there is no worker in this slot. */
static bool
view(const struct figures *f, int i, int64_t now, struct view *v)
{
	const struct slot *slot = &f->board[i];
	const struct metrics *m = &f->metrics[i];
	int operation = atomic_load_explicit(&m->operation, memory_order_relaxed);
	int64_t busy;

	if (f->child[i].pid == 0)
		return false;
	busy = slot_busy(slot, v->request_id);
	v->child = &f->child[i];
	v->busy = busy == 0 ? -1 : since(busy, now);
	v->state = !atomic_load(&slot->ready) ? STATE_STARTING :
	    busy != 0                         ? STATE_BUSY :
	    f->child[i].told                  ? STATE_ENDING :
						STATE_IDLE;
	v->operation = busy != 0 && operation > 0 && operation <= OPERATION_COUNT ?
	    operation_names[operation - 1] :
	    NULL;
	v->waits = (enum wait)atomic_load_explicit(&m->waits, memory_order_relaxed);
	v->waits_for = since(atomic_load_explicit(&m->waits_since, memory_order_relaxed), now);
	v->requests = atomic_load_explicit(&slot->requests, memory_order_relaxed);
	v->resident = atomic_load_explicit(&m->gauge[GAUGE_RESIDENT], memory_order_relaxed);
	v->backend = atomic_load_explicit(&m->gauge[GAUGE_BACKEND], memory_order_relaxed);
	return true;
}

void
figures_crew(const struct figures *f, int64_t now, struct crew *crew)
{
	struct view v;
	int i;

	*crew = (struct crew){ .busy = 0 };
	for (i = 0; i < BOARD_SLOTS; i++) {
		if (!view(f, i, now, &v))
			continue;
		crew->starting += v.state == STATE_STARTING;
		crew->busy += v.state == STATE_BUSY;
		crew->idle += v.state == STATE_IDLE;
		if (v.busy > crew->oldest)
			crew->oldest = v.busy;
	}
}

void
figures_ask_memory(const struct figures *f)
{
	int i;

	for (i = 0; i < BOARD_SLOTS; i++)
		if (f->child[i].pid != 0)
			atomic_store_explicit(&f->metrics[i].wanted, true, memory_order_relaxed);
}

/* ---- for people ---- */

static const char *
wait_name(enum wait waits)
{
	static const char *const names[] = {
		[WAIT_NOTHING] = "",
		[WAIT_DATABASE] = "database",
		[WAIT_CONNECTION] = "connection",
		[WAIT_CLIENT] = "client",
		[WAIT_LOG] = "log",
	};

	return (unsigned)waits < WAIT__MAX ? names[waits] : "";
}

/* A queue's length, and how long it may be; where nobody can tell, "-". */
static void
put_queue(struct buf *to, const char *name, int length, int most)
{
	if (length < 0)
		buf_addf(to, "  %-18s -", name);
	else
		buf_addf(to, "  %-18s %d", name, length);
	if (most > 0)
		buf_addf(to, " of %d", most);
	buf_addc(to, '\n');
}

static void
put_queues(const struct figures *f, struct buf *to)
{
	const struct settings *s = f->settings;
	int sharing = pool_sharing(f->pool), paused = pool_paused(f->pool);

	buf_adds(to, "waiting\n");
	put_queue(to, "for a worker", backlog_length(f->listener), s->listen_backlog);
	put_queue(to, "for more of it", paused > sharing ? paused - sharing : 0,
	    pool_rooms(f->pool));
	put_queue(to, "for a share", sharing, pool_rooms(f->pool) / 2);
	put_queue(to, "kept connections", pool_count(f->pool), pool_most(f->pool));
}

static void
put_limits(const struct figures *f, struct buf *to)
{
	const struct settings *s = f->settings;

	buf_adds(to, "limits\n");
	buf_addf(to, "  %-18s %d of %d workers, wait %d ms\n", "one tenant",
	    share_most(s->workers, s->tenant_workers), s->workers, s->tenant_wait);
	buf_addf(to, "  %-18s request %d ms, statement %d ms, lock %d ms, connection %d ms\n",
	    "times", s->request_timeout, s->statement_timeout, s->lock_timeout, s->connect_timeout);
	buf_addf(to, "  %-18s %d MiB each, %d MiB of it policies\n", "memory", s->memory_limit,
	    s->policy_memory);
}

static void
put_worker(const struct view *v, struct buf *to)
{
	const char *waits = wait_name(v->waits);

	buf_addf(to, "%8ld  %-8s %4u %11llu %7.1f ", (long)v->child->pid, states[v->state],
	    v->child->generation, (unsigned long long)v->requests,
	    (double)v->resident / (1024 * 1024));
	if (v->busy < 0) {
		buf_adds(to, "\n");
		return;
	}
	buf_addf(to, "%7.3f  %-10s %-20s %s", (double)v->busy / 1000,
	    waits[0] != '\0' ? waits : "-", v->operation != NULL ? v->operation : "-",
	    v->request_id[0] != '\0' ? v->request_id : "-");
	if (v->backend != 0)
		buf_addf(to, "  (session %llu)", (unsigned long long)v->backend);
	buf_addc(to, '\n');
}

void
figures_text(const struct figures *f, int64_t now, struct buf *to)
{
	struct crew crew;
	struct view v;
	int i;

	figures_crew(f, now, &crew);
	buf_addf(to, "grantd " PACKAGE_VERSION ", generation %u, up %lld s%s\n", f->generation,
	    (long long)((clock_wall_us() - f->started) / 1000000), f->stopping ? ", stopping" : "");
	buf_addf(to, "workers\n  %d busy, %d idle, %d starting, of %d\n", crew.busy, crew.idle,
	    crew.starting, f->settings->workers);
	put_queues(f, to);
	put_limits(f, to);
	buf_addf(to, "\n%8s  %-8s %4s %11s %7s %7s  %-10s %-20s %s\n", "PID", "STATE", "GEN",
	    "REQUESTS", "MIB", "SECONDS", "WAITS FOR", "OPERATION", "REQUEST");
	for (i = 0; i < BOARD_SLOTS; i++)
		if (view(f, i, now, &v))
			put_worker(&v, to);
}

/* ---- for programs ---- */

/* Texts here are words of ours, or ids of requests, which have no character that JSON would escape. */
static void
put_text(struct buf *to, const char *name, const char *text)
{
	if (text == NULL || text[0] == '\0')
		buf_addf(to, ",\"%s\":null", name);
	else
		buf_addf(to, ",\"%s\":\"%s\"", name, text);
}

/* -1: null. */
static void
put_number(struct buf *to, const char *name, int64_t number)
{
	if (number < 0)
		buf_addf(to, ",\"%s\":null", name);
	else
		buf_addf(to, ",\"%s\":%lld", name, (long long)number);
}

static void
put_worker_json(const struct view *v, struct buf *to)
{
	buf_addf(to, "{\"pid\":%ld,\"state\":\"%s\",\"generation\":%u", (long)v->child->pid,
	    states[v->state], v->child->generation);
	put_number(to, "requests", (int64_t)v->requests);
	put_number(to, "memory_bytes", v->resident > 0 ? (int64_t)v->resident : -1);
	put_text(to, "operation", v->operation);
	put_text(to, "request_id", v->busy < 0 ? NULL : v->request_id);
	put_number(to, "busy_ms", v->busy);
	put_text(to, "waits_for", v->busy < 0 ? NULL : wait_name(v->waits));
	put_number(to, "waits_ms", v->busy < 0 || v->waits == WAIT_NOTHING ? -1 : v->waits_for);
	put_number(to, "database_session", v->backend > 0 ? (int64_t)v->backend : -1);
	buf_addc(to, '}');
}

static void
put_workers_json(const struct figures *f, int64_t now, struct buf *to)
{
	struct view v;
	bool first = true;
	int i;

	for (i = 0; i < BOARD_SLOTS; i++) {
		if (!view(f, i, now, &v))
			continue;
		if (!first)
			buf_addc(to, ',');
		first = false;
		put_worker_json(&v, to);
	}
}

/* All members but the first have a comma before them. */
static void
put_limits_json(const struct figures *f, struct buf *to)
{
	const struct settings *s = f->settings;

	buf_addf(to, "{\"workers\":%d", s->workers);
	put_number(to, "tenant_workers", share_most(s->workers, s->tenant_workers));
	put_number(to, "tenant_wait_ms", s->tenant_wait);
	put_number(to, "listen_backlog", s->listen_backlog);
	put_number(to, "waiting_requests", pool_rooms(f->pool));
	put_number(to, "kept_connections", pool_most(f->pool));
	put_number(to, "max_requests", s->max_requests);
	put_number(to, "request_timeout_ms", s->request_timeout);
	put_number(to, "statement_timeout_ms", s->statement_timeout);
	put_number(to, "lock_timeout_ms", s->lock_timeout);
	put_number(to, "connect_timeout_ms", s->connect_timeout);
	put_number(to, "memory_mib", s->memory_limit);
	put_number(to, "policy_memory_mib", s->policy_memory);
	buf_addc(to, '}');
}

void
figures_json(const struct figures *f, int64_t now, struct buf *to)
{
	int sharing = pool_sharing(f->pool), paused = pool_paused(f->pool);
	struct crew crew;

	figures_crew(f, now, &crew);
	buf_adds(to, "{\"version\":\"" PACKAGE_VERSION "\"");
	put_number(to, "generation", f->generation);
	buf_addf(to, ",\"stopping\":%s", f->stopping ? "true" : "false");
	put_number(to, "up_s", (clock_wall_us() - f->started) / 1000000);
	buf_addf(to, ",\"workers\":{\"busy\":%d,\"idle\":%d,\"starting\":%d}", crew.busy, crew.idle,
	    crew.starting);
	buf_addf(to, ",\"waiting\":{\"kept_connections\":%d", pool_count(f->pool));
	put_number(to, "worker", backlog_length(f->listener));
	put_number(to, "rest", paused > sharing ? paused - sharing : 0);
	put_number(to, "share", sharing);
	buf_adds(to, "},\"limits\":");
	put_limits_json(f, to);
	buf_adds(to, ",\"each\":[");
	put_workers_json(f, now, to);
	buf_adds(to, "]}\n");
}
