/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <json-c/json.h>

#include "unit.h"

#include "base/body.h"
#include "base/json_strict.h"

static const char *const kinds[] = { "read", "write", NULL };
static const struct body_member event_members[] = {
	{ .name = "id", .type = MEMBER_UUID, .required = true },
	{ .name = "kind", .type = MEMBER_STRING, .words = kinds },
	{
	    .name = "tags",
	    .type = MEMBER_ARRAY,
	    .max = 2,
	    .item = &(const struct body_member){ .type = MEMBER_STRING, .min = 1, .max = 3 },
	},
};
static const struct body_schema event_schema = {
	.members = event_members,
	.count = COUNT_OF(event_members),
};
static const struct body_member members[] = {
	{ .name = "flag", .type = MEMBER_BOOLEAN },
	{ .name = "count", .type = MEMBER_INTEGER, .min = -1, .max = 10 },
	{ .name = "any_count", .type = MEMBER_INTEGER },
	{ .name = "name", .type = MEMBER_STRING, .min = 1, .max = 5 },
	{ .name = "line", .type = MEMBER_LINE, .min = 1, .max = 5 },
	{ .name = "text", .type = MEMBER_STRING, .nullable = true },
	{ .name = "id", .type = MEMBER_UUID, .nullable = true },
	{ .name = "at", .type = MEMBER_TIME },
	{ .name = "from", .type = MEMBER_ADDRESS },
	{ .name = "free", .type = MEMBER_OBJECT },
	{ .name = "event", .type = MEMBER_OBJECT, .schema = &event_schema },
	{
	    .name = "events",
	    .type = MEMBER_ARRAY,
	    .min = 1,
	    .max = 4,
	    .item = &(const struct body_member){ .type = MEMBER_OBJECT, .schema = &event_schema },
	},
};
static const struct body_schema schema = { .members = members, .count = COUNT_OF(members) };

#define ID "\"2489E9AD-2EE2-8E00-8EC9-32D5F69181C0\""

static bool
check(const struct body_schema *s, const char *text, struct body_fault *fault)
{
	struct json_object *body;
	struct json_fault syntax;
	bool fits;

	if (!json_strict_parse(text, strlen(text), 128, &body, &syntax))
		fail_msg("%s: %s", text, syntax.expected);
	fits = body_check(s, body, fault);
	json_object_put(body);
	return fits;
}

static void
what_fits(void **state)
{
	static const char *const table[] = {
		"{}",
		"{\"flag\":true}",
		"{\"flag\":false}",
		"{\"count\":-1}",
		"{\"count\":10}",
		"{\"any_count\":9223372036854775807}",
		"{\"any_count\":-9223372036854775808}",
		"{\"name\":\"a\"}",
		"{\"line\":\"\xC3\xA9 b\"}",
		"{\"name\":\"\xC3\xA9\xC3\xA9"
		"a\"}",
		"{\"text\":null}",
		"{\"text\":\"\"}",
		"{\"id\":null}",
		"{\"id\":" ID "}",
		"{\"at\":\"2026-11-23T02:31:45Z\"}",
		"{\"free\":{}}",
		"{\"from\":\"10.0.0.1\"}",
		"{\"from\":\"2001:DB8::1\"}",
		"{\"from\":\"::ffff:10.0.0.1\"}",
		"{\"free\":{\"a\":[1,-0,1.5,1e40,-1e-40,0e1,0.0,null,true,\"\\n\",{\"\":{}}],"
		"\"n\":123456789012345678901234567890}}",
		"{\"event\":{\"id\":" ID "}}",
		"{\"event\":{\"tags\":[],\"kind\":\"write\",\"id\":" ID "}}",
		"{\"event\":{\"tags\":[\"abc\",\"d\"],\"id\":" ID "}}",
		"{\"events\":[{\"id\":" ID "},{\"id\":" ID "}]}",
	};
	struct body_fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		if (!check(&schema, table[i], &fault))
			fail_msg("%s: %s, %s", table[i], fault.member, fault.expected);
}

#define MEMBERS "one of flag, count, any_count, name, line, text, id, at, from, free, event, events"

