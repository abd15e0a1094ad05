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
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/shared.h"
#include "fcgi/listener.h"
#include "fcgi/pass.h"
#include "fcgi/pool.h"

/* Descriptors below this are everybody's own; a process has no more than a dozen of those. */
#define FIRST_FD 64
/* Above the last place: what is received on the way to its place. */
#define SPARE_FDS 16
/* Where none are kept: standard ones, the log, sockets among our processes, a request's, the database's and what finding it takes. */
#define LEAST_FDS 32
/* How long a worker waits for the keeper, which answers at once unless it is gone or stopped. */
#define KEEPER_SECONDS 5
/* How often, in connections, it is said that more are asked for than are kept, or than have room. */
#define FULL_LOG_EVERY 1000

/* What an event is about: a place in the lower half and its generation above, or one of these. */
#define EVENT_LISTENER UINT64_MAX
#define EVENT_LINK (UINT64_MAX - 1)
/*
 * For one worker at a time, like all others: without that, epoll wakes another worker for each that
 * it has told, to see whether there is more, which mostly is a switch for nothing.
 */
#define LISTENER_EVENTS ((uint32_t)(EPOLLIN | EPOLLONESHOT))

/* A room's first pages stay where they are, and that is enough for nearly all. */
#define PAGE ((size_t)4096)
#define ROOM_KEPT (16 * PAGE)
/* Others look for room at the same time. */
#define ROOM_TRIES 8
/* Places beyond those of connections that are kept and that wait: what gave its room to another has its own a little longer. */
#define LEAVING_MOST 32
/* One that is late is told of again, should the worker that was told have died. */
#define LATE_AGAIN_MS 1000

/* In memory that all processes share. */
struct place {
	/* The generation above, and who has it in hand (worker + 1; 0: nobody). */
	_Atomic uint64_t holder;
	/* The rest is the holder's. */
	_Atomic int64_t due; /* how long it may wait; 0: it is idle, and may for ever */
	enum pool_pause pause;
	bool late;
	int room; /* + 1; 0: none */
};

struct shared {
	atomic_int count, paused, sharing;
	atomic_bool refusing, held_back;
	struct place place[];
};

/* Behind the places. */
struct room {
	atomic_int place; /* + 1, whose it is; 0: nobody's */
	_Atomic int64_t since;
	size_t used; /* bytes; SIZE_MAX while they are written */
	_Alignas(max_align_t) unsigned char bytes[];
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
	int most; /* places */
	int kept;
	int rooms;
	size_t room_size;
	struct shared *shared;
	size_t shared_size;
	_Atomic uint64_t *group; /* of each room: who is to be woken for it; 0: nobody */
	unsigned char *room;
	/* What this process has at each place's descriptor; of the keeper's, odd: there is one. */
	uint32_t *generation;
	int ask[2];   /* the keeper's end, and the workers' */
	int reply[2]; /* a worker's own: where descriptors come to */
	int worker;   /* who this is; 0 when it is the only one */
	bool joined;  /* a worker, with a keeper elsewhere */
	int next;     /* where a free place is looked for */
	uint64_t full, ousted;
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
	    "GRANTD_KEPT_CONNECTIONS=0 and GRANTD_WAITING_REQUESTS=0",
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
	size_t places = sizeof(*p->shared) + (size_t)p->most * sizeof(p->shared->place[0]);
	size_t before = places + (size_t)p->rooms * sizeof(p->group[0]);
	void *memory;

	before = (before + PAGE - 1) / PAGE * PAGE;
	p->shared_size = before + (size_t)p->rooms * p->room_size;
	if ((memory = shared_memory(p->shared_size)) == NULL)
		return false;
	p->shared = memory;
	p->group = (_Atomic uint64_t *)(void *)((unsigned char *)memory + places);
	p->room = (unsigned char *)memory + before;
	p->generation = calloc((size_t)p->most + 1, sizeof(p->generation[0]));
	return p->generation != NULL;
}

