/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_LOG_LINE_H
#define GRANTD_BASE_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log_sink.h"

/*
 * A line being put together, for base/log.c alone: of fixed size, so that logging works when memory has run out. Either words, or
 * one JSON object (RFC 8259). What does not fit is cut, and says so; in JSON the object is whole all the same, with
 * the members that fit.
 */
enum log_format { LOG_TEXT, LOG_JSON };

struct log_line {
	enum log_format format;
	size_t len;
	bool cut;
	char text[LOG_LINE_MAX];
};

/* Empty, but for `prefix`, which is for whoever takes the line in and no part of it. */
void log_line_begin(struct log_line *, enum log_format, const char *prefix);

/* A word that stands by itself in text ("info"), and has a name in JSON; never with anything to escape. */
void log_line_word(struct log_line *, const char *name, const char *word);

/* A number, likewise. */
void log_line_bare(struct log_line *, const char *name, int64_t number);

/* name=value. In text blanks, quotes and '=' are escaped in it as well; "" is left out. */
void log_line_pair(struct log_line *, const char *name, const char *value);
void log_line_number(struct log_line *, const char *name, int64_t number);

/* The sentence. Pairs may come before it and after it. */
void log_line_message(struct log_line *, const char *message);

/* Its end, with a newline; `len` and `text` are what is to be written. */
void log_line_end(struct log_line *);

#endif
