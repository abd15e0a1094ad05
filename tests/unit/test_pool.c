/* SPDX-License-Identifier: MIT */
/* Kept connections: whoever waits gets the next request, whatever became of who had the last. */
#include "config.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fcgi/listener.h"
#include "fcgi/pool.h"
#include "fcgi/pool_parts.h"
#include "unit.h"

/* What another worker does just before a connection that waits for a share is armed. */
static void (*meanwhile)(struct pool *);
static struct pool *meanwhile_pool;

int __real_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);

int
__wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
	void (*first)(struct pool *) = meanwhile;

	if (first != NULL && event != NULL && (event->events & (EPOLLIN | EPOLLOUT)) == 0) {
		meanwhile = NULL;
		first(meanwhile_pool);
	}
	return __real_epoll_ctl(epoll, operation, fd, event);
}

#define PATIENCE_MS 10000
#define ROOMS 4
#define ROOM_SIZE ((size_t)100000)

/* A pool with a listening socket; this process is its keeper. */
struct world {
	struct listener listener;
	struct sockaddr_un address;
	socklen_t address_len;
	struct pool *pool;
	sigset_t mask;
};

static void
open_world(struct world *w, int most)
{
	*w = (struct world){ .listener = LISTENER_EMPTY };
	w->listener.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	w->address.sun_family = AF_UNIX;
	w->address_len = sizeof(w->address);
	/* With no more than the family, the system gives it a name of its own. */
	assert_int_equal(bind(w->listener.fd, (struct sockaddr *)&w->address, sizeof(sa_family_t)),
	    0);
	assert_int_equal(getsockname(w->listener.fd, (struct sockaddr *)&w->address,
			     &w->address_len),
	    0);
	assert_int_equal(listen(w->listener.fd, 16), 0);
	w->pool = pool_open(&w->listener, -1, most, ROOMS, ROOM_SIZE);
	assert_non_null(w->pool);
	sigprocmask(SIG_BLOCK, NULL, &w->mask);
}

static void
close_world(struct world *w)
{
	pool_close(w->pool);
	close(w->listener.fd);
}

static enum pool_event
wait_for(struct world *w, struct connection *c)
{
	return pool_wait(w->pool, &w->mask, 0, c);
}

/* A connection to be kept, given to the keeper as a worker would; the web server's end. */
static int
keep_one(struct world *w)
{
	int pair[2];
	struct connection c = { .place = -1 };

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	c.fd = pair[0];
	pool_keep(w->pool, &c);
	return pair[1];
}

static void
say(int fd, char byte)
{
	assert_int_equal(send(fd, &byte, 1, MSG_NOSIGNAL), 1);
}

static void
hear(int fd, char byte)
{
	char got = 0;

	assert_int_equal(recv(fd, &got, 1, MSG_DONTWAIT), 1);
	assert_int_equal(got, byte);
}

static bool
is_closed(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;
	ssize_t n;

	if (poll(&p, 1, 0) != 1)
		return false;
	n = recv(fd, &byte, 1, MSG_DONTWAIT);
	return n == 0 || (n == -1 && errno == ECONNRESET); /* there was something to read */
}

/* A new connection in the listening queue, which stays until the test ends. */
static int
connect_to(const struct world *w)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (const struct sockaddr *)&w->address, w->address_len);
}

static void
one_process(void **state)
{
	struct world w;
	struct connection c;
	int peer, round;

	(void)state;
	open_world(&w, 4);
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	peer = keep_one(&w);
	assert_int_equal(pool_count(w.pool), 1);
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	for (round = 0; round < 3; round++) {
		say(peer, (char)('a' + round));
		assert_int_equal(wait_for(&w, &c), POOL_KEPT);
		hear(c.fd, (char)('a' + round));
		/* While it is in hand, what comes is nobody else's. */
		say(peer, 'x');
		assert_int_equal(wait_for(&w, &(struct connection){ .fd = -1 }), POOL_NOTHING);
		hear(c.fd, 'x');
		pool_keep(w.pool, &c);
	}
	/* Its web server closes it. */
	close(peer);
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	assert_int_equal(pool_count(w.pool), 0);
	close_world(&w);
}

