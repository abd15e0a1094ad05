/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/utf8.h"
#include "cedar/utf8.h"

size_t
cd_utf8_valid(const char *text, size_t len)
{
	size_t i = 0, n;
	uint64_t eight;

	while (i < len) {
		while (len - i >= 8) {
			memcpy(&eight, text + i, 8);
			if ((eight & UINT64_C(0x8080808080808080)) != 0)
				break;
			i += 8;
		}
		if (i == len || (n = utf8_sequence(text + i, len - i)) == 0)
			break;
		i += n;
	}
	return i;
}

uint32_t
cd_utf8_decode(const char *text, size_t len, size_t *used)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = utf8_sequence(text, len), i;
	uint32_t code;

	*used = n != 0 ? n : 1;
	if (n <= 1)
		return p[0];
	code = p[0] & (0xffu >> (n + 1));
	for (i = 1; i < n; i++)
		code = code << 6 | (p[i] & 0x3f);
	return code;
}

size_t
cd_utf8_encode(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

bool
cd_utf8_is_space(uint32_t code)
{
	return (code >= 0x09 && code <= 0x0d) || code == 0x20 || code == 0x85 || code == 0xa0 ||
	    code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
	    code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}
