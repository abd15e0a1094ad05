/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "fcgi/listener.h"
#include "fcgi/pool.h"
#include "fcgi/pool_parts.h"

/* Where none are kept: standard ones, the log, sockets among our processes, a request's, the database's and what finding it takes. */
#define LAST_FDS 32
/* How long a worker waits for the keeper, which answers at once unless it is gone or stopped. */
#define KEEPER_SECONDS 5
/*
 * For one worker at a time, like all others: without that, epoll wakes another worker for each that
 * it has told, to see whether there is more, which mostly is a switch for nothing.
 */
#define LISTENER_EVENTS ((uint32_t)(EPOLLIN | EPOLLONESHOT))

/* ---- how many descriptors there may be ---- */

bool
pool_fits(int most, char error[POOL_ERROR_MAX])
{
	const rlim_t need = most > 0 ? PLACE_FIRST_FD + SPARE_FDS + 1 : LAST_FDS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_max >= need)
		return true;
	(void)snprintf(error, POOL_ERROR_MAX,
	    "no more than %llu files may be open (ulimit -n), and grantd needs %d at least, or %d with "
	    "GRANTD_KEPT_CONNECTIONS=0 and GRANTD_WAITING_REQUESTS=0",
	    (unsigned long long)limit.rlim_max, PLACE_FIRST_FD + SPARE_FDS + 1, LAST_FDS);
	return false;
}

int
pool_limit(int most)
{
	struct rlimit limit;
	rlim_t need = most == 0 ? LAST_FDS : (rlim_t)(PLACE_FIRST_FD + most + SPARE_FDS);

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur >= need)
		return most;
	limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur >= need || most == 0)
		return most;
	most = limit.rlim_cur > PLACE_FIRST_FD + SPARE_FDS ?
	    (int)limit.rlim_cur - PLACE_FIRST_FD - SPARE_FDS :
	    0;
	log_warning("with a limit of %llu open files, no more than %d connections are kept",
	    (unsigned long long)limit.rlim_max, most);
	return most;
}

/* ---- opening and closing ---- */

static bool
watch(const struct pool *p, int fd, uint32_t events, uint64_t what)
{
	struct epoll_event event = { .events = events, .data.u64 = what };

	return epoll_ctl(p->places.epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Neither end may wait for the other for ever. */
static bool
open_sockets(int fd[2])
{
	const struct timeval t = { .tv_sec = KEEPER_SECONDS };

	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0 &&
	    setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) == 0 &&
	    setsockopt(fd[1], SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)) == 0;
}

struct pool *
pool_open(const struct listener *l, int link, int kept, int rooms, size_t room_size)
{
	struct pool *p;
	int most;

	if ((p = calloc(1, sizeof(*p))) == NULL) {
		log_error("out of memory");
		return NULL;
	}
	most = pool_limit(kept + rooms + (rooms > 0 ? LEAVING_MOST : 0));
	rooms = most < rooms ? most : rooms;
	*p = (struct pool){
		.listener = l->fd,
		.kept = most - rooms < kept ? most - rooms : kept,
		.ask = { -1, -1 },
		.reply = { -1, -1 },
	};
	if (places_open(&p->places, most, rooms, room_size) &&
	    watch(p, l->fd, LISTENER_EVENTS, EVENT_LISTENER) &&
	    (link < 0 || watch(p, link, EPOLLIN, EVENT_LINK)) && open_sockets(p->ask))
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
	places_close(&p->places);
	close_pair(p->ask);
	close_pair(p->reply);
	free(p);
}

bool
pool_join(struct pool *p, int worker)
{
	p->places.self = place_holder(worker);
	p->joined = true;
	close(p->ask[0]);
	p->ask[0] = -1;
	if (open_sockets(p->reply))
		return true;
	log_error("preparing to wait for connections: %s", strerror(errno));
	return false;
}

/* ---- the listening socket ---- */

void
pool_listen(struct pool *p)
{
	struct epoll_event event = { .events = LISTENER_EVENTS, .data.u64 = EVENT_LISTENER };

	(void)epoll_ctl(p->places.epoll, EPOLL_CTL_MOD, p->listener, &event);
}

void
pool_deafen(struct pool *p)
{
	(void)epoll_ctl(p->places.epoll, EPOLL_CTL_DEL, p->listener, NULL);
}

void
pool_hold_back(struct pool *p)
{
	atomic_store(&p->places.table->held_back, true);
	pool_deafen(p);
}

/* What was told of meanwhile, and left alone, is told of again. */
void
pool_let_in(struct pool *p)
{
	int place;

	atomic_store(&p->places.table->held_back, false);
	if (!watch(p, p->listener, LISTENER_EVENTS, EVENT_LISTENER))
		log_error("waiting for connections again: %s", strerror(errno));
	for (place = 0; place < p->places.most; place++)
		if (place_is_open(p->places.generation[place]))
			(void)place_arm(&p->places, EPOLL_CTL_MOD, place,
			    p->places.generation[place], place_events(&p->places, place));
}

/* ---- what can be counted ---- */

size_t
pool_memory(const struct pool *p)
{
	return p->places.table_size + p->places.rooms.memory_size;
}

int
pool_count(const struct pool *p)
{
	return atomic_load(&p->places.table->count);
}

int
pool_most(const struct pool *p)
{
	return p->kept;
}

int
pool_paused(const struct pool *p)
{
	return atomic_load(&p->places.table->paused);
}

int
pool_sharing(const struct pool *p)
{
	return atomic_load(&p->places.table->sharing);
}

int
pool_in_group(const struct pool *p, uint64_t group)
{
	return rooms_in_group(&p->places.rooms, group);
}

int
pool_rooms(const struct pool *p)
{
	return p->places.rooms.count;
}
