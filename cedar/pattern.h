/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_PATTERN_H
#define CEDAR_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The right side of `like`: the pieces of text between its stars, in order.
 * Two pieces have one run of stars between them, so only the first and the last
 * may be empty; without a star there is one piece.
 */
struct piece {
	const char *text;
	size_t len;
};

struct pattern {
	uint32_t count; /* at least 1 */
	struct piece pieces[];
};

/* The time is linear in the length of the text and the number of pieces. */
bool cd_pattern_match(const struct pattern *, const char *text, size_t len);

#endif
