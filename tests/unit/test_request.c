/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>

#include "unit.h"

#include "http/error.h"
#include "http/request.h"

static void
methods_by_name(void **state)
{
	enum http_method m;

	(void)state;
	for (m = 0; m < HTTP_OTHER; m++)
		assert_int_equal(http_method_from_name(http_method_name(m)), m);
	assert_string_equal(http_method_name(HTTP_PATCH), "PATCH");
	assert_string_equal(http_method_name(HTTP_OTHER), "OTHER");
	assert_int_equal(http_method_from_name("patch"), HTTP_OTHER);
	assert_int_equal(http_method_from_name("OTHER"), HTTP_OTHER);
	assert_int_equal(http_method_from_name("PATCHES"), HTTP_OTHER);
	assert_int_equal(http_method_from_name(""), HTTP_OTHER);
}

/*
 * A CGI variable is its header's name in capitals, '_' for '-', after HTTP_ (but for the two of the
 * body).
 */
static void
headers_by_variable(void **state)
{
	char variable[80];
	const char *name;
	size_t len, i;
	int h;

	(void)state;
	for (h = 0; h < HTTP_HEADER__MAX; h++) {
		name = http_header_name((enum http_header)h);
		len = (size_t)snprintf(variable, sizeof(variable), "%s%s",
		    h == HEADER_CONTENT_TYPE || h == HEADER_CONTENT_LENGTH ? "" : "HTTP_", name);
		for (i = 0; i < len; i++)
			variable[i] = (char)(variable[i] == '-' ? '_' : toupper(variable[i]));
		assert_int_equal(http_header_from_variable(variable, len), h);
		assert_int_equal(http_header_from_variable(variable, len - 1), -1);
	}
	assert_int_equal(http_header_from_variable("HTTP_ACCEPT", 11), -1);
	assert_int_equal(http_header_from_variable("http_x_api_key", 14), -1);
	assert_int_equal(http_header_from_variable("", 0), -1);
}

/* Codes are unique lower-case words, statuses those of errors, messages sentences. */
static void
errors_are_well_formed(void **state)
{
	enum http_error e, other;
	const char *code;

	(void)state;
	for (e = 0; e < HTTP_ERROR__MAX; e++) {
		code = http_error_code(e);
		assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz_"), strlen(code));
		assert_in_range(http_error_status(e), 400, 599);
		assert_int_equal(http_error_message(e)[strlen(http_error_message(e)) - 1], '.');
		for (other = 0; other < e; other++)
			assert_string_not_equal(code, http_error_code(other));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(methods_by_name),
		cmocka_unit_test(headers_by_variable),
		cmocka_unit_test(errors_are_well_formed),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
