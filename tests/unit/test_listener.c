/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include "unit.h"

#include "base/settings.h"
#include "fcgi/listener.h"

/*
 * A folder of its own for each test, settings that name a socket in it, and what listener.c
 * says.
 */
struct place {
	char directory[64];
	char path[80];
	struct settings settings;
	struct listener listener;
	char error[LISTENER_ERROR_MAX];
};

static void
set(struct place *p, const char *name, const char *value)
{
	char error[SETTINGS_ERROR_MAX];

	assert_true(settings_set(&p->settings, name, value, "test", error));
}

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	(void)snprintf(p->directory, sizeof(p->directory), "/tmp/grantd-listener-XXXXXX");
	assert_non_null(mkdtemp(p->directory));
	(void)snprintf(p->path, sizeof(p->path), "%s/s", p->directory);
	unsetenv("GRANTD_CONFIG");
	assert_true(settings_load(&p->settings, NULL, p->error));
	set(p, "GRANTD_LISTEN", p->path);
	p->listener = (struct listener)LISTENER_EMPTY;
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	listener_close(&p->listener);
	settings_clear(&p->settings);
	(void)unlink(p->path);
	(void)rmdir(p->directory);
	free(p);
	return 0;
}

static bool
open_it(struct place *p)
{
	return listener_open(&p->listener, &p->settings, p->error);
}

static bool
can_connect(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool ok;

	memcpy(a.sun_path, path, strlen(path) + 1);
	ok = connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0;
	close(fd);
	return ok;
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	return st.st_mode & 07777;
}

