/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_SPELLING_H
#define GRANTD_BASE_SPELLING_H

#include <stddef.h>

#define SPELLING_MAX \
	64 /* bytes of a word that is compared; longer ones are so far from everything */

/* How many letters must be changed, added or left out to make `a` of `b` (Levenshtein's distance). */
size_t spelling_distance(const char *a, const char *b);

#endif