static void
closed_by_us(void **state)
{
	struct world w;
	struct connection c;
	int peer;

	(void)state;
	open_world(&w, 4);
	peer = keep_one(&w);
	say(peer, 'a');
	assert_int_equal(wait_for(&w, &c), POOL_KEPT);
	hear(c.fd, 'a');
	pool_end(w.pool, &c);
	assert_true(is_closed(peer));
	assert_int_equal(pool_count(w.pool), 0);
	close(peer);
	close_world(&w);
}

static void
no_more_than_there_are_places(void **state)
{
	struct world w;
	int peer[3], i;

	(void)state;
	open_world(&w, 2);
	for (i = 0; i < 3; i++)
		peer[i] = keep_one(&w);
	assert_int_equal(pool_count(w.pool), 2);
	assert_false(is_closed(peer[0]));
	assert_false(is_closed(peer[1]));
	assert_true(is_closed(peer[2]));
	for (i = 0; i < 3; i++)
		close(peer[i]);
	close_world(&w);
	open_world(&w, 0);
	peer[0] = keep_one(&w);
	assert_true(is_closed(peer[0]));
	close(peer[0]);
	close_world(&w);
}

/* Neither the kept ones nor the listening socket are served alone, however much comes of either. */
static void
turns_are_taken(void **state)
{
	struct world w;
	struct connection c;
	int peer[2], fd, i, fresh = 0, kept[2] = { 0, 0 };

	(void)state;
	open_world(&w, 4);
	for (i = 0; i < 2; i++) {
		peer[i] = keep_one(&w);
		say(peer[i], 'x');
	}
	/* One in the listening queue that nobody accepts. */
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&w.address, w.address_len), 0);
	for (i = 0; i < 30; i++) {
		enum pool_event event = wait_for(&w, &c);

		if (event == POOL_NEW) {
			fresh++;
			pool_listen(w.pool);
		}
		if (event == POOL_KEPT) {
			kept[c.place]++;
			pool_keep(w.pool, &c); /* with the next request there already */
		}
	}
	assert_int_equal(fresh, 10);
	assert_int_equal(kept[0], 10);
	assert_int_equal(kept[1], 10);
	pool_deafen(w.pool);
	for (i = 0; i < 4; i++) {
		assert_int_equal(wait_for(&w, &c), POOL_KEPT);
		pool_keep(w.pool, &c);
	}
	close(fd);
	for (i = 0; i < 2; i++)
		close(peer[i]);
	close_world(&w);
}

/* An event of a connection whose place has another one meanwhile. */
static void
event_that_is_too_late(void **state)
{
	struct world w;
	struct connection c;
	struct epoll_event event;
	int peer, other;

	(void)state;
	open_world(&w, 1);
	peer = keep_one(&w);
	say(peer, 'a');
	assert_int_equal(epoll_wait(w.pool->places.epoll, &event, 1, 0), 1);
	assert_int_equal(pool_meet(w.pool, &event, &c), POOL_KEPT);
	pool_end(w.pool, &c);
	other = keep_one(&w);
	assert_int_equal(pool_count(w.pool), 1);
	assert_int_equal(pool_meet(w.pool, &event, &c), POOL_NOTHING);
	say(other, 'b');
	assert_int_equal(wait_for(&w, &c), POOL_KEPT);
	hear(c.fd, 'b');
	pool_keep(w.pool, &c);
	close(peer);
	close(other);
	close_world(&w);
}

/* Be a worker of that number, and then end. 0 when everything held that was expected. */
static pid_t
worker(struct world *w, int number, bool (*work)(struct world *))
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(!pool_join(w->pool, number) || !work(w));
	return pid;
}

