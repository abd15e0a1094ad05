/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/db/relay.h"

#define SOCKET_NAME "/.s.PGSQL.5432"

/* What the test and the relay's processes tell each other. */
static struct shared {
	_Atomic int order;  /* enum relay_order */
	_Atomic int times;  /* left */
	_Atomic int done;   /* since it was ordered */
	_Atomic long bytes; /* left until the cut */
	size_t from;        /* what bytes begins with */
	bool late;
	_Atomic int exchanges;
	sem_t settled, held, released;
} * shared;
static int settled; /* of the present order's cuts: those whose sessions have ended */
static char folder[64];
static pid_t listener;

static struct sockaddr_un
address(const char *dir)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if ((size_t)snprintf(a.sun_path, sizeof(a.sun_path), "%s" SOCKET_NAME, dir) >=
	    sizeof(a.sun_path))
		_exit(1);
	return a;
}

static bool
send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* ReadyForQuery of a session outside a transaction: whatever there was to commit is committed. */
static const char idle[] = { 'Z', 0, 0, 0, 5, 'I' };

static void
await_idle(int server)
{
	char bytes[65536];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(bytes) && (n = read(server, bytes + len, sizeof(bytes) - len)) > 0) {
		len += (size_t)n;
		if (memmem(bytes, len, idle, sizeof(idle)) != NULL)
			return;
	}
}

/* Take one of the times that are left. False: there is none, or it is another order. */
static bool
take(int order)
{
	int left = atomic_load(&shared->times);

	if (atomic_load(&shared->order) != order)
		return false;
	do {
		if (left <= 0)
			return false;
	} while (!atomic_compare_exchange_weak(&shared->times, &left, left - 1));
	atomic_store(&shared->bytes, (long)shared->from);
	atomic_fetch_add(&shared->done, 1);
	return true;
}

/* The server acts on all that it was sent, and then ends the session, as it does when a client goes. */
static void
cut(int client, int server)
{
	char bytes[4096];

	if (shared->late)
		(void)shutdown(client, SHUT_RDWR);
	(void)shutdown(server, SHUT_WR);
	while (read(server, bytes, sizeof(bytes)) > 0)
		;
	close(client);
	(void)sem_post(&shared->settled);
	_exit(0);
}

/* Send on, up to the byte at which the session ends. */
static bool
send_on(const char *bytes, size_t n, int order, int to, int client, int server)
{
	long left;

	if (atomic_load(&shared->order) == order && atomic_load(&shared->times) > 0) {
		left = atomic_fetch_sub(&shared->bytes, (long)n);
		if (left <= (long)n && take(order)) {
			(void)send_all(to, bytes, left > 0 ? (size_t)left : 0);
			cut(client, server);
		}
	}
	return send_all(to, bytes, n);
}

static bool
from_client(int client, int server)
{
	static const char error[] = "E\0\0\0)SERROR\0C08P01\0Mserver conn crashed?\0";
	static const char both[] = "E\0\0\0"
				   "0SERROR\0VERROR\0C08P01\0Mserver conn crashed?\0";
	char bytes[65536];
	ssize_t n = read(client, bytes, sizeof(bytes));
	bool crash, plain, hold;

	if (n <= 0)
		return false;
	crash = take(RELAY_CRASH);
	plain = !crash && take(RELAY_CRASH_PLAIN);
	hold = !crash && !plain && take(RELAY_HOLD);
	if (!crash && !plain && !hold)
		return send_on(bytes, (size_t)n, RELAY_CUT_REQUEST, server, client, server);
	if (!send_all(server, bytes, (size_t)n))
		return false;
	await_idle(server);
	if (crash)
		(void)send_all(client, error, sizeof(error));
	if (plain)
		(void)send_all(client, both, sizeof(both));
	if (hold) {
		(void)sem_post(&shared->held);
		(void)sem_wait(&shared->released);
	}
	cut(client, server);
	return false;
}

