/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "base/buf.h"
#include "base/fastcgi.h"
#include "fcgi/params.h"
#include "http/request.h"

/* A request from variables, and what it points into. */
struct made {
	struct request rq;
	struct buf variables, path;
};

/* As a web server sends "NAME=value". */
static void
put(struct buf *to, const char *variable)
{
	size_t len = strcspn(variable, "=");
	const char *value = variable[len] == '=' ? variable + len + 1 : "";

	fcgi_put_pair(to, variable, len, value, strlen(value));
}

static void
make(struct made *m, const char *base, const char *const *env)
{
	*m = (struct made){ .path = BUF_EMPTY, .variables = BUF_EMPTY };
	for (; *env != NULL; env++)
		put(&m->variables, *env);
	assert_int_equal(params_request(&m->variables, base, &m->path, &m->rq), PARAMS_GOOD);
}

static void
unmake(struct made *m)
{
	buf_clear(&m->variables);
	buf_clear(&m->path);
}

static int
duplicate_of(const char *const *env)
{
	struct made m;
	int header;

	make(&m, "", env);
	header = m.rq.duplicate;
	unmake(&m);
	return header;
}

/* The whole of a request as lighttpd sends it. */
static void
whole_request(void **state)
{
	const char *const env[] = {
		"FCGI_ROLE=RESPONDER",
		"CONTENT_LENGTH=22",
		"SCRIPT_NAME=/api",
		"PATH_INFO=/v1/grants/7",
		"REQUEST_URI=/api/v1/grants/7?x=1",
		"QUERY_STRING=x=1",
		"REQUEST_METHOD=PATCH",
		"REMOTE_ADDR=192.0.2.1",
		"HTTP_HOST=example.org",
		"HTTP_X_API_KEY=k=1",
		"HTTP_X_TENANT_ID=t",
		"CONTENT_TYPE=application/json",
		"HTTP_CONTENT_LENGTH=22",
		"HTTP_IF_MATCH=\"1\", \"2\"",
		NULL,
	};
	struct made m;

	(void)state;
	make(&m, "/api", env);
	assert_int_equal(m.rq.method, HTTP_PATCH);
	assert_string_equal(m.rq.path, "/v1/grants/7");
	assert_string_equal(m.rq.query, "x=1");
	assert_string_equal(m.rq.remote_addr, "192.0.2.1");
	assert_string_equal(m.rq.header[HEADER_API_KEY], "k=1");
	assert_string_equal(m.rq.header[HEADER_TENANT_ID], "t");
	assert_string_equal(m.rq.header[HEADER_CONTENT_TYPE], "application/json");
	assert_string_equal(m.rq.header[HEADER_CONTENT_LENGTH], "22");
	assert_string_equal(m.rq.header[HEADER_IF_MATCH], "\"1\", \"2\"");
	assert_null(m.rq.header[HEADER_ORIGIN]);
	assert_int_equal(m.rq.duplicate, -1);
	unmake(&m);
}

static void
nothing(void **state)
{
	const char *const env[] = { "=", "", "NAME", "=value", NULL };
	struct made m;
	int i;

	(void)state;
	make(&m, "", env);
	assert_int_equal(m.rq.method, HTTP_OTHER);
	assert_string_equal(m.rq.path, "/");
	assert_string_equal(m.rq.query, "");
	assert_string_equal(m.rq.remote_addr, "");
	for (i = 0; i < HTTP_HEADER__MAX; i++)
		assert_null(m.rq.header[i]);
	unmake(&m);
}

/* nginx says that there is neither body nor type with empty variables. */
static void
empty_body_variables(void **state)
{
	const char *const env[] = { "CONTENT_LENGTH=", "CONTENT_TYPE=", "HTTP_X_TENANT_ID=", NULL };
	struct made m;

	(void)state;
	make(&m, "", env);
	assert_null(m.rq.header[HEADER_CONTENT_LENGTH]);
	assert_null(m.rq.header[HEADER_CONTENT_TYPE]);
	assert_string_equal(m.rq.header[HEADER_TENANT_ID], "");
	unmake(&m);
}

/* In an nginx configuration, a later fastcgi_param is meant to replace an earlier one. */
static void
last_of_cgi_variables_counts(void **state)
{
	const char *const env[] = {
		"REQUEST_METHOD=GET",
		"SCRIPT_NAME=/x",
		"PATH_INFO=/y",
		"SCRIPT_NAME=",
		"PATH_INFO=/v1/grants",
		"REQUEST_METHOD=HEAD",
		NULL,
	};
	struct made m;

	(void)state;
	make(&m, "", env);
	assert_int_equal(m.rq.method, HTTP_HEAD);
	assert_string_equal(m.rq.path, "/v1/grants");
	unmake(&m);
}

