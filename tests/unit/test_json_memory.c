/* SPDX-License-Identifier: MIT */
/* The strict JSON reader when memory runs out, at each point where it asks for some. */
#include "config.h"

#include <json-c/json.h>

#include "unit.h"

static int budget; /* calls that may still succeed */

static bool
spend(void)
{
	return budget-- > 0;
}

#define malloc(n) (spend() ? malloc(n) : NULL)
#define json_object_new_object() (spend() ? json_object_new_object() : NULL)
#define json_object_new_array() (spend() ? json_object_new_array() : NULL)
#define json_object_new_boolean(b) (spend() ? json_object_new_boolean(b) : NULL)
#define json_object_new_int64(n) (spend() ? json_object_new_int64(n) : NULL)
#define json_object_new_double_s(d, s) (spend() ? json_object_new_double_s(d, s) : NULL)
#define json_object_new_string_len(s, n) (spend() ? json_object_new_string_len(s, n) : NULL)
#define json_tokener_parse(s) (spend() ? json_tokener_parse(s) : NULL)
#define json_object_array_add(a, v) (spend() ? json_object_array_add(a, v) : -1)
#define json_object_object_add_ex(o, k, v, f) (spend() ? json_object_object_add_ex(o, k, v, f) : -1)
#include "base/json_strict.c"

/*
 * Allocations in vain leave no value, the right fault, and (the sanitizer sees it) nothing behind.
 */
static void
every_allocation_may_fail(void **state)
{
	const char text[] = "{\"a\":[1,-0,1.5,true,\"s\",null,{}],\"b\":{\"c\":[[]]}}";
	struct json_object *value;
	struct json_fault fault;
	int allowed;

	(void)state;
	for (allowed = 0;; allowed++) {
		assert_in_range(allowed, 0, 100);
		budget = allowed;
		if (json_strict_parse(text, sizeof(text) - 1, 8, &value, &fault))
			break;
		assert_null(value);
		assert_int_equal(fault.kind, JSON_MEMORY);
	}
	assert_int_equal(allowed, 24);
	json_object_put(value);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests_name("json_memory", tests, NULL, NULL);
}
