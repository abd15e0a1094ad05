/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "fcgi/accept.h"
#include "fcgi/board.h"
#include "fcgi/claim.h"
#include "fcgi/listener.h"
#include "fcgi/pool.h"
#include "fcgi/seam.h"
#include "fcgi/signals.h"
#include "fcgi/worker.h"
#include "handlers/dispatch.h"
#include "http/request.h"
#include "http/response.h"

/* Share of GRANTD_MAX_REQUESTS by which workers differ, so that they do not all retire at once. */
#define JITTER_PERCENT 10

/*
 * After how many requests in a row to look for signals: epoll_pwait(2) lets none in as long as
 * there is something to do.
 */
#define LOOK_EVERY 32

/*
 * How long it has to be quiet on kept connections before a worker that stops believes that nothing
 * is on its way: web servers may send a request in several pieces.
 */
#define QUIET_MS 100

/*
 * How long a worker waits for the rest of a request that it meets for the first time: web servers send head
 * and body one after the other, and to come back costs more than that. Not where many wait: then that
 * is what somebody is after.
 */
#define GRACE_MS 5
#define GRACE_MOST 16

/* How often it is said that there is no room. */
#define NO_ROOM_LOG_EVERY 1000

/* What a worker has while it serves. */
struct serving {
	const struct worker *w;
	struct seam *seam;
	struct service *service;
	struct response rs; /* its memory is kept from one request to the next */
	struct claim claim;
};

static volatile sig_atomic_t told_to_stop;
static volatile sig_atomic_t told_to_retire;

static void
on_stop(int signo)
{
	(void)signo;
	told_to_stop = 1;
}

static void
on_retire(int signo)
{
	(void)signo;
	told_to_retire = 1;
}

/* Install the handlers; *open becomes the mask to wait with. */
static void
take_signals(const struct worker *w, sigset_t *open)
{
	told_to_stop = 0;
	told_to_retire = 0;
	sigprocmask(SIG_BLOCK, NULL, open);
	signals_handle(SIGTERM, on_stop, open);
	signals_handle(SIGHUP, on_retire, open);
	if (w->alone) {
		signals_handle(SIGINT, on_stop, open);
		signals_handle(SIGQUIT, on_stop, open);
	}
}

/*
 * After how many requests to retire, or UINT64_MAX for never. Nobody would start another one
 * for one that is alone.
 */
static uint64_t
request_limit(const struct worker *w)
{
	uint64_t most = (uint64_t)w->settings->max_requests;
	uint64_t spread = most * JITTER_PERCENT / 100;
	uint64_t random = 0;

	if (w->alone || most == 0)
		return UINT64_MAX;
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uint64_t)getpid();
	return most - spread + random % (2 * spread + 1);
}

static void
refuse_role(struct response *rs)
{
	log_error("a web server asked for a FastCGI role other than responder");
	response_error(rs, ERROR_INTERNAL, NULL, NULL);
}

/* Half of the workers, one at least: however many clients read slowly, the others are served. */
static enum stream_begun
stream_begin(void *to, const struct response *rs)
{
	const struct serving *sv = to;
	const struct worker *w = sv->w;

	if (w->board != NULL && !slot_stream(w->board, w->slot, (w->settings->workers + 1) / 2))
		return STREAM_BUSY;
	return seam_stream_begin(sv->seam, rs) ? STREAM_BEGUN : STREAM_GONE;
}

/* Signals are let in when the request is over. A long one has to look. */
static bool
must_end(void)
{
	sigset_t waiting;

	return sigpending(&waiting) == 0 && sigismember(&waiting, SIGTERM) == 1;
}

static bool
stream_write(void *to, const void *data, size_t len)
{
	const struct serving *sv = to;

	slot_progress(sv->w->slot);
	return !must_end() && seam_stream(sv->seam, data, len);
}

/* What is in a request, or stands for it, cannot be what its client meant. */
static void
refuse_request(struct response *rs)
{
	log_warning("request %s was refused: there is a NUL in one of its variables",
	    rs->request_id);
	response_error(rs, ERROR_INVALID_PARAMETER, NULL, NULL);
}

/* False: it is to come again. */
static bool
answer(struct serving *sv, enum seam_head head, const struct request *rq)
{
	if (!seam_is_responder(sv->seam))
		refuse_role(&sv->rs);
	else if (head == SEAM_REFUSED)
		refuse_request(&sv->rs);
	else
		return dispatch(sv->service, rq, &sv->rs);
	return true;
}

/* ---- one request ---- */

static struct seam_source
source_of(const struct serving *sv, const struct connection *c)
{
	const struct pool *pool = sv->w->pool;
	bool rest = c->pause == PAUSE_REST || c->pause == PAUSE_SHARE;

	return (struct seam_source){
		.fd = c->fd,
		.saved = rest ? pool_saved(pool, c) : NULL,
		.grace = rest || pool_paused(pool) >= GRACE_MOST ? 0 : GRACE_MS,
		.late = c->late,
		.again = sv->w->shares != NULL && sv->w->settings->tenant_wait > 0,
	};
}

