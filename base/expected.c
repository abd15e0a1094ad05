/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/expected.h"
#include "base/utf8.h"

size_t
expected_show(char *out, size_t size, size_t used, const char *text, size_t len)
{
	const char *shown;
	size_t n, shown_len;

	for (; len > 0; text += n, len -= n) {
		n = utf8_sequence(text, len);
		shown = n > 0 && utf8_printable(text, n) ? text : "?";
		shown_len = shown == text ? n : 1;
		if (shown_len >= size - used)
			break;
		memcpy(out + used, shown, shown_len);
		used += shown_len;
		n = n > 0 ? n : 1;
	}
	out[used] = '\0';
	return used;
}

void
expected_words(char *out, size_t size, const char *const *words)
{
	const char *lead = "one of ";
	size_t used = 0;

	for (; *words != NULL; words++) {
		used = expected_show(out, size, used, lead, strlen(lead));
		used = expected_show(out, size, used, *words, strlen(*words));
		lead = ", ";
	}
}

void
expected_range(char *out, size_t size, const char *what, long min, long max, const char *unit)
{
	if (min == 0 && max == 0)
		(void)snprintf(out, size, "%s", what);
	else
		(void)snprintf(out, size, "%s from %ld to %ld%s", what, min, max, unit);
}
