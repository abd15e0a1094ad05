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

static enum stream_begun sink_begins;
static int sink_takes; /* pieces, before the client leaves */
static struct buf sink_took;

static enum stream_begun
sink_begin(void *to, const struct response *rs)
{
	assert_ptr_equal(to, &sink_took);
	assert_int_equal(rs->status, 200);
	return sink_begins;
}

static bool
sink_write(void *to, const void *data, size_t len)
{
	assert_ptr_equal(to, &sink_took);
	if (sink_takes-- == 0)
		return false;
	buf_add(&sink_took, data, len);
	return true;
}

static const struct response_sink sink = {
	.to = &sink_took,
	.begin = sink_begin,
	.write = sink_write,
};

static void
streams(void **state)
{
	struct response rs = RESPONSE_EMPTY;

	(void)state;
	/* Without a sink it is collected. */
	response_begin(&rs, "i");
	assert_true(response_stream_begin(&rs, 200));
	assert_true(response_stream(&rs, "ab", 2));
	assert_true(response_stream(&rs, NULL, 0));
	assert_true(response_stream(&rs, "c", 1));
	assert_string_equal(buf_text(&rs.body), "abc");
	assert_int_equal(rs.stream, STREAM_OPEN);

	rs.sink = &sink;
	sink_takes = 2;
	sink_begins = STREAM_BEGUN;
	response_begin(&rs, "i");
	assert_int_equal(rs.stream, STREAM_NONE);
	assert_true(response_stream_begin(&rs, 200));
	assert_true(response_stream(&rs, "ab", 2));
	assert_true(response_stream(&rs, "c", 1));
	assert_string_equal(buf_text(&sink_took), "abc");
	assert_int_equal(rs.body.len, 0);
	/* The client leaves, and nothing is tried on it again. */
	assert_false(response_stream(&rs, "d", 1));
	assert_int_equal(rs.stream, STREAM_CUT);
	sink_takes = 1;
	assert_false(response_stream(&rs, "e", 1));
	assert_string_equal(buf_text(&sink_took), "abc");
	buf_clear(&sink_took);
	response_clear(&rs);
}

static void
streams_that_fail(void **state)
{
	struct response rs = RESPONSE_EMPTY;

	(void)state;
	response_begin(&rs, "i");
	rs.sink = &sink;
	sink_begins = STREAM_BUSY;
	assert_false(response_stream_begin(&rs, 200));
	assert_int_equal(rs.status, 503);
	assert_int_equal(rs.stream, STREAM_NONE);
	assert_true(has_line(&rs, "Retry-After: 1"));
	/* A client that is gone gets no error either. */
	response_begin(&rs, "i");
	sink_begins = STREAM_GONE;
	assert_false(response_stream_begin(&rs, 200));
	assert_int_equal(rs.stream, STREAM_CUT);
	/* A broken head is an ordinary error. */
	response_begin(&rs, "i");
	sink_begins = STREAM_BEGUN;
	response_header(&rs, "X", "a\r\nb");
	assert_false(response_stream_begin(&rs, 200));
	assert_int_equal(rs.stream, STREAM_NONE);
	assert_true(response_failed(&rs));
	/* An error in the middle cannot be told any more: it cuts. */
	response_begin(&rs, "i");
	assert_true(response_stream_begin(&rs, 200));
	response_error(&rs, ERROR_INTERNAL, error_detail("a", "b"), NULL);
	assert_int_equal(rs.stream, STREAM_CUT);
	assert_int_equal(rs.body.len, 0);
	response_begin(&rs, "i");
	assert_true(response_stream_begin(&rs, 200));
	response_stream_cut(&rs);
	assert_int_equal(rs.stream, STREAM_CUT);
	response_clear(&rs);
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
		cmocka_unit_test(streams),
		cmocka_unit_test(streams_that_fail),
	};

	return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