static bool
from_server(int server, int client)
{
	static const char warning[] = "N\0\0\0.SWARNING\0VWARNING\0C01000\0Mnot replicated\0";
	char bytes[65536];
	ssize_t n = read(server, bytes, sizeof(bytes));
	size_t before;

	if (n <= 0)
		return false;
	if (n < (ssize_t)sizeof(idle) || memcmp(bytes + n - sizeof(idle), idle, sizeof(idle)) != 0)
		return send_on(bytes, (size_t)n, RELAY_CUT_ANSWER, client, client, server);
	atomic_fetch_add(&shared->exchanges, 1);
	if (!take(RELAY_WARN))
		return send_on(bytes, (size_t)n, RELAY_CUT_ANSWER, client, client, server);
	before = (size_t)n - sizeof(idle);
	return send_all(client, bytes, before) && send_all(client, warning, sizeof(warning)) &&
	    send_all(client, idle, sizeof(idle));
}

static void
relay(int client, const char *to)
{
	struct sockaddr_un a = address(to);
	int server = socket(AF_UNIX, SOCK_STREAM, 0);
	struct pollfd fds[] = { { .fd = client, .events = POLLIN },
		{ .fd = server, .events = POLLIN } };

	if (connect(server, (struct sockaddr *)&a, sizeof(a)) != 0)
		_exit(1);
	while (poll(fds, 2, -1) > 0) {
		if (fds[0].revents != 0 && !from_client(client, server))
			break;
		if (fds[1].revents != 0 && !from_server(server, client))
			break;
	}
	_exit(0);
}

static void
listen_for_ever(int fd, const char *to)
{
	int client;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGCHLD, SIG_IGN);
	while ((client = accept(fd, NULL, NULL)) >= 0) {
		if (fork() == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			relay(client, to);
		}
		close(client);
	}
	_exit(1);
}

const char *
relay_start(void)
{
	const char *to = getenv("PGHOST");
	struct sockaddr_un a;
	int fd;

	assert_non_null(to);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	    0);
	assert_true(shared != MAP_FAILED);
	assert_int_equal(sem_init(&shared->settled, 1, 0), 0);
	assert_int_equal(sem_init(&shared->held, 1, 0), 0);
	assert_int_equal(sem_init(&shared->released, 1, 0), 0);
	(void)snprintf(folder, sizeof(folder), "/tmp/grantd-relay.XXXXXX");
	assert_non_null(mkdtemp(folder));
	a = address(folder);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 16), 0);
	listener = fork();
	assert_true(listener >= 0);
	if (listener == 0)
		listen_for_ever(fd, to);
	close(fd);
	return folder;
}

void
relay_stop(void)
{
	struct sockaddr_un a = address(folder);

	(void)kill(listener, SIGKILL);
	(void)waitpid(listener, NULL, 0);
	(void)unlink(a.sun_path);
	(void)rmdir(folder);
}

void
relay_arm(enum relay_order order, size_t bytes, int times, bool late)
{
	relay_settle();
	atomic_store(&shared->order, RELAY_PASS);
	shared->from = bytes;
	shared->late = late;
	atomic_store(&shared->bytes, (long)bytes);
	atomic_store(&shared->times, times);
	atomic_store(&shared->done, 0);
	atomic_store(&shared->exchanges, 0);
	settled = 0;
	atomic_store(&shared->order, order);
}

int
relay_done(void)
{
	return atomic_load(&shared->done);
}

static void
wait_for(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		assert_int_equal(errno, EINTR);
}

void
relay_settle(void)
{
	if (atomic_load(&shared->order) == RELAY_WARN)
		return; /* nothing was cut */
	for (; settled < relay_done(); settled++)
		wait_for(&shared->settled);
}

void
relay_await_hold(void)
{
	wait_for(&shared->held);
}

void
relay_release(void)
{
	(void)sem_post(&shared->released);
}

int
relay_exchanges(void)
{
	return atomic_load(&shared->exchanges);
}
