/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cedar/authorize_text.h"

#define MEMORY_MAX ((size_t)1 << 30)

/* The line around a place, and carets under it: a tab under each tab, so that they stay in line. */
static void
print_place(struct cedar_str text, const struct cedar_place *place, FILE *out)
{
	size_t start = place->offset, end = place->offset, at, carets = 0;

	while (start > 0 && text.data[start - 1] != '\n' && text.data[start - 1] != '\r')
		start--;
	while (end < text.len && text.data[end] != '\n' && text.data[end] != '\r')
		end++;
	(void)fprintf(out, "    %.*s\n    ", (int)(end - start), text.data + start);
	for (at = start; at < end && at < place->offset; at++)
		if (((unsigned char)text.data[at] & 0xc0) != 0x80)
			(void)fputc(text.data[at] == '\t' ? '\t' : ' ', out);
	for (; at < end && at < place->offset + place->len; at++)
		if (((unsigned char)text.data[at] & 0xc0) != 0x80) {
			(void)fputc('^', out);
			carets++;
		}
	(void)fputs(carets > 0 ? "\n" : "^\n", out);
}

static void
print_error(const struct cedar_error *error, const char *path, struct cedar_str text, FILE *out)
{
	(void)fprintf(out, "%s:%u:%u: %s\n", path, error->place.line, error->place.column,
	    error->message);
	print_place(text, &error->place, out);
}

static void
print_errors(const struct cedar_set *set, const char *path, struct cedar_str text, FILE *out)
{
	const struct cedar_error *error;
	size_t i;

	for (i = 0; (error = cedar_set_error(set, i)) != NULL; i++)
		print_error(error, path, text, out);
}

bool
authorize_schema(const struct cedar_schema *schema, const char *path, struct cedar_str text,
    FILE *out)
{
	const struct cedar_error *error = cedar_schema_error(schema);

	if (error != NULL)
		print_error(error, path, text, out);
	return error == NULL;
}

static bool
validate_policy(const struct cedar_schema *schema, const struct cedar_set *set, size_t policy,
    const char *path, struct cedar_str text, FILE *out)
{
	struct cedar_validation *found = cedar_validate(schema, set, policy);
	const struct cedar_error *error;
	size_t i;
	bool good = found != NULL && cedar_validation_count(found) == 0;

	if (found == NULL)
		(void)fprintf(out, "%s: out of memory\n", path);
	for (i = 0; found != NULL && (error = cedar_validation_error(found, i)) != NULL; i++)
		print_error(error, path, text, out);
	cedar_validation_free(found);
	return good;
}

bool
authorize_check(const struct cedar_schema *schema, const char *path, struct cedar_str text,
    FILE *out)
{
	struct cedar_set *set = cedar_set_new(MEMORY_MAX);
	bool good = set != NULL && cedar_set_add_text(set, text);
	size_t i, count = schema != NULL && good ? cedar_set_count(set) : 0;

	for (i = 0; i < count; i++)
		good &= validate_policy(schema, set, i, path, text, out);
	if (set == NULL)
		(void)fprintf(out, "%s: out of memory\n", path);
	else
		print_errors(set, path, text, out);
	cedar_set_free(set);
	return good;
}

bool
authorize_format(const char *path, struct cedar_str text, FILE *out, FILE *err)
{
	struct cedar_set *set = cedar_set_new(MEMORY_MAX);
	bool good = set != NULL && cedar_set_add_text(set, text);
	char *policy;
	size_t i, len;

	if (set != NULL)
		print_errors(set, path, text, err);
	for (i = 0; good && i < cedar_set_count(set); i++) {
		if ((policy = cedar_policy_format(set, i, &len)) == NULL) {
			good = false;
			break;
		}
		if (i > 0)
			(void)fputc('\n', out);
		(void)fwrite(policy, 1, len, out);
		free(policy);
	}
	cedar_set_free(set);
	return good;
}
