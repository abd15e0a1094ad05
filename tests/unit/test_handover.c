/* SPDX-License-Identifier: MIT */
/* Connections from the porter to workers: none is lost on the way, in whatever order who does what. */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "unit.h"

#include "fcgi/handover.h"

#define BACKLOG 512 /* and more than the queue takes */

/* A listening socket, and the handover of what comes on it. */
struct world {
	struct listener listener;
	struct sockaddr_un address;
	socklen_t address_len;
	struct handover handover;
};

static void
open_world(struct world *w)
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
	assert_int_equal(listen(w->listener.fd, BACKLOG), 0);
	assert_true(handover_open(&w->handover, &w->listener));
}

static void
close_world(struct world *w)
{
	handover_close(&w->handover);
	close(w->listener.fd);
}

/* A web server's end, which has said `c`; -1: nobody listens, or too many are in the queue. */
static int
call(const struct world *w, char c)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (connect(fd, (const struct sockaddr *)&w->address, w->address_len) == -1) {
		close(fd);
		return -1;
	}
	assert_int_equal(write(fd, &c, 1), 1);
	return fd;
}

static int
take(const struct world *w)
{
	struct sockaddr_storage peer;

	return handover_take(w->handover.workers.fd, &peer);
}

/* What was said on the next connection; 0: there is none. */
static char
heard(const struct world *w)
{
	int fd = take(w);
	char c = 0;

	if (fd == -1) {
		assert_int_equal(errno, EAGAIN);
		return 0;
	}
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(read(fd, &c, 1), 1);
	close(fd);
	return c;
}

static void
one_after_the_other(void **state)
{
	struct world w;
	int a, b;

	(void)state;
	open_world(&w);
	handover_some(&w.handover);
	assert_int_equal(heard(&w), 0);
	assert_int_equal(w.handover.latest, 0);
	a = call(&w, 'a');
	b = call(&w, 'b');
	handover_some(&w.handover);
	assert_int_equal(w.handover.latest, getpid());
	assert_int_equal(heard(&w), 'a');
	assert_int_equal(heard(&w), 'b');
	assert_int_equal(heard(&w), 0);
	close(a);
	close(b);
	close_world(&w);
}

/* Another process looks whether somebody is there, and is gone again. */
static pid_t
met_by_another(const struct world *w)
{
	pid_t caller = fork();
	int status;

	if (caller == 0)
		_exit(connect(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
			  (const struct sockaddr *)&w->address, w->address_len) == -1);
	assert_int_equal(waitpid(caller, &status, 0), caller);
	assert_int_equal(status, 0);
	return caller;
}

/* Whoever has left was here, too, even where the queue has no room. */
static void
sifting(void **state)
{
	struct world w;
	pid_t caller;
	int a, b;
	char c;

	(void)state;
	open_world(&w);
	a = call(&w, 'a');
	do {
		close(call(&w, 'x'));
		handover_some(&w.handover);
	} while (w.handover.waiting == -1);
	b = call(&w, 'b');
	caller = met_by_another(&w);
	(void)met_by_another(&w);
	assert_true(handover_sift(&w.handover)); /* the one that had no room */
	assert_false(handover_sift(&w.handover));
	assert_int_equal(w.handover.latest, getpid());
	assert_int_equal(heard(&w), 'a');
	assert_true(handover_sift(&w.handover));
	assert_true(handover_sift(&w.handover));
	assert_int_equal(w.handover.latest, caller);
	assert_true(handover_sift(&w.handover));
	assert_int_not_equal(w.handover.latest, caller);
	assert_false(handover_sift(&w.handover));
	assert_int_equal(w.handover.waiting, -1);
	do
		c = heard(&w);
	while (c == 'x');
	assert_int_equal(c, 'b');
	assert_int_equal(heard(&w), 0);
	close(a);
	close(b);
	close_world(&w);
}

/* More than the queue takes wait in the listening socket, and then all come. */
static void
a_full_queue(void **state)
{
	int fd[BACKLOG];
	struct pollfd news;
	struct world w;
	int i, n = 0, took;

	(void)state;
	open_world(&w);
	for (i = 0; i < (int)COUNT_OF(fd); i++) {
		fd[i] = call(&w, 'x');
		assert_true(fd[i] >= 0);
	}
	while (w.handover.waiting == -1)
		handover_some(&w.handover);
	handover_watch(&w.handover, &news);
	assert_int_equal(news.events, POLLOUT);
	assert_int_equal(poll(&news, 1, 0), 0);
	handover_rest(&w.handover, 1); /* in time or not: nothing is lost */
	do {
		took = take(&w);
		if (took >= 0) {
			close(took);
			n++;
		}
		handover_some(&w.handover);
	} while (took >= 0);
	assert_int_equal(n, COUNT_OF(fd));
	handover_watch(&w.handover, &news);
	assert_int_equal(news.fd, w.listener.fd);
	for (i = 0; i < n; i++)
		close(fd[i]);
	close_world(&w);
}

/* The socket is the porter's alone: nobody can connect once that closed it, and what was handed on is there. */
static void
the_porter_ends(void **state)
{
	struct world w, porter;
	int a, b;

	(void)state;
	open_world(&w);
	a = call(&w, 'a');
	b = call(&w, 'b');
	handover_rest(&w.handover, 1000);
	/* A worker's copy of everything, as after fork(2). */
	porter = w;
	porter.handover.queue = dup(w.handover.queue);
	porter.handover.listener = dup(w.listener.fd);
	handover_join(&porter.handover);
	assert_int_equal(porter.handover.listener, -1);
	close(w.listener.fd);
	assert_int_equal(call(&w, 'c'), -1);
	assert_int_equal(errno, ECONNREFUSED);
	close(w.handover.queue);
	assert_int_equal(heard(&porter), 'a');
	assert_int_equal(heard(&porter), 'b');
	assert_int_equal(heard(&porter), 0);
	close(a);
	close(b);
	handover_close(&porter.handover);
}

static void
no_descriptors(void **state)
{
	struct rlimit before, low;
	struct pollfd news;
	struct world w;
	int a, b, used;

	(void)state;
	open_world(&w);
	a = call(&w, 'a');
	b = call(&w, 'b');
	handover_some(&w.handover);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	used = dup(a);
	close(used);
	low = before;
	low.rlim_cur = (rlim_t)used;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	/* A worker's lack costs the connection; the porter's none. */
	assert_int_equal(take(&w), -1);
	assert_int_equal(errno, EMFILE);
	handover_some(&w.handover);
	assert_true(handover_is_short(&w.handover));
	handover_watch(&w.handover, &news);
	assert_int_equal(news.fd, -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(heard(&w), 'b');
	close(b);
	b = call(&w, 'c');
	handover_some(&w.handover);
	assert_false(handover_is_short(&w.handover));
	assert_int_equal(heard(&w), 'c');
	close(a);
	close(b);
	close_world(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(sifting),
		cmocka_unit_test(a_full_queue),
		cmocka_unit_test(the_porter_ends),
		cmocka_unit_test(no_descriptors),
	};

	return cmocka_run_group_tests_name("handover", tests, NULL, NULL);
}