/* False: it is to come again. */
static bool
answer_one(struct serving *sv, enum seam_head head, const struct request *rq, enum seam_next *next)
{
	const struct response_sink sink = {
		.to = sv,
		.begin = stream_begin,
		.write = stream_write,
	};
	bool answered;

	response_begin(&sv->rs, rq->header[HEADER_REQUEST_ID]);
	sv->rs.sink = &sink;
	slot_name(sv->w->slot, sv->rs.request_id);
	answered = answer(sv, head, rq);
	if (answered) {
		*next = seam_answer(sv->seam, rq, &sv->rs);
		service_after(sv->service);
	}
	sv->rs.sink = NULL;
	return answered;
}

/* Save what came of a request, and let the connection wait for the rest, or for its tenant's share. */
static void
let_wait(struct serving *sv, struct connection *c, enum pool_pause pause)
{
	static unsigned long no_room;
	struct pool *pool = sv->w->pool;
	void *room = pool_room(pool, c);
	size_t used = 0;
	int64_t due;

	if (room != NULL)
		used = seam_save(sv->seam, room, seam_save_most(), &due);
	else
		metrics_add(METRIC_DROPPED + DROPPED_NO_ROOM, 1);
	if (room == NULL && no_room++ % NO_ROOM_LOG_EVERY == 0)
		log_warning("too many requests wait: one is dropped (GRANTD_WAITING_REQUESTS)");
	if (used > 0)
		pool_pause(pool, c, pause, used, due);
	else
		pool_end(pool, c);
	if (pause == PAUSE_SHARE)
		claim_waits(&sv->claim);
}

/* Read and answer one request. False: it has to wait, and the connection was given back. */
static bool
serve_one(struct serving *sv, struct connection *c, enum seam_next *next)
{
	const struct seam_source from = source_of(sv, c);
	enum pool_pause pause = PAUSE_NONE;
	struct slot *slot = sv->w->slot;
	enum seam_head head;
	struct request rq;

	claim_begin(&sv->claim, c);
	metrics_operation(-1);
	slot_begin(slot);
	head = seam_read(sv->seam, &from, &rq);
	*next = SEAM_CLOSE;
	if (head == SEAM_PART)
		pause = PAUSE_REST;
	else if (head != SEAM_NONE && !answer_one(sv, head, &rq, next))
		pause = PAUSE_SHARE;
	claim_end(&sv->claim);
	slot_end(slot, head != SEAM_NONE && pause == PAUSE_NONE);
	if (pause != PAUSE_NONE)
		let_wait(sv, c, pause);
	return pause == PAUSE_NONE;
}

/* Serve what a connection has for us, and give it back or close it. */
static void
serve(struct serving *sv, struct connection *c)
{
	struct pool *pool = sv->w->pool;
	enum seam_next next = SEAM_MORE;

	if (c->pause == PAUSE_END)
		next = seam_linger(c->fd);
	for (; next == SEAM_MORE; c->pause = PAUSE_NONE, c->late = false)
		if (!serve_one(sv, c, &next))
			return;
	if (next == SEAM_KEEP)
		pool_keep(pool, c);
	else if (next == SEAM_LINGER)
		pool_pause(pool, c, PAUSE_END, 0,
		    clock_monotonic_ms() + sv->w->settings->peer_timeout);
	else
		pool_end(pool, c);
}

/* Serve one new connection, if there is one. False: this process can accept no more. */
static bool
serve_new(struct serving *sv)
{
	struct connection c = { .fd = accept_connection(sv->w->listener, sv->w->pool),
		.place = -1 };
	bool ok = c.fd >= 0 || errno == 0;

	if (c.fd >= 0)
		serve(sv, &c);
	return ok;
}

/* Wait for a request, and serve it. What came of waiting; POOL_FAILED also where this process can accept no more. */
static enum pool_event
serve_next(struct serving *sv, const sigset_t *open, int ms)
{
	struct connection c;
	enum pool_event event = pool_wait(sv->w->pool, open, ms, &c);

	if (event == POOL_KEPT)
		serve(sv, &c);
	else if (event == POOL_NEW && !serve_new(sv))
		return POOL_FAILED;
	return event;
}

/* The rest of a request is still on its way. */
static bool
may_come(const struct pool *pool)
{
	return pool_paused(pool) > 0;
}

/*
 * Answer what is on its way already: in the queue of a socket that goes away with us, as nobody else
 * would, and on kept connections. It may never end while others can still connect, so it ends at
 * half of the time that stopping may take, and at a quarter kept connections carry nothing new.
 */
