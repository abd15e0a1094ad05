/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>
#include <inttypes.h>

#include "unit.h"

#include "base/time_text.h"

#define DAY INT64_C(86400000000)

static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

/* Count the calendar up from its first day to its last; every day printed and read again. */
static void
every_day_of_the_calendar(void **state)
{
	int year, month, day, days;
	char text[TIME_TEXT_LEN + 1], wanted[80];
	int64_t t = TIME_LEAST, back;

	(void)state;
	for (year = 1; year <= 9999; year++) {
		for (month = 1; month <= 12; month++) {
			days = month_days[month - 1];
			if (month == 2 && (year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)))
				days++;
			for (day = 1; day <= days; day++, t += DAY) {
				(void)snprintf(wanted, sizeof(wanted),
				    "%04d-%02d-%02dT00:00:00.000000Z", year, month, day);
				if (!time_print(t, text) || strcmp(text, wanted) != 0)
					fail_msg("%s is printed as %s", wanted, text);
				if (!time_parse(&back, wanted, strlen(wanted)) || back != t)
					fail_msg("%s is read as %" PRId64, wanted, back);
			}
			/* The day after the last is none. */
			(void)snprintf(wanted, sizeof(wanted), "%04d-%02d-%02dT00:00:00Z", year,
			    month, days + 1);
			assert_false(time_parse(&back, wanted, strlen(wanted)));
		}
	}
	assert_true(t == TIME_MOST + 1);
}

static void
every_second_of_a_day(void **state)
{
	char text[TIME_TEXT_LEN + 1], wanted[80];
	int64_t s, back;

	(void)state;
	for (s = 0; s < 86400; s++) {
		(void)snprintf(wanted, sizeof(wanted), "1969-12-31T%02d:%02d:%02d.%06dZ",
		    (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60), (int)s);
		assert_true(time_print(s * 1000000 + s - DAY, text));
		assert_string_equal(text, wanted);
		assert_true(time_parse(&back, text, strlen(text)));
		assert_true(back == s * 1000000 + s - DAY);
	}
}

static void
known_times(void **state)
{
	static const struct {
		const char *text;
		int64_t t;
	} table[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01t00:00:00z", 0 },
		{ "1970-01-01T00:00:00.1Z", 100000 },
		{ "1970-01-01T00:00:00.000001Z", 1 },
		{ "1970-01-01T00:00:00.000001999Z", 1 },
		{ "1969-12-31T23:59:59.999999Z", -1 },
		{ "1970-01-01T01:00:00+01:00", 0 },
		{ "1969-12-31T19:15:00-04:45", 0 },
		{ "1970-01-01T00:00:00-00:00", 0 },
		{ "1970-01-01T23:59:00+23:59", 0 },
		{ "2026-11-23T02:31:45.123456Z", INT64_C(1795401105123456) },
		{ "2000-02-29T00:00:00Z", INT64_C(951782400000000) },
		{ "0001-01-01T00:00:00Z", TIME_LEAST },
		{ "0001-01-01T01:00:00+01:00", TIME_LEAST },
		{ "9999-12-31T23:59:59.999999Z", TIME_MOST },
		{ "9999-12-31T22:59:59.999999-01:00", TIME_MOST },
	};
	int64_t t;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++) {
		assert_true(time_parse(&t, table[i].text, strlen(table[i].text)));
		if (t != table[i].t)
			fail_msg("%s is read as %" PRId64, table[i].text, t);
	}
}

static void
what_is_no_time(void **state)
{
	static const char *const table[] = {
		"",
		"2026",
		"2026-11-23",
		"2026-11-23T02:31:45",
		"2026-11-23 02:31:45Z",
		"2026-11-23T02:31Z",
		"2026-11-23T02:31:45.Z",
		"2026-11-23T02:31:45.1234567890Z",
		"2026-11-23T02:31:45,1Z",
		"2026-11-23T02:31:60Z",
		"2026-11-23T24:00:00Z",
		"2026-11-23T02:60:00Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-01-00T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z",
		"0000-01-01T00:00:00Z",
		"10000-01-01T00:00:00Z",
		"-001-01-01T00:00:00Z",
		"2026-11-23T02:31:45+24:00",
		"2026-11-23T02:31:45+01:60",
		"2026-11-23T02:31:45+0100",
		"2026-11-23T02:31:45+01",
		"2026-11-23T02:31:45ZZ",
		"2026-11-23T02:31:45Z ",
		" 2026-11-23T02:31:45Z",
		"20261123T023145Z",
		"2026-11-23T02:31:45+-1:00",
		"2026-1-23T02:31:45Z",
		"2026-11-23T2:31:45Z",
		"0001-01-01T00:59:59+01:00",
		"9999-12-31T23:00:00-01:00",
		"infinity",
	};
	int64_t t = 42;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		if (time_parse(&t, table[i], strlen(table[i])))
			fail_msg("%s is taken for a time", table[i]);
	assert_true(t == 42);
}

/* Each byte in each place of a time: only digits are read where digits are printed. */
static void
every_byte_in_every_place(void **state)
{
	const char sample[] = "2026-11-23T02:31:45.123456Z";
	char text[sizeof(sample)];
	int64_t t;
	size_t i;
	int c;

	(void)state;
	memcpy(text, sample, sizeof(sample));
	for (i = 0; i < TIME_TEXT_LEN; i++) {
		for (c = 0; c < 256; c++) {
			text[i] = (char)c;
			if (!time_parse(&t, text, TIME_TEXT_LEN))
				continue;
			if (isdigit((unsigned char)sample[i]))
				assert_true(isdigit(c));
			else
				assert_int_equal(tolower(c), tolower(sample[i]));
		}
		text[i] = sample[i];
	}
}

static void
outside_the_range(void **state)
{
	char text[TIME_TEXT_LEN + 1] = "x";

	(void)state;
	assert_false(time_print(TIME_LEAST - 1, text));
	assert_string_equal(text, "");
	assert_false(time_print(TIME_MOST + 1, text));
	assert_false(time_print(INT64_MIN, text));
	assert_false(time_print(INT64_MAX, text));
	assert_true(time_print(TIME_LEAST, text));
	assert_string_equal(text, "0001-01-01T00:00:00.000000Z");
	assert_true(time_print(TIME_MOST, text));
	assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
	assert_true(time_print(time_now(), text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_of_the_calendar),
		cmocka_unit_test(every_second_of_a_day),
		cmocka_unit_test(known_times),
		cmocka_unit_test(what_is_no_time),
		cmocka_unit_test(every_byte_in_every_place),
		cmocka_unit_test(outside_the_range),
	};

	return cmocka_run_group_tests_name("time_text", tests, NULL, NULL);
}
