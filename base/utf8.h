/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_UTF8_H
#define GRANTD_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The length, 1 to 4, of the UTF-8 sequence that begins at text[0], or 0 where the first of `len`
 * bytes begin none by the table of RFC 3629 section 4: no overlong form, no surrogate, nothing past
 * U+10FFFF.
 */
static inline size_t
utf8_sequence(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned char least = 0x80, most = 0xBF; /* of the second byte */
	size_t n, i;

	if (len == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xC2 || s[0] > 0xF4)
		return 0;
	n = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	if (s[0] == 0xE0)
		least = 0xA0;
	else if (s[0] == 0xED)
		most = 0x9F;
	else if (s[0] == 0xF0)
		least = 0x90;
	else if (s[0] == 0xF4)
		most = 0x8F;
	if (len < n || s[1] < least || s[1] > most)
		return 0;
	for (i = 2; i < n; i++)
		if (s[i] < 0x80 || s[i] > 0xBF)
			return 0;
	return n;
}

/* Are `len` bytes valid UTF-8 without control characters (C0, U+007F, C1)? */
bool utf8_printable(const char *text, size_t len);

#endif