/* The keeper's work, until that process has ended; its status. */
static int
keep_until_ended(struct world *w, pid_t pid)
{
	struct pollfd ear = { .fd = pool_ear(w->pool), .events = POLLIN };
	int status = -1, waited;

	for (waited = 0; waitpid(pid, &status, WNOHANG) == 0; waited++) {
		assert_true(waited < PATIENCE_MS);
		if (poll(&ear, 1, 1) == 1)
			pool_hear(w->pool);
	}
	pool_hear(w->pool);
	return status;
}

static bool
echo(struct world *w)
{
	struct connection c;
	char byte;

	if (pool_wait(w->pool, &w->mask, PATIENCE_MS, &c) != POOL_KEPT ||
	    recv(c.fd, &byte, 1, 0) != 1 || send(c.fd, &byte, 1, 0) != 1)
		return false;
	pool_keep(w->pool, &c);
	return true;
}

static bool
accept_and_keep(struct world *w)
{
	struct connection c = { .place = -1 };

	if (pool_wait(w->pool, &w->mask, PATIENCE_MS, &c) != POOL_NEW)
		return false;
	c = (struct connection){ .fd = accept(w->listener.fd, NULL, NULL), .place = -1 };
	pool_listen(w->pool);
	pool_keep(w->pool, &c);
	return true;
}

static bool
die_with_it(struct world *w)
{
	struct connection c;

	if (pool_wait(w->pool, &w->mask, PATIENCE_MS, &c) == POOL_KEPT)
		(void)kill(getpid(), SIGKILL);
	return false;
}

static bool
die_before(struct world *w)
{
	struct epoll_event event;

	if (epoll_wait(w->pool->places.epoll, &event, 1, PATIENCE_MS) == 1)
		(void)kill(getpid(), SIGKILL);
	return false;
}

/* Echo what comes on one that another worker made known, after that one has ended. */
static void
from_worker_to_worker(void **state)
{
	struct world w;
	int peer, round;

	(void)state;
	open_world(&w, 4);
	peer = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(peer, (struct sockaddr *)&w.address, w.address_len), 0);
	assert_int_equal(keep_until_ended(&w, worker(&w, 7, accept_and_keep)), 0);
	assert_int_equal(pool_count(w.pool), 1);
	for (round = 0; round < 3; round++) {
		say(peer, (char)('a' + round));
		assert_int_equal(keep_until_ended(&w, worker(&w, round, echo)), 0);
		hear(peer, (char)('a' + round));
	}
	close(peer);
	close_world(&w);
}

/* A worker that was there before the connection has to ask for it. */
static void
one_that_was_not_inherited(void **state)
{
	struct world w;
	int peer;
	pid_t pid;

	(void)state;
	open_world(&w, 4);
	pid = worker(&w, 1, echo);
	peer = keep_one(&w);
	say(peer, 'z');
	assert_int_equal(keep_until_ended(&w, pid), 0);
	hear(peer, 'z');
	/* Its place is taken by another, which must not be mistaken for it. */
	close(peer);
	assert_int_equal(wait_for(&w, &(struct connection){ .fd = -1 }), POOL_NOTHING);
	assert_int_equal(pool_count(w.pool), 0);
	close_world(&w);
}

/* What a killed worker had in hand is closed, and nothing else. */
static void
killed_with_one_in_hand(void **state)
{
	struct world w;
	int peer, other, status;

	(void)state;
	open_world(&w, 4);
	peer = keep_one(&w);
	other = keep_one(&w);
	say(peer, 'a');
	status = keep_until_ended(&w, worker(&w, 3, die_with_it));
	assert_true(WIFSIGNALED(status));
	pool_bury(w.pool, 3, true);
	assert_true(is_closed(peer));
	assert_int_equal(pool_count(w.pool), 1);
	say(other, 'b');
	assert_int_equal(keep_until_ended(&w, worker(&w, 4, echo)), 0);
	hear(other, 'b');
	close(peer);
	close(other);
	close_world(&w);
}

