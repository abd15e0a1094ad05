/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "http/cors.h"
#include "http/request.h"
#include "http/response.h"

#define TWO "https://a.example http://b.example:8080"

/* The head that an answer, or a preflight, gets; to be freed. */
static char *
head_for(const char *origins, const char *origin, bool preflight)
{
	struct request rq = { .method = preflight ? HTTP_OPTIONS : HTTP_GET };
	struct response rs = RESPONSE_EMPTY;
	char *head;

	rq.header[HEADER_ORIGIN] = origin;
	if (preflight)
		cors_preflight(&rs, origins, &rq, "GET, PATCH");
	else
		cors_answer(&rs, origins, &rq);
	assert_false(rs.head.failed);
	head = strdup(buf_text(&rs.head));
	assert_non_null(head);
	response_clear(&rs);
	return head;
}

/* `allowed` is what Access-Control-Allow-Origin says, NULL for no such header. */
static const struct {
	const char *origins, *origin, *allowed;
	bool vary;
} table[] = {
	{ "", NULL, NULL, false },
	{ "", "https://a.example", NULL, false },
	{ "", "", NULL, false },
	{ TWO, NULL, NULL, true },
	{ TWO, "https://a.example", "https://a.example", true },
	{ TWO, "http://b.example:8080", "http://b.example:8080", true },
	{ "  https://a.example   https://c.example  ", "https://c.example", "https://c.example",
	    true },
	{ TWO, "https://a.example.evil", NULL, true },
	{ TWO, "https://a.exampl", NULL, true },
	{ TWO, "https://A.example", NULL, true },
	{ TWO, "http://a.example", NULL, true },
	{ TWO, "http://b.example", NULL, true },
	{ TWO, TWO, NULL, true },
	{ TWO, "", NULL, true },
	{ TWO, "null", NULL, true },
	{ "null", "null", NULL, true },
	{ "*", "https://any.example", "*", false },
	{ "*", NULL, NULL, false },
	{ "*", "null", "*", false },
	{ "* https://a.example", "https://b.example", NULL, true },
	{ "* https://a.example", "*", NULL, true },
	{ "https://*.example", "https://a.example", NULL, true },
};

static void
origins_and_answers(void **state)
{
	char *head, wanted[128];
	size_t i;
	int preflight;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++) {
		for (preflight = 0; preflight <= 1; preflight++) {
			head = head_for(table[i].origins, table[i].origin, preflight);
			(void)snprintf(wanted, sizeof(wanted),
			    "Access-Control-Allow-Origin: %s\r\n",
			    table[i].allowed != NULL ? table[i].allowed : "");
			if ((strstr(head, "Access-Control-Allow-Origin:") != NULL) !=
				(table[i].allowed != NULL) ||
			    (table[i].allowed != NULL && strstr(head, wanted) == NULL) ||
			    (strstr(head, "Vary: Origin\r\n") != NULL) != table[i].vary)
				fail_msg("%s asked by %s: %s", table[i].origins, table[i].origin,
				    head);
			/* Nothing else about CORS without it, and never credentials. */
			if (table[i].allowed == NULL)
				assert_null(strstr(head, "Access-Control-"));
			assert_null(strstr(head, "Credentials"));
			assert_int_equal(strstr(head, "Expose") != NULL,
			    table[i].allowed != NULL && !preflight);
			assert_int_equal(strstr(head, "Allow-Methods: GET, PATCH\r\n") != NULL,
			    table[i].allowed != NULL && preflight);
			free(head);
		}
	}
}

/*
 * A script may send every header that is read, but for those that the Fetch standard keeps to
 * browsers.
 */
static void
every_header_a_script_may_set(void **state)
{
	static const enum http_header kept[] = { HEADER_CONTENT_LENGTH, HEADER_ORIGIN,
		HEADER_AC_REQUEST_METHOD, HEADER_AC_REQUEST_HEADERS, HEADER_USER_AGENT };
	char *head = head_for("*", "https://a.example", true), *list, *end, wanted[128];
	size_t i, h;
	bool forbidden;

	(void)state;
	list = strstr(head, "Access-Control-Allow-Headers: ");
	assert_non_null(list);
	*strchr(list, ':') = ','; /* now each name is between commas */
	end = strstr(list, "\r\n");
	assert_non_null(end);
	memcpy(end, ",", 2);
	for (h = 0; h < HTTP_HEADER__MAX; h++) {
		for (forbidden = false, i = 0; i < COUNT_OF(kept); i++)
			forbidden |= kept[i] == (enum http_header)h;
		(void)snprintf(wanted, sizeof(wanted), ", %s,",
		    http_header_name((enum http_header)h));
		if ((strstr(list, wanted) == NULL) != forbidden)
			fail_msg("%s", http_header_name((enum http_header)h));
	}
	free(head);
}

/* What a setting is refused for, NULL for one that browsers can meet. */
static const struct {
	const char *origins, *wrong;
} settings[] = {
	{ "", NULL },
	{ "*", NULL },
	{ "  https://a.example   http://b.example:8080  ", NULL },
	{ "http://localhost:3000 http://127.0.0.1 http://[::1]:3000", NULL },
	{ "moz-extension://8c1f a+b.c://d_e", NULL },
	{ "https://a.example/", "https://a.example/" },
	{ "https://a.example/path https://b.example", "https://a.example/path" },
	{ "https://b.example https://A.example", "https://A.example" },
	{ "HTTPS://a.example", "HTTPS://a.example" },
	{ "http://a.example:443 https://a.example:80", NULL },
	{ "https://a.example:443", "https://a.example:443" },
	{ "http://localhost:8080 http://localhost:80", "http://localhost:80" },
	{ "https://a.example,https://b.example", "https://a.example,https://b.example" },
	{ "a.example", "a.example" },
	{ "https://", "https://" },
	{ "https:// a.example", "https://" },
	{ "://a.example", "://a.example" },
	{ "https://*.example", "https://*.example" },
	{ "https://me@a.example", "https://me@a.example" },
	{ "https://a.example *", "*" },
	{ "null", "null" },
};

static void
settings_that_browsers_can_meet(void **state)
{
	const char *wrong;
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT_OF(settings); i++) {
		wrong = NULL;
		len = 0;
		if (cors_understood(settings[i].origins, &wrong, &len) !=
			(settings[i].wrong == NULL) ||
		    (settings[i].wrong != NULL &&
			(strlen(settings[i].wrong) != len ||
			    memcmp(settings[i].wrong, wrong, len) != 0)))
			fail_msg("\"%s\": %s", settings[i].origins, wrong);
	}
}

static void
what_a_preflight_is(void **state)
{
	struct request rq = { .method = HTTP_OPTIONS };

	(void)state;
	assert_false(cors_is_preflight(&rq));
	rq.header[HEADER_ORIGIN] = "https://a.example";
	assert_false(cors_is_preflight(&rq));
	rq.header[HEADER_AC_REQUEST_METHOD] = "PATCH";
	assert_true(cors_is_preflight(&rq));
	rq.method = HTTP_PATCH;
	assert_false(cors_is_preflight(&rq));
	rq.method = HTTP_OPTIONS;
	rq.header[HEADER_ORIGIN] = NULL;
	assert_false(cors_is_preflight(&rq));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(origins_and_answers),
		cmocka_unit_test(every_header_a_script_may_set),
		cmocka_unit_test(settings_that_browsers_can_meet),
		cmocka_unit_test(what_a_preflight_is),
	};

	return cmocka_run_group_tests_name("cors", tests, NULL, NULL);
}
