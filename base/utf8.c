/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/utf8.h"

/* C0, DEL, and C1, which is U+0080 to U+009F: C2 80 to C2 9F. */
static bool
is_control(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	return s[0] < 0x20 || s[0] == 0x7F || (s[0] == 0xC2 && s[1] < 0xA0);
}

bool
utf8_printable(const char *text, size_t len)
{
	size_t i, n;

	for (i = 0; i < len; i += n) {
		n = utf8_sequence(text + i, len - i);
		if (n == 0 || is_control(text + i))
			return false;
	}
	return true;
}
