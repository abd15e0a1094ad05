/* SPDX-License-Identifier: MIT */
/* What a schema declares, by name: nothing is asked yet of what it is. */
#include "config.h"

#include "cedar/parse.h"
#include "cedar/schema.h"
#include "cedar/schema_parse.h"

static bool
is_taken(const struct schema_reader *r, const struct name *name)
{
	uint32_t i;

	for (i = 0; i < r->schema->common_count; i++)
		if (r->schema->commons[i]->name == name)
			return true;
	return cd_builtin_type(name) != NULL || cd_name_is(name, "Set") ||
	    cd_name_is(name, "Action") || cd_schema_type(r->schema, name->text, name->len) != NULL;
}

/* Memory for one more, or fail. */
static void *
declare(struct schema_reader *r, uint32_t count, size_t size, bool taken, const struct name *name)
{
	void *made;

	if (taken) {
		(void)cd_name_fault(&r->p, "the name `", name, "` is taken", NULL);
		return NULL;
	}
	if (count == CD_SCHEMA_NAMES_MAX) {
		(void)cd_fault(&r->p, r->p.last.start, r->p.last.end,
		    "this is one declaration too many", NULL);
		return NULL;
	}
	if ((made = cd_arena_zero(&r->p.set->arena, 1, size)) == NULL)
		cd_no_memory(&r->p);
	return made;
}

static bool
declare_entity(struct schema_reader *r)
{
	static const struct type none = { .kind = TYPE_RECORD };
	struct cedar_schema *s = r->schema;
	struct entity_type *made;
	const struct name *name;

	do {
		if ((name = cd_identifier(&r->p, "the name of an entity type")) == NULL)
			return false;
		made = declare(r, s->type_count, sizeof(*made), is_taken(r, name), name);
		if (made == NULL)
			return false;
		made->name = name;
		made->number = s->type_count;
		made->reference = (struct type){ .kind = TYPE_ENTITY, .entity = made };
		made->record = &none;
		s->types[s->type_count++] = made;
	} while (cd_accept(&r->p, TOKEN_COMMA));
	return true;
}

static bool
declare_action(struct schema_reader *r)
{
	struct cedar_schema *s = r->schema;
	struct schema_action *made;
	const struct name *id;

	do {
		if ((id = cd_name_or_string(&r->p, "an action's id")) == NULL)
			return false;
		made = declare(r, s->action_count, sizeof(*made),
		    cd_schema_action(s, id->text, id->len) != NULL, id);
		if (made == NULL)
			return false;
		made->id = id;
		made->number = s->action_count;
		s->actions[s->action_count++] = made;
	} while (cd_accept(&r->p, TOKEN_COMMA));
	return true;
}

static bool
expect_character(struct parser *p, char c, const char *expected)
{
	return cd_accept_character(p, c) || cd_unexpected(p, expected);
}

static bool
declare_common(struct schema_reader *r)
{
	struct cedar_schema *s = r->schema;
	const struct name *name = cd_identifier(&r->p, "the name of a type");
	struct common_type *made;

	if (name == NULL ||
	    (made = declare(r, s->common_count, sizeof(*made), is_taken(r, name), name)) == NULL ||
	    !expect_character(&r->p, '=', "`=`"))
		return false;
	made->name = name;
	made->body = r->p.token.start;
	s->commons[s->common_count++] = made;
	return true;
}

/* Up to the semicolon that ends the declaration. */
static bool
skip_rest(struct parser *p)
{
	while (p->token.kind != TOKEN_SEMICOLON) {
		if (p->token.kind == TOKEN_END)
			return cd_unexpected(p, "`;`");
		cd_next(p);
	}
	cd_next(p);
	return true;
}

bool
cd_declare_names(struct schema_reader *r)
{
	struct parser *p = &r->p;
	struct said said;
	bool good = true;

	while (good && p->token.kind != TOKEN_END) {
		if (!cd_annotations(p, &said))
			return false;
		if (cd_accept_text(p, "entity"))
			good = declare_entity(r);
		else if (cd_accept_text(p, "action"))
			good = declare_action(r);
		else if (cd_accept_text(p, "type"))
			good = declare_common(r);
		else
			good = cd_unexpected(p,
			    cd_at_text(p, "namespace") ?
				"a declaration without a namespace, as none are supported" :
				"a declaration: `entity`, `action` or `type`");
		good = good && skip_rest(p);
	}
	return good;
}
