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

/* n times 10 to the power of `zeros`, and a digit. */
static bool
shift_in(int64_t *n, int64_t zeros, int digit)
{
	if (zeros > 19)
		return false;
	for (; zeros > 0; zeros--)
		if (__builtin_mul_overflow(*n, 10, n))
			return false;
	return !__builtin_add_overflow(*n, digit, n);
}

/* What stands behind the `e`, if anything. Beyond EXPONENT_MOST it makes no difference any more. */
#define EXPONENT_MOST INT64_C(1000000000000)

static int64_t
exponent_of(const char *text)
{
	bool negative;
	int64_t n = 0;

	if (*text != 'e' && *text != 'E')
		return 0;
	negative = text[1] == '-';
	text += 1 + (negative || text[1] == '+');
	for (; *text >= '0' && *text <= '9'; text++)
		if (n < EXPONENT_MOST)
			n = n * 10 + (*text - '0');
	return negative ? -n : n;
}

bool
number_whole(int64_t *value, const char *text)
{
	bool negative = *text == '-', point = false;
	int64_t n = 0, zeros = 0, exponent = 0;

	for (text += negative; (*text >= '0' && *text <= '9') || *text == '.'; text++) {
		int digit = negative ? '0' - *text : *text - '0';

		if (*text == '.') {
			point = true;
			continue;
		}
		exponent -= point;
		/* Zeros count only once another digit follows, or there is one before them. */
		if (digit == 0) {
			zeros += n != 0;
			continue;
		}
		/* With more digits than that it is too large, or there are some behind the point. */
		if (!shift_in(&n, zeros + 1, digit))
			return false;
		zeros = 0;
	}
	exponent += zeros + exponent_of(text);
	if (n != 0 && (exponent < 0 || !shift_in(&n, exponent, 0)))
		return false;
	*value = n;
	return true;
}