static void
serve_last(struct serving *sv)
{
	const struct worker *w = sv->w;
	int64_t now = clock_monotonic_ms(), half = now + w->settings->stop_timeout / 2;
	int64_t quarter = now + w->settings->stop_timeout / 4;
	enum pool_event event;
	sigset_t blocked;

	if (w->listener->kind == LISTENER_SYSTEMD && w->alone)
		pool_deafen(w->pool);
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	do {
		if (w->alone && now >= quarter)
			pool_refuse(w->pool);
		event = serve_next(sv, &blocked, pool_count(w->pool) > 0 ? QUIET_MS : 0);
		now = clock_monotonic_ms();
	} while (now < half && (event == POOL_NEW || event == POOL_KEPT || may_come(w->pool)));
}

/* Does somebody accept connections who starts another parent, with workers that take what he accepts? */
static bool
has_porter(const struct worker *w)
{
	struct pollfd end = { .fd = w->porter, .events = POLLIN };

	return w->porter != -1 && poll(&end, 1, 0) == 0;
}

/*
 * The parent was killed, or whoever spawned the one process there is. What a porter accepted that was killed, too, is in our hands alone;
 * what waits in a socket that others may have, or for another parent's workers, is not.
 */
static void
end_orphaned(struct serving *sv)
{
	const struct worker *w = sv->w;
	struct connection c = { .place = -1 };

	log_warning(w->alone ? "the process that spawned this one is gone; it ends" :
			       "the parent process is gone; this worker ends");
	listener_abandon(w->listener);
	if (!w->alone && (w->listener->kind != LISTENER_HANDED || has_porter(w)))
		return;
	while ((c.fd = accept_connection(w->listener, w->pool)) >= 0)
		serve(sv, &c);
}

/* Whether one of the signals has come that end this worker. */
static bool
told(const struct worker *w, unsigned served)
{
	sigset_t waiting;

	if (told_to_stop || told_to_retire)
		return true;
	if (served % LOOK_EVERY != 0 || sigpending(&waiting) == -1)
		return false;
	if (sigismember(&waiting, SIGTERM) == 1 ||
	    (w->alone &&
		(sigismember(&waiting, SIGINT) == 1 || sigismember(&waiting, SIGQUIT) == 1)))
		told_to_stop = 1;
	else if (sigismember(&waiting, SIGHUP) == 1)
		told_to_retire = 1;
	return told_to_stop || told_to_retire;
}

static enum worker_end
serve_all(struct serving *sv)
{
	const struct worker *w = sv->w;
	uint64_t limit = request_limit(w);
	unsigned served = 0;
	sigset_t open;

	take_signals(w, &open);
	slot_ready(w->slot);
	if (w->link >= 0)
		(void)send(w->link, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (!told(w, ++served) && atomic_load(&w->slot->requests) < limit) {
		log_tick();
		metrics_tell_memory();
		switch (serve_next(sv, &open, log_due())) {
		case POOL_NEW:
		case POOL_KEPT:
		case POOL_NOTHING:
		case POOL_SIGNAL:
			break;
		case POOL_ORPHANED:
			end_orphaned(sv);
			return WORKER_ORPHANED;
		case POOL_FAILED:
			return WORKER_FAILED;
		}
	}
	if (!told_to_stop)
		return WORKER_RETIRED;
	serve_last(sv);
	return WORKER_STOPPED;
}

enum worker_end
worker_run(const struct worker *w)
{
	struct serving sv = {
		.w = w,
		.seam = seam_open(w->settings),
		.service = service_open(w->settings, w->limits),
		.rs = RESPONSE_EMPTY,
	};
	enum worker_end end = WORKER_FAILED;

	metrics_use(w->metrics);
	if (sv.seam != NULL && sv.service != NULL) {
		claim_open(&sv.claim, w, sv.seam, sv.service);
		end = serve_all(&sv);
	} else {
		log_error("out of memory at the start of a worker");
	}
	response_clear(&sv.rs);
	service_close(sv.service);
	seam_close(sv.seam);
	return end;
}

/*
 * A request that wants more memory than any does is refused by the system, and this process
 * alone ends. What all processes share counts once, and not here.
 */
static void
limit_memory(const struct settings *s, size_t shared)
{
#ifndef WITH_ASAN /* its shadow needs terabytes of addresses */
	const rlim_t bytes = (rlim_t)s->memory_limit * 1024 * 1024 + shared;
	const struct rlimit limit = { .rlim_cur = bytes, .rlim_max = bytes };

	if (s->memory_limit > 0 && setrlimit(RLIMIT_AS, &limit) == -1)
		log_warning("limiting a worker's memory: %s", strerror(errno));
#else
	(void)s;
	(void)shared;
#endif
}

void
worker_process(const struct worker *w)
{
	limit_memory(w->settings,
	    pool_memory(w->pool) + (BOARD_SLOTS + 1) * sizeof(struct metrics));
	exit(worker_run(w) == WORKER_FAILED ? EXIT_FAILURE : EXIT_SUCCESS);
}
