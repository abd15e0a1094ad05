/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/number.h"
#include "ctl/line.h"

const char *
next_word(char **text)
{
	char *begin = *text, *blank = strchr(begin, ' ');

	if (blank == NULL) {
		*text = begin + strlen(begin);
	} else {
		*blank = '\0';
		*text = blank + 1;
	}
	return begin;
}

bool
next_int(char **text, int64_t least, int64_t *value)
{
	const char *word = next_word(text);

	return number_parse(value, word, strlen(word), least, INT64_MAX);
}

bool
next_uuid(char **text, struct uuid *id)
{
	const char *word = next_word(text);

	return uuid_parse(id, word, strlen(word));
}
