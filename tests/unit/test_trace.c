/* SPDX-License-Identifier: MIT */
/* The examples and rules of Trace Context, W3C Recommendation of 2021, section 3.2. */
#include "config.h"

#include "unit.h"

#include "http/trace.h"

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT "00f067aa0ba902b7"

static void
named(void **state)
{
	static const char *const values[] = {
		"00-" ID "-" PARENT "-01",
		"00-" ID "-" PARENT "-ff",
		"cc-" ID "-" PARENT "-01",
		"cc-" ID "-" PARENT "-01-what-the-future-will-be-like",
	};
	char id[TRACE_ID_LEN + 1];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(values); i++) {
		assert_true(trace_id(values[i], id));
		assert_string_equal(id, ID);
	}
}

static void
not_named(void **state)
{
	static const char *const values[] = {
		NULL,
		"",
		"00",
		"00-" ID "-" PARENT,
		"00-" ID "-" PARENT "-",
		"00-" ID "-" PARENT "-0",
		"00-" ID "-" PARENT "-0g",
		"00-" ID "-" PARENT "-01-more",
		"cc-" ID "-" PARENT "-01.more",
		"ff-" ID "-" PARENT "-01",
		"00-4BF92F3577B34DA6A3CE929D0E0E4736-" PARENT "-01",
		"00-00000000000000000000000000000000-" PARENT "-01",
		"00-" ID "-0000000000000000-01",
		"00-" ID "0-" PARENT "-01",
		"00_" ID "-" PARENT "-01",
		"00-" ID "-" PARENT "-01, 00-" ID "-" PARENT "-01",
	};
	char id[TRACE_ID_LEN + 1];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(values); i++) {
		assert_false(trace_id(values[i], id));
		assert_string_equal(id, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(named),
		cmocka_unit_test(not_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