/* One that was told of a request, and killed before it took it: another is told. */
static void
killed_in_between(void **state)
{
	struct world w;
	int peer, status;

	(void)state;
	open_world(&w, 4);
	peer = keep_one(&w);
	say(peer, 'a');
	status = keep_until_ended(&w, worker(&w, 3, die_before));
	assert_true(WIFSIGNALED(status));
	assert_int_equal(wait_for(&w, &(struct connection){ .fd = -1 }), POOL_NOTHING);
	pool_bury(w.pool, 3, true);
	assert_int_equal(keep_until_ended(&w, worker(&w, 4, echo)), 0);
	hear(peer, 'a');
	close(peer);
	close_world(&w);
}

/* So is one that was told of a new connection. */
static void
killed_before_accepting(void **state)
{
	struct world w;
	struct connection c;
	int peer, status;

	(void)state;
	open_world(&w, 4);
	peer = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(peer, (struct sockaddr *)&w.address, w.address_len), 0);
	status = keep_until_ended(&w, worker(&w, 3, die_before));
	assert_true(WIFSIGNALED(status));
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	pool_bury(w.pool, 3, true);
	assert_int_equal(wait_for(&w, &c), POOL_NEW);
	/* Nobody else is told until it was accepted, and then of the next. */
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	pool_listen(w.pool);
	assert_int_equal(wait_for(&w, &c), POOL_NEW);
	close(peer);
	close_world(&w);
}

/* In the end, what was sent is served, nothing more is taken, and all are closed. */
static void
the_end(void **state)
{
	struct world w;
	struct connection c, busy;
	int peer[3], i;

	(void)state;
	open_world(&w, 4);
	for (i = 0; i < 3; i++)
		peer[i] = keep_one(&w);
	say(peer[2], 'c');
	assert_int_equal(wait_for(&w, &busy), POOL_KEPT);
	say(peer[1], 'b');
	pool_refuse(w.pool);
	/* Whoever sends now is told so, unless its last request is in hand. */
	for (i = 0; i < 2; i++)
		assert_int_equal(send(peer[i], "x", 1, MSG_NOSIGNAL), -1);
	say(peer[2], 'd');
	for (i = 0; i < 2; i++) {
		char byte = 0;
		ssize_t n;

		assert_int_equal(wait_for(&w, &c), POOL_KEPT);
		n = recv(c.fd, &byte, 1, MSG_DONTWAIT);
		assert_true(c.place == 1 ? n == 1 && byte == 'b' : n == 0);
		pool_keep(w.pool, &c);
	}
	assert_true(is_closed(peer[0]));
	assert_true(is_closed(peer[1]));
	pool_keep(w.pool, &busy);
	assert_int_equal(pool_count(w.pool), 0);
	/* Nor is one kept that comes later. */
	i = keep_one(&w);
	assert_true(is_closed(i));
	close(i);
	for (i = 0; i < 3; i++)
		close(peer[i]);
	close_world(&w);
}

/* A new connection with something in its room, as whoever met it first leaves it; the web server's end. */
static int
wait_as(struct world *w, enum pool_pause pause, const char *text, int64_t due)
{
	struct connection c = { .place = -1 };
	int pair[2];
	void *room;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	c.fd = pair[0];
	room = pool_room(w->pool, &c);
	assert_non_null(room);
	memcpy(room, text, strlen(text) + 1);
	c.group = 1;
	pool_pause(w->pool, &c, pause, strlen(text) + 1, due);
	return pair[1];
}

static int
pause_one(struct world *w, const char *text, int64_t due)
{
	return wait_as(w, PAUSE_REST, text, due);
}

