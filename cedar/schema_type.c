/* SPDX-License-Identifier: MIT */
/* What is written in a schema where a type is expected. */
#include "config.h"

#include <string.h>

#include "cedar/parse.h"
#include "cedar/schema.h"
#include "cedar/schema_parse.h"

static const struct type builtins[] = {
	{ .kind = TYPE_BOOL },
	{ .kind = TYPE_LONG },
	{ .kind = TYPE_STRING },
	{ .kind = TYPE_DECIMAL },
	{ .kind = TYPE_IP },
	{ .kind = TYPE_DATETIME },
	{ .kind = TYPE_DURATION },
	{ .kind = TYPE_OPEN_RECORD },
};
static const char *const builtin_names[] = { "Bool", "Long", "String", "decimal", "ipaddr",
	"datetime", "duration" };
#define BUILTIN_NAMES (sizeof(builtin_names) / sizeof(builtin_names[0]))
static const struct type *const open_record = &builtins[BUILTIN_NAMES];

const struct type *
cd_builtin_type(const struct name *name)
{
	uint32_t i;

	for (i = 0; i < BUILTIN_NAMES; i++)
		if (cd_name_is(name, builtin_names[i]))
			return &builtins[i];
	return NULL;
}

/* Read what the name stands for, with the parser elsewhere meanwhile. */
static const struct type *
common_type(struct schema_reader *r, struct common_type *common)
{
	struct parser was = r->p;

	if (common->type != NULL)
		return common->type;
	if (common->reading) {
		(void)cd_name_fault(&r->p, "the type `", common->name, "` is made of itself", NULL);
		return NULL;
	}
	common->reading = true;
	r->p.lex.at = common->body;
	cd_next(&r->p);
	common->type = cd_read_type(r);
	was.failed = r->p.failed;
	r->p = was;
	return common->type;
}

const struct entity_type *
cd_find_entity_type(struct schema_reader *r, const struct name *name)
{
	const struct entity_type *found = cd_schema_type(r->schema, name->text, name->len);
	struct nearest near = { .wanted = { name->text, name->len } };
	uint32_t i;

	if (found != NULL)
		return found;
	for (i = 0; i < r->schema->type_count; i++)
		cd_nearest_try(&near, r->schema->types[i]->name);
	(void)cd_name_fault(&r->p, "there is no type `", name, "`", &near);
	return NULL;
}

static const struct type *
named_type(struct schema_reader *r)
{
	const struct name *name = cd_identifier(&r->p, "a type");
	const struct entity_type *entity;
	const struct type *builtin;
	uint32_t i;

	if (name == NULL)
		return NULL;
	if ((builtin = cd_builtin_type(name)) != NULL)
		return builtin;
	for (i = 0; i < r->schema->common_count; i++)
		if (r->schema->commons[i]->name == name)
			return common_type(r, r->schema->commons[i]);
	entity = cd_find_entity_type(r, name);
	return entity != NULL ? &entity->reference : NULL;
}

static const struct type *
set_type(struct schema_reader *r)
{
	struct type *made = cd_arena_zero(&r->p.set->arena, 1, sizeof(*made));

	if (made == NULL) {
		cd_no_memory(&r->p);
		return NULL;
	}
	made->kind = TYPE_SET;
	if (!cd_expect(&r->p, TOKEN_LT, "`<`") || (made->element = cd_read_type(r)) == NULL ||
	    !cd_expect(&r->p, TOKEN_GT, "`>`"))
		return NULL;
	return made;
}

/* One attribute of a record; those before it are the first `made->count`. */
static bool
attribute(struct schema_reader *r, const struct type *made, struct attribute *a)
{
	struct said said;

	if (!cd_annotations(&r->p, &said) ||
	    (a->name = cd_name_or_string(&r->p, "an attribute's name or `}`")) == NULL)
		return false;
	if (cd_type_attribute(made, a->name->text, a->name->len) != NULL)
		return cd_name_fault(&r->p, "the attribute `", a->name, "` is there already", NULL);
	a->required = !cd_accept_character(&r->p, '?');
	if (!cd_expect(&r->p, TOKEN_COLON, a->required ? "`?` or `:`" : "`:`") ||
	    (a->type = cd_read_type(r)) == NULL)
		return false;
	if (said.open)
		a->type = open_record;
	return true;
}

/* `{` was taken. Attributes are moved to more room where their number is a power of two. */
const struct type *
cd_read_record(struct schema_reader *r)
{
	struct arena *arena = &r->p.set->arena;
	struct type *made = cd_arena_zero(arena, 1, sizeof(*made));
	struct attribute *room = NULL, *wider;

	if (made == NULL) {
		cd_no_memory(&r->p);
		return NULL;
	}
	made->kind = TYPE_RECORD;
	while (!cd_accept(&r->p, TOKEN_RBRACE)) {
		if ((made->count & (made->count - 1)) == 0) {
			wider = cd_arena_zero(arena, 2 * (size_t)made->count + 1, sizeof(*wider));
			if (wider == NULL) {
				cd_no_memory(&r->p);
				return NULL;
			}
			if (room != NULL)
				memcpy(wider, room, made->count * sizeof(*wider));
			made->attributes = room = wider;
		}
		if (!attribute(r, made, &room[made->count]))
			return NULL;
		made->count++;
		if (!cd_comma_or(&r->p, TOKEN_RBRACE, "`,` or `}`"))
			return NULL;
	}
	return made;
}

const struct type *
cd_read_type(struct schema_reader *r)
{
	const struct type *made;

	if (!cd_enter(&r->p))
		return NULL;
	if (cd_accept(&r->p, TOKEN_LBRACE))
		made = cd_read_record(r);
	else if (cd_accept_text(&r->p, "Set"))
		made = set_type(r);
	else
		made = named_type(r);
	r->p.depth--;
	return made;
}
