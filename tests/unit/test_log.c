/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <json-c/json.h>

#include "unit.h"

#include "base/hex.h"
#include "base/log.h"
#include "base/number.h"
#include "base/time_text.h"
#include "base/utf8.h"

static char path[] = "/tmp/grantd-test-log-XXXXXX";
static char line[8192]; /* the last one read, without its newline */

/* Truncate the file and log to it from `level` up. */
static void
fresh(enum log_level level)
{
	assert_int_equal(truncate(path, 0), 0);
	assert_true(log_open(path, level));
	log_context(NULL, NULL, NULL);
}

/* Read the whole file, which must be one line, or none: then false. */
static bool
read_line(void)
{
	FILE *f = fopen(path, "r");
	size_t len;

	assert_non_null(f);
	len = fread(line, 1, sizeof(line) - 1, f);
	(void)fclose(f);
	if (len == 0)
		return false;
	assert_int_equal(line[len - 1], '\n');
	line[len - 1] = '\0';
	assert_int_equal(strlen(line), len - 1);
	assert_null(strchr(line, '\n'));
	assert_true(utf8_printable(line, len - 1));
	return true;
}

/* The next word of the line at *p. */
static const char *
next_word(char **p)
{
	char *word = *p, *end = strchr(word, ' ');

	assert_non_null(end);
	*end = '\0';
	*p = end + 1;
	return word;
}

/* Take \xHH back to what it was. */
static void
unescape(char *text)
{
	char *out = text;
	uint8_t byte;

	while (*text != '\0') {
		if (*text == '\\') {
			assert_int_equal(text[1], 'x');
			assert_true(hex_parse(&byte, 1, text + 2, 2));
			*out++ = (char)byte;
			text += 4;
		} else
			*out++ = *text++;
	}
	*out = '\0';
}

static void
a_line_is_read_again(void **state)
{
	const char request[] = "r=1 \"x\"\n";
	const char message[] = "tab\t nl\n esc\x1B[31m \\x41 del\x7F \xC2\x85 \xFF\xC3 "
			       "gr\xC3\xBC\xC3\x9F";
	int64_t t, pid;
	const char *word;
	char *p;

	(void)state;
	fresh(LEVEL_INFO);
	log_context(request, "UpdateGrant", "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0");
	log_warning("%s", message);
	assert_true(read_line());
	p = line;
	word = next_word(&p);
	assert_true(time_parse(&t, word, strlen(word)));
	assert_in_range(time_now() - t, 0, 60 * INT64_C(1000000));
	assert_string_equal(next_word(&p), "warning");
	word = next_word(&p);
	assert_true(number_parse(&pid, word, strlen(word), getpid(), getpid()));
	word = next_word(&p);
	assert_memory_equal(word, "request=", 8);
	unescape(line + (word - line) + 8);
	assert_string_equal(word + 8, request);
	assert_string_equal(next_word(&p), "operation=UpdateGrant");
	assert_string_equal(next_word(&p), "tenant=2489e9ad-2ee2-8e00-8ec9-32d5f69181c0");
	assert_null(strpbrk(p, "\t\n\x1B\x7F"));
	unescape(p);
	assert_string_equal(p, message);
}

static void
each_byte_in_a_message(void **state)
{
	char message[4], *p;
	int c, i;

	(void)state;
	for (c = 1; c < 256; c++) {
		fresh(LEVEL_ERROR);
		(void)snprintf(message, sizeof(message), "<%c>", c);
		log_error("%s", message);
		assert_true(read_line());
		for (p = line, i = 0; i < 3; i++)
			(void)next_word(&p);
		unescape(p);
		assert_string_equal(p, message);
	}
}

static void
levels(void **state)
{
	enum log_level from, level;

	(void)state;
	for (from = LEVEL_ERROR; from <= LEVEL_DEBUG; from++) {
		for (level = LEVEL_ERROR; level <= LEVEL_DEBUG; level++) {
			fresh(from);
			log_line(level, "%s", "x");
			assert_int_equal(read_line(), level <= from);
		}
	}
}

