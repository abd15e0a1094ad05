/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/log_repeat.h"
#include "base/log_sink.h"
#include "base/metrics.h"
#include "base/time_text.h"
#include "base/utf8.h"

#define CUT_MARK " [cut]"

/* Lost lines are spoken of no more often than lines that are repeated. */
#define LOST_RETRY_MS 1000

enum log_level log_level_from = LEVEL_INFO;

/* The request in hand, as it came: most requests write one line, and one that does not pays nothing. */
static struct {
	char request[160], operation[64], tenant[64];
} context;

static unsigned long lost; /* lines of this process, since it was last said */

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
	lost = 0;
	repeat_forget();
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
line_add_head(struct line *l, enum log_level level, bool in_context)
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
	if (!in_context)
		return;
	line_add_pair(l, "request=", context.request);
	line_add_pair(l, "operation=", context.operation);
	line_add_pair(l, "tenant=", context.tenant);
}

static bool
line_write(struct line *l)
{
	if (l->cut) {
		memcpy(l->text + l->len, CUT_MARK, sizeof(CUT_MARK) - 1);
		l->len += sizeof(CUT_MARK) - 1;
	}
	l->text[l->len++] = '\n';
	return log_sink_write(l->text, l->len);
}

/* False: it is lost. */
static bool
write_message(enum log_level level, const char *message, bool in_context)
{
	char text[LOG_LINE_MAX];
	struct line l = { .text = text, .size = sizeof(text) - sizeof(CUT_MARK) };

	line_add_head(&l, level, in_context);
	line_add_escaped(&l, message, false);
	return line_write(&l);
}

static void
tell_lost(void)
{
	char text[64];

	if (lost == 0)
		return;
	(void)snprintf(text, sizeof(text), "%lu lines lost: the log took none", lost);
	if (write_message(LEVEL_WARNING, text, false))
		lost = 0;
}

/* What was lost is told before anything else is. */
static void
tell(enum log_level level, const char *message, bool in_context)
{
	tell_lost();
	if (lost == 0 && write_message(level, message, in_context))
		return;
	lost++;
	metrics_add(METRIC_LOG_LOST, 1);
}

static void
tell_repeated(int64_t now)
{
	char text[REPEAT_TEXT_MAX + 64];
	struct repeated r;

	while (repeat_next(now, &r)) {
		(void)snprintf(text, sizeof(text), "%s (repeated %lu times in %ld s)", r.text,
		    r.times, r.seconds);
		tell((enum log_level)r.level, text, false);
	}
}

/* ---- which lines are the same ---- */

#define FNV_OFFSET UINT64_C(0xCBF29CE484222325)
#define FNV_PRIME UINT64_C(0x100000001B3)

static uint64_t
mix(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len-- > 0)
		hash = (hash ^ *p++) * FNV_PRIME;
	return hash;
}

/* By where its format is, and what it is about. Never 0. */
static uint64_t
kind_of(enum log_level level, const char *format, const char *about)
{
	uint64_t hash = mix(FNV_OFFSET + (uint64_t)level, &format, sizeof(format));

	return mix(hash, about, strlen(about)) | 1;
}

/*
 * Is this line to be written, and not counted? `about` NULL: what it says. One of too many kinds is written where all of it matters, and
 * counted with the rest where `about` does.
 */
static bool
is_to_write(enum log_level level, const char *format, const char *about, const char *message)
{
	int64_t now = clock_monotonic_ms();
	enum repeat taken;

	tell_repeated(now);
	taken = repeat_take(kind_of(level, format, about != NULL ? about : message), level, message,
	    now);
	if (taken == REPEAT_FULL && about != NULL)
		taken = repeat_take(REPEAT_REST, level, message, now);
	return taken != REPEAT_COUNTED;
}

static void
log_message(enum log_level level, const char *about, const char *format, const char *message)
{
	if (log_level_from < LEVEL_DEBUG && (level <= LEVEL_WARNING || about != NULL) &&
	    !is_to_write(level, format, about, message))
		return;
	tell(level, message, true);
}

static void GRANTD_PRINTF(3, 0)
    log_formatted(enum log_level level, const char *about, const char *format, va_list ap)
{
	char message[LOG_LINE_MAX];
	int saved = errno;
	int n;

	if (level > log_level_from)
		return;
	n = vsnprintf(message, sizeof(message), format, ap);
	log_message(level, about, format, n < 0 ? format : message);
	errno = saved;
}

void
log_line(enum log_level level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_formatted(level, NULL, format, ap);
	va_end(ap);
}

void
log_repeated(enum log_level level, const char *about, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_formatted(level, about, format, ap);
	va_end(ap);
}

/* ---- when nothing is logged ---- */

int
log_due(void)
{
	int64_t now, due = repeat_due();

	if (lost > 0)
		return LOST_RETRY_MS;
	if (due == INT64_MAX)
		return -1;
	now = clock_monotonic_ms();
	return due > now ? (int)(due - now) : 0;
}

/* All that there is to tell, of repeated lines those whose time is over. */
static void
tell_rest(int64_t now)
{
	tell_repeated(now);
	tell_lost();
}

void
log_tick(void)
{
	if (lost > 0 || repeat_due() != INT64_MAX)
		tell_rest(clock_monotonic_ms());
}

static void
tell_at_end(void)
{
	tell_rest(INT64_MAX);
}

bool
log_open(const char *path, enum log_level level)
{
	static bool at_end;

	tell_at_end(); /* where it was counted */
	repeat_forget();
	if (!at_end)
		at_end = atexit(tell_at_end) == 0;
	if (!log_sink_open(path))
		return false;
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
