/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <json-c/json.h>

#include "unit.h"

#include "base/json_strict.h"
#include "base/uuid.h"
#include "http/response.h"

#define COMMON "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"

static struct json_object *
parsed(const struct response *rs)
{
	struct json_object *value;
	struct json_fault fault;

	assert_true(json_strict_parse(rs->body.data, rs->body.len, 32, &value, &fault));
	return value;
}

static const char *
member(struct json_object *object, const char *name)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(object, name, &value));
	return json_object_get_string(value);
}

/* Is this one of the lines of the head? */
static bool
has_line(const struct response *rs, const char *line)
{
	const char *at = strstr(buf_text(&rs->head), line);

	return at != NULL && (at == rs->head.data || at[-1] == '\n') &&
	    strncmp(at + strlen(line), "\r\n", 2) == 0;
}

static void
request_ids(void **state)
{
	char longest[REQUEST_ID_MAX + 2];
	const char *bad[] = { NULL, "", " ", "a b", "a\r\nX: y", "\xC3\xA9", "a/b", longest };
	struct response rs = RESPONSE_EMPTY;
	struct uuid u;
	size_t i;

	(void)state;
	response_begin(&rs, "A-Za-z0-9._-");
	assert_string_equal(rs.request_id, "A-Za-z0-9._-");
	assert_string_equal(buf_text(&rs.head), "X-Request-Id: A-Za-z0-9._-\r\n" COMMON);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[REQUEST_ID_MAX] = '\0';
	response_begin(&rs, longest);
	assert_string_equal(rs.request_id, longest);
	longest[REQUEST_ID_MAX] = 'x';
	longest[REQUEST_ID_MAX + 1] = '\0';
	for (i = 0; i < COUNT_OF(bad); i++) {
		response_begin(&rs, bad[i]);
		assert_true(uuid_parse(&u, rs.request_id, strlen(rs.request_id)));
		assert_int_equal(u.octet[6] >> 4, 7);
		assert_non_null(strstr(buf_text(&rs.head), rs.request_id));
	}
	response_clear(&rs);
}

/* Every byte in a header's value: control characters fail the response and add nothing. */
static void
no_header_is_injected(void **state)
{
	struct response rs = RESPONSE_EMPTY;
	char value[4] = "a.b";
	bool control;
	size_t len;
	int c;

	(void)state;
	for (c = 1; c < 256; c++) {
		response_begin(&rs, "id");
		response_empty(&rs, 204);
		len = rs.head.len;
		value[1] = (char)c;
		response_header(&rs, "ETag", value);
		control = c < 32 || c == 127;
		assert_int_equal(response_failed(&rs), control);
		assert_int_equal(rs.head.len, control ? len : len + strlen("ETag: a.b\r\n"));
	}
	response_begin(&rs, "id");
	response_empty(&rs, 204);
	assert_false(response_failed(&rs));
	response_header(&rs, "A\nB", "x");
	assert_true(response_failed(&rs));
	response_clear(&rs);
}

static void
json_answers(void **state)
{
	struct response rs = RESPONSE_EMPTY;

	(void)state;
	response_begin(&rs, "id");
	assert_true(response_failed(&rs)); /* nothing answered yet */
	response_json(&rs, 200, error_detail("path", "/v1/\"x\""));
	assert_false(response_failed(&rs));
	assert_int_equal(rs.status, 200);
	assert_string_equal(buf_text(&rs.body), "{\"path\":\"/v1/\\\"x\\\"\"}");
	assert_non_null(strstr(buf_text(&rs.head), "\r\nContent-Type: application/json\r\n"));
	response_begin(&rs, "id");
	response_json(&rs, 200, NULL);
	assert_true(response_failed(&rs));
	response_begin(&rs, "id");
	response_empty(&rs, 304);
	assert_false(response_failed(&rs));
	assert_int_equal(rs.body.len, 0);
	assert_null(strstr(buf_text(&rs.head), "\r\nContent-Type:"));
	response_clear(&rs);
}

/* Each error has the one shape and its request id, whatever was answered before. */
static void
error_shape(void **state)
{
	struct response rs = RESPONSE_EMPTY;
	struct json_object *value, *details;
	enum http_error e;

	(void)state;
	for (e = 0; e < HTTP_ERROR__MAX; e++) {
		response_begin(&rs, "the-id");
		response_header(&rs, "ETag", "\"v1\"");
		response_json(&rs, 200, error_detail("a", "b"));
		response_header(&rs, "X", "\n"); /* a failure is replaced as well */
		response_error(&rs, e, NULL, NULL);
		assert_false(response_failed(&rs));
		assert_int_equal(rs.status, http_error_status(e));
		assert_null(strstr(buf_text(&rs.head), "ETag"));
		assert_non_null(strstr(buf_text(&rs.head), "X-Request-Id: the-id\r\n" COMMON));
		assert_non_null(strstr(buf_text(&rs.head), "Content-Type: application/json\r\n"));
		assert_int_equal(has_line(&rs, "WWW-Authenticate: ApiKey realm=\"grantd\""),
		    rs.status == 401);
		assert_int_equal(has_line(&rs, "Retry-After: 1"), rs.status == 503);
		value = parsed(&rs);
		assert_int_equal(json_object_object_length(value), 3);
		assert_string_equal(member(value, "code"), http_error_code(e));
		assert_string_equal(member(value, "message"), http_error_message(e));
		assert_true(json_object_object_get_ex(value, "details", &details));
		assert_int_equal(json_object_object_length(details), 1);
		assert_string_equal(member(details, "request_id"), "the-id");
		json_object_put(value);
	}
	response_clear(&rs);
}

static void
errors_with_more(void **state)
{
	struct response rs = RESPONSE_EMPTY;
	struct json_object *notices = json_object_new_array();

	(void)state;
	assert_int_equal(json_object_array_add(notices, json_object_new_string("Stay audited.")),
	    0);
	response_begin(&rs, "i");
	response_error_message(&rs, ERROR_POLICY_DENIED, "Other words.",
	    error_detail_int("offset", INT64_MAX), notices);
	assert_int_equal(rs.status, 403);
	assert_string_equal(buf_text(&rs.body),
	    "{\"code\":\"policy_denied\",\"message\":\"Other words.\","
	    "\"details\":{\"offset\":9223372036854775807,\"request_id\":\"i\"},"
	    "\"notices\":[\"Stay audited.\"]}");
	response_clear(&rs);
	assert_null(rs.body.data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_ids),
		cmocka_unit_test(no_header_is_injected),
		cmocka_unit_test(json_answers),
		cmocka_unit_test(error_shape),
		cmocka_unit_test(errors_with_more),
	};

	return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