static void
the_rest_comes(void **state)
{
	struct world w;
	struct connection c;
	const char *saved;
	int peer;

	(void)state;
	open_world(&w, 0); /* they wait where none is kept, too */
	peer = pause_one(&w, "first", INT64_MAX);
	assert_int_equal(pool_paused(w.pool), 1);
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	say(peer, 'a');
	assert_int_equal(wait_for(&w, &c), POOL_KEPT);
	assert_int_equal(c.pause, PAUSE_REST);
	assert_false(c.late);
	saved = pool_saved(w.pool, &c);
	assert_string_equal(saved, "first");
	hear(c.fd, 'a');
	/* More of it, in the same room */
	assert_ptr_equal(memcpy(pool_room(w.pool, &c), "more", 5), saved);
	pool_pause(w.pool, &c, PAUSE_REST, 5, INT64_MAX);
	say(peer, 'b');
	assert_int_equal(wait_for(&w, &c), POOL_KEPT);
	assert_string_equal(pool_saved(w.pool, &c), "more");
	hear(c.fd, 'b');
	pool_keep(w.pool, &c);
	assert_true(is_closed(peer));
	assert_int_equal(pool_paused(w.pool), 0);
	/* Nothing is left for whoever has the room next. */
	assert_string_equal(saved, "");
	close(peer);
	close_world(&w);
}

static void
late_ones(void **state)
{
	struct world w;
	struct connection c;
	int peer;

	(void)state;
	open_world(&w, 4);
	peer = pause_one(&w, "late", 1);
	pool_sweep(w.pool);
	assert_int_equal(wait_for(&w, &c), POOL_KEPT);
	assert_true(c.late);
	pool_sweep(w.pool); /* it is in hand, and nobody else's */
	assert_int_equal(wait_for(&w, &(struct connection){ .fd = -1 }), POOL_NOTHING);
	/* Answered; its web server has until then to close it. */
	pool_pause(w.pool, &c, PAUSE_END, 0, 1);
	pool_sweep(w.pool);
	assert_true(is_closed(peer));
	assert_int_equal(pool_count(w.pool), 0);
	assert_int_equal(pool_paused(w.pool), 0);
	close(peer);
	close_world(&w);
}

/* Where all wait for a share, whose requests are whole, nobody gives way. */
static void
no_room(void **state)
{
	struct world w;
	struct connection c = { .place = -1 };
	int peer[ROOMS], pair[2], i;

	(void)state;
	open_world(&w, 4);
	for (i = 0; i < ROOMS; i++)
		peer[i] = wait_as(&w, PAUSE_SHARE, "whole", INT64_MAX);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	c.fd = pair[0];
	assert_null(pool_room(w.pool, &c));
	pool_end(w.pool, &c);
	assert_true(is_closed(pair[1]));
	assert_int_equal(pool_count(w.pool), ROOMS);
	/* One that ends makes room. */
	close(peer[0]);
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	peer[0] = pause_one(&w, "now", INT64_MAX);
	for (i = 0; i < ROOMS; i++)
		close(peer[i]);
	close(pair[1]);
	close_world(&w);
}

/* However many come with the beginning of a request and no more of it, one more is heard: the slowest gives way. */
static void
the_slowest_gives_way(void **state)
{
	struct world w;
	struct connection c = { .place = -1 };
	int peer[ROOMS], sharing, more[4 * ROOMS], i;

	(void)state;
	open_world(&w, 0); /* and where no connection is kept */
	sharing = wait_as(&w, PAUSE_SHARE, "whole", INT64_MAX);
	for (i = 1; i < ROOMS; i++) {
		peer[i] = pause_one(&w, "here", INT64_MAX);
		atomic_store(&room_at(&w.pool->places.rooms, i)->since,
		    ROOMS - i); /* the last one is the slowest */
	}
	more[0] = pause_one(&w, "now", INT64_MAX);
	assert_true(is_closed(peer[ROOMS - 1]));
	for (i = 1; i < ROOMS - 1; i++)
		assert_false(is_closed(peer[i]));
	assert_int_equal(pool_paused(w.pool), ROOMS);
	/* It is told once to look whether there is a share. */
	assert_int_equal(wait_for(&w, &c), POOL_KEPT);
	assert_int_equal(c.pause, PAUSE_SHARE);
	c.group = 1;
	pool_pause(w.pool, &c, PAUSE_SHARE, 6, INT64_MAX);
	/* One that is in hand is not taken away. */
	say(peer[1], 'a');
	assert_int_equal(wait_for(&w, &c), POOL_KEPT);
	assert_int_equal(c.pause, PAUSE_REST);
	for (i = 1; i < (int)COUNT_OF(more); i++)
		more[i] = pause_one(&w, "more", INT64_MAX);
	assert_string_equal(pool_saved(w.pool, &c), "here");
	assert_false(is_closed(peer[1]));
	assert_false(is_closed(sharing));
	assert_int_equal(pool_paused(w.pool), ROOMS);
	pool_end(w.pool, &c);
	for (i = 1; i < ROOMS; i++)
		close(peer[i]);
	for (i = 0; i < (int)COUNT_OF(more); i++)
		close(more[i]);
	close(sharing);
	close_world(&w);
}

