/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/number.h"

bool
number_parse(int64_t *value, const char *text, size_t len, int64_t least, int64_t most)
{
	bool negative = len > 0 && text[0] == '-';
	size_t i = negative ? 1 : 0;
	int64_t n = 0;
	int digit;

	if (i == len)
		return false;
	for (; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		/* A negative number grows downwards, since INT64_MIN has no positive twin. */
		digit = negative ? '0' - text[i] : text[i] - '0';
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, digit, &n))
			return false;
	}
	if (n < least || n > most)
		return false;
	*value = n;
	return true;
}
