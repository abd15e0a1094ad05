/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/pattern.h"

/*
 * The first piece must start the text and the last one end it.  Of those
 * between, each is taken where it first occurs: a later place could only leave
 * less room for the rest.  Bytes will do, as no UTF-8 sequence starts inside
 * another.
 */
bool
cd_pattern_match(const struct pattern *pattern, const char *text, size_t len)
{
	const struct piece *piece = pattern->pieces, *last = piece + pattern->count - 1;
	const char *found;

	if (piece == last)
		return len == piece->len && memcmp(text, piece->text, len) == 0;
	if (len < piece->len || memcmp(text, piece->text, piece->len) != 0)
		return false;
	text += piece->len;
	len -= piece->len;
	if (len < last->len || memcmp(text + len - last->len, last->text, last->len) != 0)
		return false;
	len -= last->len;
	while (++piece < last) {
		if ((found = memmem(text, len, piece->text, piece->len)) == NULL)
			return false;
		found += piece->len;
		len -= (size_t)(found - text);
		text = found;
	}
	return true;
}
