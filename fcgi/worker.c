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

/* After how many requests to retire, or UINT64_MAX for never. Nobody would start another one for one that is alone. */
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
	log_error("a web server asked for a FastCGI role other than responder; check its configuration");
	response_error(rs, ERROR_INTERNAL, NULL, NULL);
}

static void
serve(const struct worker *w, struct seam *sm, struct service *service, struct response *rs, int fd)
{
	struct request rq;
	bool is_request;

	slot_begin(w->slot);
	if ((is_request = seam_read(sm, fd, &rq))) {
		response_begin(rs, rq.header[HEADER_REQUEST_ID]);
		slot_name(w->slot, rs->request_id);
		if (seam_is_responder(sm))
			dispatch(service, &rq, rs);
		else
			refuse_role(rs);
		seam_answer(sm, &rq, rs);
	}
	slot_end(w->slot, is_request);
}

/* What waiting ended with. */
enum waited { WAIT_CONNECTION, WAIT_SIGNAL, WAIT_ORPHANED, WAIT_EMPTY, WAIT_FAILED };

/* Wait for a connection, at most `ms` (-1: for ever); the only time when signals are let in. */
static enum waited
wait_for_connection(const struct worker *w, const sigset_t *open, int ms)
{
	const struct timespec limit = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
	struct pollfd p[2] = {
		{ .fd = w->listener->fd, .events = POLLIN },
		{ .fd = w->link, .events = 0 }, /* POLLHUP needs no asking; -1 is passed over */
	};
	int n = ppoll(p, 2, ms < 0 ? NULL : &limit, open);

	if (n == -1 && errno != EINTR) {
		log_error("waiting for a connection: %s", strerror(errno));
		return WAIT_FAILED;
	}
	if (n == -1 || told_to_stop || told_to_retire)
		return WAIT_SIGNAL;
	if (p[1].revents != 0)
		return WAIT_ORPHANED;
	if ((p[0].revents & (POLLERR | POLLNVAL)) != 0) {
		log_error("the listening socket is broken");
		return WAIT_FAILED;
	}
	return n == 0 ? WAIT_EMPTY : WAIT_CONNECTION;
}

/* Errors of accept(2) that tell of one connection, or of none, and not of this process. */
static bool
is_passing(int error)
{
	switch (error) {
	case EAGAIN:		/* another worker was faster */
	case EINTR:
	case ECONNABORTED:	/* and what else there is of connections that died in the queue */
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

/* A connection; -1 with errno 0: there is none after all; -1 otherwise: this process gets none, and why is logged. */
static int
accept_connection(const struct worker *w)
{
	struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(peer);
	int fd = accept4(w->listener->fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC);

	if (fd < 0 && is_passing(errno)) {
		errno = 0;
	} else if (fd < 0) {
		/* Out of descriptors or memory: the connection stays queued, and a new process may fare better. */
		log_error("accepting a connection: %s", strerror(errno));
	} else if (!peer_allowed((struct sockaddr *)&peer, getenv("FCGI_WEB_SERVER_ADDRS"))) {
		log_warning("a connection from an address that is not in FCGI_WEB_SERVER_ADDRS is refused");
		close(fd);
		fd = -1;
		errno = 0;
	}
	return fd;
}

/* Serve one connection, if there is one. False: this process can accept no more. */
static bool
serve_next(const struct worker *w, struct seam *sm, struct service *service, struct response *rs)
{
	int fd = accept_connection(w);

	if (fd >= 0)
		serve(w, sm, service, rs, fd);
	return fd >= 0 || errno == 0;
}

/*
 * Answer what waits in the queue of a socket that goes away with us; nobody else would. It may never be empty
 * while others can still connect, so it ends at half of the time that stopping may take.
 */
static void
serve_queue(const struct worker *w, struct seam *sm, struct service *service, struct response *rs)
{
	int64_t until = clock_monotonic_ms() + w->settings->stop_timeout / 2;
	sigset_t blocked;

	if (w->listener->kind == LISTENER_SYSTEMD)
		return;
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	told_to_stop = 0;
	told_to_retire = 0;
	while (clock_monotonic_ms() < until &&
	    wait_for_connection(w, &blocked, 0) == WAIT_CONNECTION &&
	    serve_next(w, sm, service, rs))
		continue;
}

static enum worker_end
serve_all(const struct worker *w, struct seam *sm, struct service *service, struct response *rs)
{
	uint64_t limit = request_limit(w);
	sigset_t open;

	take_signals(w, &open);
	slot_ready(w->slot);
	if (w->link >= 0)
		(void)send(w->link, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (atomic_load(&w->slot->requests) < limit) {
		switch (wait_for_connection(w, &open, -1)) {
		case WAIT_CONNECTION:
			if (!serve_next(w, sm, service, rs))
				return WORKER_FAILED;
			break;
		case WAIT_SIGNAL:
			if (told_to_stop) {
				serve_queue(w, sm, service, rs);
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
	struct response rs = RESPONSE_EMPTY;
	struct seam *sm = seam_open(w->settings);
	struct service *service = service_open(w->settings);
	enum worker_end end = WORKER_FAILED;

	if (sm != NULL && service != NULL)
		end = serve_all(w, sm, service, &rs);
	else
		log_error("out of memory at the start of a worker");
	response_clear(&rs);
	service_close(service);
	seam_close(sm);
	return end;
}

/* A request that wants more memory than any does is refused by the system, and this process alone ends. */
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