static void
two_variables(void **state)
{
	const char *const tenant[] = {
		"HTTP_X_TENANT_ID=a",
		"HTTP_X_API_KEY=k",
		"HTTP_X_TENANT_ID=b",
		NULL,
	};
	const char *const same[] = { "HTTP_X_API_KEY=k", "HTTP_X_API_KEY=k", NULL };
	const char *const empty[] = { "HTTP_X_API_KEY=", "HTTP_X_API_KEY=k", NULL };
	const char *const list[] = { "HTTP_IF_MATCH=\"1\"", "HTTP_IF_MATCH=\"2\"", NULL };
	const char *const unread[] = { "HTTP_ACCEPT=a", "HTTP_ACCEPT=b", NULL };
	const char *const copies[] = {
		"CONTENT_LENGTH=2",
		"HTTP_CONTENT_LENGTH=2",
		"CONTENT_TYPE=a/b",
		"HTTP_CONTENT_TYPE=a/b",
		NULL,
	};

	(void)state;
	assert_int_equal(duplicate_of(tenant), HEADER_TENANT_ID);
	assert_int_equal(duplicate_of(same), HEADER_API_KEY);
	assert_int_equal(duplicate_of(empty), HEADER_API_KEY);
	assert_int_equal(duplicate_of(list), -1);
	assert_int_equal(duplicate_of(unread), -1);
	assert_int_equal(duplicate_of(copies), -1);
}

