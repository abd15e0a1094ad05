/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/log_repeat.h"
#include "base/log_sink.h"
#include "base/metrics.h"
#include "base/time_text.h"

#define PREFIX_MAX 48

/* Lost lines are spoken of no more often than lines that are repeated. */
#define LOST_RETRY_MS 1000

enum log_level log_level_from = LEVEL_INFO;

static enum log_format form;

/* The request in hand, as it came: most requests write one line, and one that does not pays nothing. */
static struct {
	char request[160], trace[TRACE_ID_LEN + 1], operation[64], tenant[64];
} context;

static unsigned long lost; /* lines of this process, since it was last said */

static pid_t process; /* getpid(), which is a system call; 0: not yet asked for */

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

/* What goes before a line for whoever takes it in: systemd's journal (sd-daemon(3)), or syslog(3)'s socket. */
static void
make_prefix(enum log_level level, char prefix[PREFIX_MAX])
{
	static const int severities[] = { LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

	prefix[0] = '\0';
	switch (log_sink_reader()) {
	case READER_ANY:
		break;
	case READER_JOURNAL:
		(void)snprintf(prefix, PREFIX_MAX, "<%d>", severities[level]);
		break;
	case READER_SYSLOG:
		(void)snprintf(prefix, PREFIX_MAX,
		    "<%d>grantd[%ld]: ", LOG_DAEMON | severities[level], (long)process_id());
		break;
	}
}

static void
begin_line(struct log_line *l, enum log_level level, bool in_context)
{
	static const char *const names[] = {
		[LEVEL_ERROR] = "error",
		[LEVEL_WARNING] = "warning",
		[LEVEL_INFO] = "info",
		[LEVEL_DEBUG] = "debug",
	};
	char time[TIME_TEXT_LEN + 1], prefix[PREFIX_MAX];

	if (!time_print(time_now(), time))
		(void)snprintf(time, sizeof(time), "-");
	make_prefix(level, prefix);
	log_line_begin(l, form, prefix);
	log_line_word(l, "time", time);
	log_line_word(l, "level", names[level]);
	log_line_bare(l, "pid", process_id());
	if (!in_context)
		return;
	log_line_pair(l, "request", context.request);
	log_line_pair(l, "trace", context.trace);
	log_line_pair(l, "operation", context.operation);
	log_line_pair(l, "tenant", context.tenant);
}

static void
add_fields(struct log_line *l, const struct log_field *field, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (field[i].text != NULL)
			log_line_pair(l, field[i].name, field[i].text);
		else
			log_line_number(l, field[i].name, field[i].number);
}

/* What one call says. */
struct said {
	enum log_level level;
	const char *message;
	const struct log_field *field;
	size_t fields;
	bool in_context;
};

/* False: it is lost. */
static bool
write_said(const struct said *what)
{
	struct log_line l;

	begin_line(&l, what->level, what->in_context);
	log_line_message(&l, what->message);
	add_fields(&l, what->field, what->fields);
	log_line_end(&l);
	return log_sink_write(l.text, l.len);
}

static void
tell_lost(void)
{
	char text[64];

	if (lost == 0)
		return;
	(void)snprintf(text, sizeof(text), "%lu lines lost: the log took none", lost);
	if (write_said(&(struct said){ .level = LEVEL_WARNING, .message = text }))
		lost = 0;
}

/* What was lost is told before anything else is. */
static void
tell(const struct said *what)
{
	tell_lost();
	if (lost == 0 && write_said(what))
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
		const struct log_field times = LOG_NUMBER("repeated", (int64_t)r.times);

		(void)snprintf(text, sizeof(text), "%s (repeated %lu times in %ld s)", r.text,
		    r.times, r.seconds);
		tell(&(struct said){
		    .level = (enum log_level)r.level,
		    .message = text,
		    .field = &times,
		    .fields = form == LOG_JSON ? 1 : 0,
		});
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

/* Message and fields, as they are kept for a line that says how often that was. */
static const char *
all_said(const struct said *what, struct log_line *l)
{
	if (what->fields == 0)
		return what->message;
	log_line_begin(l, LOG_TEXT, "");
	log_line_message(l, what->message);
	add_fields(l, what->field, what->fields);
	l->text[l->len] = '\0'; /* there is room for an end */
	return l->text;
}

static void
log_said(const struct said *what, const char *about, const char *format)
{
	struct log_line l;

	bool counted = about != NULL || (what->level <= LEVEL_WARNING && what->fields == 0);

	if (log_level_from < LEVEL_DEBUG && counted &&
	    !is_to_write(what->level, format, about, all_said(what, &l)))
		return;
	tell(what);
}

static void GRANTD_PRINTF(3, 0)
    log_formatted(struct said *what, const char *about, const char *format, va_list ap)
{
	char message[LOG_LINE_MAX];
	int saved = errno;
	int n;

	if (what->level > log_level_from)
		return;
	n = vsnprintf(message, sizeof(message), format, ap);
	what->message = n < 0 ? format : message;
	what->in_context = true;
	log_said(what, about, format);
	errno = saved;
}

void
log_line(enum log_level level, const char *format, ...)
{
	struct said what = { .level = level };
	va_list ap;

	va_start(ap, format);
	log_formatted(&what, NULL, format, ap);
	va_end(ap);
}

void
log_fields(enum log_level level, const char *about, const struct log_field *field, size_t fields,
    const char *format, ...)
{
	struct said what = { .level = level, .field = field, .fields = fields };
	va_list ap;

	va_start(ap, format);
	log_formatted(&what, about, format, ap);
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

void
log_set_format(enum log_format format)
{
	form = format;
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
	if (request_id == NULL)
		context.trace[0] = '\0';
	keep_text(context.request, sizeof(context.request), request_id);
	keep_text(context.operation, sizeof(context.operation), operation);
	keep_text(context.tenant, sizeof(context.tenant), tenant);
}

void
log_trace(const char *id)
{
	keep_text(context.trace, sizeof(context.trace), id);
}
