/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_TOKEN_H
#define GRANTD_HTTP_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/*
 * The pieces that header fields are made of (RFC 9110 section 5.6), shared by those who read one.
 */

/* A borrowed piece of a header field. */
struct token {
	const char *text;
	size_t len;
};

/* Past optional white space: blanks and tabs. */
const char *token_skip_blanks(const char *p);

/* Read a token at `p`. The position after it, or NULL where there is none. */
MUST_CHECK const char *token_read(const char *p, struct token *t);

/*
 * Read a token or a quoted string at `p`; of the latter, *t is what is between the quotes, with its
 * backslashes. The position after it, or NULL where there is neither.
 */
MUST_CHECK const char *token_read_word(const char *p, struct token *t);

/*
 * Without regard to the case of ASCII letters. A word with a backslash in it equals nothing that we
 * compare it with.
 */
bool token_is(const struct token *t, const char *text);

#endif
