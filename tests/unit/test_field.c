/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "base/field.h"

static void
lines(void **state)
{
	(void)state;
	assert_true(field_line_valid("a", 1));
	assert_true(field_line_valid("\xC3\xBC", 2));
	assert_true(field_line_valid(" a b ", 5));
	assert_false(field_line_valid("", 1));
	assert_false(field_line_valid("ab", 1));
	assert_false(field_line_valid("\xC3\xBC", 1));
	assert_false(field_line_valid("a\n", 9));
	assert_false(field_line_valid("a\x1b", 9));
	assert_false(field_line_valid("a\x7f", 9));
	assert_false(field_line_valid("\xC2\x85", 9));
	assert_false(field_line_valid("\xff", 9));
	assert_false(field_line_valid("\xC3", 9));
}

static void
roles(void **state)
{
	static const char longest[] =
	    "a23456789012345678901234567890123456789012345678901234567890123";

	(void)state;
	assert_int_equal(strlen(longest), 63);
	assert_true(field_role_valid("a"));
	assert_true(field_role_valid("admin"));
	assert_true(field_role_valid("a-b_c9"));
	assert_true(field_role_valid(longest));
	assert_false(
	    field_role_valid("a234567890123456789012345678901234567890123456789012345678901234"));
	assert_false(field_role_valid(""));
	assert_false(field_role_valid("9a"));
	assert_false(field_role_valid("_a"));
	assert_false(field_role_valid("Admin"));
	assert_false(field_role_valid("a b"));
	assert_false(field_role_valid("a,b"));
	assert_false(field_role_valid("a\n"));
	assert_false(field_role_valid("\xC3\xBC"));
}

static void
json_objects(void **state)
{
	(void)state;
	assert_true(field_json_object_valid("{}"));
	assert_true(field_json_object_valid(" {\"a\": [1, {\"b\": null}]} "));
	assert_true(field_json_object_valid("{\"a\": \"\\u0001\"}"));
	/* A backslash before the backslash: these are the characters u0000. */
	assert_true(field_json_object_valid("{\"a\": \"\\\\u0000\"}"));
	assert_false(field_json_object_valid("{\"a\": \"\\u0000\"}"));
	assert_false(field_json_object_valid("{\"a\": \"\\\\\\u0000\"}"));
	assert_false(field_json_object_valid("{\"\\u0000\": 1}"));
	assert_false(field_json_object_valid(""));
	assert_false(field_json_object_valid("null"));
	assert_false(field_json_object_valid("[]"));
	assert_false(field_json_object_valid("{} {}"));
	assert_false(field_json_object_valid("{\"a\": 1, \"a\": 2}"));
	assert_false(field_json_object_valid("{a: 1}"));
}

static void
json_has_a_limit(void **state)
{
	static char text[FIELD_METADATA_MOST + 2];

	(void)state;
	memset(text, ' ', FIELD_METADATA_MOST);
	memcpy(text, "{}", 2);
	assert_true(field_json_object_valid(text));
	text[FIELD_METADATA_MOST] = ' ';
	assert_false(field_json_object_valid(text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(roles),
		cmocka_unit_test(json_objects),
		cmocka_unit_test(json_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
