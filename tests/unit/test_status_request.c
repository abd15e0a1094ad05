/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "base/fastcgi.h"
#include "fcgi/status_request.h"

/* Take a text in pieces of `piece` bytes; on a port of the loopback interface, unless `any_host`. */
static enum status_end
take(struct status_request *r, const char *text, size_t len, size_t piece, bool any_host)
{
	enum status_end end = STATUS_MORE;
	size_t at, n;

	status_request_begin(r, any_host);
	for (at = 0; at < len && end == STATUS_MORE; at += n) {
		n = len - at < piece ? len - at : piece;
		end = status_request_take(r, text + at, n, any_host);
	}
	return end;
}

/* What HTTP asks for, whole and byte by byte. */
static void
asks(const char *text, int status, const char *page, bool json)
{
	static const size_t pieces[] = { 1, 7, 100000 };
	struct status_request r = { .taken = 0 };
	size_t i;

	for (i = 0; i < COUNT_OF(pieces); i++) {
		assert_int_equal(take(&r, text, strlen(text), pieces[i], false), STATUS_WHOLE);
		assert_int_equal(r.status, status);
		if (status == 200) {
			assert_string_equal(r.page, page);
			assert_int_equal(r.json, json);
		}
	}
	status_request_clear(&r);
}

static void
http_is_understood(void **state)
{
	(void)state;
	asks("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:9466\r\n\r\n", 200, "metrics", false);
	asks(
	    "GET /metrics HTTP/1.1\r\nhOST:localhost\r\nAccept: application/openmetrics-text;q=1,*/*\r\n\r\n",
	    200, "metrics", false);
	asks("GET /status?format=json HTTP/1.0\r\n\r\n", 200, "status", true);
	asks("GET /status?a=b&format=json&c HTTP/1.0\r\n\r\n", 200, "status", true);
	asks("GET /status?format=text HTTP/1.0\r\n\r\n", 200, "status", false);
	asks(
	    "GET /status HTTP/1.1\r\nHost: [::1]:1\r\nAccept: text/html, Application/JSON ; q=0.5\r\n\r\n",
	    200, "status", true);
	asks("GET / HTTP/1.0\r\n\r\n", 200, "", false);
	asks("GET /a/b/healthz HTTP/1.1\r\nHost: 127.1.2.3\r\nX:\r\n\r\n", 200, "healthz", false);
	asks("GET /a-name-that-is-longer-than-any-of-our-pages HTTP/1.0\r\n\r\n", 200, "", false);
}

static void
http_is_refused(void **state)
{
	static const char *const wrong[] = {
		"GET /metrics\r\n\r\n",
		"GET  /metrics HTTP/1.0\r\n\r\n",
		"GET /met rics HTTP/1.0\r\n\r\n",
		"GET /metrics HTTP/2.0\r\n\r\n",
		"GET /metrics HTTP/1.0 \r\n\r\n",
		"GET http://127.0.0.1/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
		"G(T /metrics HTTP/1.0\r\n\r\n",
		" /metrics HTTP/1.0\r\n\r\n",
		"\r\n\r\n",
		"GET /\x01 HTTP/1.0\r\n\r\n",
		"GET /metrics HTTP/1.1\r\n\r\n", /* which has to have Host */
		"GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
		"GET /metrics HTTP/1.0\r\nName\r\n\r\n",
		"GET /metrics HTTP/1.0\r\nName : x\r\n\r\n",
		"GET /metrics HTTP/1.0\r\n: x\r\n\r\n",
		"GET /metrics HTTP/1.0\r\nA: b\r\n folded\r\n\r\n",
		"GET /metrics HTTP/1.0\r\nA: \x7f\r\n\r\n",
		"GET /metrics HTTP/1.0\nA: b\r\n\r\n",
		"GET /status?format=xml HTTP/1.0\r\n\r\n",
		"POST /metrics\r\n\r\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(wrong); i++)
		asks(wrong[i], 400, NULL, false);
	asks("POST /metrics HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", 405, NULL, false);
	asks("get /metrics HTTP/1.0\r\n\r\n", 405, NULL, false);
}

/* A page of somebody's, under a name that stands for 127.0.0.1. */
static void
other_hosts_are_refused(void **state)
{
	static const char *const hosts[] = { "example.com", "127.0.0.1.example.com", "1.2.3.4",
		"[::2]", "[::1]x", "localhost.example", "", "127", "0x7f.0.0.1" };
	struct status_request r = { .taken = 0 };
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(hosts); i++) {
		(void)snprintf(text, sizeof(text), "GET /metrics HTTP/1.1\r\nHost: %s\r\n\r\n",
		    hosts[i]);
		asks(text, 421, NULL, false);
		assert_int_equal(take(&r, text, strlen(text), 10, true), STATUS_WHOLE);
		assert_int_equal(r.status, 200);
	}
	status_request_clear(&r);
}

