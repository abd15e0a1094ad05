/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_LOG_H
#define GRANTD_BASE_LOG_H

#include <stdbool.h>

#include "base/compiler.h"

enum log_level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_INFO, LEVEL_DEBUG };

/*
 * One line for each event: time, level, process id, the context of the request in hand, the
 * message. A line is one write(2) of at most 4096 bytes, so lines of several processes do not mix;
 * a longer one is cut and ends in " [cut]". Control characters, backslashes and what is not UTF-8
 * are escaped as \xHH; in the context, blanks, quotes and '=' too. errno is left as it was, and %m
 * works. Not for signal handlers.
 *
 *	2026-11-23T02:31:45.123456Z info 1234 request=… operation=… tenant=… message
 */
void log_line(enum log_level, const char *, ...) GRANTD_PRINTF(2, 3);
#define log_error(...) log_line(LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_line(LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LEVEL_DEBUG, __VA_ARGS__)

/*
 * Log to `path` (appending; NULL or "": standard error) from `level` up. False, with errno set,
 * when the file cannot be opened; then logging goes on where it was.
 */
MUST_CHECK bool log_open(const char *path, enum log_level level);

/* The request in hand, on every line until the next call; copied. NULL: none. */
void log_context(const char *request_id, const char *operation, const char *tenant);

#endif
