/* SPDX-License-Identifier: MIT */
/*
 * A FastCGI client that can misbehave: it sends what it is told, step by step, record by record.
 *
 *	fcgi_client [-k] [-n TIMES] [-c PARALLEL] [-u FILE] SOCKET STEP...
 *
 * SOCKET is a path, or HOST:PORT. The steps, each with its arguments as further words:
 *
 *	request METHOD PATH	the variables that a web server sends
 *	param NAME=VALUE	one more variable
 *	begin ROLE FLAGS	a BEGIN_REQUEST record; role 1 is the responder's, flag 1
 *				keeps the connection
 *	params			a PARAMS record with the variables so far, and an empty one
 *	stdin TEXT		a STDIN record
 *	fill COUNT		COUNT bytes of STDIN
 *	end			an empty STDIN record
 *	get PATH		request GET PATH, begin 1 0, params, end, read
 *	kept PATH		the same with begin 1 1
 *	record TYPE HEX		a record of any type
 *	raw HEX			any bytes
 *	id N, version N, padding N	for the records that follow
 *	split N			from here on, N bytes with each write(2), 0: all at once
 *	slow MS			from here on, so much time between two writes
 *	touch FILE		tell that this step was reached
 *	wait FILE		go on when FILE is there
 *	shut			no more from this side
 *	read			until the request or the connection ends, and copy the answer
 *				to standard output
 *
 * Ends with 0 when a read ended with END_REQUEST and no step failed, 3 when the connection was
 * closed before that, 4 when END_REQUEST carried another protocol status than 0, 5 when nothing
 * came for 20 seconds, 2 on wrong usage, 1 otherwise.
 *
 * With -n or -u, the steps are done over and over on new connections, TIMES times or until FILE
 * is there, by PARALLEL processes, and how often they went well with status 200 is printed:
 * "good=N bad=N". With -k each process keeps to one connection, and makes another only when that one
 * ended, which counts as bad.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/fastcgi.h"
#include "base/hex.h"

#define PATIENCE_MS 20000
#define POLL_MS 5

enum {
	END_DONE = 0,
	END_FAILED = 1,
	END_USAGE = 2,
	END_CLOSED = 3,
	END_STATUS = 4,
	END_SILENT = 5
};

struct client {
	const char *address;
	int fd;
	int id, version, padding;
	size_t split; /* 0: all at once */
	int slow;     /* milliseconds */
	struct buf params, record;
	char answer[64]; /* how STDOUT began */
	size_t answer_len;
	bool quiet;
	int end; /* how the last read ended */
};

static void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void
fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)fputs("fcgi_client: ", stderr);
	(void)vfprintf(stderr, format, ap);
	(void)fputc('\n', stderr);
	va_end(ap);
	exit(END_USAGE);
}

static long
number(const char *text, long least, long most)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || n < least || n > most)
		fail("%s is no number from %ld to %ld", text, least, most);
	return n;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
connect_unix(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(a.sun_path))
		fail("%s is too long for a socket", path);
	memcpy(a.sun_path, path, strlen(path) + 1);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
connect_tcp(const char *address)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
	const char *colon = strrchr(address, ':');
	struct addrinfo *a;
	char host[128];
	size_t len;
	int fd;

	if (colon == NULL)
		fail("%s is no HOST:PORT", address);
	len = (size_t)(colon - address);
	if (address[0] == '[' && len > 2)
		(void)snprintf(host, sizeof(host), "%.*s", (int)len - 2, address + 1);
	else
		(void)snprintf(host, sizeof(host), "%.*s", (int)len, address);
	if (getaddrinfo(host, colon + 1, &hints, &a) != 0)
		fail("%s cannot be found", address);
	fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, a->ai_addr, a->ai_addrlen) == -1) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(a);
	return fd;
}

/* What cannot be written any more is lost; whether that matters shows in the answer. */
static void
put_bytes(struct client *c, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		size_t part = c->split > 0 && c->split < len ? c->split : len;
		ssize_t n = send(c->fd, p, part, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		if (c->slow > 0)
			(void)poll(NULL, 0, c->slow);
		p += n;
		len -= (size_t)n;
	}
}

