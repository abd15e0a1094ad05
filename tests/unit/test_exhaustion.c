/* SPDX-License-Identifier: MIT */
/* What is said, and not left behind, when the system has no memory or no random bytes to give. */
#include "config.h"

#include <json-c/json.h>
#include <unistd.h>

#include "unit.h"

static int budget = INT32_MAX; /* calls that may still succeed */

static bool
spend(void)
{
	return budget-- > 0;
}

#define realloc(p, n) (spend() ? realloc(p, n) : NULL)
#define getentropy(p, n) (spend() ? getentropy(p, n) : -1)
#define json_object_new_object() (spend() ? json_object_new_object() : NULL)
#define json_object_new_string(s) (spend() ? json_object_new_string(s) : NULL)
#define json_object_object_add(o, k, v) (spend() ? json_object_object_add(o, k, v) : -1)
#include "base/api_key.c"
#include "base/buf.c"
#include "base/uuid.c"
#include "http/response.c"

static void
a_buffer_fails_once(void **state)
{
	struct buf b = BUF_EMPTY;
	char text[1000] = "";

	(void)state;
	budget = 1;
	buf_adds(&b, "kept");
	buf_add(&b, text, sizeof(text));
	assert_true(b.failed);
	assert_string_equal(buf_text(&b), "kept");
	buf_addf(&b, "%1000d", 1);
	assert_string_equal(buf_text(&b), "kept");
	budget = INT32_MAX;
	buf_clear(&b);
}

static void
no_random_bytes(void **state)
{
	const char nothing[API_KEY_TEXT_MAX] = "";
	char text[API_KEY_TEXT_MAX] = "x";
	struct response rs = RESPONSE_EMPTY;
	struct uuid u;
	int allowed;

	(void)state;
	budget = 0;
	assert_false(uuid_make_v7(&u));
	/* A key draws nine times or more: eight digits, and the secret. */
	for (allowed = 0; allowed < 9; allowed++) {
		budget = allowed;
		assert_false(api_key_make(text));
		assert_memory_equal(text, nothing, sizeof(text));
	}
	/* A request goes on without. */
	budget = 0;
	response_begin(&rs, NULL);
	assert_string_equal(rs.request_id, "00000000-0000-0000-0000-000000000000");
	budget = INT32_MAX;
	response_clear(&rs);
}

/* However little there is, an error is either whole or the response has failed. */
static void
every_allocation_of_an_error(void **state)
{
	struct response rs = RESPONSE_EMPTY;
	int allowed;

	(void)state;
	for (allowed = 0;; allowed++) {
		assert_in_range(allowed, 0, 100);
		budget = allowed;
		response_begin(&rs, "id");
		response_error(&rs, ERROR_INVALID_BODY, error_detail("member", "x"), NULL);
		if (!response_failed(&rs))
			break;
		budget = INT32_MAX;
		response_clear(&rs);
	}
	assert_true(allowed >= 9);
	budget = INT32_MAX;
	/* Without its details an error is still one: error_detail() may have failed. */
	assert_non_null(strstr(buf_text(&rs.body), "\"request_id\":\"id\""));
	response_clear(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_fails_once),
		cmocka_unit_test(no_random_bytes),
		cmocka_unit_test(every_allocation_of_an_error),
	};

	return cmocka_run_group_tests_name("exhaustion", tests, NULL, NULL);
}
