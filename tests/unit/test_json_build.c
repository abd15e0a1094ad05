/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include <json-c/json.h>

#include "base/buf.h"
#include "base/json_build.h"

static void
every_kind_of_member(void **state)
{
	const struct uuid id = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };
	const int64_t time = 1500000;
	struct json_object *o;
	struct json_build b;

	(void)state;
	json_build_begin(&b);
	json_put_text(&b, "text", "a\"\xC3\xBC");
	json_put_text(&b, "no_text", NULL);
	json_put_uuid(&b, "uuid", &id);
	json_put_uuid(&b, "no_uuid", NULL);
	json_put_time(&b, "time", &time);
	json_put_time(&b, "no_time", NULL);
	json_put_int(&b, "int", INT64_MIN);
	json_put_bool(&b, "bool", true);
	json_put_raw(&b, "raw", "{\"n\": 1.10}");
	json_put_value(&b, "value", json_object_new_array());
	o = json_build_end(&b);
	assert_non_null(o);
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
	    "{\"text\":\"a\\\"\xC3\xBC\",\"no_text\":null,"
	    "\"uuid\":\"01020304-0506-0708-090a-0b0c0d0e0f10\",\"no_uuid\":null,"
	    "\"time\":\"1970-01-01T00:00:01.500000Z\",\"no_time\":null,"
	    "\"int\":-9223372036854775808,\"bool\":true,\"raw\":{\"n\": 1.10},\"value\":[]}");
	json_object_put(o);
}

static void
what_is_lost_is_remembered(void **state)
{
	const int64_t never = INT64_MAX;
	struct json_build b;

	(void)state;
	json_build_begin(&b);
	json_put_text(&b, "before", "x");
	json_put_time(&b, "time", &never);
	json_put_text(&b, "after", "x");
	json_put_value(&b, "value", json_object_new_array());
	json_put_raw(&b, "raw", "1");
	assert_null(json_build_end(&b));
	json_build_begin(&b);
	json_put_value(&b, "value", NULL);
	json_put_int(&b, "after", 1);
	assert_null(json_build_end(&b));
}

static void
an_array_is_whole_or_none(void **state)
{
	struct json_object *array = json_object_new_array();

	(void)state;
	json_array_append(&array, json_object_new_int(1));
	json_array_append(&array, json_object_new_string("b"));
	assert_string_equal(json_object_to_json_string_ext(array, JSON_C_TO_STRING_PLAIN),
	    "[1,\"b\"]");
	json_array_append(&array, NULL);
	assert_null(array);
	json_array_append(&array, json_object_new_int(2));
	assert_null(array);
}

static void
printed_on_one_line(void **state)
{
	struct buf out = BUF_EMPTY;
	struct json_build b;

	(void)state;
	json_build_begin(&b);
	json_put_raw(&b, "raw", "{\"a\":\n[\r\n\"\\n/\"]}");
	json_put_text(&b, "text", "x\ny");
	buf_adds(&out, "\n");
	json_print(&out, json_build_end(&b));
	assert_string_equal(buf_text(&out), "\n{\"raw\":{\"a\": [  \"\\n/\"]},\"text\":\"x\\ny\"}");
	json_print(&out, NULL);
	assert_true(out.failed);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_member),
		cmocka_unit_test(what_is_lost_is_remembered),
		cmocka_unit_test(printed_on_one_line),
		cmocka_unit_test(an_array_is_whole_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
