/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "http/media_type.h"

static void
known_values(void **state)
{
	static const struct {
		const char *value;
		enum media_type type;
	} table[] = {
		{ NULL, MEDIA_NONE },
		{ "", MEDIA_NONE },
		{ " \t", MEDIA_NONE },
		{ "application/json", MEDIA_JSON },
		{ "Application/JSON", MEDIA_JSON },
		{ " application/json ", MEDIA_JSON },
		{ "application/merge-patch+json", MEDIA_MERGE_PATCH },
		{ "APPLICATION/MERGE-PATCH+JSON", MEDIA_MERGE_PATCH },
		{ "application/json;charset=utf-8", MEDIA_JSON },
		{ "application/json ; Charset=UTF-8", MEDIA_JSON },
		{ "application/json; charset=\"Utf-8\"", MEDIA_JSON },
		{ "application/json; a=b;c=\"d;e\"", MEDIA_JSON },
		{ "application/json;", MEDIA_JSON },
		{ "application/json; ; charset=utf-8 ;", MEDIA_JSON },
		{ "application/merge-patch+json; charset=utf-8", MEDIA_MERGE_PATCH },
		{ "application/json; charset=utf8", MEDIA_OTHER },
		{ "application/json; charset=utf-16", MEDIA_OTHER },
		{ "application/json; charset=iso-8859-1", MEDIA_OTHER },
		{ "application/json; charset=\"\"", MEDIA_OTHER },
		{ "application/json; charset=utf-8; charset=latin1", MEDIA_OTHER },
		{ "application/json; charset=latin1; charset=utf-8", MEDIA_OTHER },
		{ "application/json; charset=", MEDIA_OTHER },
		{ "application/json; charset", MEDIA_OTHER },
		{ "application/json; charset = utf-8", MEDIA_OTHER },
		{ "application/json; charset=\"utf-8", MEDIA_OTHER },
		{ "application/json, text/plain", MEDIA_OTHER },
		{ "application/json text/plain", MEDIA_OTHER },
		{ "application/json-patch+json", MEDIA_OTHER },
		{ "application/problem+json", MEDIA_OTHER },
		{ "application/jsonx", MEDIA_OTHER },
		{ "application/json/x", MEDIA_OTHER },
		{ "text/json", MEDIA_OTHER },
		{ "application", MEDIA_OTHER },
		{ "application/", MEDIA_OTHER },
		{ "/json", MEDIA_OTHER },
		{ "application /json", MEDIA_OTHER },
		{ "*/*", MEDIA_OTHER },
		{ "json", MEDIA_OTHER },
		{ "application/x-www-form-urlencoded", MEDIA_OTHER },
		{ ";", MEDIA_OTHER },
		{ "\"application/json\"", MEDIA_OTHER },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		if (media_type_of(table[i].value) != table[i].type)
			fail_msg("%s", table[i].value);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_values),
	};

	return cmocka_run_group_tests_name("media_type", tests, NULL, NULL);
}
