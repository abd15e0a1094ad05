/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/ext.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* ---- datetime ---- */

/* Exactly `count` digits, at most max; *at moves behind them. */
static bool
digits(const char *text, size_t len, size_t *at, size_t count, int max, int *value)
{
	size_t end = *at + count;

	if (end > len)
		return false;
	for (*value = 0; *at < end; ++*at) {
		if (text[*at] < '0' || text[*at] > '9')
			return false;
		*value = *value * 10 + (text[*at] - '0');
	}
	return *value <= max;
}

static bool
skip(const char *text, size_t len, size_t *at, char c)
{
	if (*at >= len || text[*at] != c)
		return false;
	++*at;
	return true;
}

static int
days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/*
 * Days since 1970-01-01 in the Gregorian calendar.  A year is counted from
 * March, so that the leap day is its last; 719468 days lie between 0000-03-01
 * and 1970-01-01.
 */
static int64_t
days_since_1970(int year, int month, int day)
{
	int64_t y = year - (month <= 2), m = (month + 9) % 12;
	int64_t leap_days = y >= 0 ? y / 4 - y / 100 + y / 400 : -1;

	return 365 * y + leap_days + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool
parse_date(const char *text, size_t len, size_t *at, int64_t *sum)
{
	int year, month, day;

	if (!digits(text, len, at, 4, 9999, &year) || !skip(text, len, at, '-') ||
	    !digits(text, len, at, 2, 12, &month) || !skip(text, len, at, '-') ||
	    !digits(text, len, at, 2, 31, &day))
		return false;
	if (month < 1 || day < 1 || day > days_of_month(year, month))
		return false;
	*sum = days_since_1970(year, month, day) * DAY;
	return true;
}

static bool
parse_clock(const char *text, size_t len, size_t *at, int64_t *sum)
{
	int hour, minute, second;

	if (!skip(text, len, at, 'T') || !digits(text, len, at, 2, 23, &hour) ||
	    !skip(text, len, at, ':') || !digits(text, len, at, 2, 59, &minute) ||
	    !skip(text, len, at, ':') || !digits(text, len, at, 2, 59, &second))
		return false;
	*sum += hour * HOUR + minute * MINUTE + second * SECOND;
	return true;
}

/* `Z`, or how far local time is ahead. */
static bool
parse_zone(const char *text, size_t len, size_t *at, int64_t *sum)
{
	int hours, minutes;
	bool behind;

	if (skip(text, len, at, 'Z'))
		return true;
	behind = skip(text, len, at, '-');
	if (!behind && !skip(text, len, at, '+'))
		return false;
	if (!digits(text, len, at, 2, 23, &hours) || !digits(text, len, at, 2, 59, &minutes))
		return false;
	*sum += (behind ? 1 : -1) * (hours * HOUR + minutes * MINUTE);
	return true;
}

bool
cd_datetime_parse(const char *text, size_t len, int64_t *milliseconds)
{
	size_t at = 0;
	int64_t sum;
	int fraction;

	if (!parse_date(text, len, &at, &sum))
		return false;
	if (at < len) {
		if (!parse_clock(text, len, &at, &sum))
			return false;
		if (skip(text, len, &at, '.')) {
			if (!digits(text, len, &at, 3, 999, &fraction))
				return false;
			sum += fraction;
		}
		if (!parse_zone(text, len, &at, &sum) || at != len)
			return false;
	}
	*milliseconds = sum;
	return true;
}

int64_t
cd_datetime_to_time(int64_t milliseconds)
{
	int64_t rest = milliseconds % DAY;

	return rest < 0 ? rest + DAY : rest;
}

bool
cd_datetime_to_date(int64_t milliseconds, int64_t *midnight)
{
	return !__builtin_sub_overflow(milliseconds, cd_datetime_to_time(milliseconds), midnight);
}

/* ---- duration ---- */

static const struct unit {
	char name[3];
	int64_t milliseconds;
} units[] = { { "d", DAY }, { "h", HOUR }, { "m", MINUTE }, { "s", SECOND }, { "ms", 1 } };

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

/* The unit that stands at `at`, or UNIT_COUNT. `ms` is not `m`. */
static size_t
find_unit(const char *text, size_t len, size_t *at)
{
	size_t n = 0, i;

	while (*at + n < len && n < 3 && text[*at + n] >= 'a' && text[*at + n] <= 'z')
		n++;
	for (i = 0; i < UNIT_COUNT; i++)
		if (strlen(units[i].name) == n && memcmp(units[i].name, text + *at, n) == 0)
			break;
	*at += n;
	return i;
}

/*
 * Quantities in falling order of their units.  They are added up below zero,
 * where the range is larger by one.
 */
bool
cd_duration_parse(const char *text, size_t len, int64_t *milliseconds)
{
	bool negative = len > 0 && text[0] == '-';
	size_t at = negative, start, unit, least = 0;
	int64_t sum = 0, quantity;

	if (at == len)
		return false;
	while (at < len) {
		quantity = 0;
		for (start = at; at < len && text[at] >= '0' && text[at] <= '9'; at++)
			if (__builtin_mul_overflow(quantity, 10, &quantity) ||
			    __builtin_sub_overflow(quantity, text[at] - '0', &quantity))
				return false;
		if (at == start || (unit = find_unit(text, len, &at)) == UNIT_COUNT || unit < least)
			return false;
		least = unit + 1;
		if (__builtin_mul_overflow(quantity, units[unit].milliseconds, &quantity) ||
		    __builtin_add_overflow(sum, quantity, &sum))
			return false;
	}
	if (!negative && __builtin_sub_overflow(0, sum, &sum))
		return false;
	*milliseconds = sum;
	return true;
}
