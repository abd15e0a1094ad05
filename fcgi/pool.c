/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "fcgi/listener.h"
#include "fcgi/pool.h"

/* Descriptors below this are everybody's own; a process has no more than a dozen of those. */
#define FIRST_FD 64
/* Above the last place: what is received on the way to its place. */
#define SPARE_FDS 16
/* Where none are kept: standard ones, the log, sockets among our processes, a request's, the database's and what finding it takes. */
#define LEAST_FDS 32
/* How long a worker waits for the keeper, which answers at once unless it is gone or stopped. */
#define KEEPER_SECONDS 5
/* How often, in connections, it is said that more are asked for than are kept. */
#define FULL_LOG_EVERY 1000

/* What an event is about: a place in the lower half and its generation above, or one of these. */
#define EVENT_LISTENER UINT64_MAX
#define EVENT_LINK (UINT64_MAX - 1)
/*
 * For one worker at a time, like all others: without that, epoll wakes another worker for each that
 * it has told, to see whether there is more, which mostly is a switch for nothing.
 */
#define LISTENER_EVENTS ((uint32_t)(EPOLLIN | EPOLLONESHOT))

/* In memory that all processes share. */
struct shared {
	atomic_int count;
	atomic_bool refusing;
	/* For each place: the generation above, and who has it in hand (worker + 1; 0: nobody). */
	_Atomic uint64_t holder[];
};

/* From a worker to the keeper. KEEP brings the connection; ASK a socket to send it to. */
enum message_kind { MESSAGE_KEEP, MESSAGE_ASK, MESSAGE_END };

struct message {
	enum message_kind kind;
	int place;
	uint32_t generation;
};

struct pool {
	int epoll; /* of all processes */
	int listener;
	int most;
	struct shared *shared;
	/* What this process has at each place's descriptor; of the keeper's, odd: there is one. */
	uint32_t *generation;
	int ask[2];   /* the keeper's end, and the workers' */
	int reply[2]; /* a worker's own: where descriptors come to */
	int worker;   /* who this is; 0 when it is the only one */
	bool joined;  /* a worker, with a keeper elsewhere */
	int next;     /* where the keeper looks for a free place */
	uint64_t full;
};

static int
fd_of(int place)
{
	return FIRST_FD + place;
}

static uint64_t
held_by(uint32_t generation, int who)
{
	return (uint64_t)generation << 32 | (uint32_t)who;
}

static bool
is_open(uint32_t generation)
{
	return generation % 2 == 1;
}

bool
pool_fits(int most, char error[POOL_ERROR_MAX])
{
	const rlim_t need = most > 0 ? FIRST_FD + SPARE_FDS + 1 : LEAST_FDS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_max >= need)
		return true;
	(void)snprintf(error, POOL_ERROR_MAX,
	    "no more than %llu files may be open (ulimit -n), and grantd needs %d at least, or %d with "
	    "GRANTD_KEPT_CONNECTIONS=0",
	    (unsigned long long)limit.rlim_max, FIRST_FD + SPARE_FDS + 1, LEAST_FDS);
	return false;
}

/* Raise the limit for as many as are wanted. How many there can be. */
static int
limit_places(int most)
{
	struct rlimit limit;
	rlim_t need = most == 0 ? LEAST_FDS : (rlim_t)(FIRST_FD + most + SPARE_FDS);

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur >= need)
		return most;
	limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur >= need || most == 0)
		return most;
	most = limit.rlim_cur > FIRST_FD + SPARE_FDS ? (int)limit.rlim_cur - FIRST_FD - SPARE_FDS :
						       0;
	log_warning("with a limit of %llu open files, no more than %d connections are kept",
	    (unsigned long long)limit.rlim_max, most);
	return most;
}

static bool
watch(const struct pool *p, int fd, uint32_t events, uint64_t what)
{
	struct epoll_event event = { .events = events, .data.u64 = what };

	return epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Neither end may wait for the other for ever. */
static bool
open_sockets(int fd[2], int type)
{
	const struct timeval t = { .tv_sec = KEEPER_SECONDS };

	return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fd) == 0 &&
	    setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) == 0 &&
	    setsockopt(fd[1], SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)) == 0;
}

