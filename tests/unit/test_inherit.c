/* SPDX-License-Identifier: MIT */
/* What a program leaves to the next is found by that one alone. */
#include "config.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fcgi/inherit.h"
#include "unit.h"

static void set(const char *format, ...) GRANTD_PRINTF(1, 2);

static void
set(const char *format, ...)
{
	char text[128];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	assert_int_equal(setenv("GRANTD_INHERITED", text, 1), 0);
}

static void
left_and_taken(void **state)
{
	struct inherited in, out;
	int pair[2], kept[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	kept[0] = pair[1];
	kept[1] = open("/dev/null", O_RDWR | O_CLOEXEC); /* no socket, and left out */
	out = (struct inherited){ pair[0], LISTENER_TCP, kept, 2 };
	assert_true(inherit_leave(&out));
	assert_int_equal(fcntl(pair[0], F_GETFD), 0);
	assert_int_equal(fcntl(pair[1], F_GETFD), 0);
	assert_true(inherit_take(&in));
	assert_int_equal(in.listener, pair[0]);
	assert_int_equal(in.kind, LISTENER_TCP);
	assert_int_equal(in.count, 1);
	assert_int_equal(in.kept[0], pair[1]);
	assert_int_equal(fcntl(pair[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(pair[1], F_GETFD), FD_CLOEXEC);
	assert_null(getenv("GRANTD_INHERITED"));
	inherit_clear(&in);
	assert_false(inherit_take(&in));
	assert_int_equal(in.listener, -1);
	/* The program stays after all. */
	assert_true(inherit_leave(&out));
	inherit_keep(&out);
	assert_int_equal(fcntl(pair[1], F_GETFD), FD_CLOEXEC);
	assert_null(getenv("GRANTD_INHERITED"));
	close(pair[0]);
	close(pair[1]);
	close(kept[1]);
}

static void
refused(void **state)
{
	const long me = (long)getpid();
	struct inherited in;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	set("%ld 0 %d", me + 1, pair[0]);
	assert_false(inherit_take(&in));
	set("%ld 0", me);
	assert_false(inherit_take(&in));
	set("%ld 4 %d", me, pair[0]); /* what a porter hands on is nobody's to inherit */
	assert_false(inherit_take(&in));
	set("%ld 0 99999", me);
	assert_false(inherit_take(&in));
	set("%ld 0 -1", me);
	assert_false(inherit_take(&in));
	set("%ld 0 99999999999", me);
	assert_false(inherit_take(&in));
	set("%s", "");
	assert_false(inherit_take(&in));
	assert_int_equal(in.listener, -1);
	assert_null(getenv("GRANTD_INHERITED"));
	/* A listener with nothing kept, and rubbish at the end, which ends what is taken. */
	set("%ld 3 %d %d x %d", me, pair[0], pair[1], pair[1]);
	assert_true(inherit_take(&in));
	assert_int_equal(in.count, 1);
	inherit_clear(&in);
	close(pair[0]);
	close(pair[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(left_and_taken),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
