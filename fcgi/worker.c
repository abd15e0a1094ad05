/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "fcgi/board.h"
#include "fcgi/listener.h"
#include "fcgi/peer.h"
#include "fcgi/seam.h"
#include "fcgi/worker.h"
#include "handlers/dispatch.h"
#include "http/request.h"
#include "http/response.h"

/* Share of GRANTD_MAX_REQUESTS by which workers differ, so that they do not all retire at once. */
#define JITTER_PERCENT 10

/* What a worker has while it serves. */
struct serving {
	const struct worker *w;
	struct seam *seam;
	struct service *service;
	struct response rs; /* its memory is kept from one request to the next */
	int epoll;          /* the listening socket and the link */
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

static void
handle(int signo, void (*handler)(int), sigset_t *open)
{
	struct sigaction sa = { .sa_handler = handler };

	sigfillset(&sa.sa_mask);
	sigaction(signo, &sa, NULL);
	sigdelset(open, signo);
}

/* Install the handlers; *open becomes the mask to wait with. */
static void
take_signals(const struct worker *w, sigset_t *open)
{
	told_to_stop = 0;
	told_to_retire = 0;
	sigprocmask(SIG_BLOCK, NULL, open);
	handle(SIGTERM, on_stop, open);
	handle(SIGHUP, on_retire, open);
	if (w->alone) {
		handle(SIGINT, on_stop, open);
		handle(SIGQUIT, on_stop, open);
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

static void
serve(struct serving *sv, int fd)
{
	const struct response_sink sink = {
		.to = sv,
		.begin = stream_begin,
		.write = stream_write,
	};
	struct slot *slot = sv->w->slot;
	struct request rq;
	bool is_request;

	slot_begin(slot);
	if ((is_request = seam_read(sv->seam, fd, &rq))) {
		response_begin(&sv->rs, rq.header[HEADER_REQUEST_ID]);
		sv->rs.sink = &sink;
		slot_name(slot, sv->rs.request_id);
		if (seam_is_responder(sv->seam))
			dispatch(sv->service, &rq, &sv->rs);
		else
			refuse_role(&sv->rs);
		seam_answer(sv->seam, &rq, &sv->rs);
		service_after(sv->service);
		sv->rs.sink = NULL;
	}
	slot_end(slot, is_request);
}

/*
 * All workers wait for the one socket, and EPOLLEXCLUSIVE wakes one of them for a connection
 * where poll(2) would wake them all. It loses none: who comes to wait while there is one in the
 * queue is told at once.
 */
static bool
watch(struct serving *sv)
{
	struct epoll_event listener = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	struct epoll_event link = { .events = 0 }; /* EPOLLHUP needs no asking */

	listener.data.fd = sv->w->listener->fd;
	link.data.fd = sv->w->link;
	sv->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (sv->epoll != -1 &&
	    epoll_ctl(sv->epoll, EPOLL_CTL_ADD, listener.data.fd, &listener) == 0 &&
	    (link.data.fd < 0 || epoll_ctl(sv->epoll, EPOLL_CTL_ADD, link.data.fd, &link) == 0))
		return true;
	log_error("preparing to wait for connections: %s", strerror(errno));
	return false;
}

/* What waiting ended with. */
enum waited { WAIT_CONNECTION, WAIT_SIGNAL, WAIT_ORPHANED, WAIT_EMPTY, WAIT_FAILED };

/* Wait for a connection, at most `ms` (-1: for ever); the only time when signals are let in. */
static enum waited
wait_for_connection(const struct serving *sv, const sigset_t *open, int ms)
{
	struct epoll_event event[2];
	int n = epoll_pwait(sv->epoll, event, 2, ms, open);

	if (n == -1 && errno != EINTR) {
		log_error("waiting for a connection: %s", strerror(errno));
		return WAIT_FAILED;
	}
	if (n == -1 || told_to_stop || told_to_retire)
		return WAIT_SIGNAL;
	for (int i = 0; i < n; i++) {
		if (event[i].data.fd == sv->w->link)
			return WAIT_ORPHANED;
		if ((event[i].events & (EPOLLERR | EPOLLHUP)) != 0) {
			log_error("the listening socket is broken");
			return WAIT_FAILED;
		}
	}
	return n == 0 ? WAIT_EMPTY : WAIT_CONNECTION;
}

/* Errors of accept(2) that tell of one connection, or of none, and not of this process. */
static bool
is_passing(int error)
{
	switch (error) {
	case EAGAIN: /* another worker was faster */
	case EINTR:
	case ECONNABORTED: /* and what else there is of connections that died in the queue */
	case EPROTO:
	case ENETDOWN:
	case ENOPROTOOPT:
	case EHOSTDOWN:
	case ENONET:
	case EHOSTUNREACH:
	case EOPNOTSUPP:
	case ENETUNREACH:
	case ETIMEDOUT:
		return true;
	default:
		return false;
	}
}

/*
 * A connection; -1 with errno 0: there is none after all; -1 otherwise: this process gets none,
 * and why is logged.
 */
static int
accept_connection(const struct worker *w)
{
	struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(peer);
	int fd = accept4(w->listener->fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC);

	if (fd < 0 && is_passing(errno)) {
		errno = 0;
	} else if (fd < 0) {
		/*
		 * Out of descriptors or memory: the connection stays queued, and a new process
		 * may fare better.
		 */
		log_error("accepting a connection: %s", strerror(errno));
	} else if (!peer_allowed((struct sockaddr *)&peer, getenv("FCGI_WEB_SERVER_ADDRS"))) {
		log_warning("refused: an address that is not in FCGI_WEB_SERVER_ADDRS");
		close(fd);
		fd = -1;
		errno = 0;
	}
	return fd;
}

/* Serve one connection, if there is one. False: this process can accept no more. */
static bool
serve_next(struct serving *sv)
{
	int fd = accept_connection(sv->w);

	if (fd >= 0)
		serve(sv, fd);
	return fd >= 0 || errno == 0;
}

/*
 * Answer what waits in the queue of a socket that goes away with us; nobody else would. It may
 * never be empty while others can still connect, so it ends at half of the time that stopping
 * may take.
 */
static void
serve_queue(struct serving *sv)
{
	int64_t until = clock_monotonic_ms() + sv->w->settings->stop_timeout / 2;
	sigset_t blocked;

	if (sv->w->listener->kind == LISTENER_SYSTEMD)
		return;
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	told_to_stop = 0;
	told_to_retire = 0;
	while (clock_monotonic_ms() < until &&
	    wait_for_connection(sv, &blocked, 0) == WAIT_CONNECTION && serve_next(sv))
		continue;
}

static enum worker_end
serve_all(struct serving *sv)
{
	const struct worker *w = sv->w;
	uint64_t limit = request_limit(w);
	sigset_t open;

	if (!watch(sv))
		return WORKER_FAILED;
	take_signals(w, &open);
	slot_ready(w->slot);
	if (w->link >= 0)
		(void)send(w->link, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (atomic_load(&w->slot->requests) < limit) {
		switch (wait_for_connection(sv, &open, -1)) {
		case WAIT_CONNECTION:
			if (!serve_next(sv))
				return WORKER_FAILED;
			break;
		case WAIT_SIGNAL:
			if (told_to_stop) {
				serve_queue(sv);
				return WORKER_STOPPED;
			}
			if (told_to_retire)
				return WORKER_RETIRED;
			break;
		case WAIT_EMPTY:
			break;
		case WAIT_ORPHANED:
			log_warning("the parent process is gone; this worker ends");
			return WORKER_ORPHANED;
		case WAIT_FAILED:
			return WORKER_FAILED;
		}
	}
	return WORKER_RETIRED;
}

enum worker_end
worker_run(const struct worker *w)
{
	struct serving sv = {
		.w = w,
		.seam = seam_open(w->settings),
		.service = service_open(w->settings),
		.rs = RESPONSE_EMPTY,
		.epoll = -1,
	};
	enum worker_end end = WORKER_FAILED;

	if (sv.seam != NULL && sv.service != NULL)
		end = serve_all(&sv);
	else
		log_error("out of memory at the start of a worker");
	if (sv.epoll != -1)
		close(sv.epoll);
	response_clear(&sv.rs);
	service_close(sv.service);
	seam_close(sv.seam);
	return end;
}

/*
 * A request that wants more memory than any does is refused by the system, and this process
 * alone ends.
 */
static void
limit_memory(const struct settings *s)
{
#ifndef WITH_ASAN /* its shadow needs terabytes of addresses */
	const rlim_t bytes = (rlim_t)s->memory_limit * 1024 * 1024;
	const struct rlimit limit = { .rlim_cur = bytes, .rlim_max = bytes };

	if (s->memory_limit > 0 && setrlimit(RLIMIT_AS, &limit) == -1)
		log_warning("limiting a worker's memory: %s", strerror(errno));
#else
	(void)s;
#endif
}

void
worker_process(const struct worker *w)
{
	limit_memory(w->settings);
	exit(worker_run(w) == WORKER_FAILED ? EXIT_FAILURE : EXIT_SUCCESS);
}
