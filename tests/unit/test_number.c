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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers),
		cmocka_unit_test(anything_else),
		cmocka_unit_test(length_is_respected),
		cmocka_unit_test(ranges),
	};

	return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