struct pool *
pool_open(const struct listener *l, int link, int kept, int rooms, size_t room_size)
{
	struct pool *p;

	if ((p = calloc(1, sizeof(*p))) == NULL) {
		log_error("out of memory");
		return NULL;
	}
	*p = (struct pool){ .epoll = -1, .ask = { -1, -1 }, .reply = { -1, -1 } };
	p->listener = l->fd;
	p->most = limit_places(kept + rooms + (rooms > 0 ? LEAVING_MOST : 0));
	p->rooms = p->most < rooms ? p->most : rooms;
	p->kept = p->most - p->rooms < kept ? p->most - p->rooms : kept;
	p->room_size = (sizeof(struct room) + room_size + PAGE - 1) / PAGE * PAGE;
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
		munmap(p->shared, p->shared_size);
	free(p->generation);
	free(p);
}

size_t
pool_memory(const struct pool *p)
{
	return p->shared_size;
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
	return pass_send(to, m, sizeof(*m), fd, flags);
}

/* *fd is -1 where none came along. False: there is no message. */
static bool
receive_message(int from, struct message *m, int *fd, int flags)
{
	return pass_receive(from, m, sizeof(*m), fd, flags);
}

/* Put the descriptor, which is taken over, at the place. */
static bool
settle(struct pool *p, int fd, int place, uint32_t generation)
{
	bool ok = fd == fd_of(place) || dup3(fd, fd_of(place), O_CLOEXEC) != -1;

	if (fd != fd_of(place))
		close(fd);
	p->generation[place] = ok ? generation : 0;
	return ok;
}

/* (Re)arm: the next event of the connection is for whoever waits. With EPOLLOUT, there is one at once. */
static bool
arm(const struct pool *p, int operation, int place, uint32_t generation, uint32_t events)
{
	struct epoll_event event = {
		.events = events | EPOLLONESHOT,
		.data.u64 = held_by(generation, place),
	};

	return epoll_ctl(p->epoll, operation, fd_of(place), &event) == 0;
}

/* ---- rooms ---- */

static struct room *
room_at(const struct pool *p, int room)
{
	return (struct room *)(void *)(p->room + (size_t)room * p->room_size);
}

static bool
find_room(const struct pool *p, int place)
{
	int i, nobody;

	for (i = 0; i < p->rooms && p->shared->place[place].room == 0; i++) {
		nobody = 0;
		if (!atomic_compare_exchange_strong(&room_at(p, i)->place, &nobody, place + 1))
			continue;
		atomic_store(&room_at(p, i)->since, clock_monotonic_ms());
		p->shared->place[place].room = i + 1;
	}
	return p->shared->place[place].room != 0;
}

/* Nothing is left in it, and its memory beyond what most need is given back. */
static void
empty_room(const struct pool *p, struct room *r)
{
	bool large = r->used > ROOM_KEPT;

	explicit_bzero(r->bytes, large ? PAGE - sizeof(*r) : r->used);
	if (large)
		(void)madvise((unsigned char *)r + PAGE, p->room_size - PAGE, MADV_REMOVE);
	r->used = 0;
	atomic_store(&r->place, 0);
}

static void
leave_room(const struct pool *p, int place)
{
	struct place *at = &p->shared->place[place];

	if (at->room != 0) {
		atomic_store(&p->group[at->room - 1], 0);
		empty_room(p, room_at(p, at->room - 1));
	}
	at->room = 0;
}

/* ---- places ---- */

static void
set_pause(const struct pool *p, int place, enum pool_pause pause, int64_t due)
{
	struct place *at = &p->shared->place[place];

	atomic_fetch_add(&p->shared->paused, (pause != PAUSE_NONE) - (at->pause != PAUSE_NONE));
	if ((pause == PAUSE_SHARE) != (at->pause == PAUSE_SHARE))
		atomic_fetch_add(&p->shared->sharing, pause == PAUSE_SHARE ? 1 : -1);
	at->pause = pause;
	at->late = false;
	atomic_store(&at->due, due);
	if (pause != PAUSE_REST && pause != PAUSE_SHARE)
		leave_room(p, place);
}

/*
 * What it is to be told of. Who waits for a share has nothing to hear from its web server but that it is
 * gone; here it is told to look again, as it may just have been told, or been told while it was held.
 */
static uint32_t
events_of(const struct pool *p, int place)
{
	return p->shared->place[place].pause == PAUSE_SHARE ? EPOLLOUT : EPOLLIN;
}

