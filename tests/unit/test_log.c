/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <unistd.h>

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
	};

	return cmocka_run_group_tests_name("log", tests, make_file, remove_file);
}
