/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "tests/bench/http_answer.h"

static enum http_read
read_text(const char *text, struct http_answer *a, char buffer[512])
{
	size_t len = strlen(text);

	memcpy(buffer, text, len + 1);
	return http_read(buffer, len, a);
}

#define HEAD "HTTP/1.1 200 OK\r\nServer: x\r\n"

/* Whatever is cut off, it is not complete and nothing was changed. */
static void
assert_answer(const char *text, const char *body)
{
	struct http_answer a;
	char buffer[512], part[512];
	size_t len;

	for (len = 0; len < strlen(text); len++) {
		memcpy(part, text, len);
		part[len] = '\0';
		assert_int_equal(read_text(part, &a, buffer), HTTP_MORE);
		assert_memory_equal(buffer, text, len);
	}
	assert_int_equal(read_text(text, &a, buffer), HTTP_COMPLETE);
	assert_int_equal(a.body_len, strlen(body));
	assert_memory_equal(a.body, body, a.body_len);
}

static void
a_body_has_its_length(void **state)
{
	(void)state;
	assert_answer(HEAD "Content-Length: 5\r\n\r\nhello", "hello");
	assert_answer(HEAD "content-length:0\r\n\r\n", "");
	assert_answer("HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n", "");
}

static void
chunks_are_put_together(void **state)
{
	(void)state;
	assert_answer(HEAD
	    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nB;x=1\r\n, you there\r\n0\r\n\r\n",
	    "hello, you there");
	assert_answer(HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "");
}

static void
status_and_connection_are_told(void **state)
{
	struct http_answer a;
	char buffer[512];

	(void)state;
	assert_int_equal(read_text("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", &a,
			     buffer),
	    HTTP_COMPLETE);
	assert_int_equal(a.status, 502);
	assert_false(a.close);
	assert_int_equal(read_text(HEAD "Connection: close\r\nContent-Length: 0\r\n\r\n", &a,
			     buffer),
	    HTTP_COMPLETE);
	assert_int_equal(a.status, 200);
	assert_true(a.close);
}

static void
what_is_no_answer_is_broken(void **state)
{
	static const char *const wrong[] = {
		"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\n",
		"nonsense\r\n\r\n",
		HEAD "\r\n",
		HEAD "Content-Length: 1\r\n\r\nab",
		HEAD "Transfer-Encoding: chunked\r\n\r\nx\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1",
	};
	struct http_answer a;
	char buffer[512];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(wrong); i++)
		assert_int_equal(read_text(wrong[i], &a, buffer), HTTP_BROKEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_has_its_length),
		cmocka_unit_test(chunks_are_put_together),
		cmocka_unit_test(status_and_connection_are_told),
		cmocka_unit_test(what_is_no_answer_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