static bool
open_shared(struct pool *p)
{
	size_t size = sizeof(*p->shared) + (size_t)p->most * sizeof(p->shared->holder[0]);
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return false;
	p->shared = memory;
	p->generation = calloc((size_t)p->most + 1, sizeof(p->generation[0]));
	return p->generation != NULL;
}

struct pool *
pool_open(const struct listener *l, int link, int most)
{
	struct pool *p;

	if ((p = calloc(1, sizeof(*p))) == NULL) {
		log_error("out of memory");
		return NULL;
	}
	*p = (struct pool){ .epoll = -1, .ask = { -1, -1 }, .reply = { -1, -1 } };
	p->listener = l->fd;
	p->most = limit_places(most);
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (p->epoll != -1 && watch(p, l->fd, LISTENER_EVENTS, EVENT_LISTENER) &&
	    (link < 0 || watch(p, link, EPOLLIN, EVENT_LINK)) && open_shared(p) &&
	    open_sockets(p->ask, SOCK_SEQPACKET))
		return p;
	log_error("preparing to wait for connections: %s", strerror(errno));
	pool_close(p);
	return NULL;
}

static void
close_pair(int fd[2])
{
	int i;

	for (i = 0; i < 2; i++)
		if (fd[i] != -1)
			close(fd[i]);
}

void
pool_close(struct pool *p)
{
	int place;

	for (place = 0; p->generation != NULL && place < p->most; place++)
		if (is_open(p->generation[place]))
			close(fd_of(place));
	if (p->epoll != -1)
		close(p->epoll);
	close_pair(p->ask);
	close_pair(p->reply);
	if (p->shared != NULL)
		munmap(p->shared,
		    sizeof(*p->shared) + (size_t)p->most * sizeof(p->shared->holder[0]));
	free(p->generation);
	free(p);
}

bool
pool_join(struct pool *p, int worker)
{
	p->worker = worker;
	p->joined = true;
	close(p->ask[0]);
	p->ask[0] = -1;
	if (open_sockets(p->reply, SOCK_SEQPACKET))
		return true;
	log_error("preparing to wait for connections: %s", strerror(errno));
	return false;
}

/* One message, with a descriptor where fd is not -1; it stays the sender's. */
static bool
send_message(int to, const struct message *m, int fd, int flags)
{
	struct iovec data = { .iov_base = (void *)(uintptr_t)m, .iov_len = sizeof(*m) };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .space = { 0 } };
	struct msghdr h = { .msg_iov = &data, .msg_iovlen = 1 };

	if (fd != -1) {
		h.msg_control = &control;
		h.msg_controllen = sizeof(control.space);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	return sendmsg(to, &h, MSG_NOSIGNAL | flags) == (ssize_t)sizeof(*m);
}

/* *fd is -1 where none came along. False: there is no message. */
static bool
receive_message(int from, struct message *m, int *fd, int flags)
{
	struct iovec data = { .iov_base = m, .iov_len = sizeof(*m) };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr h = { .msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.space) };
	const struct cmsghdr *c;

	*fd = -1;
	if (recvmsg(from, &h, MSG_CMSG_CLOEXEC | flags) != (ssize_t)sizeof(*m))
		return false;
	if ((c = CMSG_FIRSTHDR(&h)) != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	return true;
}

/* Put the descriptor, which is taken over, at the place. */
static bool
settle(struct pool *p, int fd, int place, uint32_t generation)
{
	bool ok = dup3(fd, fd_of(place), O_CLOEXEC) != -1;

	close(fd);
	p->generation[place] = ok ? generation : 0;
	return ok;
}

/* (Re)arm: the next event of the connection is for whoever waits. */
static bool
arm(const struct pool *p, int operation, int place, uint32_t generation)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLONESHOT,
		.data.u64 = held_by(generation, place),
	};

	return epoll_ctl(p->epoll, operation, fd_of(place), &event) == 0;
}

static int
free_place(struct pool *p)
{
	int i, place;

	for (i = 0; i < p->most; i++) {
		place = (p->next + i) % p->most;
		if (!is_open(p->generation[place])) {
			p->next = place + 1;
			return place;
		}
	}
	return -1;
}

