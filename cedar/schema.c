/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cedar/schema.h"
#include "cedar/utf8.h"

#define NEAREST_MAX 64u /* bytes of a name that is compared */

static const struct name action_name = { .text = "Action", .len = 6 };
static const struct type no_attributes = { .kind = TYPE_RECORD };

const struct entity_type cd_action_type = {
	.name = &action_name,
	.number = CD_SCHEMA_NAMES_MAX,
	.reference = { .kind = TYPE_ENTITY, .entity = &cd_action_type },
	.record = &no_attributes,
};

static bool
read_text(struct cedar_schema *schema, struct cedar_str text)
{
	struct source *source = cd_arena_alloc(&schema->set->arena, sizeof(*source));
	struct cedar_error *error;
	size_t valid = text.len <= CEDAR_TEXT_MAX ? cd_utf8_valid(text.data, text.len) : 0;

	if (source == NULL ||
	    (source->text = cd_arena_copy(&schema->set->arena, text.data, valid)) == NULL)
		return false;
	source->len = (uint32_t)valid;
	if (valid == text.len)
		return cd_schema_parse(schema, source);
	if ((error = cd_set_new_error(schema->set)) != NULL) {
		error->place = cd_place(source, source->len, source->len);
		error->message = text.len > CEDAR_TEXT_MAX ? "the text is too long" :
							     "the text is not valid UTF-8 here";
	}
	return false;
}

struct cedar_schema *
cedar_schema_new(struct cedar_str text)
{
	struct cedar_schema *schema = calloc(1, sizeof(*schema));

	if (schema == NULL)
		return NULL;
	schema->set = cedar_set_new(0);
	if (schema->set == NULL ||
	    (!read_text(schema, text) && cedar_set_error_count(schema->set) == 0)) {
		cedar_schema_free(schema);
		return NULL;
	}
	return schema;
}

void
cedar_schema_free(struct cedar_schema *schema)
{
	if (schema == NULL)
		return;
	cedar_set_free(schema->set);
	free(schema);
}

const struct cedar_error *
cedar_schema_error(const struct cedar_schema *schema)
{
	return cedar_set_error(schema->set, 0);
}

/* ---- what is declared ---- */

static bool
is_name(const struct name *name, const char *text, size_t len)
{
	return name->len == len && memcmp(name->text, text, len) == 0;
}

const struct entity_type *
cd_schema_type(const struct cedar_schema *schema, const char *text, size_t len)
{
	uint32_t i;

	for (i = 0; i < schema->type_count; i++)
		if (is_name(schema->types[i]->name, text, len))
			return schema->types[i];
	return NULL;
}

const struct schema_action *
cd_schema_action(const struct cedar_schema *schema, const char *text, size_t len)
{
	uint32_t i;

	for (i = 0; i < schema->action_count; i++)
		if (is_name(schema->actions[i]->id, text, len))
			return schema->actions[i];
	return NULL;
}

const struct attribute *
cd_type_attribute(const struct type *record, const char *text, size_t len)
{
	uint32_t i;

	for (i = 0; i < record->count; i++)
		if (is_name(record->attributes[i].name, text, len))
			return &record->attributes[i];
	return NULL;
}

/* ---- the nearest name ---- */

/* For comparing: letters alike in either case, and `-` like `_`. */
static char
folded(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	if (c == '-')
		return '_';
	return c;
}

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters must be added, dropped or changed to make one of the other; a row at a time. */
static unsigned
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned row[NEAREST_MAX + 1], corner, above;
	size_t i, j;

	for (j = 0; j <= b_len; j++)
		row[j] = (unsigned)j;
	for (i = 1; i <= a_len; i++) {
		corner = row[0];
		row[0] = (unsigned)i;
		for (j = 1; j <= b_len; j++) {
			above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1,
			    corner + (folded(a[i - 1]) != folded(b[j - 1])));
			corner = above;
		}
	}
	return row[b_len];
}

/* A third of the letters may differ. */
void
cd_nearest_try(struct nearest *n, const struct name *name)
{
	unsigned found;

	if (n->wanted.len > NEAREST_MAX || name->len > NEAREST_MAX)
		return;
	found = distance(n->wanted.data, n->wanted.len, name->text, name->len);
	if (found * 3 > n->wanted.len + 2 || (n->name != NULL && found >= n->distance))
		return;
	n->name = name;
	n->distance = found;
}