static const struct {
	const char *text, *member, *expected;
} bad[] = {
	{ "null", "(body)", "an object" },
	{ "[]", "(body)", "an object" },
	{ "1", "(body)", "an object" },
	{ "\"x\"", "(body)", "an object" },
	{ "true", "(body)", "an object" },
	{ "{\"flag\":null}", "flag", "true or false" },
	{ "{\"flag\":0}", "flag", "true or false" },
	{ "{\"flag\":\"true\"}", "flag", "true or false" },
	{ "{\"flag\":[true]}", "flag", "true or false" },
	{ "{\"count\":11}", "count", "an integer from -1 to 10" },
	{ "{\"count\":-2}", "count", "an integer from -1 to 10" },
	{ "{\"count\":1.0}", "count", "an integer from -1 to 10" },
	{ "{\"count\":1e0}", "count", "an integer from -1 to 10" },
	{ "{\"count\":-0}", "count", "an integer from -1 to 10" },
	{ "{\"count\":true}", "count", "an integer from -1 to 10" },
	{ "{\"any_count\":9223372036854775808}", "any_count", "an integer" },
	{ "{\"any_count\":-9223372036854775809}", "any_count", "an integer" },
	{ "{\"any_count\":null}", "any_count", "an integer" },
	{ "{\"any_count\":\"1\"}", "any_count", "an integer" },
	{ "{\"name\":\"\"}", "name", "a string from 1 to 5 bytes long" },
	{ "{\"name\":\"\xC3\xA9\xC3\xA9\xC3\xA9\"}", "name", "a string from 1 to 5 bytes long" },
	{ "{\"name\":7}", "name", "a string from 1 to 5 bytes long" },
	{ "{\"name\":\"a\\u0000b\"}", "name", "text without U+0000" },
	{ "{\"line\":\"\"}", "line", "a string from 1 to 5 bytes long" },
	{ "{\"line\":7}", "line", "a string from 1 to 5 bytes long" },
	{ "{\"line\":\"a\\nb\"}", "line", "text without control characters" },
	{ "{\"line\":\"\\u0085\"}", "line", "text without control characters" },
	{ "{\"text\":\"\\u0000\"}", "text", "text without U+0000" },
	{ "{\"text\":{}}", "text", "a string" },
	{ "{\"id\":\"x\"}", "id", "a UUID" },
	{ "{\"id\":1}", "id", "a UUID" },
	{ "{\"at\":\"yesterday\"}", "at", "an RFC 3339 time" },
	{ "{\"at\":0}", "at", "an RFC 3339 time" },
#define ADDRESS "an IPv4 or IPv6 address"
	{ "{\"from\":\"\"}", "from", ADDRESS },
	{ "{\"from\":1}", "from", ADDRESS },
	{ "{\"from\":null}", "from", ADDRESS },
	{ "{\"from\":\"10.0.0\"}", "from", ADDRESS },
	{ "{\"from\":\"10.0.0.256\"}", "from", ADDRESS },
	{ "{\"from\":\"10.0.0.1/32\"}", "from", ADDRESS },
	{ "{\"from\":\"10.0.0.1\\u0000\"}", "from", ADDRESS },
	{ "{\"from\":\" 10.0.0.1\"}", "from", ADDRESS },
	{ "{\"from\":\"2001:db8::1::\"}", "from", ADDRESS },
	{ "{\"from\":\"fe80::1%eth0\"}", "from", ADDRESS },
	{ "{\"from\":\"[::1]\"}", "from", ADDRESS },
	{ "{\"free\":[]}", "free", "an object" },
	{ "{\"free\":null}", "free", "an object" },
	{ "{\"free\":{\"a\":[0,{\"b\":\"\\u0000\"}]}}", "free.a[1].b", "text without U+0000" },
#define NUMBER "a number of at most 100 characters, with an exponent from -40 to 40"
	{ "{\"free\":{\"a\":1e41}}", "free.a", NUMBER },
	{ "{\"free\":{\"a\":1e-41}}", "free.a", NUMBER },
	{ "{\"free\":{\"a\":1e99999999999999999999}}", "free.a", NUMBER },
	{ "{\"free\":{\"a\":1e400}}", "free.a", NUMBER },
	{ "{\"free\":{\"a\":-1e400}}", "free.a", NUMBER },
	{ "{\"free\":{\"a\":1e-400}}", "free.a", NUMBER },
	{ "{\"free\":{\"a\":[0.0e1,-0.1E-999]}}", "free.a[1]", NUMBER },
	{ "{\"free\":{\"a\":1.00000000000000000000000000000000000000000000000000"
	  "0000000000000000000000000000000000000000000000000}}",
	    "free.a", NUMBER },
	{ "{\"event\":{}}", "event.id", "this member, which is required" },
	{ "{\"event\":[]}", "event", "an object" },
	{ "{\"event\":null}", "event", "an object" },
	{ "{\"event\":{\"id\":null}}", "event.id", "a UUID" },
	{ "{\"event\":{\"id\":" ID ",\"kind\":\"Read\"}}", "event.kind", "one of read, write" },
	{ "{\"event\":{\"id\":" ID ",\"kind\":1}}", "event.kind", "one of read, write" },
	{ "{\"event\":{\"id\":" ID ",\"kind\":\"read\\u0000\"}}", "event.kind",
	    "text without U+0000" },
	{ "{\"event\":{\"id\":" ID ",\"tags\":[\"a\",\"\"]}}", "event.tags[1]",
	    "a string from 1 to 3 bytes long" },
	{ "{\"event\":{\"id\":" ID ",\"tags\":[\"a\",\"b\",\"c\"]}}", "event.tags",
	    "an array from 0 to 2 elements" },
	{ "{\"event\":{\"id\":" ID ",\"x\":1}}", "event.x", "one of id, kind, tags" },
	{ "{\"events\":[]}", "events", "an array from 1 to 4 elements" },
	{ "{\"events\":{}}", "events", "an array from 1 to 4 elements" },
	{ "{\"events\":[{\"id\":" ID "},{\"id\":" ID "},{\"id\":" ID "},"
	  "{\"id\":" ID ",\"kind\":null}]}",
	    "events[3].kind", "one of read, write" },
	{ "{\"events\":[null]}", "events[0]", "an object" },
	{ "{\"events\":[{\"id\":" ID "},{}]}", "events[1].id", "this member, which is required" },
	{ "{\"flags\":true}", "flags", MEMBERS },
	{ "{\"Flag\":true}", "Flag", MEMBERS },
	{ "{\"\":true}", "", MEMBERS },
	{ "{\"flag\":true,\"a\\n\\u001b\\u007f\\u0085\xC3\xA9\":1}", "a????\xC3\xA9", MEMBERS },
};