/* The keeper forgets the connection; other processes' descriptors of it are of no use any more. */
static void
forget(struct pool *p, int place)
{
	uint32_t generation = p->generation[place] + 1;

	(void)epoll_ctl(p->epoll, EPOLL_CTL_DEL, fd_of(place), NULL);
	(void)shutdown(fd_of(place), SHUT_RDWR);
	close(fd_of(place));
	p->generation[place] = generation;
	atomic_store(&p->shared->holder[place], held_by(generation, 0));
	atomic_fetch_sub(&p->shared->count, 1);
}

static void
log_full(struct pool *p)
{
	if (p->most > 0 && p->full++ % FULL_LOG_EVERY == 0)
		log_warning("web servers keep more than %d connections: one is closed after its "
			    "request, which may cost the next (GRANTD_KEPT_CONNECTIONS)",
		    p->most);
}

/* A web server whose host is gone must not have a place for ever. Unix sockets refuse this. */
static void
find_dead_peers(int fd)
{
	const int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

/* The keeper takes over a new connection. */
static void
give_place(struct pool *p, int fd)
{
	int place = atomic_load(&p->shared->refusing) ? -1 : free_place(p);
	uint32_t generation;

	if (place < 0) {
		log_full(p);
		close(fd);
		return;
	}
	find_dead_peers(fd);
	generation = p->generation[place] + 1;
	if (!settle(p, fd, place, generation)) {
		log_error("keeping a connection: %s", strerror(errno));
		return;
	}
	atomic_store(&p->shared->holder[place], held_by(generation, 0));
	atomic_fetch_add(&p->shared->count, 1);
	if (!arm(p, EPOLL_CTL_ADD, place, generation)) {
		log_error("keeping a connection: %s", strerror(errno));
		forget(p, place);
	}
}

/* A worker that met this connection for the first time waits for it; it holds it, so it is there. */
static void
hand_out(const struct message *m, int to)
{
	if (!send_message(to, m, fd_of(m->place), MSG_DONTWAIT))
		log_warning("handing on a connection: %s", strerror(errno));
	close(to);
}

static bool
is_current(const struct pool *p, const struct message *m)
{
	return m->place >= 0 && m->place < p->most && p->generation[m->place] == m->generation &&
	    is_open(m->generation);
}

static void
obey(struct pool *p, const struct message *m, int fd)
{
	if (m->kind == MESSAGE_KEEP && fd != -1)
		give_place(p, fd);
	else if (m->kind == MESSAGE_ASK && fd != -1 && is_current(p, m))
		hand_out(m, fd);
	else if (m->kind == MESSAGE_END && is_current(p, m))
		forget(p, m->place);
	else if (fd != -1)
		close(fd);
}

void
pool_hear(struct pool *p)
{
	struct message m;
	int fd;

	while (receive_message(p->ask[0], &m, &fd, MSG_DONTWAIT))
		obey(p, &m, fd);
}

int
pool_ear(const struct pool *p)
{
	return p->ask[0];
}

void
pool_bury(struct pool *p, int worker, bool killed)
{
	uint64_t holder;
	int place;

	pool_hear(p); /* what it said before it ended */
	if (killed)
		pool_listen(p);
	for (place = 0; place < p->most; place++) {
		if (!is_open(p->generation[place]))
			continue;
		holder = atomic_load(&p->shared->holder[place]);
		if (holder == held_by(p->generation[place], worker + 1))
			forget(p, place);
		else if (killed)
			(void)arm(p, EPOLL_CTL_MOD, place, p->generation[place]);
	}
}

void
pool_listen(struct pool *p)
{
	struct epoll_event event = { .events = LISTENER_EVENTS, .data.u64 = EVENT_LISTENER };

	(void)epoll_ctl(p->epoll, EPOLL_CTL_MOD, p->listener, &event);
}

void
pool_deafen(struct pool *p)
{
	(void)epoll_ctl(p->epoll, EPOLL_CTL_DEL, p->listener, NULL);
}

/* Take it in hand, if nobody has it. */
static bool
hold(const struct pool *p, int place, uint32_t generation)
{
	uint64_t nobody = held_by(generation, 0);

	return atomic_compare_exchange_strong(&p->shared->holder[place], &nobody,
	    held_by(generation, p->worker + 1));
}

static void
let_go(const struct pool *p, int place, uint32_t generation)
{
	atomic_store(&p->shared->holder[place], held_by(generation, 0));
	(void)arm(p, EPOLL_CTL_MOD, place, generation);
}

void
pool_refuse(struct pool *p)
{
	int place;

	atomic_store(&p->shared->refusing, true);
	for (place = 0; place < p->most; place++) {
		uint32_t generation = p->generation[place];

		/* Its end is an event, with which a worker finds what came before it, or nothing. */
		if (is_open(generation) && hold(p, place, generation)) {
			(void)shutdown(fd_of(place), SHUT_RD);
			let_go(p, place, generation);
		}
	}
}

int
pool_count(const struct pool *p)
{
	return atomic_load(&p->shared->count);
}

/* Have the keeper's descriptor of the connection, which this worker holds. */
static bool
fetch(struct pool *p, int place, uint32_t generation)
{
	const struct message question = { MESSAGE_ASK, place, generation };
	struct message answer;
	int fd = -1;

	if (send_message(p->ask[1], &question, p->reply[1], 0) &&
	    receive_message(p->reply[0], &answer, &fd, 0) && fd != -1)
		return settle(p, fd, place, generation);
	log_error("a kept connection did not come from the parent process: %s", strerror(errno));
	return false;
}

/* Tell the keeper that the connection is to be closed. */
static void
tell_end(struct pool *p, int place, uint32_t generation)
{
	const struct message m = { MESSAGE_END, place, generation };

	if (!p->joined)
		forget(p, place);
	else if (!send_message(p->ask[1], &m, -1, 0))
		log_warning("giving up a connection: %s", strerror(errno));
}

/*
 * An event of a kept connection. Its web server closed it, mostly between two requests, and then
 * there is no need to have it: what may have been sent before that would find nobody to answer to.
 */
static enum pool_event
take(struct pool *p, const struct epoll_event *event, struct connection *c)
{
	int place = (int)(uint32_t)event->data.u64;
	uint32_t generation = (uint32_t)(event->data.u64 >> 32);

	if (!hold(p, place, generation))
		return POOL_NOTHING;
	if ((event->events & (EPOLLHUP | EPOLLERR)) != 0) {
		tell_end(p, place, generation);
		return POOL_NOTHING;
	}
	if (p->generation[place] != generation && !fetch(p, place, generation))
		return POOL_FAILED;
	*c = (struct connection){
		.fd = fd_of(place),
		.place = place,
		.generation = generation,
	};
	return POOL_KEPT;
}

enum pool_event
pool_wait(struct pool *p, const sigset_t *open, int ms, struct connection *c)
{
	struct epoll_event event;
	int n = epoll_pwait(p->epoll, &event, 1, ms, open);

	if (n == -1 && errno == EINTR)
		return POOL_SIGNAL;
	if (n == -1) {
		log_error("waiting for a connection: %s", strerror(errno));
		return POOL_FAILED;
	}
	if (n == 0)
		return POOL_NOTHING;
	if (event.data.u64 == EVENT_LINK)
		return POOL_ORPHANED;
	if (event.data.u64 != EVENT_LISTENER)
		return take(p, &event, c);
	if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) {
		log_error("the listening socket is broken");
		return POOL_FAILED;
	}
	return POOL_NEW;
}

/* New ones are the keeper's affair from now on. */
static void
keep_new(struct pool *p, int fd)
{
	const struct message m = { .kind = MESSAGE_KEEP };

	if (!p->joined) {
		give_place(p, fd);
		return;
	}
	if (!send_message(p->ask[1], &m, fd, 0))
		log_warning("keeping a connection: %s", strerror(errno));
	close(fd);
}

void
pool_keep(struct pool *p, struct connection *c)
{
	if (p->most == 0 || atomic_load(&p->shared->refusing))
		pool_end(p, c);
	else if (c->place < 0)
		keep_new(p, c->fd);
	else
		let_go(p, c->place, c->generation);
	c->fd = -1;
}

void
pool_end(struct pool *p, struct connection *c)
{
	if (c->place < 0) {
		close(c->fd);
	} else {
		(void)shutdown(c->fd, SHUT_RDWR);
		tell_end(p, c->place, c->generation);
	}
	c->fd = -1;
}
