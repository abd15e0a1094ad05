/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "base/utf8.h"

/* The code point that a sequence of n well-shaped bytes spells, or -1. */
static long
decode(const unsigned char *s, size_t n)
{
	static const unsigned char lead_mask[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	static const unsigned char lead_bits[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	long c = s[0] & lead_mask[n];
	size_t i;

	if ((s[0] & ~lead_mask[n] & 0xFF) != lead_bits[n])
		return -1;
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return -1;
		c = c << 6 | (s[i] & 0x3F);
	}
	return c;
}

/* The length that the definition gives: shortest form, a scalar value. */
static size_t
length_by_definition(const unsigned char *s, size_t len)
{
	static const long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n;
	long c;

	for (n = 1; n <= 4 && n <= len; n++) {
		c = decode(s, n);
		if (c >= least[n] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF))
			return n;
	}
	return 0;
}

static void
check(const unsigned char *s, size_t len)
{
	assert_int_equal(utf8_sequence((const char *)s, len), length_by_definition(s, len));
}

static void
all_of_three_bytes(void **state)
{
	unsigned char s[3];
	unsigned i;

	(void)state;
	assert_int_equal(utf8_sequence("", 0), 0);
	for (i = 0; i < 1U << 24; i++) {
		s[0] = (unsigned char)(i >> 16);
		s[1] = (unsigned char)(i >> 8);
		s[2] = (unsigned char)i;
		if (utf8_sequence((const char *)s, 3) != length_by_definition(s, 3))
			fail_msg("%02x %02x %02x", s[0], s[1], s[2]);
		if (s[2] == 0) {
			check(s, 2);
			check(s, 1);
		}
	}
}

static void
four_bytes_at_their_edges(void **state)
{
	static const unsigned char edge[] = { 0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0,
		0xFF };
	unsigned char s[4];
	unsigned lead, second;
	size_t i, j;

	(void)state;
	for (lead = 0; lead < 256; lead++) {
		for (second = 0; second < 256; second++) {
			for (i = 0; i < COUNT_OF(edge); i++) {
				for (j = 0; j < COUNT_OF(edge); j++) {
					s[0] = (unsigned char)lead;
					s[1] = (unsigned char)second;
					s[2] = edge[i];
					s[3] = edge[j];
					check(s, 4);
				}
			}
		}
	}
}

static void
printable_text(void **state)
{
	char text[3];
	int i;

	(void)state;
	assert_true(utf8_printable("", 0));
	assert_true(utf8_printable("Gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80", 11));
	assert_false(utf8_printable("a\xFF", 2));
	assert_false(utf8_printable("a\xC3", 2));
	for (i = 0; i < 128; i++) {
		text[0] = (char)i;
		assert_int_equal(utf8_printable(text, 1), i >= 32 && i != 127);
	}
	text[0] = '\xC2';
	for (i = 0x80; i < 0xC0; i++) {
		text[1] = (char)i;
		assert_int_equal(utf8_printable(text, 2), i >= 0xA0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_three_bytes),
		cmocka_unit_test(four_bytes_at_their_edges),
		cmocka_unit_test(printable_text),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