static void
what_does_not(void **state)
{
	struct body_fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(bad); i++) {
		if (check(&schema, bad[i].text, &fault))
			fail_msg("accepted: %s", bad[i].text);
		if (strcmp(fault.member, bad[i].member) != 0 ||
		    strcmp(fault.expected, bad[i].expected) != 0)
			fail_msg("%s: %s, %s", bad[i].text, fault.member, fault.expected);
	}
}

static void
no_member_at_all(void **state)
{
	static const struct body_schema none = { .members = NULL, .count = 0 };
	struct body_fault fault;

	(void)state;
	assert_true(check(&none, "{}", &fault));
	assert_false(check(&none, "{\"a\":1}", &fault));
	assert_string_equal(fault.expected, "no member");
}

/* A path that is too long for its place is cut between characters and says nothing untrue. */
static void
long_paths_are_cut(void **state)
{
	char text[2000] = "{\"free\":", wanted[BODY_MEMBER_MAX];
	struct body_fault fault;
	size_t len = strlen(text), i;

	(void)state;
	for (i = 0; i < 100; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "{\"\xC3\xA9\":");
	len += (size_t)snprintf(text + len, sizeof(text) - len, "\"\\u0000\"");
	for (i = 0; i < 101; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "}");
	assert_false(check(&schema, text, &fault));
	assert_string_equal(fault.expected, "text without U+0000");
	len = (size_t)snprintf(wanted, sizeof(wanted), "free");
	for (; len + 3 < sizeof(wanted); len += 3)
		memcpy(wanted + len, ".\xC3\xA9", 4);
	assert_memory_equal(fault.member, wanted, len);
	assert_in_range(strlen(fault.member), len, BODY_MEMBER_MAX - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits),
		cmocka_unit_test(what_does_not),
		cmocka_unit_test(no_member_at_all),
		cmocka_unit_test(long_paths_are_cut),
	};

	return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
