/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "http/etag.h"

static const struct {
	const char *value;
	enum etag_result result;
} table[] = {
	{ "\"v7\"", ETAG_MATCH },
	{ " \t\"v7\"\t ", ETAG_MATCH },
	{ "\"v8\"", ETAG_NO_MATCH },
	{ "\"V7\"", ETAG_NO_MATCH },
	{ "\"v77\"", ETAG_NO_MATCH },
	{ "\"v\"", ETAG_NO_MATCH },
	{ "\"\"", ETAG_NO_MATCH },
	{ "*", ETAG_MATCH },
	{ " * ", ETAG_MATCH },
	{ "*,*", ETAG_MALFORMED },
	{ "*, \"v7\"", ETAG_MALFORMED },
	{ "\"v7\", *", ETAG_MALFORMED },
	{ "**", ETAG_MALFORMED },
	{ "\"*\"", ETAG_NO_MATCH },
	/* Lists. */
	{ "\"a\", \"v7\"", ETAG_MATCH },
	{ "\"v7\",\"a\"", ETAG_MATCH },
	{ "\"a\" ,\t\"b\"", ETAG_NO_MATCH },
	{ ",, \"v7\" ,,", ETAG_MATCH },
	{ "", ETAG_NO_MATCH },
	{ " ", ETAG_NO_MATCH },
	{ ",", ETAG_NO_MATCH },
	{ "\"a,v7\"", ETAG_NO_MATCH },
	{ "\"a\", \"v7", ETAG_MALFORMED },
	{ "\"v7\" \"a\"", ETAG_MALFORMED },
	{ "\"v7\"x", ETAG_MALFORMED },
	{ "\"v7\";q=1", ETAG_MALFORMED },
	{ "\"v7\", x", ETAG_MALFORMED },
	/* Weak ones, as nginx makes them; the W is a capital one. */
	{ "W/\"v7\"", ETAG_MATCH },
	{ "w/\"v7\"", ETAG_MALFORMED },
	{ "W\"v7\"", ETAG_MALFORMED },
	{ "W/ \"v7\"", ETAG_MALFORMED },
	{ "W/", ETAG_MALFORMED },
	{ "W", ETAG_MALFORMED },
	{ "W/v7", ETAG_MALFORMED },
	/* Suffixes, as Apache and lighttpd put them. */
	{ "\"v7-gzip\"", ETAG_MATCH },
	{ "\"v7-br\"", ETAG_MATCH },
	{ "\"v7-deflate\"", ETAG_MATCH },
	{ "\"v7-zstd\"", ETAG_MATCH },
	{ "W/\"v7-gzip\"", ETAG_MATCH },
	{ "\"v7-gzip-gzip\"", ETAG_NO_MATCH },
	{ "\"v7-GZIP\"", ETAG_NO_MATCH },
	{ "\"v7-lzma\"", ETAG_NO_MATCH },
	{ "\"v7gzip\"", ETAG_NO_MATCH },
	{ "\"v8-gzip\"", ETAG_NO_MATCH },
	{ "\"-gzip\"", ETAG_NO_MATCH },
	{ "\"v7\"-gzip", ETAG_MALFORMED },
	/* What is no entity tag. */
	{ "v7", ETAG_MALFORMED },
	{ "'v7'", ETAG_MALFORMED },
	{ "\"", ETAG_MALFORMED },
	{ "\"v7", ETAG_MALFORMED },
	{ "\"v 7\"", ETAG_MALFORMED },
	{ "\"v\t7\"", ETAG_MALFORMED },
	{ "\"v\x7F"
	  "7\"",
	    ETAG_MALFORMED },
	{ "\"v\xC3\xA9\"", ETAG_NO_MATCH },
	{ "\"v\\\"7\"", ETAG_MALFORMED },
};

static void
known_values(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		if (etag_list_match(table[i].value, "\"v7\"") != table[i].result)
			fail_msg("%s", table[i].value);
}

/*
 * Of two bytes, "" is the only tag, and '*' and commas among blanks the only others that are
 * well-formed.
 */
static enum etag_result
two_bytes_by_definition(int a, int b)
{
	bool blank_a = a == ' ' || a == '\t', blank_b = b == ' ' || b == '\t' || b == 0;

	if (a == '"' && b == '"')
		return ETAG_NO_MATCH;
	if ((a == '*' && blank_b) || (blank_a && b == '*'))
		return ETAG_MATCH;
	if (a == 0 || ((blank_a || a == ',') && (blank_b || b == ',')))
		return ETAG_NO_MATCH;
	return ETAG_MALFORMED;
}

static void
every_value_of_two_bytes(void **state)
{
	char value[3] = "";
	int a, b;

	(void)state;
	for (a = 0; a < 256; a++) {
		for (b = 0; b < 256; b++) {
			value[0] = (char)a;
			value[1] = (char)b;
			if (etag_list_match(value, "\"v7\"") != two_bytes_by_definition(a, b))
				fail_msg("%02x %02x", (unsigned)a, (unsigned)b);
		}
	}
}

/* Every byte between the quotes: RFC 9110's etagc or malformed. */
static void
every_byte_of_a_tag(void **state)
{
	char value[4] = "\".\"", etag[4] = "\".\"";
	int c;

	(void)state;
	for (c = 1; c < 256; c++) {
		value[1] = etag[1] = (char)c;
		assert_int_equal(etag_list_match(value, etag),
		    c == 0x21 || (c >= 0x23 && c != 0x7F) ? ETAG_MATCH : ETAG_MALFORMED);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_values),
		cmocka_unit_test(every_value_of_two_bytes),
		cmocka_unit_test(every_byte_of_a_tag),
	};

	return cmocka_run_group_tests_name("etag", tests, NULL, NULL);
}