/* However long it goes on, no more is kept than there may be. */
static void
a_long_head_is_refused(void **state)
{
	struct status_request r = { .taken = 0 };
	char line[1000];
	int i;

	(void)state;
	memset(line, 'a', sizeof(line));
	status_request_begin(&r, false);
	for (i = 0; i < 16; i++)
		assert_int_equal(status_request_take(&r, line, sizeof(line), false), STATUS_MORE);
	assert_int_equal(status_request_take(&r, line, sizeof(line), false), STATUS_WHOLE);
	assert_int_equal(r.status, 431);
	status_request_clear(&r);
}

static void
put_param(struct buf *to, const char *name, const char *value)
{
	fcgi_put_pair(to, name, strlen(name), value, strlen(value));
}

/* A request of a web server's, with these variables. */
static void
put_request(struct buf *to, int role, const char *method, const char *script, const char *info,
    const char *query, const char *accept)
{
	struct buf params = BUF_EMPTY;

	put_param(&params, "REQUEST_METHOD", method);
	put_param(&params, "PATH_INFO", info);
	put_param(&params, "SCRIPT_NAME", script);
	put_param(&params, "QUERY_STRING", query);
	put_param(&params, "HTTP_ACCEPT", accept);
	buf_reset(to);
	fcgi_put_begin(to, 1, role, 0);
	fcgi_put_stream(to, FCGI_PARAMS, 1, params.data, params.len);
	fcgi_put_stream_end(to, FCGI_PARAMS, 1);
	fcgi_put_stream_end(to, FCGI_STDIN, 1);
	buf_clear(&params);
}

static void
fastcgi_is_understood(void **state)
{
	struct status_request r = { .taken = 0 };
	struct buf b = BUF_EMPTY;

	(void)state;
	put_request(&b, FCGI_RESPONDER, "GET", "/metrics", "", "", "");
	assert_int_equal(take(&r, b.data, b.len, 3, true), STATUS_WHOLE);
	assert_true(r.fastcgi);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.page, "metrics");
	assert_false(r.json);
	put_request(&b, FCGI_RESPONDER, "HEAD", "/ops", "/status", "format=json", "");
	assert_int_equal(take(&r, b.data, b.len, 100000, true), STATUS_WHOLE);
	assert_string_equal(r.page, "status");
	assert_true(r.json && r.is_head);
	put_request(&b, FCGI_RESPONDER, "GET", "/status", "", "", "application/json");
	assert_int_equal(take(&r, b.data, b.len, 100000, true), STATUS_WHOLE);
	assert_true(r.json);
	put_request(&b, FCGI_RESPONDER, "PATCH", "/status", "", "", "");
	assert_int_equal(take(&r, b.data, b.len, 100000, true), STATUS_WHOLE);
	assert_int_equal(r.status, 405);
	/* Who is asked whether somebody may in must not say yes. */
	put_request(&b, FCGI_AUTHORIZER, "GET", "/status", "", "", "");
	assert_int_equal(take(&r, b.data, b.len, 100000, true), STATUS_BROKEN);
	/* Where HTTP alone is spoken, it is no request. */
	put_request(&b, FCGI_RESPONDER, "GET", "/metrics", "", "", "");
	status_request_begin(&r, false);
	assert_int_equal(status_request_take(&r, b.data, b.len, false), STATUS_MORE);
	assert_false(r.fastcgi);
	buf_clear(&b);
	status_request_clear(&r);
}

static void
records_without_end_are_refused(void **state)
{
	struct status_request r = { .taken = 0 };
	enum status_end end = STATUS_MORE;
	struct buf b = BUF_EMPTY;
	char trash[4000];
	int i;

	(void)state;
	memset(trash, 'x', sizeof(trash));
	fcgi_put_begin(&b, 1, FCGI_RESPONDER, 0);
	status_request_begin(&r, true);
	assert_int_equal(status_request_take(&r, b.data, b.len, true), STATUS_MORE);
	for (i = 0; i < 8 && end == STATUS_MORE; i++) {
		buf_reset(&b);
		fcgi_put_stream(&b, FCGI_PARAMS, 1, trash, sizeof(trash));
		end = status_request_take(&r, b.data, b.len, true);
	}
	assert_int_equal(end, STATUS_BROKEN);
	assert_true(i < 8);
	buf_clear(&b);
	status_request_clear(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_is_understood),
		cmocka_unit_test(http_is_refused),
		cmocka_unit_test(other_hosts_are_refused),
		cmocka_unit_test(a_long_head_is_refused),
		cmocka_unit_test(fastcgi_is_understood),
		cmocka_unit_test(records_without_end_are_refused),
	};

	return cmocka_run_group_tests_name("status_request", tests, NULL, NULL);
}
