/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_LOG_H
#define GRANTD_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/log_line.h"

enum log_level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_INFO, LEVEL_DEBUG };

/*
 * One line for each event: time, level, process id, the context of the request in hand, the
 * message. A line is one write(2) of at most 4096 bytes, so lines of several processes do not mix;
 * a longer one is cut and ends in " [cut]". Control characters, backslashes and what is not UTF-8
 * are escaped as \xHH; in the context, blanks, quotes and '=' too. errno is left as it was, and %m
 * works. Not for signal handlers.
 *
 *	2026-11-23T02:31:45.123456Z info 1234 request=… trace=… operation=… tenant=… message name=value…
 *
 * or, with LOG_JSON, an object with the same: "time", "level", "pid", "request", "trace", "operation", "tenant", "message", and what
 * the line has of its own. A string that is cut ends in " [cut]", and members after it are missing.
 *
 * Nobody waits for the log's reader: what cannot be written at once is lost, and the next line that can be is preceded by one
 * that says how many were.
 *
 * Of errors and warnings that say the very same, each process writes three in ten seconds; those that follow become one line,
 * "message (repeated N times in S s)", when the time is over: at the next line or log_tick(), or when the process ends. At
 * LEVEL_DEBUG every line is written.
 */
void log_line(enum log_level, const char *, ...) GRANTD_PRINTF(2, 3);

/* What a line says beside its message: " name=value" after it, or a member of the object. A text that is "" is left out. */
struct log_field {
	const char *name;
	const char *text; /* NULL: it is the number */
	int64_t number;
};

#define LOG_FIELD(name_, text_) \
	{ \
		.name = (name_), .text = (text_) \
	}
#define LOG_NUMBER(name_, number_) \
	{ \
		.name = (name_), .number = (number_) \
	}

/*
 * A line with fields, which is never one of many that say the same; but with `about` (not NULL) what matters is that there are
 * many: the same are all with the same level, format and `about`, whatever else they say, and the last one's words are told. Where too
 * many things are talked about at a time, those that are beyond count as one.
 */
void log_fields(enum log_level, const char *about, const struct log_field *, size_t, const char *,
    ...) GRANTD_PRINTF(5, 6);

/* For how many milliseconds to wait before log_tick() is due; -1: there is nothing to tell. */
int log_due(void);

/* Tell what is due of lines that were counted or lost. Costs nothing where there is nothing to tell. */
void log_tick(void);

/*
 * What a line is made of is not looked at where nobody reads it: of a level that is not logged, the
 * arguments are not evaluated.
 */
#define log_wanted(level, ...) \
	((level) <= log_level_from ? log_line((level), __VA_ARGS__) : (void)0)
#define log_error(...) log_wanted(LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_wanted(LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_wanted(LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_wanted(LEVEL_DEBUG, __VA_ARGS__)

/* The least severe level that is logged; log_open()'s to set. */
extern enum log_level log_level_from;

/* Lines are text (unless told), or JSON, from the next one on. */
void log_set_format(enum log_format);

/*
 * Log to `path` (appending; NULL or "": standard error) from `level` up. False, with errno set,
 * when the file cannot be opened; then logging goes on where it was. "syslog", or "syslog:" and a socket's path, is the
 * system's log (/dev/log; facility daemon). On standard error, lines begin with their priority where that is systemd's
 * journal ($JOURNAL_STREAM, sd-daemon(3)).
 */
MUST_CHECK bool log_open(const char *path, enum log_level level);

/* The request in hand, on every line until the next call; copied, as far as it is no longer than ours are. NULL: none. */
void log_context(const char *request_id, const char *operation, const char *tenant);

/* And its trace, by its id of 32 hexadecimal digits (Trace Context, W3C, section 3.2.2.3); NULL: none. */
void log_trace(const char *id);

#define TRACE_ID_LEN 32

#endif
