/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_EXPECTED_H
#define GRANTD_BASE_EXPECTED_H

#include <stddef.h>

/* Texts for the details of an error: what was expected, and names that a client made up. */

/* "one of a, b, c" from a list that ends with NULL; cut where `out` is full. */
void expected_words(char *out, size_t size, const char *const *words);

/* "<what> from min to max<unit>"; with min and max both 0, what alone. */
void expected_range(char *out, size_t size, const char *what, long min, long max, const char *unit);

/*
 * Append to the `used` bytes in `out` what may be shown of `len` bytes from outside: with '?' for
 * control characters and for what is not UTF-8, cut between characters where `out` is full. The new
 * number of bytes used; always NUL-terminated.
 */
size_t expected_show(char *out, size_t size, size_t used, const char *text, size_t len);

#endif