/* Before it could say so to the keeper, or with one in hand: what it took is there for others. */
static void
killed_with_a_room(void **state)
{
	struct world w;
	int said, status;

	(void)state;
	open_world(&w, 4);
	for (said = 0; said < 2; said++) {
		pid_t pid = fork();

		if (pid == 0) {
			struct connection c = { .place = -1 };
			int pair[2];

			if (!pool_join(w.pool, 7) ||
			    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
				_exit(1);
			c.fd = pair[0];
			if (pool_room(w.pool, &c) == NULL)
				_exit(1);
			if (said)
				pool_pause(w.pool, &c, PAUSE_REST, 9, INT64_MAX);
			kill(getpid(), SIGKILL);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		pool_bury(w.pool, 7, true);
		assert_int_equal(pool_count(w.pool), said);
		assert_int_equal(pool_paused(w.pool), said);
		assert_int_equal(atomic_load(&room_at(&w.pool->places.rooms, 0)->place) != 0, said);
		assert_int_equal(atomic_load(&room_at(&w.pool->places.rooms, 1)->place), 0);
	}
	close_world(&w);
}

/* The limit of open files is raised as far as it may be, and beyond it fewer are kept. */
static void
few_descriptors(void **state)
{
	struct rlimit before, low;
	char error[POOL_ERROR_MAX];
	struct world w;
	int status = -1;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = before;
	low.rlim_cur = PLACE_FIRST_FD + SPARE_FDS;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	open_world(&w, 100);
	assert_int_equal(w.pool->places.most, 100 + ROOMS + LEAVING_MOST);
	close_world(&w);
	if (fork() == 0) {
		low.rlim_cur = low.rlim_max = PLACE_FIRST_FD + SPARE_FDS + 5;
		_exit(setrlimit(RLIMIT_NOFILE, &low) != 0 || !pool_fits(100, error) ||
		    pool_limit(100) != 5 || pool_limit(5) != 5 || pool_limit(0) != 0);
	}
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	if (fork() == 0) {
		low.rlim_cur = low.rlim_max = PLACE_FIRST_FD + SPARE_FDS;
		_exit(setrlimit(RLIMIT_NOFILE, &low) != 0 || pool_fits(1, error) ||
		    strstr(error, "81 at least") == NULL || !pool_fits(0, error));
	}
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

#define GROUP UINT64_C(42)

/* A request of one connection, which waits for a share from then on; false: it was not there. */
static bool
wait_for_share(struct world *w)
{
	struct connection c;

	if (wait_for(w, &c) != POOL_KEPT)
		return false;
	assert_non_null(pool_room(w->pool, &c));
	c.group = GROUP;
	pool_pause(w->pool, &c, PAUSE_SHARE, 1, clock_monotonic_ms() + PATIENCE_MS);
	return true;
}

static void
woken(void **state)
{
	struct world w;
	struct connection c;
	int peer;

	(void)state;
	open_world(&w, 4);
	peer = keep_one(&w);
	say(peer, 'a');
	assert_true(wait_for_share(&w));
	assert_int_equal(pool_in_group(w.pool, GROUP), 1);
	say(peer, 'b'); /* is nothing that it waits for */
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	pool_wake(w.pool, GROUP + 1);
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	pool_wake(w.pool, GROUP);
	assert_int_equal(pool_in_group(w.pool, GROUP), 0);
	assert_int_equal(wait_for(&w, &c), POOL_KEPT);
	assert_int_equal(c.pause, PAUSE_SHARE);
	assert_false(c.late);
	pool_keep(w.pool, &c);
	close(peer);
	close_world(&w);
}

static void
wake_it(struct pool *p)
{
	pool_wake(p, GROUP);
}

/* A share is given back between the moment at which a request is seen to wait for it and that at which it does. */
static void
woken_too_early(void **state)
{
	struct world w;
	struct connection c;
	int peer;

	(void)state;
	open_world(&w, 4);
	peer = keep_one(&w);
	say(peer, 'a');
	meanwhile = wake_it;
	meanwhile_pool = w.pool;
	assert_true(wait_for_share(&w));
	assert_null(meanwhile);
	assert_int_equal(pool_in_group(w.pool, GROUP), 0);
	assert_int_equal(wait_for(&w, &c), POOL_KEPT);
	assert_int_equal(c.pause, PAUSE_SHARE);
	pool_keep(w.pool, &c);
	close(peer);
	close_world(&w);
}

/* An upgrade: what is held back waits for whoever is let in, here or in another pool, as after execve(2). */
static void
held_back(void **state)
{
	struct world w, other;
	struct connection c;
	int peer[2], *fd, i;
	size_t count;

	(void)state;
	open_world(&w, 4);
	for (i = 0; i < 2; i++)
		peer[i] = keep_one(&w);
	pool_hold_back(w.pool);
	say(peer[0], 'a');
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	assert_int_equal(connect_to(&w), 0);
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	pool_let_in(w.pool);
	/* Both are told of again, in whichever order, and what was said is there. */
	for (i = 0; i < 2; i++)
		if (wait_for(&w, &c) == POOL_KEPT) {
			hear(c.fd, 'a');
			pool_keep(w.pool, &c);
		}
	assert_int_equal(pool_count(w.pool), 2);
	pool_hold_back(w.pool);
	say(peer[1], 'b');
	assert_int_equal(wait_for(&w, &c), POOL_NOTHING);
	assert_true(pool_idle(w.pool, &fd, &count));
	assert_int_equal(count, 2);
	/* They keep their numbers, as over execve(2), and go to other places. */
	for (i = 0; i < 2; i++)
		fd[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, 200);
	close_world(&w);
	open_world(&other, 1);
	pool_adopt(other.pool, fd, count);
	free(fd);
	assert_int_equal(pool_count(other.pool), 1); /* there is no place for the other */
	assert_true(is_closed(peer[1]));
	say(peer[0], 'c');
	assert_int_equal(wait_for(&other, &c), POOL_KEPT);
	hear(c.fd, 'c');
	pool_keep(other.pool, &c);
	for (i = 0; i < 2; i++)
		close(peer[i]);
	close_world(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_process),
		cmocka_unit_test(closed_by_us),
		cmocka_unit_test(no_more_than_there_are_places),
		cmocka_unit_test(turns_are_taken),
		cmocka_unit_test(event_that_is_too_late),
		cmocka_unit_test(from_worker_to_worker),
		cmocka_unit_test(one_that_was_not_inherited),
		cmocka_unit_test(killed_with_one_in_hand),
		cmocka_unit_test(killed_in_between),
		cmocka_unit_test(killed_before_accepting),
		cmocka_unit_test(the_end),
		cmocka_unit_test(few_descriptors),
		cmocka_unit_test(the_rest_comes),
		cmocka_unit_test(late_ones),
		cmocka_unit_test(no_room),
		cmocka_unit_test(the_slowest_gives_way),
		cmocka_unit_test(woken),
		cmocka_unit_test(woken_too_early),
		cmocka_unit_test(killed_with_a_room),
		cmocka_unit_test(held_back),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
