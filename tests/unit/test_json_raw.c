/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include <json-c/json.h>

#include "base/json_raw.h"
#include "base/json_strict.h"

/* As the database writes json and jsonb, and as a request's context may be written. */
static const char *const texts[] = {
	"{}",
	" { } ",
	"{\"a\":1}",
	"{\"a\": 1, \"b\": [1, {\"c\": \"}\"}], \"d\": {\"e\": {}}, \"f\": null, \"g\": true}",
	"{\"request_id\":\"r\",\"before\":{\"on\":false,\"n\":1},\"after\":{\"on\":true}}",
	"{\"a\\\"b\":\"c\\\\\",\"d\\\\\":\"\\\"}\",\"\":-2.50e+3}",
	"{\n\t\"ünï\" : \"\\u00e9\" ,\r\n \"x\" : [ ] }",
};

/* Every member of every text is what json-c makes of it, in order and written alike. */
static void
members_are_those_of_the_object(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(texts); i++) {
		struct json_object *all, *one;
		struct json_fault fault;
		struct json_raw name, value;
		struct json_raw_walk w;
		char *quoted;
		int count = 0;

		assert_true(json_strict_parse(texts[i], strlen(texts[i]), 16, &all, &fault));
		assert_true(json_raw_begin(&w, json_raw_of(texts[i])));
		for (; json_raw_next(&w, &name, &value); count++) {
			quoted = malloc(name.len + 3);
			assert_non_null(quoted);
			(void)snprintf(quoted, name.len + 3, "\"%.*s\"", (int)name.len, name.text);
			assert_true(json_strict_parse(quoted, strlen(quoted), 16, &one, &fault));
			free(quoted);
			{
				struct json_object *wanted = NULL, *found;

				assert_true(json_object_object_get_ex(all,
				    json_object_get_string(one), &wanted));
				assert_true(
				    json_strict_parse(value.text, value.len, 16, &found, &fault));
				assert_true(json_object_equal(wanted, found));
				json_object_put(found);
			}
			json_object_put(one);
		}
		assert_int_equal(count, json_object_object_length(all));
		json_object_put(all);
	}
}

static void
a_member_is_the_last_of_its_name(void **state)
{
	const struct json_raw all = json_raw_of(
	    "{\"a\":{\"b\":1},\"b\":2,\"a\":[3],\"n\":null,\"s\":\"x\"}");

	(void)state;
	assert_true(json_raw_is(json_raw_member(all, "a"), "[3]"));
	assert_true(json_raw_is(json_raw_member(all, "b"), "2"));
	assert_true(json_raw_is(json_raw_member(all, "s"), "\"x\""));
	assert_null(json_raw_member(all, "n").text);
	assert_null(json_raw_member(all, "c").text);
	assert_null(json_raw_member(json_raw_of("[1]"), "a").text);
	assert_null(json_raw_member((struct json_raw)JSON_RAW_NONE, "a").text);
	assert_false(json_raw_is((struct json_raw)JSON_RAW_NONE, ""));
}

/* What ends early, or is no JSON, is left where it is odd; the sanitizer sees who reads past its end. */
static void
nothing_is_read_past_the_end(void **state)
{
	static const char *const odd[] = { "", "{", "}", "{]", "{\"", "{\"a", "{\"a\"",
		"{\"a\":", "{\"a\":\"\\", "{\"a\":[", "{\"a\":[}", "{\"a\":,}", "{a:1}", "{,,}",
		"[", "\"", "{\"a\" 1}", "{\"a\":1 2}" };
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT_OF(texts) + COUNT_OF(odd); i++) {
		const char *text = i < COUNT_OF(texts) ? texts[i] : odd[i - COUNT_OF(texts)];

		for (len = 0; len <= strlen(text); len++) {
			char *part = malloc(len + 1);
			struct json_raw name, value;
			struct json_raw_walk w;

			assert_non_null(part);
			memcpy(part, text, len);
			part[len] = '\0';
			if (json_raw_begin(&w, json_raw_of(part)))
				while (json_raw_next(&w, &name, &value))
					assert_true(value.text + value.len <= part + len);
			free(part);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_those_of_the_object),
		cmocka_unit_test(a_member_is_the_last_of_its_name),
		cmocka_unit_test(nothing_is_read_past_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