static void
context_comes_and_goes(void **state)
{
	(void)state;
	fresh(LEVEL_INFO);
	log_context("r1", NULL, "");
	log_info("m");
	assert_true(read_line());
	assert_non_null(strstr(line, " request=r1 m"));
	fresh(LEVEL_INFO);
	log_info("m");
	assert_true(read_line());
	assert_null(strstr(line, "request="));
}

/* What it was made of may be gone by the time that a line is written. */
static void
context_is_copied(void **state)
{
	char request[] = "r1", tenant[] = "t1";

	(void)state;
	fresh(LEVEL_INFO);
	log_context(request, "Op", tenant);
	memset(request, 'x', sizeof(request) - 1);
	memset(tenant, 'x', sizeof(tenant) - 1);
	log_info("m");
	assert_true(read_line());
	assert_non_null(strstr(line, " request=r1 operation=Op tenant=t1 m"));
}

static int asked;

static int
ask(void)
{
	return ++asked;
}

static void
what_nobody_reads_is_not_looked_at(void **state)
{
	(void)state;
	fresh(LEVEL_WARNING);
	asked = 0;
	log_info("%d", ask());
	log_debug("%d", ask());
	assert_int_equal(asked, 0);
	assert_false(read_line());
	log_warning("%d", ask());
	assert_int_equal(asked, 1);
	assert_true(read_line());
}

/* Each process says its own id, although it does not ask for it each time. */
static void
a_child_says_who_it_is(void **state)
{
	char *p;
	int64_t pid;
	const char *word;
	pid_t child;

	(void)state;
	fresh(LEVEL_INFO);
	log_info("m");
	fresh(LEVEL_INFO);
	if ((child = fork()) == 0) {
		log_info("m");
		_exit(0);
	}
	assert_true(wait(NULL) == child);
	assert_true(read_line());
	p = line;
	(void)next_word(&p);
	(void)next_word(&p);
	word = next_word(&p);
	assert_true(number_parse(&pid, word, strlen(word), child, child));
}

/*
 * Lines of each length around the limit: whole, or cut with a mark, never longer; no escape is cut
 * apart.
 */
static void
long_lines(void **state)
{
	char message[6000], *p;
	size_t len, shown;
	int i;

	(void)state;
	for (len = 900; len<6000; len += len> 1000 && len < 4000 ? 97 : 1) {
		memset(message, len % 2 == 0 ? 'x' : '\x01', len);
		message[len] = '\0';
		fresh(LEVEL_INFO);
		log_info("%s", message);
		assert_true(read_line());
		assert_true(strlen(line) < 4096);
		for (p = line, i = 0; i < 3; i++)
			(void)next_word(&p);
		shown = len % 2 == 0 ? len : 4 * len;
		if (strlen(p) != shown) {
			assert_true(shown > 4000);
			assert_string_equal(p + strlen(p) - 6, " [cut]");
			p[strlen(p) - 6] = '\0';
			assert_int_equal(strlen(p) % (len % 2 == 0 ? 1 : 4), 0);
		}
	}
}

static void
long_context(void **state)
{
	char id[2000];

	(void)state;
	memset(id, 'i', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	fresh(LEVEL_INFO);
	log_context(id, "Op", id);
	log_info("the message");
	assert_true(read_line());
	assert_non_null(strstr(line, "the message"));
}

static void
errno_is_kept_and_told(void **state)
{
	(void)state;
	fresh(LEVEL_INFO);
	errno = ENOENT;
	log_error("it failed: %m");
	assert_int_equal(errno, ENOENT);
	assert_true(read_line());
	assert_non_null(strstr(line, "it failed: No such file or directory"));
	errno = EAGAIN;
	log_debug("not logged");
	assert_int_equal(errno, EAGAIN);
}

static void
a_file_that_cannot_be_opened(void **state)
{
	(void)state;
	fresh(LEVEL_INFO);
	assert_false(log_open("/nonexistent/directory/log", LEVEL_DEBUG));
	assert_int_equal(errno, ENOENT);
	log_info("still here");
	assert_true(read_line());
	assert_non_null(strstr(line, "still here"));
}

/* Standard error, which a test must not keep: its lines would be no TAP. */
static void
standard_error_by_default(void **state)
{
	int saved = dup(STDERR_FILENO);
	FILE *f;

	(void)state;
	assert_true(saved >= 0);
	fresh(LEVEL_INFO);
	f = fopen(path, "a");
	assert_non_null(f);
	assert_true(dup2(fileno(f), STDERR_FILENO) >= 0);
	assert_true(log_open("", LEVEL_INFO));
	log_info("to standard error");
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	(void)close(saved);
	(void)fclose(f);
	assert_true(read_line());
	assert_non_null(strstr(line, "to standard error"));
}

/* ---- lines that say the same ---- */

/* How many lines the file has that contain this. */
static int
count_lines(const char *what)
{
	FILE *f = fopen(path, "r");
	int n = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, what) != NULL;
	(void)fclose(f);
	return n;
}

