/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "http/path.h"

/* NULL in `first`: no match; "" in either: no such placeholder. */
static const struct {
	const char *template, *path, *first, *second;
} table[] = {
	{ "/healthz", "/healthz", "", "" },
	{ "/healthz", "/healthz/", NULL, NULL },
	{ "/healthz", "/health", NULL, NULL },
	{ "/healthz", "/healthzz", NULL, NULL },
	{ "/healthz", "/Healthz", NULL, NULL },
	{ "/healthz", "healthz", NULL, NULL },
	{ "/healthz", "", NULL, NULL },
	{ "/", "/", "", "" },
	{ "/", "", NULL, NULL },
	{ "/v1/grants", "/v1//grants", NULL, NULL },
	{ "/v1/grants", "//v1/grants", NULL, NULL },
	{ "/v1/grants/{id}", "/v1/grants/x", "x", "" },
	{ "/v1/grants/{id}", "/v1/grants/{id}", "{id}", "" },
	{ "/v1/grants/{id}", "/v1/grants/", NULL, NULL },
	{ "/v1/grants/{id}", "/v1/grants", NULL, NULL },
	{ "/v1/grants/{id}", "/v1/grants/x/", NULL, NULL },
	{ "/v1/grants/{id}", "/v1/grants/x/y", NULL, NULL },
	{ "/v1/grants/{id}", "/v1/grants/ \xFF?", " \xFF?", "" },
	{ "/v1/grants/{id}/activity", "/v1/grants/x/activity", "x", "" },
	{ "/v1/grants/{id}/activity", "/v1/grants//activity", NULL, NULL },
	{ "/v1/grants/{id}/activity", "/v1/grants/activity", NULL, NULL },
	{ "/v1/policies/{policyId}/rules/{ruleId}", "/v1/policies/a/rules/bc", "a", "bc" },
	{ "/v1/policies/{policyId}/rules/{ruleId}", "/v1/policies/a/rules/", NULL, NULL },
	{ "/{a}/{b}/{c}", "/1/2/3", NULL, NULL },
	{ "/{}", "/x", NULL, NULL },
	{ "/{}", "/{}", "", "" },
};

static void
is_slice(const struct path_value *v, const char *text, const char *path)
{
	assert_int_equal(v->len, strlen(text));
	assert_memory_equal(v->text, text, v->len);
	assert_true(v->text > path && v->text < path + strlen(path));
}

static void
templates_and_paths(void **state)
{
	struct path_values out;
	size_t i, wanted;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++) {
		if (path_match(table[i].template, table[i].path, &out) != (table[i].first != NULL))
			fail_msg("%s and %s", table[i].template, table[i].path);
		if (table[i].first == NULL)
			continue;
		wanted = (table[i].first[0] != '\0') + (size_t)(table[i].second[0] != '\0');
		assert_int_equal(out.count, wanted);
		if (wanted > 0)
			is_slice(&out.value[0], table[i].first, table[i].path);
		if (wanted > 1)
			is_slice(&out.value[1], table[i].second, table[i].path);
	}
}

static void
placeholders_are_named(void **state)
{
	struct path_values out;

	(void)state;
	assert_true(
	    path_match("/v1/policies/{policyId}/rules/{ruleId}", "/v1/policies/a/rules/b", &out));
	assert_int_equal(out.value[0].name_len, 8);
	assert_memory_equal(out.value[0].name, "policyId", 8);
	assert_int_equal(out.value[1].name_len, 6);
	assert_memory_equal(out.value[1].name, "ruleId", 6);
}

/*
 * Every path of up to six of these characters fits the template exactly when it is "/a/" and one
 * segment.
 */
static void
every_short_path(void **state)
{
	const char alphabet[] = "/ab";
	size_t base = sizeof(alphabet) - 1, len, n, count, rest, i;
	struct path_values out;
	char path[8];
	bool fits;

	(void)state;
	for (len = 0, count = 1; len <= 6; len++, count *= base) {
		for (n = 0; n < count; n++) {
			for (i = 0, rest = n; i < len; i++, rest /= base)
				path[i] = alphabet[rest % base];
			path[len] = '\0';
			fits = len > 3 && memcmp(path, "/a/", 3) == 0 &&
			    strchr(path + 3, '/') == NULL;
			if (path_match("/a/{x}", path, &out) != fits)
				fail_msg("%s", path);
			if (fits)
				is_slice(&out.value[0], path + 3, path);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates_and_paths),
		cmocka_unit_test(placeholders_are_named),
		cmocka_unit_test(every_short_path),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