static void
put_record(struct client *c, int type, const void *content, size_t len)
{
	const struct fcgi_header h = {
		.version = c->version,
		.type = type,
		.id = (unsigned)c->id,
		.content = len,
		.padding = (size_t)c->padding,
	};

	buf_reset(&c->record);
	fcgi_put_record(&c->record, &h, content);
	if (c->record.failed)
		fail("out of memory");
	put_bytes(c, c->record.data, c->record.len);
}

static void
add_param(struct client *c, const char *name, size_t name_len, const char *value)
{
	fcgi_put_pair(&c->params, name, name_len, value, strlen(value));
	if (c->params.failed || c->params.len > FCGI_MAX_LENGTH)
		fail("too many variables");
}

static void
add_pair(struct client *c, const char *pair)
{
	const char *eq = strchr(pair, '=');

	if (eq == NULL)
		fail("%s is no NAME=VALUE", pair);
	add_param(c, pair, (size_t)(eq - pair), eq + 1);
}

static void
add_request(struct client *c, const char *method, const char *path)
{
	add_param(c, "REQUEST_METHOD", strlen("REQUEST_METHOD"), method);
	add_param(c, "PATH_INFO", strlen("PATH_INFO"), path);
	add_pair(c, "SCRIPT_NAME=");
	add_pair(c, "QUERY_STRING=");
	add_pair(c, "REMOTE_ADDR=127.0.0.1");
	add_pair(c, "SERVER_PROTOCOL=HTTP/1.1");
}

static void
put_begin(struct client *c, const char *role, const char *flags)
{
	const unsigned char body[8] = { 0, (unsigned char)number(role, 0, 255),
		(unsigned char)number(flags, 0, 255) };

	put_record(c, FCGI_BEGIN_REQUEST, body, sizeof(body));
}

static void
put_params(struct client *c)
{
	put_record(c, FCGI_PARAMS, c->params.data, c->params.len);
	put_record(c, FCGI_PARAMS, NULL, 0);
	buf_reset(&c->params);
}

static void
put_fill(struct client *c, long count)
{
	char block[8192];

	memset(block, 'x', sizeof(block));
	while (count > 0) {
		size_t part = count < (long)sizeof(block) ? (size_t)count : sizeof(block);

		put_record(c, FCGI_STDIN, block, part);
		count -= (long)part;
	}
}

static size_t
parse_hex(const char *hex, unsigned char *out, size_t size)
{
	size_t len = strlen(hex) / 2;

	if (len > size || !hex_parse(out, len, hex, strlen(hex)))
		fail("%s is no hexadecimal text", hex);
	return len;
}

static void
put_hex(struct client *c, int type, const char *hex)
{
	unsigned char bytes[4096];
	size_t len = parse_hex(hex, bytes, sizeof(bytes));

	if (type < 0)
		put_bytes(c, bytes, len);
	else
		put_record(c, type, bytes, len);
}

static void
touch(const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1)
		fail("%s: %s", file, strerror(errno));
	close(fd);
}

static bool
is_there(const char *file)
{
	return access(file, F_OK) == 0;
}

static void
wait_for(const char *file)
{
	int64_t until = now_ms() + PATIENCE_MS;

	while (!is_there(file)) {
		if (now_ms() > until)
			fail("%s does not come", file);
		(void)poll(NULL, 0, POLL_MS);
	}
}

/* Exactly `len` bytes; END_CLOSED or END_SILENT when they do not come. */
static int
get_bytes(struct client *c, unsigned char *to, size_t len)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	while (len > 0) {
		ssize_t n;

		if (poll(&p, 1, PATIENCE_MS) == 0)
			return END_SILENT;
		if ((n = recv(c->fd, to, len, 0)) <= 0)
			return END_CLOSED;
		to += n;
		len -= (size_t)n;
	}
	return END_DONE;
}

