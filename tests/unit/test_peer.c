/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <unistd.h>

#include "unit.h"

#include "fcgi/peer.h"

static bool
allowed(const char *address, const char *list)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
		return peer_allowed((const struct sockaddr *)&v4, list);
	assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
	return peer_allowed((const struct sockaddr *)&v6, list);
}

static void
lists(void **state)
{
	static const struct {
		const char *address, *list;
		bool allowed;
	} table[] = {
		{ "192.0.2.1", NULL, true },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2,192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2,192.0.2.3", false },
		{ "192.0.2.1", "192.0.2.10", false },
		{ "192.0.2.10", "192.0.2.1", false },
		{ "192.0.2.1", "", false },
		{ "192.0.2.1", ",", false },
		{ "192.0.2.1", ",,192.0.2.1,", true },
		{ "192.0.2.1", "192.0.2.1 ", false },
		{ "192.0.2.1", "localhost,192.0.2", false },
		{ "192.0.2.1", "::ffff:192.0.2.1", true },
		{ "::ffff:192.0.2.1", "192.0.2.1", true },
		{ "2001:db8::1", "2001:DB8:0:0:0:0:0:1", true },
		{ "2001:db8::1", "2001:db8::2", false },
		{ "::", "0.0.0.0", false },
		{ "192.0.2.1", "0000:0000:0000:0000:0000:ffff:192.168.100.200,x,192.0.2.1", true },
		{ "192.0.2.1", "00000000000000000000000000000000000000000000192.0.2.1", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		assert_int_equal(allowed(table[i].address, table[i].list), table[i].allowed);
}

static void
unix_sockets_are_not_meant(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	(void)state;
	assert_true(peer_allowed((const struct sockaddr *)&un, "192.0.2.1"));
}

static void
who_it_is(void **state)
{
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(peer_pid(pair[0]), getpid());
	close(pair[1]);
	assert_int_equal(peer_pid(pair[0]), getpid());
	close(pair[0]);
	assert_int_equal(peer_pid(pair[0]), 0);
	assert_int_equal(peer_pid(tcp), 0);
	assert_false(peer_has_ended(tcp));
	close(tcp);
}

/* Of a listening socket that a child left behind */
static void
whether_it_has_ended(void **state)
{
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	siginfo_t info;
	pid_t pid;

	(void)state;
	/* With no more than the family, the system gives it a name of its own. */
	assert_int_equal(bind(listener, (struct sockaddr *)&name, sizeof(sa_family_t)), 0);
	pid = fork();
	if (pid == 0)
		_exit(listen(listener, 1) != 0 || peer_has_ended(listener));
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(info.si_status, 0);
	assert_int_equal(peer_pid(listener), pid);
	assert_true(peer_has_ended(listener));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(peer_has_ended(listener));
	close(listener);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(unix_sockets_are_not_meant),
		cmocka_unit_test(who_it_is),
		cmocka_unit_test(whether_it_has_ended),
	};

	return cmocka_run_group_tests_name("peer", tests, NULL, NULL);
}
