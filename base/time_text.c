/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "base/time_text.h"

#define SECOND INT64_C(1000000)
#define DAY (24 * 60 * 60 * SECOND)

int64_t
time_now(void)
{
	struct timespec ts;

	/* CLOCK_REALTIME always exists, and the address is ours: this cannot fail. */
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec / 1000;
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 0001-01-01 to the first of January of `year`, from 1 on. */
static int
days_before_year(int year)
{
	int y = year - 1;

	return 365 * y + y / 4 - y / 100 + y / 400;
}

/* Days from 1970-01-01. */
static int
days_from_date(int year, int month, int day)
{
	int days = days_before_year(year) - days_before_year(1970) + day - 1;

	while (--month >= 1)
		days += days_in_month(year, month);
	return days;
}

static void
date_from_days(int days, int *year, int *month, int *day)
{
	days += days_before_year(1970);
	/* By the mean length of a year, 365.2425 days: never too late, at times a year too early. */
	*year = (int)((int64_t)days * 10000 / 3652425) + 1;
	while (days_before_year(*year + 1) <= days)
		(*year)++;
	days -= days_before_year(*year);
	for (*month = 1; days >= days_in_month(*year, *month); (*month)++)
		days -= days_in_month(*year, *month);
	*day = days + 1;
}

/* `count` digits of n, right to left, and the character behind them. */
static char *
put_digits(char *to, int count, int n, char behind)
{
	int i;

	for (i = count - 1; i >= 0; i--, n /= 10)
		to[i] = (char)('0' + n % 10);
	to[count] = behind;
	return to + count + 1;
}

/* By hand, as snprintf(3) would be a tenth of a whole request. */
bool
time_print(int64_t t, char text[TIME_TEXT_LEN + 1])
{
	int year, month, day, seconds;
	int64_t days, rest;
	char *to = text;

	text[0] = '\0';
	if (t < TIME_LEAST || t > TIME_MOST)
		return false;
	days = (t - TIME_LEAST) / DAY - days_before_year(1970);
	rest = (t - TIME_LEAST) % DAY;
	seconds = (int)(rest / SECOND);
	date_from_days((int)days, &year, &month, &day);
	to = put_digits(to, 4, year, '-');
	to = put_digits(to, 2, month, '-');
	to = put_digits(to, 2, day, 'T');
	to = put_digits(to, 2, seconds / 3600, ':');
	to = put_digits(to, 2, seconds / 60 % 60, ':');
	to = put_digits(to, 2, seconds % 60, '.');
	to = put_digits(to, 6, (int)(rest % SECOND), 'Z');
	*to = '\0';
	return true;
}

/* What is left of a text being read. */
struct cursor {
	const char *text;
	size_t len;
};

/* Exactly `count` digits whose number is from least to most; -1 otherwise. */
static int
take_digits(struct cursor *c, size_t count, int least, int most)
{
	int n = 0;
	size_t i;

	if (c->len < count)
		return -1;
	for (i = 0; i < count; i++) {
		if (c->text[i] < '0' || c->text[i] > '9')
			return -1;
		n = n * 10 + (c->text[i] - '0');
	}
	c->text += count;
	c->len -= count;
	return n < least || n > most ? -1 : n;
}

/* One character, given in lower case, in either case. */
static bool
take(struct cursor *c, char wanted)
{
	if (c->len == 0 ||
	    (c->text[0] != wanted && !(wanted >= 'a' && c->text[0] == wanted - 'a' + 'A')))
		return false;
	c->text++;
	c->len--;
	return true;
}

static bool
take_date(struct cursor *c, int *days)
{
	int year, month, day;

	if ((year = take_digits(c, 4, 1, 9999)) < 0 || !take(c, '-') ||
	    (month = take_digits(c, 2, 1, 12)) < 0 || !take(c, '-') ||
	    (day = take_digits(c, 2, 1, days_in_month(year, month))) < 0)
		return false;
	*days = days_from_date(year, month, day);
	return true;
}

/* "hh:mm" in minutes, or -1. */
static int
take_minutes(struct cursor *c)
{
	int hours, minutes;

	if ((hours = take_digits(c, 2, 0, 23)) < 0 || !take(c, ':') ||
	    (minutes = take_digits(c, 2, 0, 59)) < 0)
		return -1;
	return hours * 60 + minutes;
}

/* ".123" in microseconds; 0 where there is no dot, -1 where it is malformed. */
static int
take_fraction(struct cursor *c)
{
	int micros = 0, unit = 100000, digit, count = 0;

	if (!take(c, '.'))
		return 0;
	for (; (digit = take_digits(c, 1, 0, 9)) >= 0; count++) {
		micros += digit * unit;
		unit /= 10;
	}
	return count >= 1 && count <= 9 ? micros : -1;
}

/* "Z", "+hh:mm" or "-hh:mm" and nothing after it. */
static bool
take_offset(struct cursor *c, int *minutes)
{
	bool west = c->len > 0 && c->text[0] == '-';

	*minutes = 0;
	if (!take(c, 'z')) {
		if ((!take(c, '+') && !take(c, '-')) || (*minutes = take_minutes(c)) < 0)
			return false;
	}
	if (west)
		*minutes = -*minutes;
	return c->len == 0;
}

bool
time_parse(int64_t *t, const char *text, size_t len)
{
	struct cursor c = { .text = text, .len = len };
	int days, minutes, seconds, micros, offset;
	int64_t value;

	if (!take_date(&c, &days) || !take(&c, 't') || (minutes = take_minutes(&c)) < 0 ||
	    !take(&c, ':') || (seconds = take_digits(&c, 2, 0, 59)) < 0 ||
	    (micros = take_fraction(&c)) < 0 || !take_offset(&c, &offset))
		return false;
	value = days * DAY + ((minutes - offset) * INT64_C(60) + seconds) * SECOND + micros;
	if (value < TIME_LEAST || value > TIME_MOST)
		return false;
	*t = value;
	return true;
}
