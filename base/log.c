/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time_text.h"
#include "base/utf8.h"

#define LINE_MAX_BYTES 4096
#define CUT_MARK " [cut]"

static int log_fd = STDERR_FILENO;
enum log_level log_level_from = LEVEL_INFO;

/* The request in hand, as it came: most requests write one line, and one that does not pays nothing. */
static struct {
	char request[160], operation[64], tenant[64];
} context;

static pid_t process; /* getpid(), which is a system call; 0: not yet asked for */

/* A line being put together: fixed size, so that logging works when memory has run out. */
struct line {
	char *text;
	size_t len, size;
	bool cut;
};

/* Append all of it or nothing, and nothing after that, so that no escape is cut apart. */
static void
line_add(struct line *l, const char *text, size_t len)
{
	if (l->cut || len > l->size - l->len) {
		l->cut = true;
		return;
	}
	memcpy(l->text + l->len, text, len);
	l->len += len;
}

/* Does the character of `len` bytes need an escape? A `word` ends at a blank. */
static bool
needs_escape(const unsigned char *s, size_t len, bool word)
{
	/* A backslash too, so that \xHH in a line has one meaning. */
	if (len == 0 || s[0] < 0x20 || s[0] == 0x7F || s[0] == '\\')
		return true;
	if (word && (s[0] == ' ' || s[0] == '"' || s[0] == '='))
		return true;
	return len == 2 && s[0] == 0xC2 && s[1] < 0xA0; /* the C1 controls */
}

/*
 * Append with escapes for control characters and what is not UTF-8; in a `word`, also for what
 * would end it.
 */
static void
line_add_escaped(struct line *l, const char *text, bool word)
{
	size_t len = strlen(text), n, i;
	char escape[2 * 4 + 1];

	while (len > 0) {
		n = utf8_sequence(text, len);
		if (!needs_escape((const unsigned char *)text, n, word)) {
			line_add(l, text, n);
		} else {
			n = n > 0 ? n : 1;
			for (i = 0; i < n; i++)
				(void)snprintf(escape + 4 * i, 5, "\\x%02x",
				    (unsigned char)text[i]);
			line_add(l, escape, 4 * n);
		}
		text += n;
		len -= n;
	}
}

static void
line_add_pair(struct line *l, const char *name, const char *value)
{
	if (*value == '\0')
		return;
	line_add(l, name, strlen(name));
	line_add_escaped(l, value, true);
	line_add(l, " ", 1);
}

static void
forget_process(void)
{
	process = 0;
}

static pid_t
process_id(void)
{
	static bool watching;

	if (!watching)
		watching = pthread_atfork(NULL, NULL, forget_process) == 0;
	if (process == 0 || !watching)
		process = getpid();
	return process;
}

static void
line_add_head(struct line *l, enum log_level level)
{
	static const char *const names[] = {
		[LEVEL_ERROR] = "error",
		[LEVEL_WARNING] = "warning",
		[LEVEL_INFO] = "info",
		[LEVEL_DEBUG] = "debug",
	};
	char time[TIME_TEXT_LEN + 1], head[64];
	int n;

	if (!time_print(time_now(), time))
		(void)snprintf(time, sizeof(time), "-");
	n = snprintf(head, sizeof(head), "%s %s %ld ", time, names[level], (long)process_id());
	if (n > 0 && (size_t)n < sizeof(head))
		line_add(l, head, (size_t)n);
	line_add_pair(l, "request=", context.request);
	line_add_pair(l, "operation=", context.operation);
	line_add_pair(l, "tenant=", context.tenant);
}

/*
 * One write; a line that the file takes only part of, or not at all, is lost: there is nowhere to
 * say so.
 */
static void
line_write(struct line *l)
{
	ssize_t n;

	if (l->cut) {
		memcpy(l->text + l->len, CUT_MARK, sizeof(CUT_MARK) - 1);
		l->len += sizeof(CUT_MARK) - 1;
	}
	l->text[l->len++] = '\n';
	do
		n = write(log_fd, l->text, l->len);
	while (n < 0 && errno == EINTR);
}

void
log_line(enum log_level level, const char *format, ...)
{
	char text[LINE_MAX_BYTES], message[LINE_MAX_BYTES];
	struct line l = { .text = text, .size = sizeof(text) - sizeof(CUT_MARK) };
	int saved = errno;
	va_list ap;
	int n;

	if (level > log_level_from)
		return;
	line_add_head(&l, level);
	errno = saved; /* for %m */
	va_start(ap, format);
	n = vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	line_add_escaped(&l, n < 0 ? format : message, false);
	line_write(&l);
	errno = saved;
}

bool
log_open(const char *path, enum log_level level)
{
	int fd = STDERR_FILENO;

	if (path != NULL && *path != '\0' &&
	    (fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640)) < 0)
		return false;
	if (log_fd != STDERR_FILENO)
		(void)close(log_fd);
	log_fd = fd;
	log_level_from = level;
	return true;
}

/* What is longer than any of ours is cut. */
static void
keep_text(char *to, size_t size, const char *text)
{
	size_t len = text != NULL ? strnlen(text, size - 1) : 0;

	if (len > 0)
		memcpy(to, text, len);
	to[len] = '\0';
}

void
log_context(const char *request_id, const char *operation, const char *tenant)
{
	keep_text(context.request, sizeof(context.request), request_id);
	keep_text(context.operation, sizeof(context.operation), operation);
	keep_text(context.tenant, sizeof(context.tenant), tenant);
}
