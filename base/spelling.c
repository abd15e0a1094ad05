/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/spelling.h"

size_t
spelling_distance(const char *a, const char *b)
{
	size_t row[SPELLING_MAX + 1], above_left, above, i, j, best;
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > SPELLING_MAX || b_len > SPELLING_MAX)
		return SPELLING_MAX;
	for (j = 0; j <= b_len; j++)
		row[j] = j;
	for (i = 1; i <= a_len; i++) {
		above_left = row[0];
		row[0] = i;
		for (j = 1; j <= b_len; j++) {
			above = row[j];
			best = above_left + (a[i - 1] != b[j - 1]);
			best = above + 1 < best ? above + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			above_left = above;
		}
	}
	return row[b_len];
}
