/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cedar/ext.h"

#define FRACTION_DIGITS 4u

/* -?[0-9]+\.[0-9]{1,4}; added up below zero, where the range is larger by one. */
bool
cd_decimal_parse(const char *text, size_t len, int64_t *ten_thousandths)
{
	size_t i = 0, digits = 0, fraction = 0;
	bool negative = len > 0 && text[0] == '-', point = false;
	int64_t sum = 0;

	for (i = negative; i < len; i++) {
		if (text[i] == '.' && !point && digits > 0) {
			point = true;
			continue;
		}
		if (text[i] < '0' || text[i] > '9')
			return false;
		if (point && ++fraction > FRACTION_DIGITS)
			return false;
		digits++;
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_sub_overflow(sum, text[i] - '0', &sum))
			return false;
	}
	if (fraction == 0)
		return false;
	for (; fraction < FRACTION_DIGITS; fraction++)
		if (__builtin_mul_overflow(sum, 10, &sum))
			return false;
	if (!negative && __builtin_sub_overflow(0, sum, &sum))
		return false;
	*ten_thousandths = sum;
	return true;
}
