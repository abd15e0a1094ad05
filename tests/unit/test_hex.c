/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>

#include "unit.h"

#include "base/hex.h"

static void
every_byte_goes_round(void **state)
{
	char text[3], wanted[3];
	uint8_t byte, back;
	int i;

	(void)state;
	for (i = 0; i < 256; i++) {
		byte = (uint8_t)i;
		hex_print(&byte, 1, text);
		(void)snprintf(wanted, sizeof(wanted), "%02x", (unsigned)i);
		assert_string_equal(text, wanted);
		assert_true(hex_parse(&back, 1, text, 2));
		assert_int_equal(back, i);
	}
}

/* All two-byte texts against the C library's idea of a digit. */
static void
every_pair_is_judged(void **state)
{
	char text[3] = "";
	uint8_t byte;
	int a, b;

	(void)state;
	for (a = 0; a < 256; a++) {
		for (b = 0; b < 256; b++) {
			text[0] = (char)a;
			text[1] = (char)b;
			assert_int_equal(hex_parse(&byte, 1, text, 2), isxdigit(a) && isxdigit(b));
			if (isxdigit(a) && isxdigit(b))
				assert_int_equal(byte, strtol(text, NULL, 16));
		}
	}
}

static void
length_must_fit(void **state)
{
	uint8_t bytes[2];

	(void)state;
	assert_true(hex_parse(bytes, 0, "", 0));
	assert_false(hex_parse(bytes, 1, "a", 1));
	assert_false(hex_parse(bytes, 1, "abc", 3));
	assert_false(hex_parse(bytes, 1, "abcd", 4));
	assert_false(hex_parse(bytes, 2, "ab", 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_goes_round),
		cmocka_unit_test(every_pair_is_judged),
		cmocka_unit_test(length_must_fit),
	};

	return cmocka_run_group_tests_name("hex", tests, NULL, NULL);
}
