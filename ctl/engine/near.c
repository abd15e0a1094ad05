/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/spelling.h"
#include "ctl/engine/near.h"

/* One letter is a mistake in any word, and one in three of a longer one. */
bool
near_word(const char *typed, const char *word, size_t *distance)
{
	size_t most = strlen(typed) / 3;

	*distance = spelling_distance(typed, word);
	return *distance <= (most > 0 ? most : 1);
}
