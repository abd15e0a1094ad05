/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "http/query.h"

enum { LIMIT, ID, SINCE, STATUS, TEXT, PARAMETERS };

static const char *const statuses[] = { "active", "expired", "revoked", NULL };
static const struct query_parameter parameters[PARAMETERS] = {
	[LIMIT] = { .name = "limit", .type = QUERY_INTEGER, .min = 1, .max = 250 },
	[ID] = { .name = "resource_id", .type = QUERY_UUID },
	[SINCE] = { .name = "since", .type = QUERY_TIME },
	[STATUS] = { .name = "status", .type = QUERY_WORD, .words = statuses },
	[TEXT] = { .name = "text", .type = QUERY_TEXT, .min = 1, .max = 8 },
};

static struct query query;

static bool
parse(const char *text, struct query_fault *fault)
{
	return query_parse(&query, text, parameters, PARAMETERS, fault);
}

static void
nothing(void **state)
{
	static const char *const table[] = { "", "&", "&&&" };
	struct query_fault fault;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++) {
		assert_true(parse(table[i], &fault));
		for (k = 0; k < PARAMETERS; k++)
			assert_false(query.value[k].present);
	}
}

static void
all_at_once(void **state)
{
	struct query_fault fault;

	(void)state;
	assert_true(parse("text=a%20b+%C3%A9&status=revoked&"
			  "&since=1970-01-01T00:00:01%2b00:00&limit=050&"
			  "resource%5Fid=2489E9AD-2EE2-8E00-8EC9-32D5F69181C0&",
	    &fault));
	assert_string_equal(query.value[TEXT].text, "a b \xC3\xA9");
	assert_int_equal(query.value[STATUS].number, 2);
	assert_int_equal(query.value[SINCE].number, 1000000);
	assert_int_equal(query.value[LIMIT].number, 50);
	assert_int_equal(query.value[ID].uuid.octet[0], 0x24);
	assert_true(query.value[ID].present && query.value[LIMIT].present);
}

static const struct {
	const char *text, *parameter, *expected;
} bad[] = {
	{ "limit=0", "limit", "an integer from 1 to 250" },
	{ "limit=251", "limit", "an integer from 1 to 250" },
	{ "limit=", "limit", "an integer from 1 to 250" },
	{ "limit", "limit", "an integer from 1 to 250" },
	{ "limit=1e1", "limit", "an integer from 1 to 250" },
	{ "limit=+1", "limit", "an integer from 1 to 250" },
	{ "limit=99999999999999999999", "limit", "an integer from 1 to 250" },
	{ "resource_id=x", "resource_id", "a UUID" },
	{ "since=now", "since", "an RFC 3339 time" },
	{ "since=1970-01-01T00:00:01+00:00", "since", "an RFC 3339 time" },
	{ "status=", "status", "one of active, expired, revoked" },
	{ "status=Active", "status", "one of active, expired, revoked" },
	{ "text=", "text", "text from 1 to 8 bytes long" },
	{ "text=123456789", "text", "text from 1 to 8 bytes long" },
	{ "limit=1&limit=1", "limit", "at most once" },
	{ "limit=1&text=a&%6Cimit=2", "limit", "at most once" },
	{ "x=1", "x", "one of limit, resource_id, since, status, text" },
	{ "=1", "", "one of limit, resource_id, since, status, text" },
	{ "LIMIT=1", "LIMIT", "one of limit, resource_id, since, status, text" },
	{ "limit=1;text=a", "limit", "an integer from 1 to 250" },
	{ "text=a=b&y", "y", "one of limit, resource_id, since, status, text" },
#define CODED "percent-encoded UTF-8 without control characters"
	{ "text=%", "text", CODED },
	{ "text=%4", "text", CODED },
	{ "text=%4g", "text", CODED },
	{ "text=%%41", "text", CODED },
	{ "text=%00", "text", CODED },
	{ "text=%0a", "text", CODED },
	{ "text=\x01", "text", CODED },
	{ "text=%7F", "text", CODED },
	{ "text=%C2%85", "text", CODED },
	{ "text=%FF", "text", CODED },
	{ "text=%C0%AF", "text", CODED },
	{ "text=%ED%A0%80", "text", CODED },
	{ "text=%C3", "text", CODED },
	{ "text=\xC3(", "text", CODED },
	{ "te%xt=1", "te%xt", CODED },
	{ "te%00xt=1", "te%00xt", CODED },
	{ "\x01\xFF=1", "??", CODED },
	{ "%C3%A9=1", "\xC3\xA9", "one of limit, resource_id, since, status, text" },
};

