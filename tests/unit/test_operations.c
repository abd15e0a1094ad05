/* SPDX-License-Identifier: MIT */
/* base/operations.h against everything that has operations of its own: what is left over anywhere fails. */
#include "config.h"

#include <glob.h>

#include <json-c/json.h>

#include "handlers/operation.h"
#include "policy/actions.h"
#include "tests/unit/unit.h"

static const struct {
	const char *id, *file;
	enum access access;
	enum operation_entity entity;
} list[] = {
#define X(id, file, access, entity) { #id, #file, ACCESS_##access, ENTITY_##entity },
	OPERATIONS(X)
#undef X
};

static void
the_table_is_as_listed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(list); i++) {
		const struct operation *op = operations[i];
		bool grant = op->target == TARGET_GRANT;

		assert_string_equal(op->id, list[i].id);
		if (op->access != list[i].access || grant != (list[i].entity == ENTITY_GRANT) ||
		    (op->access == ACCESS_PUBLIC) != (list[i].entity == ENTITY_NONE))
			fail_msg("%s is listed otherwise", op->id);
	}
}

/* Policies and files of cases speak of the operations that there are, and mean the same by reading and writing. */
static void
policies_know_every_operation(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(list); i++) {
		const struct policy_action *action = policy_action_find(list[i].id);

		if (list[i].access == ACCESS_PUBLIC) {
			assert_null(action);
			continue;
		}
		if (action == NULL || action->write != (list[i].access == ACCESS_WRITE) ||
		    action->entity != list[i].entity)
			fail_msg("%s", list[i].id);
	}
	assert_null(policy_action_find("read"));
	assert_null(policy_action_find(""));
}

/* The whole of a file below the source folder; the caller frees it. */
static char *
read_source(const char *name)
{
	char path[1024];
	char *text = calloc(1, 1 << 20);
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", SOURCES, name);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(text);
	assert_in_range(fread(text, 1, (1 << 20) - 1, f), 1, (1 << 20) - 2);
	(void)fclose(f);
	return text;
}

/* A name that is no part of a longer one. */
static size_t
times_named(const char *text, const char *name)
{
	size_t n = 0;

	for (; (text = strstr(text, name)) != NULL; text += strlen(name))
		n += strchr(" \t\\\n", text[strlen(name)]) != NULL;
	return n;
}

static bool
is_listed_file(const char *base)
{
	size_t i;

	for (i = 0; i < COUNT_OF(list); i++)
		if (strcmp(list[i].file, base) == 0)
			return true;
	return false;
}

/* Files in handlers/ that no header is named after are the operations', but for these two. */
static bool
is_operation_file(const char *base)
{
	char header[512];
	FILE *f;

	if (strcmp(base, "operations") == 0 || strcmp(base, "pipeline") == 0)
		return false;
	(void)snprintf(header, sizeof(header), "%s/handlers/%s.h", SOURCES, base);
	f = fopen(header, "r");
	if (f != NULL)
		(void)fclose(f);
	return f == NULL;
}

static void
each_has_its_file_and_no_file_is_left_over(void **state)
{
	char *makefile = read_source("handlers/local.mk");
	size_t found = 0, i;
	glob_t files;

	(void)state;
	assert_int_equal(glob(SOURCES "/handlers/*.c", 0, NULL, &files), 0);
	for (i = 0; i < files.gl_pathc; i++) {
		const char *name = files.gl_pathv[i] + strlen(SOURCES "/");
		const char *file = name + strlen("handlers/");
		char base[256];

		(void)snprintf(base, sizeof(base), "%.*s", (int)(strlen(file) - 2), file);
		if (times_named(makefile, name) != 1)
			fail_msg("%s is not built, or twice", name);
		if (is_operation_file(base) != is_listed_file(base))
			fail_msg("%s is left over, or is no operation's", name);
		found += is_listed_file(base);
	}
	globfree(&files);
	free(makefile);
	assert_int_equal(found, COUNT_OF(list));
}

static bool
is_listed_id(const char *id)
{
	size_t i;

	for (i = 0; i < COUNT_OF(list); i++)
		if (strcmp(list[i].id, id) == 0)
			return true;
	return false;
}

static size_t
count_described(struct json_object *path)
{
	struct json_object *id;
	size_t n = 0;

	json_object_object_foreach(path, method, op)
	{
		if (strcmp(method, "options") == 0)
			continue;
		assert_true(json_object_object_get_ex(op, "operationId", &id));
		if (!is_listed_id(json_object_get_string(id)))
			fail_msg("%s is described, and is no operation",
			    json_object_get_string(id));
		n++;
	}
	return n;
}

static void
the_description_has_these_ids(void **state)
{
	char *text = read_source("docs/openapi.json");
	struct json_object *api = json_tokener_parse(text), *paths;
	size_t n = 0;

	(void)state;
	assert_true(json_object_object_get_ex(api, "paths", &paths));
	json_object_object_foreach(paths, where, path)
	{
		(void)where;
		n += count_described(path);
	}
	assert_int_equal(n, COUNT_OF(list));
	json_object_put(api);
	free(text);
}

/* The guide to policies names every action, as reading or as writing, and no other. */
static void
the_guide_names_these_actions(void **state)
{
	char *text = read_source("docs/policies.md"), *from, *reads, *writes, *p;
	size_t ticks = 0, i;

	(void)state;
	from = strstr(text, "\nThe operations: ");
	assert_non_null(from);
	reads = strstr(from, " read;");
	assert_non_null(reads);
	writes = strstr(reads, " write.");
	assert_non_null(writes);
	*writes = '\0';
	for (p = from; *p != '\0'; p++)
		ticks += *p == '`';
	for (i = 0; i < COUNT_OF(list); i++) {
		char quoted[128];

		(void)snprintf(quoted, sizeof(quoted), "`%s`", list[i].id);
		p = strstr(from, quoted);
		if (list[i].access == ACCESS_PUBLIC ?
			p != NULL :
			p == NULL || (p < reads) != (list[i].access == ACCESS_READ))
			fail_msg("docs/policies.md: %s", list[i].id);
		ticks -= p != NULL ? 2 : 0;
	}
	assert_int_equal(ticks, 0);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_as_listed),
		cmocka_unit_test(policies_know_every_operation),
		cmocka_unit_test(each_has_its_file_and_no_file_is_left_over),
		cmocka_unit_test(the_description_has_these_ids),
		cmocka_unit_test(the_guide_names_these_actions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
