/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_LOG_SINK_H
#define GRANTD_BASE_LOG_SINK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/*
 * Where the log's lines go, for base/log.c alone but for what a path means. Nobody waits for whoever reads them: a pipe or socket that is full, a
 * terminal that is held, and a disk that is full lose the line, and the caller is told. What others share with us stays as it
 * is: O_NONBLOCK is set on what was opened here, and never on a descriptor that was inherited.
 */

/* The longest line, with its newline: what a pipe takes whole or not at all (PIPE_BUF). */
#define LOG_LINE_MAX 4096

/*
 * Write to `path` from now on (appending; NULL or "": standard error). A FIFO is opened whether or not somebody reads it: what
 * nobody reads stays in it until it is full. "syslog" and "syslog:PATH" are the socket of syslog(3), or one like it. False, with
 * errno set, when it cannot be opened; then it goes on as before.
 */
MUST_CHECK bool log_sink_open(const char *path);

/* The socket that "syslog" or "syslog:PATH" means, borrowed or static; NULL: the path is a file's, or none. */
const char *log_sink_syslog(const char *path);

/* Who reads it, and wants to be told before each line how much that matters. */
enum log_reader { READER_ANY, READER_JOURNAL, READER_SYSLOG };
enum log_reader log_sink_reader(void);

/* Write a line that ends in a newline, of at most LOG_LINE_MAX bytes. False: it is lost. */
MUST_CHECK bool log_sink_write(const char *line, size_t len);

#endif