static void
what_is_wrong(void **state)
{
	struct query_fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(bad); i++) {
		if (parse(bad[i].text, &fault))
			fail_msg("accepted: %s", bad[i].text);
		if (strcmp(fault.parameter, bad[i].parameter) != 0 ||
		    strcmp(fault.expected, bad[i].expected) != 0)
			fail_msg("%s: %s, %s", bad[i].text, fault.parameter, fault.expected);
	}
}

static void
long_names_are_cut(void **state)
{
	struct query_fault fault;
	char text[400];
	size_t i;

	(void)state;
	for (i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xC3\xA9", 2);
	text[i] = '\0';
	assert_false(parse(text, &fault));
	assert_int_equal(strlen(fault.parameter), QUERY_NAME_MAX);
	assert_memory_equal(fault.parameter, text, QUERY_NAME_MAX);
	text[0] = 'x'; /* now a character straddles the limit */
	memmove(text + 1, text + 2, strlen(text + 2) + 1);
	assert_false(parse(text, &fault));
	assert_int_equal(strlen(fault.parameter), QUERY_NAME_MAX - 1);
}

/*
 * The longest query string there can be, of one value and of as many pairs as fit; and one byte
 * more.
 */
static void
the_longest_there_can_be(void **state)
{
	static const struct query_parameter any[] = {
		{ .name = "t", .type = QUERY_TEXT, .min = 0, .max = QUERY_MAX }
	};
	char text[QUERY_MAX + 2];
	struct query_fault fault;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "t=", 2);
	text[QUERY_MAX] = '\0';
	assert_true(query_parse(&query, text, any, 1, &fault));
	assert_int_equal(strlen(query.value[0].text), QUERY_MAX - 2);
	text[QUERY_MAX] = 'x';
	text[QUERY_MAX + 1] = '\0';
	assert_false(query_parse(&query, text, any, 1, &fault));
	assert_string_equal(fault.parameter, "(query)");
	memset(text, '&', QUERY_MAX);
	memcpy(text + QUERY_MAX - 3, "t=a", 4);
	assert_true(query_parse(&query, text, any, 1, &fault));
	assert_string_equal(query.value[0].text, "a");
	assert_false(query_parse(&query, "a", any, 0, &fault));
	assert_string_equal(fault.expected, "no parameter");
}

/* Every byte, raw and encoded, in a value. */
static void
every_byte(void **state)
{
	char raw[] = "text=a.", coded[16];
	struct query_fault fault;
	bool plain;
	int c;

	(void)state;
	for (c = 1; c < 256; c++) {
		plain = c >= 32 && c < 127;
		raw[6] = (char)c;
		assert_int_equal(parse(raw, &fault), (plain && c != '%') || c == '&');
		if (plain && c != '%' && c != '&' && c != '+')
			assert_string_equal(query.value[TEXT].text, raw + 5);
		(void)snprintf(coded, sizeof(coded), "text=a%%%02X", (unsigned)c);
		assert_int_equal(parse(coded, &fault), plain);
		if (plain)
			assert_int_equal(query.value[TEXT].text[1], c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),
		cmocka_unit_test(all_at_once),
		cmocka_unit_test(what_is_wrong),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(the_longest_there_can_be),
		cmocka_unit_test(every_byte),
	};

	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