/* In a child, which tells what it has counted when it ends. */
static void
in_a_child(void (*log)(void))
{
	int status;
	pid_t child;

	if ((child = fork()) == 0) {
		log();
		exit(0);
	}
	assert_true(waitpid(child, &status, 0) == child);
	assert_int_equal(status, 0);
}

static void
warn_often(void)
{
	int i;

	for (i = 0; i < 100; i++) {
		log_context(i % 2 == 0 ? "r0" : "r1", NULL, NULL);
		log_warning("the same %d", 7);
	}
	log_warning("another");
}

static void
the_same_again_is_counted(void **state)
{
	(void)state;
	fresh(LEVEL_INFO);
	in_a_child(warn_often);
	assert_int_equal(count_lines("the same 7\n"), 3);
	assert_int_equal(count_lines("warning "), 5);
	assert_int_equal(count_lines("the same 7 (repeated 97 times in "), 1);
	assert_int_equal(count_lines("another"), 1);
	fresh(LEVEL_DEBUG);
	in_a_child(warn_often);
	assert_int_equal(count_lines("the same 7\n"), 100);
}

static void
warn_differently(void)
{
	int i;

	for (i = 0; i < 100; i++) {
		log_error("number %d", i);
		log_info("plain");
	}
}

static void
what_differs_is_written(void **state)
{
	(void)state;
	fresh(LEVEL_INFO);
	in_a_child(warn_differently);
	assert_int_equal(count_lines("number "), 100);
	assert_int_equal(count_lines("plain"), 100);
	assert_int_equal(count_lines("repeated"), 0);
}

static void
refuse_many(void)
{
	char about[16];
	int i;

	for (i = 0; i < 2000; i++) {
		(void)snprintf(about, sizeof(about), "host%d", i % 40);
		log_fields(LEVEL_INFO, about, NULL, 0, "401 in %d ms from %s", i, about);
	}
}

/* Nothing is lost: what is written and what is counted is as many as there were. */
static void
many_of_a_kind_are_bounded(void **state)
{
	unsigned long total = 0, n;
	const char *at;
	FILE *f;

	(void)state;
	fresh(LEVEL_INFO);
	in_a_child(refuse_many);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		n = (at = strstr(line, "(repeated ")) != NULL ? strtoul(at + 10, NULL, 10) : 1;
		total += n;
	}
	(void)fclose(f);
	assert_int_equal(total, 2000);
	/* 32 kinds and the rest, each with three lines and one that counts */
	assert_int_equal(count_lines("401"), 33 * 4);
}

static void
due_when_there_is_something(void **state)
{
	int i;

	(void)state;
	fresh(LEVEL_INFO);
	assert_int_equal(log_due(), -1);
	for (i = 0; i < 4; i++)
		log_warning("due");
	assert_in_range(log_due(), 1, 10000);
	log_tick();
	assert_int_equal(count_lines("repeated"), 0); /* its time is not over */
	fresh(LEVEL_INFO);
	assert_int_equal(log_due(), -1);
}

/* ---- a log that takes nothing ---- */

