/* SPDX-License-Identifier: MIT */
/* Whom grantd goes on with, whose spawner has ended. */
#include "config.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "unit.h"

#include "fcgi/spawner.h"

/* A process of this name, which waits to be killed. */
static pid_t
named(const char *name)
{
	int told[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	if ((pid = fork()) == 0) {
		if (prctl(PR_SET_NAME, name) == 0 && write(told[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(told[0], &c, 1), 1);
	close(told[0]);
	close(told[1]);
	return pid;
}

static void
end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Where it is not followed, what is watched stays. */
static void
not_followed(pid_t pid)
{
	int watched = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int spawner = watched;

	assert_false(spawner_follow(&spawner, pid));
	assert_int_equal(spawner, watched);
	assert_int_not_equal(fcntl(watched, F_GETFD), -1);
	close(watched);
}

static void
another_lighttpd(void **state)
{
	int was = open("/dev/null", O_RDONLY | O_CLOEXEC), spawner = was;
	struct pollfd ended = { .events = POLLIN };
	pid_t pid = named("lighttpd");

	(void)state;
	assert_true(spawner_follow(&spawner, pid));
	ended.fd = spawner;
	assert_int_equal(poll(&ended, 1, 0), 0);
	end(pid);
	assert_int_equal(poll(&ended, 1, 0), 1);
	close(spawner);
}

static void
nobody_else(void **state)
{
	static const char *const names[] = { "lighttp", "lighttpd2", "nginx", "" };
	pid_t pid;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(names); i++) {
		pid = named(names[i]);
		not_followed(pid);
		end(pid);
	}
	not_followed(0);
}

/* Nobody has waited for it yet. */
static void
one_that_has_ended(void **state)
{
	pid_t pid = named("lighttpd");
	siginfo_t info;

	(void)state;
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	not_followed(pid);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	not_followed(pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_lighttpd),
		cmocka_unit_test(nobody_else),
		cmocka_unit_test(one_that_has_ended),
	};

	return cmocka_run_group_tests_name("spawner", tests, NULL, NULL);
}
