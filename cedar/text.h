/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_TEXT_H
#define CEDAR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A text being put together.  With a buffer of the caller's it is cut off where
 * that is full, between code points; without one it grows on the heap, and
 * `failed` remembers that memory ran out.
 */
struct text {
	char *data; /* NUL-terminated once something was added */
	size_t len;
	size_t room;
	bool fixed;
	bool failed;
};

/* The value of a hexadecimal digit; -1 for anything else. */
static inline int
cd_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

#define TEXT_EMPTY \
	{ \
		.data = NULL, .len = 0, .room = 0, .fixed = false, .failed = false \
	}

struct text cd_text_fixed(char *buffer, size_t size); /* size at least 1 */
void cd_text_add(struct text *, const char *, size_t);
void cd_text_puts(struct text *, const char *);
void cd_text_free(struct text *); /* of one on the heap; empty again */
void cd_text_number(struct text *, int64_t);

/* A string in quotes, with the escapes of the language; in a pattern a star too is escaped. */
void cd_text_quoted(struct text *, const char *, size_t);
void cd_text_escaped(struct text *, const char *, size_t, bool pattern);

#endif