static void
unix_socket(void **state)
{
	struct place *p = *state;

	assert_true(open_it(p));
	assert_int_equal(p->listener.kind, LISTENER_UNIX);
	assert_true(can_connect(p->path));
	assert_true((fcntl(p->listener.fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(p->listener.fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_string_equal(listener_name(&p->listener, &p->settings), p->path);
	listener_retire(&p->listener);
	assert_int_equal(access(p->path, F_OK), -1);
}

/* Whatever the umask, and it is as it was afterwards. */
static void
mode_is_the_one_asked_for(void **state)
{
	struct place *p = *state;
	static const struct {
		const char *text;
		mode_t mode;
	} table[] = {
		{ "0660", 0660 },
		{ "600", 0600 },
		{ "0666", 0666 },
		{ "0777", 0777 },
		{ "000", 0 },
	};
	size_t i;

	for (i = 0; i < COUNT_OF(table); i++) {
		mode_t saved = umask(077);

		set(p, "GRANTD_LISTEN_MODE", table[i].text);
		assert_true(open_it(p));
		assert_int_equal(umask(saved), 077);
		assert_int_equal(mode_of(p->path), table[i].mode);
		listener_retire(&p->listener);
		listener_close(&p->listener);
	}
}

static void
bad_modes(void **state)
{
	static const char *const table[] = {
		"",
		"66",
		"06600",
		"1660",
		"0668",
		"rw",
		"-660",
		"0x1b",
		" 660",
	};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < COUNT_OF(table); i++) {
		set(p, "GRANTD_LISTEN_MODE", table[i]);
		assert_false(open_it(p));
		assert_non_null(strstr(p->error, "GRANTD_LISTEN_MODE"));
		assert_false(listener_check(&p->settings, p->error));
		assert_int_equal(access(p->path, F_OK), -1);
	}
}

static void
group(void **state)
{
	struct place *p = *state;
	const struct group *gr = getgrgid(getegid());
	struct stat st;

	if (gr == NULL)
		skip();
	set(p, "GRANTD_LISTEN_GROUP", gr->gr_name);
	assert_true(open_it(p));
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_gid, getegid());
}

static void
no_such_group(void **state)
{
	struct place *p = *state;

	set(p, "GRANTD_LISTEN_GROUP", "no such group");
	assert_false(open_it(p));
	assert_non_null(strstr(p->error, "no such group"));
	assert_false(listener_check(&p->settings, p->error));
	assert_int_equal(access(p->path, F_OK), -1);
}

static void
dead_socket_is_replaced(void **state)
{
	struct place *p = *state;

	assert_true(open_it(p));
	listener_close(&p->listener);
	assert_false(can_connect(p->path));
	assert_true(listener_check(&p->settings, p->error));
	assert_true(open_it(p));
	assert_true(can_connect(p->path));
}

static void
live_socket_is_refused(void **state)
{
	struct place *p = *state;
	struct listener second;

	assert_true(open_it(p));
	assert_false(listener_open(&second, &p->settings, p->error));
	assert_non_null(strstr(p->error, "another process"));
	assert_int_equal(second.fd, -1);
	assert_true(can_connect(p->path));
	/* What runs is what a check before a reload finds. */
	assert_true(listener_check(&p->settings, p->error));
}

/* A live one with a full queue is live. */
static void
full_queue_is_live(void **state)
{
	struct place *p = *state;
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct listener second;
	int fd[8];
	size_t i, n = 0;

	memcpy(a.sun_path, p->path, strlen(p->path) + 1);
	set(p, "GRANTD_LISTEN_BACKLOG", "1");
	assert_true(open_it(p));
	for (; n < COUNT_OF(fd); n++) {
		fd[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(fd[n], (const struct sockaddr *)&a, sizeof(a)) == -1)
			break;
	}
	assert_true(n < COUNT_OF(fd) && errno == EAGAIN);
	assert_false(listener_open(&second, &p->settings, p->error));
	assert_non_null(strstr(p->error, "another process"));
	for (i = 0; i <= n; i++)
		close(fd[i]);
}

static void
other_files_are_left_alone(void **state)
{
	struct place *p = *state;
	int fd = open(p->path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0 && write(fd, "x", 1) == 1);
	close(fd);
	assert_false(open_it(p));
	assert_non_null(strstr(p->error, "no socket"));
	assert_false(listener_check(&p->settings, p->error));
	assert_int_equal(access(p->path, F_OK), 0);
}

/* Somebody may have put another socket there in the meantime. */
static void
only_ours_is_removed(void **state)
{
	struct place *p = *state;
	struct listener second;

	assert_true(open_it(p));
	assert_int_equal(unlink(p->path), 0);
	assert_true(listener_open(&second, &p->settings, p->error));
	listener_retire(&p->listener);
	assert_true(can_connect(p->path));
	listener_retire(&second);
	listener_close(&second);
	assert_int_equal(access(p->path, F_OK), -1);
}

static void
path_too_long(void **state)
{
	struct place *p = *state;
	char path[200];

	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	set(p, "GRANTD_LISTEN", path);
	assert_false(open_it(p));
	assert_non_null(strstr(p->error, "longer"));
	assert_false(listener_check(&p->settings, p->error));
}

static void
no_such_directory(void **state)
{
	struct place *p = *state;

	set(p, "GRANTD_LISTEN", "/nowhere/to/be/found");
	assert_false(open_it(p));
	assert_false(listener_check(&p->settings, p->error));
	assert_non_null(strstr(p->error, "/nowhere/to/be"));
}

static void
addresses_that_are_none(void **state)
{
	static const char *const table[] = {
		"grantd.sock",
		"localhost",
		"9000",
		":9000",
		"host:",
		"host:http",
		"127.0.0.1:0",
		"127.0.0.1:65536",
		"127.0.0.1:-1",
		"127.0.0.1:+9",
		"::1:9000",
		"[]:9000",
		"[::1]",
		"[::1:9000",
		"host: 9000",
	};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < COUNT_OF(table); i++) {
		set(p, "GRANTD_LISTEN", table[i]);
		assert_false(open_it(p));
		assert_non_null(strstr(p->error, table[i]));
		assert_false(listener_check(&p->settings, p->error));
	}
}

/* Bind to a port that is free: below those that the system hands out by itself. */
static bool
open_some_port(struct place *p, const char *host)
{
	char address[64];
	int port;

	for (port = 20000 + getpid() % 10000; port < 32000; port++) {
		(void)snprintf(address, sizeof(address), "%s:%d", host, port);
		set(p, "GRANTD_LISTEN", address);
		if (open_it(p))
			return true;
		if (strstr(p->error, "in use") == NULL)
			return false;
	}
	return false;
}

static void
tcp(void **state)
{
	struct place *p = *state;
	struct listener second;

	assert_true(open_some_port(p, "127.0.0.1"));
	assert_int_equal(p->listener.kind, LISTENER_TCP);
	assert_true((fcntl(p->listener.fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true(listener_check(&p->settings, p->error));
	assert_false(listener_open(&second, &p->settings, p->error));
	assert_non_null(strstr(p->error, p->settings.listen));
}

static void
tcp_over_ipv6(void **state)
{
	struct place *p = *state;

	if (!open_some_port(p, "[::1]"))
		skip(); /* a machine without IPv6 */
	assert_int_equal(p->listener.kind, LISTENER_TCP);
}

/* Run `passed` with descriptor 0 replaced by `fd`. */
static void
with_stdin(int fd, struct place *p, void (*passed)(struct place *))
{
	int saved = dup(STDIN_FILENO);

	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	set(p, "GRANTD_LISTEN", "");
	passed(p);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
}

static void
is_taken(struct place *p)
{
	struct listener l;

	assert_true(listener_open(&l, &p->settings, p->error));
	assert_int_equal(l.fd, STDIN_FILENO);
	assert_int_equal(l.kind, LISTENER_PASSED);
	assert_true((fcntl(l.fd, F_GETFL) & O_NONBLOCK) != 0);
}

static void
is_not_taken(struct place *p)
{
	struct listener l;

	assert_false(listener_open(&l, &p->settings, p->error));
	assert_non_null(strstr(p->error, "--listen"));
	assert_true(listener_check(&p->settings, p->error));
}

static void
descriptor_0(void **state)
{
	struct place *p = *state;
	int null = open("/dev/null", O_RDONLY), pair[2];

	assert_true(null >= 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_true(open_it(p));
	with_stdin(p->listener.fd, p, is_taken);
	with_stdin(null, p, is_not_taken);
	with_stdin(pair[0], p, is_not_taken);
	close(null);
	close(pair[0]);
	close(pair[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(unix_socket, setup, teardown),
		cmocka_unit_test_setup_teardown(mode_is_the_one_asked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_modes, setup, teardown),
		cmocka_unit_test_setup_teardown(group, setup, teardown),
		cmocka_unit_test_setup_teardown(no_such_group, setup, teardown),
		cmocka_unit_test_setup_teardown(dead_socket_is_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(live_socket_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(full_queue_is_live, setup, teardown),
		cmocka_unit_test_setup_teardown(other_files_are_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(only_ours_is_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(path_too_long, setup, teardown),
		cmocka_unit_test_setup_teardown(no_such_directory, setup, teardown),
		cmocka_unit_test_setup_teardown(addresses_that_are_none, setup, teardown),
		cmocka_unit_test_setup_teardown(tcp, setup, teardown),
		cmocka_unit_test_setup_teardown(tcp_over_ipv6, setup, teardown),
		cmocka_unit_test_setup_teardown(descriptor_0, setup, teardown),
	};

	return cmocka_run_group_tests_name("listener", tests, NULL, NULL);
}