static void
keep_answer(struct client *c, const unsigned char *content, size_t len)
{
	size_t part = sizeof(c->answer) - 1 - c->answer_len;

	if (part > len)
		part = len;
	memcpy(c->answer + c->answer_len, content, part);
	c->answer_len += part;
	if (!c->quiet)
		(void)fwrite(content, 1, len, stdout);
}

static int
get_answer(struct client *c)
{
	unsigned char bytes[FCGI_HEADER_LEN], content[FCGI_MAX_LENGTH + 255];
	struct fcgi_header h;
	int end;

	for (;;) {
		if ((end = get_bytes(c, bytes, sizeof(bytes))) != END_DONE)
			return end;
		fcgi_header_read(&h, bytes);
		if ((end = get_bytes(c, content, h.content + h.padding)) != END_DONE)
			return end;
		if (h.id != (unsigned)c->id)
			continue; /* of another request, or of none */
		if (h.type == FCGI_STDOUT)
			keep_answer(c, content, h.content);
		else if (h.type == FCGI_END_REQUEST)
			return content[4] == FCGI_REQUEST_COMPLETE ? END_DONE : END_STATUS;
	}
}

static void
do_get(struct client *c, const char *path, const char *flags)
{
	add_request(c, "GET", path);
	put_begin(c, "1", flags);
	put_params(c);
	put_record(c, FCGI_STDIN, NULL, 0);
	c->end = get_answer(c);
}

static void
set_number(int *field, const char *text, long most)
{
	*field = (int)number(text, 0, most);
}

/* Do the step; false: there is none of that name. `arg` has as many words as the step takes. */
static bool
do_step(struct client *c, const char *step, char *const arg[])
{
	if (strcmp(step, "request") == 0)
		add_request(c, arg[0], arg[1]);
	else if (strcmp(step, "param") == 0)
		add_pair(c, arg[0]);
	else if (strcmp(step, "begin") == 0)
		put_begin(c, arg[0], arg[1]);
	else if (strcmp(step, "params") == 0)
		put_params(c);
	else if (strcmp(step, "stdin") == 0)
		put_record(c, FCGI_STDIN, arg[0], strlen(arg[0]));
	else if (strcmp(step, "fill") == 0)
		put_fill(c, number(arg[0], 0, 1L << 30));
	else if (strcmp(step, "end") == 0)
		put_record(c, FCGI_STDIN, NULL, 0);
	else if (strcmp(step, "get") == 0)
		do_get(c, arg[0], "0");
	else if (strcmp(step, "kept") == 0)
		do_get(c, arg[0], "1");
	else if (strcmp(step, "record") == 0)
		put_hex(c, (int)number(arg[0], 0, 255), arg[1]);
	else if (strcmp(step, "raw") == 0)
		put_hex(c, -1, arg[0]);
	else if (strcmp(step, "id") == 0)
		set_number(&c->id, arg[0], 65535);
	else if (strcmp(step, "version") == 0)
		set_number(&c->version, arg[0], 255);
	else if (strcmp(step, "padding") == 0)
		set_number(&c->padding, arg[0], 255);
	else if (strcmp(step, "split") == 0)
		c->split = (size_t)number(arg[0], 0, FCGI_MAX_LENGTH);
	else if (strcmp(step, "slow") == 0)
		set_number(&c->slow, arg[0], 1000);
	else if (strcmp(step, "touch") == 0)
		touch(arg[0]);
	else if (strcmp(step, "wait") == 0)
		wait_for(arg[0]);
	else if (strcmp(step, "shut") == 0)
		(void)shutdown(c->fd, SHUT_WR);
	else if (strcmp(step, "read") == 0)
		c->end = get_answer(c);
	else
		return false;
	return true;
}

static int
step_arguments(const char *step)
{
	static const char *const two[] = { "request", "begin", "record" };
	static const char *const none[] = { "params", "end", "shut", "read" };
	size_t i;

	for (i = 0; i < COUNT_OF(two); i++)
		if (strcmp(step, two[i]) == 0)
			return 2;
	for (i = 0; i < COUNT_OF(none); i++)
		if (strcmp(step, none[i]) == 0)
			return 0;
	return 1;
}