static void
joined_values(void **state)
{
	static const struct {
		const char *variable;
		int duplicate;
	} table[] = {
		{ "HTTP_X_TENANT_ID=a, b", HEADER_TENANT_ID },
		{ "HTTP_X_TENANT_ID=a,b", HEADER_TENANT_ID },
		{ "HTTP_X_TENANT_ID=,", HEADER_TENANT_ID },
		{ "HTTP_X_API_KEY=a, a", HEADER_API_KEY },
		{ "HTTP_IDEMPOTENCY_KEY=a, b", HEADER_IDEMPOTENCY_KEY },
		{ "HTTP_IDEMPOTENCY_KEY=\"a, b\"", -1 },
		{ "HTTP_IDEMPOTENCY_KEY=\"a\\\", b\"", -1 },
		{ "HTTP_IDEMPOTENCY_KEY=\"a\", \"b\"", HEADER_IDEMPOTENCY_KEY },
		{ "CONTENT_TYPE=application/json, text/plain", HEADER_CONTENT_TYPE },
		{ "CONTENT_TYPE=application/json; x=\"a,b\"", -1 },
		{ "CONTENT_LENGTH=2, 2", HEADER_CONTENT_LENGTH },
		{ "HTTP_ORIGIN=http://a, http://b", HEADER_ORIGIN },
		{ "HTTP_ACCESS_CONTROL_REQUEST_METHOD=GET, PATCH", HEADER_AC_REQUEST_METHOD },
		{ "HTTP_X_REQUEST_ID=a, b", HEADER_REQUEST_ID },
		{ "HTTP_X_REQUEST_ID=a,b", -1 },
		{ "HTTP_IF_MATCH=\"1\", \"2\"", -1 },
		{ "HTTP_IF_NONE_MATCH=\"1\", \"2\"", -1 },
		{ "HTTP_PREFER=return=minimal, wait=1", -1 },
		{ "HTTP_USER_AGENT=Mozilla/5.0 (X11, Linux)", -1 },
		{ "HTTP_X_AUDIT_REASON=leave, then return", -1 },
		{ "HTTP_ACCESS_CONTROL_REQUEST_HEADERS=x-api-key, x-tenant-id", -1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++) {
		char variable[128];
		const char *const env[] = { variable, NULL };

		assert_true(strlen(table[i].variable) < sizeof(variable));
		memcpy(variable, table[i].variable, strlen(table[i].variable) + 1);
		assert_int_equal(duplicate_of(env), table[i].duplicate);
	}
}

/* RFC 9110 section 5.3, whatever lies between the lines, and however many there are. */
static void
lists_on_several_lines(void **state)
{
	const char *const env[] = {
		"HTTP_PREFER=handling=lenient",
		"HTTP_IF_MATCH=\"1\"",
		"HTTP_X_API_KEY=k",
		"HTTP_PREFER=return=minimal",
		"SCRIPT_NAME=/v1/grants/7",
		"HTTP_IF_MATCH=",
		"HTTP_IF_MATCH=\"2\", \"3\"",
		"HTTP_ACCESS_CONTROL_REQUEST_HEADERS=if-match",
		"HTTP_ACCESS_CONTROL_REQUEST_HEADERS=x-api-key",
		"HTTP_IF_NONE_MATCH=*",
		NULL,
	};
	const char *const nowhere[] = { "HTTP_PREFER=a", "HTTP_PREFER=b", NULL };
	const char *many[1001] = { "SCRIPT_NAME=/v1" };
	struct made m;
	size_t i;

	(void)state;
	make(&m, "", env);
	assert_int_equal(m.rq.duplicate, -1);
	assert_string_equal(m.rq.header[HEADER_PREFER], "handling=lenient, return=minimal");
	assert_string_equal(m.rq.header[HEADER_IF_MATCH], "\"1\", , \"2\", \"3\"");
	assert_string_equal(m.rq.header[HEADER_AC_REQUEST_HEADERS], "if-match, x-api-key");
	assert_string_equal(m.rq.header[HEADER_IF_NONE_MATCH], "*");
	assert_string_equal(m.rq.header[HEADER_API_KEY], "k");
	assert_string_equal(m.rq.path, "/v1/grants/7");
	unmake(&m);
	make(&m, "", nowhere);
	assert_string_equal(m.rq.header[HEADER_PREFER], "a, b");
	assert_string_equal(m.rq.path, "/");
	unmake(&m);
	for (i = 1; i + 1 < COUNT_OF(many); i++)
		many[i] = "HTTP_PREFER=wait=1";
	make(&m, "", many);
	assert_int_equal(strlen(m.rq.header[HEADER_PREFER]), 999 * strlen("wait=1, ") - 2);
	assert_string_equal(m.rq.path, "/v1");
	unmake(&m);
}

/* The first that came twice is the one that is told of. */
static void
first_duplicate(void **state)
{
	const char *const env[] = {
		"HTTP_X_TENANT_ID=a",
		"HTTP_X_TENANT_ID=b",
		"HTTP_X_API_KEY=a",
		"HTTP_X_API_KEY=b",
		NULL,
	};

	(void)state;
	assert_int_equal(duplicate_of(env), HEADER_TENANT_ID);
}

/* Of a variable that is read, and one that is not. */
static enum params_end
with_nul(const char *name, const char *value, size_t len)
{
	struct buf variables = BUF_EMPTY, path = BUF_EMPTY;
	enum params_end end;
	struct request rq;

	put(&variables, "REQUEST_METHOD=GET");
	fcgi_put_pair(&variables, name, strlen(name), value, len);
	put(&variables, "HTTP_X_TENANT_ID=t");
	end = params_request(&variables, "", &path, &rq);
	/* Whatever is found, the rest is understood, for the answer. */
	assert_int_equal(rq.method, HTTP_GET);
	assert_string_equal(rq.header[HEADER_TENANT_ID], "t");
	buf_clear(&variables);
	buf_clear(&path);
	return end;
}

static void
nul_in_a_value(void **state)
{
	(void)state;
	assert_int_equal(with_nul("HTTP_X_API_KEY", "key\0junk", 8), PARAMS_NUL);
	assert_int_equal(with_nul("HTTP_X_API_KEY", "key\0", 4), PARAMS_NUL);
	assert_int_equal(with_nul("PATH_INFO", "/v1/grants\0/x", 13), PARAMS_NUL);
	assert_int_equal(with_nul("SCRIPT_NAME", "\0", 1), PARAMS_NUL);
	assert_int_equal(with_nul("QUERY_STRING", "a=b\0", 4), PARAMS_NUL);
	assert_int_equal(with_nul("HTTP_ACCEPT", "a\0b", 3), PARAMS_GOOD);
}

/* Each cut of a request's variables is either good up to there, or wrong; never more than there is. */
static void
cut_off(void **state)
{
	struct buf whole = BUF_EMPTY, variables = BUF_EMPTY, path = BUF_EMPTY;
	struct request rq;
	size_t len, first;

	(void)state;
	put(&whole, "REQUEST_METHOD=GET");
	first = whole.len;
	put(&whole, "HTTP_X_API_KEY=k");
	for (len = 0; len <= whole.len; len++) {
		buf_clear(&variables);
		buf_add(&variables, whole.data, len);
		assert_int_equal(params_request(&variables, "", &path, &rq),
		    len == 0 || len == first || len == whole.len ? PARAMS_GOOD : PARAMS_WRONG);
	}
	assert_string_equal(rq.header[HEADER_API_KEY], "k");
	buf_clear(&whole);
	buf_clear(&variables);
	buf_clear(&path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_request),
		cmocka_unit_test(nothing),
		cmocka_unit_test(empty_body_variables),
		cmocka_unit_test(last_of_cgi_variables_counts),
		cmocka_unit_test(two_variables),
		cmocka_unit_test(joined_values),
		cmocka_unit_test(lists_on_several_lines),
		cmocka_unit_test(first_duplicate),
		cmocka_unit_test(nul_in_a_value),
		cmocka_unit_test(cut_off),
	};

	return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
