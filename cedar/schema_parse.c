/* SPDX-License-Identifier: MIT */
/* What the declarations of a schema say of entity types and actions, and how they are read. */
#include "config.h"

#include "cedar/parse.h"
#include "cedar/schema.h"
#include "cedar/schema_parse.h"

/* One entity type, or a list of them in brackets: which, by their numbers. */
static bool *
entity_types(struct schema_reader *r)
{
	struct parser *p = &r->p;
	bool *which = cd_arena_zero(&p->set->arena, CD_SCHEMA_NAMES_MAX, sizeof(*which));
	bool list = cd_accept(p, TOKEN_LBRACKET);
	const struct entity_type *found;
	const struct name *name;

	if (which == NULL) {
		cd_no_memory(p);
		return NULL;
	}
	while (!list || !cd_accept(p, TOKEN_RBRACKET)) {
		if ((name = cd_identifier(p, "an entity type")) == NULL ||
		    (found = cd_find_entity_type(r, name)) == NULL)
			return NULL;
		which[found->number] = true;
		if (!list)
			break;
		if (!cd_comma_or(p, TOKEN_RBRACKET, "`,` or `]`"))
			return NULL;
	}
	return which;
}

/* `enum` was taken. */
static bool
entity_ids(struct schema_reader *r, struct entity_type *made)
{
	struct parser *p = &r->p;
	struct cedar_str *ids = cd_arena_alloc(&p->set->arena, CD_SCHEMA_NAMES_MAX * sizeof(*ids));

	made->enumerated = true;
	made->ids = ids;
	if (ids == NULL)
		return cd_no_memory(p);
	if (!cd_expect(p, TOKEN_LBRACKET, "`[`"))
		return false;
	do {
		if (made->id_count == CD_SCHEMA_NAMES_MAX || p->token.kind != TOKEN_STRING)
			return cd_unexpected(p, "a string that is an id");
		if (!cd_string(p, &p->token, &ids[made->id_count++]))
			return false;
		cd_next(p);
	} while (cd_accept(p, TOKEN_COMMA));
	return cd_expect(p, TOKEN_RBRACKET, "`,` or `]`");
}

static bool
entity_rest(struct schema_reader *r, struct entity_type *made, const bool **in)
{
	struct parser *p = &r->p;

	if (cd_accept_text(p, "enum"))
		return entity_ids(r, made);
	if (cd_accept_word(p, WORD_IN) && (*in = entity_types(r)) == NULL)
		return false;
	if (cd_accept_character(p, '=') || p->token.kind == TOKEN_LBRACE) {
		if (!cd_expect(p, TOKEN_LBRACE, "`{`") ||
		    (made->record = cd_read_record(r)) == NULL)
			return false;
	}
	return !cd_accept_text(p, "tags") || (made->tags = cd_read_type(r)) != NULL;
}

/* Several names in one declaration are all the same but for the name. */
static bool
read_entity(struct schema_reader *r, enum id_form form, uint32_t *next)
{
	struct cedar_schema *s = r->schema;
	struct entity_type *made = s->types[*next];
	uint32_t first = *next, i, j;
	const bool *in = NULL;

	do {
		cd_next(&r->p);
		(*next)++;
	} while (cd_accept(&r->p, TOKEN_COMMA));
	if (!entity_rest(r, made, &in))
		return false;
	for (i = first; i < *next; i++) {
		s->types[i]->record = made->record;
		s->types[i]->tags = made->tags;
		s->types[i]->enumerated = made->enumerated;
		s->types[i]->ids = made->ids;
		s->types[i]->id_count = made->id_count;
		s->types[i]->form = form;
		for (j = 0; j < s->type_count; j++)
			s->type_in[i * s->type_count + j] = i == j || (in != NULL && in[j]);
	}
	return true;
}

/* An action that others are in: its id, or `Action::"id"`. */
static bool
action_group(struct schema_reader *r, bool *in)
{
	struct parser *p = &r->p;
	const struct schema_action *found;
	const struct name *id;

	if ((id = cd_name_or_string(p, "an action")) == NULL)
		return false;
	if (cd_name_is(id, "Action") && cd_accept(p, TOKEN_PATH) &&
	    (id = cd_name_or_string(p, "an action's id")) == NULL)
		return false;
	if ((found = cd_schema_action(r->schema, id->text, id->len)) == NULL)
		return cd_name_fault(p, "there is no action `", id, "`", NULL);
	in[found->number] = true;
	return true;
}

static bool
action_groups(struct schema_reader *r, bool *in)
{
	bool list = cd_accept(&r->p, TOKEN_LBRACKET);

	while (!list || !cd_accept(&r->p, TOKEN_RBRACKET)) {
		if (!action_group(r, in))
			return false;
		if (!list)
			break;
		if (!cd_comma_or(&r->p, TOKEN_RBRACKET, "`,` or `]`"))
			return false;
	}
	return true;
}