/* A place that was free, with its next generation, for `who`; -1: there is none. */
static int
take_place(struct pool *p, int who, uint32_t *generation)
{
	int i, place;

	for (i = 0; i < p->most; i++) {
		uint64_t was;

		place = (p->next + i) % p->most;
		was = atomic_load(&p->shared->place[place].holder);
		*generation = (uint32_t)(was >> 32) + 1;
		if (is_open(*generation - 1) ||
		    !atomic_compare_exchange_strong(&p->shared->place[place].holder, &was,
			held_by(*generation, who)))
			continue;
		p->next = place + 1;
		return place;
	}
	return -1;
}

/* The place is free again. */
static void
leave_place(struct pool *p, int place, uint32_t generation)
{
	set_pause(p, place, PAUSE_NONE, 0);
	p->generation[place] = generation + 1;
	atomic_store(&p->shared->place[place].holder, held_by(generation + 1, 0));
}

/* The keeper forgets the connection; other processes' descriptors of it are of no use any more. */
static void
forget(struct pool *p, int place)
{
	(void)epoll_ctl(p->epoll, EPOLL_CTL_DEL, fd_of(place), NULL);
	(void)shutdown(fd_of(place), SHUT_RDWR);
	close(fd_of(place));
	leave_place(p, place, p->generation[place]);
	atomic_fetch_sub(&p->shared->count, 1);
}

static void
log_full(struct pool *p)
{
	if (p->kept > 0 && p->full++ % FULL_LOG_EVERY == 0)
		log_warning("web servers keep more than %d connections: one is closed after its "
			    "request, which may cost the next (GRANTD_KEPT_CONNECTIONS)",
		    p->kept);
}