static bool
open_connection(struct client *c)
{
	c->fd = strchr(c->address, '/') != NULL ? connect_unix(c->address) :
						  connect_tcp(c->address);
	if (c->fd == -1 && !c->quiet)
		(void)fprintf(stderr, "fcgi_client: %s: %s\n", c->address, strerror(errno));
	return c->fd != -1;
}

static void
close_connection(struct client *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
}

/* All steps, on the connection that is there, or a new one. */
static int
run(struct client *c, char *steps[], int count)
{
	int i, n;

	c->id = 1;
	c->version = FCGI_VERSION_1;
	c->padding = 0;
	c->split = 0;
	c->slow = 0;
	c->answer_len = 0;
	c->end = END_DONE;
	buf_reset(&c->params);
	memset(c->answer, 0, sizeof(c->answer));
	if (c->fd == -1 && !open_connection(c))
		return END_FAILED;
	for (i = 0; i < count && c->end == END_DONE; i += 1 + n) {
		n = step_arguments(steps[i]);
		if (i + n >= count)
			fail("%s needs %d arguments", steps[i], n);
		if (!do_step(c, steps[i], steps + i + 1))
			fail("there is no step %s", steps[i]);
	}
	return c->end;
}

struct load {
	long times; /* for each process; 0: until the file is there */
	const char *until;
	int parallel;
	bool kept;
};

static void
run_load(struct client *c, const struct load *l, char *steps[], int count, int report)
{
	long tally[2] = { 0, 0 }, i;
	int end;

	c->quiet = true;
	for (i = 0; l->times == 0 || i < l->times; i++) {
		if (l->until != NULL && is_there(l->until))
			break;
		end = run(c, steps, count);
		tally[end != END_DONE || strncmp(c->answer, "Status: 200", 11) != 0]++;
		if (!l->kept || end != END_DONE)
			close_connection(c);
	}
	if (write(report, tally, sizeof(tally)) != sizeof(tally))
		exit(END_FAILED);
	exit(END_DONE);
}

static int
run_parallel(struct client *c, const struct load *l, char *steps[], int count)
{
	long tally[2], good = 0, bad = 0;
	int report[2], status, end = END_DONE, i;
	pid_t pid;

	if (pipe(report) == -1)
		fail("%s", strerror(errno));
	for (i = 0; i < l->parallel; i++) {
		if ((pid = fork()) == -1)
			fail("%s", strerror(errno));
		if (pid == 0)
			run_load(c, l, steps, count, report[1]);
	}
	close(report[1]);
	while (read(report[0], tally, sizeof(tally)) == sizeof(tally)) {
		good += tally[0];
		bad += tally[1];
	}
	while (wait(&status) > 0)
		if (status != 0)
			end = END_FAILED;
	printf("good=%ld bad=%ld\n", good, bad);
	return end;
}

int
main(int argc, char *argv[])
{
	static struct client c = { .fd = -1 };
	struct load l = { .parallel = 1 };
	int option, end;

	while ((option = getopt(argc, argv, "+kn:c:u:")) != -1) {
		switch (option) {
		case 'k':
			l.kept = true;
			break;
		case 'n':
			l.times = number(optarg, 1, 1000000000);
			break;
		case 'c':
			l.parallel = (int)number(optarg, 1, 256);
			break;
		case 'u':
			l.until = optarg;
			break;
		default:
			return END_USAGE;
		}
	}
	if (argc - optind < 2)
		fail("usage: fcgi_client [-k] [-n TIMES] [-c PARALLEL] [-u FILE] SOCKET STEP...");
	(void)signal(SIGPIPE, SIG_IGN);
	c.address = argv[optind++];
	if (l.times > 0 || l.until != NULL)
		return run_parallel(&c, &l, argv + optind, argc - optind);
	end = run(&c, argv + optind, argc - optind);
	close_connection(&c);
	buf_clear(&c.params);
	buf_clear(&c.record);
	return end;
}