/* The number that stands before this. */
static unsigned long
number_before(const char *text, const char *what)
{
	const char *p = strstr(text, what);

	while (p > text && p[-1] >= '0' && p[-1] <= '9')
		p--;
	return strtoul(p, NULL, 10);
}

/* Read what is in the pipe: how many of its lines end like this, and how many are said to be lost. */
static int
drain(int fd, const char *end, unsigned long *missing)
{
	static char text[1 << 20];
	size_t len = 0;
	ssize_t n;
	int count = 0;
	char *at, *next;

	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	*missing = 0;
	for (at = text; (next = strchr(at, '\n')) != NULL; at = next + 1) {
		*next = '\0';
		n = next - at;
		count += (size_t)n >= strlen(end) && strcmp(next - strlen(end), end) == 0;
		if (strstr(at, " lines lost: ") != NULL)
			*missing += number_before(at, " lines lost: ");
	}
	return count;
}

static void
fill(int n)
{
	char message[400];
	int i;

	memset(message, 'x', sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	for (i = 0; i < n; i++)
		log_info("%s", message);
}

/* Whatever it is whose reader stands still: nobody waits, and later it is said how many lines are missing. */
static void
check_stands_still(int reader)
{
	unsigned long missing, more;
	int came;

	assert_true(fcntl(reader, F_SETFL, O_NONBLOCK) != -1);
	fill(3000);
	assert_true(log_due() >= 0);
	came = drain(reader, "xxx", &missing);
	assert_in_range(came, 10, 2999);
	log_info("again");
	assert_int_equal(log_due(), -1);
	assert_int_equal(drain(reader, "again", &more), 1);
	assert_int_equal((unsigned long)came + missing + more, 3000);
	log_info("and on");
	assert_int_equal(drain(reader, "and on", &missing), 1);
	assert_int_equal(missing, 0);
}

static void
a_fifo_that_stands_still(void **state)
{
	static char fifo[] = "/tmp/grantd-test-fifo-XXXXXX";
	unsigned long missing;
	int fd = mkstemp(fifo), reader;

	(void)state;
	assert_true(fd >= 0 && close(fd) == 0 && unlink(fifo) == 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_true(log_open(fifo, LEVEL_INFO)); /* without a reader */
	log_info("kept until somebody reads");
	reader = open(fifo, O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	assert_int_equal(drain(reader, "somebody reads", &missing), 1);
	check_stands_still(reader);
	assert_true(log_open(path, LEVEL_INFO));
	(void)close(reader);
	assert_int_equal(unlink(fifo), 0);
}

/* Standard error is one of these ends; its flags are others' affair too. */
static void
check_standard_error(int end[2])
{
	int saved = dup(STDERR_FILENO);

	assert_true(dup2(end[1], STDERR_FILENO) >= 0);
	assert_true(log_open("", LEVEL_INFO));
	assert_int_equal(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
	check_stands_still(end[0]);
	assert_true(log_open(path, LEVEL_INFO));
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	(void)close(saved);
	(void)close(end[0]);
	(void)close(end[1]);
}

static void
standard_error_that_stands_still(void **state)
{
	int end[2];

	(void)state;
	assert_int_equal(pipe(end), 0);
	check_standard_error(end);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, end), 0);
	check_standard_error(end);
}

/* A pipe that root made for us, as svlogd's: it cannot be opened anew. */
static void
somebody_elses_pipe(void **state)
{
	unsigned long missing;
	int end[2], status;
	pid_t child;

	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(pipe(end), 0);
	if ((child = fork()) == 0) {
		if (setuid(65534) != 0)
			_exit(2);
		(void)dup2(end[1], STDERR_FILENO);
		(void)close(end[1]);
		if (!log_open("", LEVEL_INFO))
			_exit(3);
		fill(3000);
		_exit(log_due() >= 0 ? 0 : 4); /* it has lost some */
	}
	assert_true(waitpid(child, &status, 0) == child);
	assert_int_equal(status, 0);
	assert_true(fcntl(end[0], F_SETFL, O_NONBLOCK) != -1);
	assert_in_range(drain(end[0], "xxx", &missing), 10, 2999);
	(void)close(end[0]);
	(void)close(end[1]);
}

static void
a_full_disk(void **state)
{
	(void)state;
	fresh(LEVEL_INFO);
	if (!log_open("/dev/full", LEVEL_INFO))
		skip();
	fill(7);
	assert_true(log_due() >= 0);
	fresh(LEVEL_INFO);
	log_info("there is room");
	assert_int_equal(count_lines(" 7 lines lost"), 1);
	assert_int_equal(count_lines("there is room"), 1);
}

/* A line of JSON, as its reader has it. */
static struct json_object *
read_object(void)
{
	struct json_tokener *t = json_tokener_new();
	struct json_object *o;

	assert_true(read_line());
	json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, line, (int)strlen(line) + 1);
	assert_int_equal(json_tokener_get_error(t), json_tokener_success);
	assert_true(json_object_is_type(o, json_type_object));
	json_tokener_free(t);
	return o;
}

static const char *
text_of(struct json_object *o, const char *name)
{
	return json_object_get_string(json_object_object_get(o, name));
}

static void
a_line_of_json(void **state)
{
	const char request[] = "r=1 \"x\"\n\\";
	const struct log_field field[] = {
		LOG_FIELD("path", "/v1/\x01\xFF\xC3\xBC\""),
		LOG_FIELD("code", ""),
		LOG_NUMBER("us", -5),
	};
	struct json_object *o;

	(void)state;
	fresh(LEVEL_INFO);
	log_set_format(LOG_JSON);
	log_context(request, "UpdateGrant", NULL);
	log_trace("4bf92f3577b34da6a3ce929d0e0e4736");
	log_fields(LEVEL_WARNING, NULL, field, COUNT_OF(field), "tab\t and \"%s\"", "more\xC2\x9B");
	o = read_object();
	assert_string_equal(text_of(o, "level"), "warning");
	assert_int_equal(json_object_get_int(json_object_object_get(o, "pid")), getpid());
	assert_string_equal(text_of(o, "request"), request);
	assert_string_equal(text_of(o, "trace"), "4bf92f3577b34da6a3ce929d0e0e4736");
	assert_string_equal(text_of(o, "operation"), "UpdateGrant");
	assert_null(json_object_object_get(o, "tenant"));
	assert_string_equal(text_of(o, "message"), "tab\t and \"more\xC2\x9B\"");
	assert_string_equal(text_of(o, "path"), "/v1/\x01\xEF\xBF\xBD\xC3\xBC\"");
	assert_null(json_object_object_get(o, "code"));
	assert_int_equal(json_object_get_int(json_object_object_get(o, "us")), -5);
	json_object_put(o);
	log_set_format(LOG_TEXT);
}

/* Whatever its length: the object is whole, and what was cut says so. */
static void
long_lines_of_json(void **state)
{
	struct log_field field[] = { LOG_FIELD("value", NULL), LOG_NUMBER("last", 7) };
	static char message[6000], value[6000];
	const char *text;
	struct json_object *o;
	size_t i;

	(void)state;
	log_set_format(LOG_JSON);
	memset(message, 'm', sizeof(message) - 1);
	memset(value, '"', sizeof(value) - 1); /* each takes six bytes */
	for (i = 0; i < 4400; i += i < 3900 ? 97 : 1) {
		fresh(LEVEL_INFO);
		field[0].text = value + sizeof(value) - 1 - i / 7;
		log_fields(LEVEL_INFO, NULL, field, COUNT_OF(field), "%.*s", (int)(i - i / 2),
		    message);
		o = read_object();
		assert_true(strlen(line) < LOG_LINE_MAX);
		text = text_of(o, "value");
		if (json_object_object_get(o, "last") == NULL && text != NULL)
			assert_string_equal(text + strlen(text) - 6, " [cut]");
		json_object_put(o);
	}
	log_set_format(LOG_TEXT);
}

static void
fields_in_text(void **state)
{
	const struct log_field field[] = { LOG_FIELD("from", "a b=c"), LOG_FIELD("none", ""),
		LOG_NUMBER("us", 12) };

	(void)state;
	fresh(LEVEL_INFO);
	log_fields(LEVEL_INFO, NULL, field, COUNT_OF(field), "GET %d", 200);
	assert_true(read_line());
	assert_non_null(strstr(line, " GET 200 from=a\\x20b\\x3dc us=12"));
	assert_null(strstr(line, "none"));
}

/* syslog(3)'s end of its socket, which its daemon makes anew when it is started again. */
static int
open_syslog(const char *at)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s", at);
	(void)unlink(at);
	assert_int_equal(bind(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void
heard(int fd, const char *wanted)
{
	char expected[256], said[512];
	ssize_t n = recv(fd, said, sizeof(said) - 1, MSG_DONTWAIT);

	assert_true(n > 0);
	said[n] = '\0';
	assert_null(strchr(said, '\n'));
	(void)snprintf(expected, sizeof(expected), "<%s>grantd[%ld]: 20", wanted, (long)getpid());
	assert_memory_equal(said, expected, strlen(expected));
}

static void
to_the_system_log(void **state)
{
	char at[64], name[80];
	int fd;

	(void)state;
	(void)snprintf(at, sizeof(at), "%s.sock", path);
	(void)snprintf(name, sizeof(name), "syslog:%s", at);
	fd = open_syslog(at);
	assert_true(log_open(name, LEVEL_INFO));
	log_error("one");
	heard(fd, "27");
	close(fd);
	log_error("nobody hears it");
	fd = open_syslog(at);
	log_info("two");
	heard(fd, "28"); /* that one was lost comes first */
	heard(fd, "30");
	close(fd);
	(void)unlink(at);
	assert_false(log_open(name, LEVEL_INFO));
	assert_int_equal(errno, ENOENT);
	fresh(LEVEL_INFO);
}

/* Standard error is what systemd says that its journal reads; then what matters is said first. */
static void
to_the_journal(void **state)
{
	int saved = dup(STDERR_FILENO), fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	struct stat st;
	char stream[64];

	(void)state;
	fresh(LEVEL_INFO);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	assert_int_equal(fstat(fd, &st), 0);
	(void)snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
	assert_true(log_open(NULL, LEVEL_INFO));
	log_warning("one");
	assert_true(read_line());
	assert_memory_equal(line, "<4>20", 5);
	/* Another file than the one that systemd meant. */
	assert_int_equal(setenv("JOURNAL_STREAM", "1:1", 1), 0);
	fresh(LEVEL_INFO);
	assert_true(log_open(NULL, LEVEL_INFO));
	log_warning("two");
	assert_true(read_line());
	assert_memory_equal(line, "20", 2);
	unsetenv("JOURNAL_STREAM");
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	close(saved);
	close(fd);
	fresh(LEVEL_INFO);
}

static int
make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_read_again),
		cmocka_unit_test(each_byte_in_a_message),
		cmocka_unit_test(levels),
		cmocka_unit_test(context_comes_and_goes),
		cmocka_unit_test(context_is_copied),
		cmocka_unit_test(what_nobody_reads_is_not_looked_at),
		cmocka_unit_test(a_child_says_who_it_is),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(long_context),
		cmocka_unit_test(errno_is_kept_and_told),
		cmocka_unit_test(a_file_that_cannot_be_opened),
		cmocka_unit_test(standard_error_by_default),
		cmocka_unit_test(the_same_again_is_counted),
		cmocka_unit_test(what_differs_is_written),
		cmocka_unit_test(many_of_a_kind_are_bounded),
		cmocka_unit_test(due_when_there_is_something),
		cmocka_unit_test(a_fifo_that_stands_still),
		cmocka_unit_test(standard_error_that_stands_still),
		cmocka_unit_test(somebody_elses_pipe),
		cmocka_unit_test(a_full_disk),
		cmocka_unit_test(fields_in_text),
		cmocka_unit_test(a_line_of_json),
		cmocka_unit_test(long_lines_of_json),
		cmocka_unit_test(to_the_system_log),
		cmocka_unit_test(to_the_journal),
	};

	return cmocka_run_group_tests_name("log", tests, make_file, remove_file);
}
