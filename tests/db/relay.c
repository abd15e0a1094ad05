/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <poll.h>
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

static _Atomic int *mode; /* shared with the relay's processes */
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

/* Until the server has answered with a ReadyForQuery that says "idle": the COMMIT is done. */
static void
await_commit(int server)
{
	static const char idle[] = { 'Z', 0, 0, 0, 5, 'I' };
	char bytes[65536];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(bytes) && (n = read(server, bytes + len, sizeof(bytes) - len)) > 0) {
		len += (size_t)n;
		if (memmem(bytes, len, idle, sizeof(idle)) != NULL)
			return;
	}
}

/* True: go on. The name of the prepared statement, or its text, with the NUL that ends it in the protocol. */
static bool
from_client(int client, int server)
{
	char bytes[65536];
	ssize_t n = read(client, bytes, sizeof(bytes));
	int now;

	if (n <= 0)
		return false;
	now = memmem(bytes, (size_t)n, "commit", sizeof("commit")) != NULL ?
	    atomic_exchange(mode, RELAY_PASS) :
	    RELAY_PASS;
	if (now == RELAY_DROP_COMMIT || !send_all(server, bytes, (size_t)n))
		return false;
	if (now == RELAY_DROP_ANSWER)
		await_commit(server);
	return now == RELAY_PASS;
}

static bool
from_server(int server, int client)
{
	char bytes[65536];
	ssize_t n = read(server, bytes, sizeof(bytes));

	return n > 0 && send_all(client, bytes, (size_t)n);
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
	mode = mmap(NULL, sizeof(*mode), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(mode != MAP_FAILED);
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
relay_arm(enum relay_mode m)
{
	atomic_store(mode, m);
}

enum relay_mode
relay_armed(void)
{
	return (enum relay_mode)atomic_load(mode);
}