/* A web server whose host is gone must not have a place for ever. Unix sockets refuse this. */
static void
find_dead_peers(int fd)
{
	const int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

/* The keeper takes over a connection that has its place, which nobody holds from then on. */
static void
keep_at(struct pool *p, int fd, int place, uint32_t generation)
{
	find_dead_peers(fd);
	if (!settle(p, fd, place, generation)) {
		log_error("keeping a connection: %s", strerror(errno));
		leave_place(p, place, generation);
		return;
	}
	atomic_fetch_add(&p->shared->count, 1);
	atomic_store(&p->shared->place[place].holder, held_by(generation, 0));
	if (!arm(p, EPOLL_CTL_ADD, place, generation, events_of(p, place))) {
		log_error("keeping a connection: %s", strerror(errno));
		forget(p, place);
	}
}

/* And one that has none, to be kept. */
static void
give_place(struct pool *p, int fd)
{
	uint32_t generation;
	int place = -1;

	if (!atomic_load(&p->shared->refusing) && pool_count(p) - pool_paused(p) < p->kept)
		place = take_place(p, 0, &generation);
	if (place >= 0) {
		keep_at(p, fd, place, generation);
		return;
	}
	log_full(p);
	close(fd);
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
	if (m->kind == MESSAGE_KEEP && fd != -1 && m->place < 0)
		give_place(p, fd);
	else if (m->kind == MESSAGE_KEEP && fd != -1 && m->place < p->most)
		keep_at(p, fd, m->place, m->generation);
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

/* A worker may have died between taking a room and saying so. */
static void
bury_rooms(struct pool *p)
{
	int i, place;

	for (i = 0; i < p->rooms; i++) {
		place = atomic_load(&room_at(p, i)->place) - 1;
		if (place >= 0 && p->shared->place[place].room != i + 1 &&
		    !is_open((uint32_t)(atomic_load(&p->shared->place[place].holder) >> 32)))
			empty_room(p, room_at(p, i));
	}
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
		bool here = is_open(p->generation[place]);

		holder = atomic_load(&p->shared->place[place].holder);
		if (here && holder == held_by(p->generation[place], worker + 1))
			forget(p, place);
		else if ((uint32_t)holder == (uint32_t)worker + 1)
			leave_place(p, place,
			    (uint32_t)(holder >> 32)); /* had no time to send it */
		else if (here && killed)
			(void)arm(p, EPOLL_CTL_MOD, place, p->generation[place],
			    events_of(p, place));
	}
	bury_rooms(p);
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

/* ---- an upgrade ---- */

void
pool_hold_back(struct pool *p)
{
	atomic_store(&p->shared->held_back, true);
	pool_deafen(p);
}

/* What was told of meanwhile, and left alone, is told of again. */
void
pool_let_in(struct pool *p)
{
	int place;

	atomic_store(&p->shared->held_back, false);
	if (!watch(p, p->listener, LISTENER_EVENTS, EVENT_LISTENER))
		log_error("waiting for connections again: %s", strerror(errno));
	for (place = 0; place < p->most; place++)
		if (is_open(p->generation[place]))
			(void)arm(p, EPOLL_CTL_MOD, place, p->generation[place],
			    events_of(p, place));
}

bool
pool_idle(const struct pool *p, int **fd, size_t *count)
{
	int place;

	*count = 0;
	*fd = calloc((size_t)p->most + 1, sizeof(**fd));
	if (*fd == NULL)
		return false;
	for (place = 0; place < p->most; place++)
		if (is_open(p->generation[place]) && p->shared->place[place].pause == PAUSE_NONE)
			(*fd)[(*count)++] = fd_of(place);
	return true;
}

/*
 * They were at places, and go to the first ones: each to a descriptor that is its own, or was that of one before
 * it, or nobody's.
 */
void
pool_adopt(struct pool *p, const int *fd, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		give_place(p, fd[i]);
}

/* Take it in hand, if nobody has it. */
static bool
hold(const struct pool *p, int place, uint32_t generation)
{
	uint64_t nobody = held_by(generation, 0);

	return atomic_compare_exchange_strong(&p->shared->place[place].holder, &nobody,
	    held_by(generation, p->worker + 1));
}

static void
let_go(const struct pool *p, int place, uint32_t generation, uint32_t events)
{
	atomic_store(&p->shared->place[place].holder, held_by(generation, 0));
	(void)arm(p, EPOLL_CTL_MOD, place, generation, events);
}

void
pool_refuse(struct pool *p)
{
	int place;

	atomic_store(&p->shared->refusing, true);
	for (place = 0; place < p->most; place++) {
		uint32_t generation = p->generation[place];

		/* Its end is an event, with which a worker finds what came before it, or nothing. */
		if (!is_open(generation) || !hold(p, place, generation))
			continue;
		if (p->shared->place[place].pause == PAUSE_NONE)
			(void)shutdown(fd_of(place), SHUT_RD);
		let_go(p, place, generation, events_of(p, place));
	}
}

int
pool_count(const struct pool *p)
{
	return atomic_load(&p->shared->count);
}

int
pool_paused(const struct pool *p)
{
	return atomic_load(&p->shared->paused);
}

int
pool_sharing(const struct pool *p)
{
	return atomic_load(&p->shared->sharing);
}

int
pool_most(const struct pool *p)
{
	return p->kept;
}

/* Nobody holds it but the keeper, for a moment. */
static void
end_pause(struct pool *p, int place, int64_t now)
{
	struct place *at = &p->shared->place[place];

	if (at->pause == PAUSE_END) {
		forget(p, place);
		return;
	}
	at->late = true;
	atomic_store(&at->due, now + LATE_AGAIN_MS);
	let_go(p, place, p->generation[place], EPOLLIN | EPOLLOUT);
}

void
pool_sweep(struct pool *p)
{
	int paused = pool_paused(p), sharing = atomic_load(&p->shared->sharing), seen = 0, place;
	int64_t now = clock_monotonic_ms(), due;

	for (place = 0; place < p->most; place++) {
		due = atomic_load(&p->shared->place[place].due);
		seen += due != 0;
		if (due == 0 || due > now || !is_open(p->generation[place]) ||
		    !hold(p, place, p->generation[place]))
			continue;
		due = atomic_load(&p->shared->place[place].due); /* it may have moved */
		if (due != 0 && due <= now)
			end_pause(p, place, now);
		else
			let_go(p, place, p->generation[place], events_of(p, place));
	}
	/* A worker that was killed may have counted, and not paused, or the other way round. */
	if (seen == 0) {
		(void)atomic_compare_exchange_strong(&p->shared->paused, &paused, 0);
		(void)atomic_compare_exchange_strong(&p->shared->sharing, &sharing, 0);
	}
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
	if (p->shared->place[place].pause == PAUSE_NONE && atomic_load(&p->shared->held_back)) {
		atomic_store(&p->shared->place[place].holder, held_by(generation, 0));
		return POOL_NOTHING;
	}
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
		.pause = p->shared->place[place].pause,
		.late = p->shared->place[place].late,
	};
	return POOL_KEPT;
}

enum pool_event
pool_wait(struct pool *p, const sigset_t *open, int ms, struct connection *c)
{
	struct epoll_event event;
	int n;

	if (!p->joined && pool_paused(p) != 0) {
		pool_sweep(p);
		ms = ms < 0 || ms > POOL_SWEEP_MS ? POOL_SWEEP_MS : ms;
	}
	n = epoll_pwait(p->epoll, &event, 1, ms, open);
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

/* New ones are the keeper's affair from now on; `place` is -1, or one that was taken for it. */
static void
give_to_keeper(struct pool *p, int fd, int place, uint32_t generation)
{
	const struct message m = { .kind = MESSAGE_KEEP, .place = place, .generation = generation };

	if (!p->joined && place < 0) {
		give_place(p, fd);
		return;
	}
	if (!p->joined) {
		keep_at(p, fd, place, generation);
		return;
	}
	if (!send_message(p->ask[1], &m, fd, 0)) {
		log_warning("keeping a connection: %s", strerror(errno));
		if (place >= 0)
			leave_place(p, place, generation);
	}
	close(fd);
}

void
pool_keep(struct pool *p, struct connection *c)
{
	if (p->kept == 0 || atomic_load(&p->shared->refusing)) {
		pool_end(p, c);
	} else if (c->place < 0) {
		give_to_keeper(p, c->fd, -1, 0);
	} else {
		if (p->shared->place[c->place].pause != PAUSE_NONE)
			set_pause(p, c->place, PAUSE_NONE, 0);
		let_go(p, c->place, c->generation, EPOLLIN);
	}
	c->fd = -1;
}

/* A place of its own for a connection that is new, and still the caller's. */
static bool
have_place(struct pool *p, struct connection *c)
{
	if (c->place < 0) {
		c->place = take_place(p, p->worker + 1, &c->generation);
		c->is_new = true;
	}
	return c->place >= 0;
}

/* The place whose request has come in parts for the longest, of those that waited when it was looked at; -1: none. */
static int
slowest(const struct pool *p)
{
	int64_t since, least = INT64_MAX;
	int i, place, found = -1;

	for (i = 0; i < p->rooms; i++) {
		place = atomic_load(&room_at(p, i)->place) - 1;
		since = atomic_load_explicit(&room_at(p, i)->since, memory_order_relaxed);
		if (place < 0 || since >= least || p->shared->place[place].pause != PAUSE_REST ||
		    (uint32_t)atomic_load(&p->shared->place[place].holder) != 0)
			continue;
		least = since;
		found = place;
	}
	return found;
}

/*
 * There is no room: the request that has come in parts for the longest gives way, for whoever means it sends
 * it at once, and whoever fills the rooms does not. Those that wait for a share are whole, and stay.
 */
static bool
oust_slowest(struct pool *p)
{
	int place = slowest(p);
	uint32_t generation;

	if (place < 0)
		return false;
	generation = (uint32_t)(atomic_load(&p->shared->place[place].holder) >> 32);
	if (!is_open(generation) || !hold(p, place, generation))
		return true; /* another had it, so look again */
	if (p->shared->place[place].pause != PAUSE_REST) {
		let_go(p, place, generation, events_of(p, place));
		return true;
	}
	metrics_add(METRIC_DROPPED + DROPPED_SLOW, 1);
	if (p->ousted++ % FULL_LOG_EVERY == 0)
		log_warning("more than %d requests wait for their bodies: the slowest is dropped "
			    "(GRANTD_WAITING_REQUESTS)",
		    p->rooms);
	set_pause(p, place, PAUSE_NONE, 0);
	tell_end(p, place, generation);
	return true;
}

static bool
have_room(struct pool *p, int place)
{
	int tries;

	for (tries = 0; tries < ROOM_TRIES; tries++)
		if (find_room(p, place))
			return true;
		else if (!oust_slowest(p))
			return false;
	return false;
}

void *
pool_room(struct pool *p, struct connection *c)
{
	struct room *r;

	if (!have_place(p, c) || !have_room(p, c->place))
		return NULL;
	r = room_at(p, p->shared->place[c->place].room - 1);
	r->used = SIZE_MAX;
	return r->bytes;
}

const void *
pool_saved(const struct pool *p, const struct connection *c)
{
	return room_at(p, p->shared->place[c->place].room - 1)->bytes;
}

/*
 * Have a worker look at it again, which waits for a share, or did a moment ago. Whoever holds it looks by himself; and without
 * a descriptor of it, it is left to pool_sweep().
 */
static void
wake_place(struct pool *p, int place, uint32_t generation)
{
	if (!is_open(generation) || !hold(p, place, generation))
		return;
	if (p->generation[place] == generation || fetch(p, place, generation))
		let_go(p, place, generation, EPOLLIN | events_of(p, place));
	else
		atomic_store(&p->shared->place[place].holder, held_by(generation, 0));
}

void
pool_pause(struct pool *p, struct connection *c, enum pool_pause pause, size_t used, int64_t due)
{
	_Atomic uint64_t *waits_for = NULL;

	if (!have_place(p, c)) {
		pool_end(p, c);
		return;
	}
	if (p->shared->place[c->place].room != 0)
		room_at(p, p->shared->place[c->place].room - 1)->used = used;
	set_pause(p, c->place, pause, due);
	if (pause == PAUSE_SHARE)
		waits_for = &p->group[p->shared->place[c->place].room - 1];
	if (waits_for != NULL)
		atomic_store(waits_for, c->group);
	if (c->is_new)
		give_to_keeper(p, c->fd, c->place, c->generation);
	else
		let_go(p, c->place, c->generation, waits_for != NULL ? 0 : EPOLLIN);
	/* Somebody woke it who could not have it yet, or whose event was taken back just now. */
	if (waits_for != NULL && !c->is_new && atomic_load(waits_for) != c->group)
		wake_place(p, c->place, c->generation);
	c->fd = -1;
}

int
pool_rooms(const struct pool *p)
{
	return p->rooms;
}

int
pool_in_group(const struct pool *p, uint64_t group)
{
	int i, n = 0;

	for (i = 0; i < p->rooms; i++)
		n += atomic_load_explicit(&p->group[i], memory_order_relaxed) == group;
	return n;
}

/* The room of the group whose request has waited the longest; -1: none. */
static int
first_in_group(const struct pool *p, uint64_t group)
{
	int i, place, first = -1;
	int64_t due, least = INT64_MAX;

	for (i = 0; i < p->rooms; i++) {
		if (atomic_load_explicit(&p->group[i], memory_order_relaxed) != group)
			continue;
		place = atomic_load(&room_at(p, i)->place) - 1;
		due = place < 0 ? INT64_MAX : atomic_load(&p->shared->place[place].due);
		if (due < least) {
			least = due;
			first = i;
		}
	}
	return first;
}

void
pool_wake(struct pool *p, uint64_t group)
{
	int room, place;

	if (atomic_load(&p->shared->sharing) == 0 || (room = first_in_group(p, group)) < 0)
		return;
	/* Once: the next that is woken is another one. */
	if (!atomic_compare_exchange_strong(&p->group[room], &group, 0))
		return;
	place = atomic_load(&room_at(p, room)->place) - 1;
	if (place >= 0)
		wake_place(p, place,
		    (uint32_t)(atomic_load(&p->shared->place[place].holder) >> 32));
}

void
pool_end(struct pool *p, struct connection *c)
{
	if (c->place < 0 || c->is_new) {
		if (c->place >= 0)
			leave_place(p, c->place, c->generation);
		close(c->fd);
	} else {
		(void)shutdown(c->fd, SHUT_RDWR);
		tell_end(p, c->place, c->generation);
	}
	c->fd = -1;
}