/* One of what an action applies to: `principal`, `resource` or `context`. */
static bool
applies_part(struct schema_reader *r, struct schema_action *made)
{
	struct parser *p = &r->p;
	enum word word = p->token.word;

	if (p->token.kind != TOKEN_WORD ||
	    (word != WORD_PRINCIPAL && word != WORD_RESOURCE && word != WORD_CONTEXT))
		return cd_unexpected(p, "`principal`, `resource` or `context`");
	cd_next(p);
	if (!cd_expect(p, TOKEN_COLON, "`:`"))
		return false;
	if (word == WORD_PRINCIPAL)
		return (made->principals = entity_types(r)) != NULL;
	if (word == WORD_RESOURCE)
		return (made->resources = entity_types(r)) != NULL;
	if ((made->context = cd_read_type(r)) == NULL)
		return false;
	return made->context->kind == TYPE_RECORD ||
	    cd_fault(p, p->last.start, p->last.end, "a context is a record", NULL);
}

static bool
applies_to(struct schema_reader *r, struct schema_action *made)
{
	struct parser *p = &r->p;

	if (!cd_expect(p, TOKEN_LBRACE, "`{`"))
		return false;
	while (!cd_accept(p, TOKEN_RBRACE)) {
		if (!applies_part(r, made))
			return false;
		if (!cd_comma_or(p, TOKEN_RBRACE, "`,` or `}`"))
			return false;
	}
	return (made->principals != NULL && made->resources != NULL) ||
	    cd_fault(p, p->last.start, p->last.end,
		"an action that applies to anything has both principals and resources", NULL);
}

static bool
read_action(struct schema_reader *r, uint32_t *next)
{
	static const struct type empty = { .kind = TYPE_RECORD };
	struct cedar_schema *s = r->schema;
	struct schema_action *made = s->actions[*next];
	bool in[CD_SCHEMA_NAMES_MAX] = { false };
	uint32_t first = *next, i, j;

	made->context = &empty;
	do {
		cd_next(&r->p);
		(*next)++;
	} while (cd_accept(&r->p, TOKEN_COMMA));
	if ((cd_accept_word(&r->p, WORD_IN) && !action_groups(r, in)) ||
	    (cd_accept_text(&r->p, "appliesTo") && !applies_to(r, made)))
		return false;
	for (i = first; i < *next; i++) {
		s->actions[i]->principals = made->principals;
		s->actions[i]->resources = made->resources;
		s->actions[i]->context = made->context;
		for (j = 0; j < s->action_count; j++)
			s->action_in[i * s->action_count + j] = i == j || in[j];
	}
	return true;
}

/* What is in b is in all that b is in. */
static void
close_over(bool *in, uint32_t count)
{
	uint32_t a, b, c;

	for (b = 0; b < count; b++)
		for (a = 0; a < count; a++)
			for (c = 0; in[a * count + b] && c < count; c++)
				in[a * count + c] |= in[b * count + c];
}

/* `type` was taken: what is behind `=` may have been read before, and is read again. */
static bool
read_common(struct schema_reader *r, uint32_t *next)
{
	struct common_type *common = r->schema->commons[(*next)++];

	cd_next(&r->p);
	cd_next(&r->p);
	if (common->type == NULL)
		common->reading = true;
	return (common->type = cd_read_type(r)) != NULL;
}

static bool
read_declarations(struct schema_reader *r)
{
	struct parser *p = &r->p;
	uint32_t entity = 0, action = 0, common = 0;
	struct said said;
	bool good = true;

	while (good && p->token.kind != TOKEN_END) {
		if (!cd_annotations(p, &said))
			return false;
		if (cd_accept_text(p, "entity"))
			good = read_entity(r, said.form, &entity);
		else if (cd_accept_text(p, "action"))
			good = read_action(r, &action);
		else if (cd_accept_text(p, "type"))
			good = read_common(r, &common);
		good = good && cd_expect(p, TOKEN_SEMICOLON, "`;`");
	}
	return good;
}

bool
cd_schema_parse(struct cedar_schema *schema, const struct source *source)
{
	struct schema_reader r = {
		.schema = schema,
		.p = { .set = schema->set,
		    .source = source,
		    .lex = { .text = source->text, .len = source->len } },
	};
	struct arena *arena = &schema->set->arena;

	cd_next(&r.p);
	if (!cd_declare_names(&r))
		return false;
	schema->type_in = cd_arena_zero(arena, (size_t)schema->type_count * schema->type_count + 1,
	    sizeof(bool));
	schema->action_in = cd_arena_zero(arena,
	    (size_t)schema->action_count * schema->action_count + 1, sizeof(bool));
	if (schema->type_in == NULL || schema->action_in == NULL)
		return cd_no_memory(&r.p);
	r.p.lex.at = 0;
	cd_next(&r.p);
	if (!read_declarations(&r))
		return false;
	close_over(schema->type_in, schema->type_count);
	close_over(schema->action_in, schema->action_count);
	return true;
}
