/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>

#include "unit.h"

#include "base/number.h"

static bool
parse(const char *text, int64_t *value)
{
	return number_parse(value, text, strlen(text), INT64_MIN, INT64_MAX);
}

static void
whole_numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} table[] = {
		{ "0", 0 },
		{ "-0", 0 },
		{ "7", 7 },
		{ "-7", -7 },
		{ "007", 7 },
		{ "-010", -10 },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
		{ "00000000000000000000000000000001", 1 },
	};
	int64_t value;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++) {
		assert_true(parse(table[i].text, &value));
		assert_true(value == table[i].value);
	}
}

static void
anything_else(void **state)
{
	static const char *const table[] = {
		"",
		"-",
		"+1",
		"--1",
		"1-",
		" 1",
		"1 ",
		"1.0",
		"1e3",
		"0x10",
		"1_000",
		"a",
		"\xD9\xA1",
		"9223372036854775808",
		"-9223372036854775809",
		"99999999999999999999999999",
	};
	int64_t value = 42;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		assert_false(parse(table[i], &value));
	assert_false(number_parse(&value, "1\0", 2, 0, 9));
	assert_true(value == 42);
}

static void
length_is_respected(void **state)
{
	int64_t value;

	(void)state;
	assert_true(number_parse(&value, "1234", 2, 0, 99));
	assert_true(value == 12);
}

/* Every number, every range, in a small world. */
static void
ranges(void **state)
{
	int64_t n, least, most, value;
	char text[24];
	bool inside;

	(void)state;
	for (n = -12; n <= 12; n++) {
		(void)snprintf(text, sizeof(text), "%" PRId64, n);
		for (least = -13; least <= 13; least++) {
			for (most = -13; most <= 13; most++) {
				value = 99;
				inside = n >= least && n <= most;
				if (number_parse(&value, text, strlen(text), least, most) != inside)
					fail_msg("%s", text);
				assert_true(value == (inside ? n : 99));
			}
		}
	}
}

static void
whole_numbers_of_json(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} table[] = {
		{ "0", 0 },
		{ "-0", 0 },
		{ "0.0", 0 },
		{ "-0.00e7", 0 },
		{ "0e99999999999999999999999999", 0 },
		{ "0e-99999999999999999999999999", 0 },
		{ "7", 7 },
		{ "7.0", 7 },
		{ "-7.000", -7 },
		{ "1e2", 100 },
		{ "1E+2", 100 },
		{ "1.5e1", 15 },
		{ "1500e-2", 15 },
		{ "-12.30e1", -123 },
		{ "0.0001e4", 1 },
		{ "10.010e2", 1001 },
		{ "1000000000000000000000000e-24", 1 },
		{ "9223372036854775807", INT64_MAX },
		{ "9223372036854775807.0", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
		{ "-9.223372036854775808e18", INT64_MIN },
		{ "1e18", INT64_C(1000000000000000000) },
	};
	static const char *const others[] = { "0.5", "-0.1", "150.5", "1e-1", "15e-2", "1.05e1",
		"9223372036854775808", "-9223372036854775809", "9223372036854775807.5", "1e19",
		"1e400", "1e99999999999999999999999999", "1e-99999999999999999999999999",
		"1.0000000000000000000000000000000001", "10000000000000000000000000000000001",
		"10000000000000000000000000000000001e-2" };
	int64_t value;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++) {
		value = 42;
		if (!number_whole(&value, table[i].text) || value != table[i].value)
			fail_msg("%s: %" PRId64, table[i].text, value);
	}
	for (i = 0; i < COUNT_OF(others); i++) {
		value = 42;
		if (number_whole(&value, others[i]) || value != 42)
			fail_msg("%s: %" PRId64, others[i], value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers),
		cmocka_unit_test(anything_else),
		cmocka_unit_test(length_is_respected),
		cmocka_unit_test(ranges),
		cmocka_unit_test(whole_numbers_of_json),
	};

	return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
