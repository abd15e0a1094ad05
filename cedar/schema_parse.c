/* SPDX-License-Identifier: MIT */
/*
 * Reads a schema in Cedar's own format, without namespaces.  The text is gone
 * through twice: first for the names, since any may be used before it is
 * declared, and then for what they are.  The word `type` gives a name to a type,
 * which is read when it is first asked for.
 */
#include "config.h"

#include <string.h>

#include "cedar/parse.h"
#include "cedar/schema.h"
#include "cedar/text.h"

struct reader {
	struct parser p; /* its errors are the schema's */
	struct cedar_schema *schema;
};

static const struct type builtin[] = {
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
static const struct type *const open_record = &builtin[BUILTIN_NAMES];

static const struct type *type(struct reader *);

/* ---- tokens ---- */

/* `=` and `?` mean nothing in a policy. */
static bool
accept_character(struct parser *p, char c)
{
	if (p->token.kind != TOKEN_BAD || p->source->text[p->token.start] != c)
		return false;
	cd_next(p);
	return true;
}

static bool
expect_character(struct parser *p, char c, const char *expected)
{
	return accept_character(p, c) || cd_unexpected(p, expected);
}

static bool
at_text(const struct parser *p, const char *word)
{
	struct cedar_str text = cd_token_text(p, &p->token);

	return p->token.kind == TOKEN_WORD && text.len == strlen(word) &&
	    memcmp(text.data, word, text.len) == 0;
}

static bool
accept_text(struct parser *p, const char *word)
{
	if (!at_text(p, word))
		return false;
	cd_next(p);
	return true;
}

/* An identifier or a string. */
static const struct name *
any_name(struct parser *p, const char *expected)
{
	struct cedar_str text;
	const struct name *name;

	if (p->token.kind != TOKEN_STRING)
		return cd_identifier(p, expected);
	if (!cd_string(p, &p->token, &text))
		return NULL;
	if ((name = cd_intern_name(&p->set->symbols, text.data, text.len)) == NULL)
		cd_no_memory(p);
	cd_next(p);
	return name;
}

/* What annotations can say here; the others are passed over. */
struct said {
	bool open;         /* `@open` */
	enum id_form form; /* `@ids("uuid")`, `@ids("name")` */
};

/* The text of `@ids` is there. */
static bool
take_form(struct parser *p, enum id_form *form)
{
	struct cedar_str text;

	if (p->token.kind != TOKEN_STRING || !cd_string(p, &p->token, &text))
		return cd_unexpected(p, "a string");
	if (text.len == 4 && memcmp(text.data, "uuid", 4) == 0)
		*form = IDS_UUID;
	else if (text.len == 4 && memcmp(text.data, "name", 4) == 0)
		*form = IDS_NAME;
	else
		return cd_unexpected(p, "`\"uuid\"` or `\"name\"`");
	return true;
}

/* `@name` and `@name("text")`, any number. */
static bool
read_annotations(struct parser *p, struct said *said)
{
	bool ids;

	*said = (struct said){ .form = IDS_ANY };
	while (cd_accept(p, TOKEN_AT)) {
		said->open |= at_text(p, "open");
		ids = at_text(p, "ids");
		if (!cd_expect(p, TOKEN_WORD, "the annotation's name"))
			return false;
		if (!cd_accept(p, TOKEN_LPAREN))
			continue;
		if ((ids && !take_form(p, &said->form)) ||
		    !cd_expect(p, TOKEN_STRING, "a string") || !cd_expect(p, TOKEN_RPAREN, "`)`"))
			return false;
	}
	return true;
}

/* Say that the name just taken means nothing, or twice something. */
static bool
name_fault(struct parser *p, const char *what, const struct name *name, const char *end,
    const struct nearest *near)
{
	char buffer[256];
	struct text text = cd_text_fixed(buffer, sizeof(buffer));
	const char *kept;

	cd_text_puts(&text, what);
	cd_text_add(&text, name->text, name->len);
	cd_text_puts(&text, end);
	if (near != NULL && near->name != NULL) {
		cd_text_puts(&text, "; did you mean `");
		cd_text_add(&text, near->name->text, near->name->len);
		cd_text_puts(&text, "`?");
	}
	kept = cd_arena_copy(&p->set->arena, text.data, text.len);
	return cd_fault(p, p->last.start, p->last.end, kept != NULL ? kept : "", NULL);
}

/* ---- first: the names ---- */

static bool
is_taken(const struct reader *r, const struct name *name)
{
	uint32_t i;

	for (i = 0; i < BUILTIN_NAMES; i++)
		if (cd_name_is(name, builtin_names[i]))
			return true;
	for (i = 0; i < r->schema->common_count; i++)
		if (r->schema->commons[i]->name == name)
			return true;
	return cd_name_is(name, "Set") || cd_name_is(name, "Action") ||
	    cd_schema_type(r->schema, name->text, name->len) != NULL;
}

/* Memory for one more, or fail. */
static void *
declare(struct reader *r, uint32_t count, size_t size, bool taken, const struct name *name)
{
	void *made;

	if (taken) {
		(void)name_fault(&r->p, "the name `", name, "` is taken", NULL);
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
declare_entity(struct reader *r)
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
declare_action(struct reader *r)
{
	struct cedar_schema *s = r->schema;
	struct schema_action *made;
	const struct name *id;

	do {
		if ((id = any_name(&r->p, "an action's id")) == NULL)
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
declare_common(struct reader *r)
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

static bool
declare_names(struct reader *r)
{
	struct parser *p = &r->p;
	struct said said;
	bool good = true;

	while (good && p->token.kind != TOKEN_END) {
		if (!read_annotations(p, &said))
			return false;
		if (accept_text(p, "entity"))
			good = declare_entity(r);
		else if (accept_text(p, "action"))
			good = declare_action(r);
		else if (accept_text(p, "type"))
			good = declare_common(r);
		else
			good = cd_unexpected(p,
			    at_text(p, "namespace") ?
				"a declaration without a namespace, as none are supported" :
				"a declaration: `entity`, `action` or `type`");
		good = good && skip_rest(p);
	}
	return good;
}

/* ---- types ---- */

/* Read what the name stands for, with the parser elsewhere meanwhile. */
static const struct type *
common_type(struct reader *r, struct common_type *common)
{
	struct parser was = r->p;

	if (common->type != NULL)
		return common->type;
	if (common->reading) {
		(void)name_fault(&r->p, "the type `", common->name, "` is made of itself", NULL);
		return NULL;
	}
	common->reading = true;
	r->p.lex.at = common->body;
	cd_next(&r->p);
	common->type = type(r);
	was.failed = r->p.failed;
	r->p = was;
	return common->type;
}

static const struct entity_type *
entity_type(struct reader *r, const struct name *name)
{
	const struct entity_type *found = cd_schema_type(r->schema, name->text, name->len);
	struct nearest near = { .wanted = { name->text, name->len } };
	uint32_t i;

	if (found != NULL)
		return found;
	for (i = 0; i < r->schema->type_count; i++)
		cd_nearest_try(&near, r->schema->types[i]->name);
	(void)name_fault(&r->p, "there is no type `", name, "`", &near);
	return NULL;
}

static const struct type *
named_type(struct reader *r)
{
	const struct name *name = cd_identifier(&r->p, "a type");
	const struct entity_type *entity;
	uint32_t i;

	if (name == NULL)
		return NULL;
	for (i = 0; i < BUILTIN_NAMES; i++)
		if (cd_name_is(name, builtin_names[i]))
			return &builtin[i];
	for (i = 0; i < r->schema->common_count; i++)
		if (r->schema->commons[i]->name == name)
			return common_type(r, r->schema->commons[i]);
	entity = entity_type(r, name);
	return entity != NULL ? &entity->reference : NULL;
}

static const struct type *
set_type(struct reader *r)
{
	struct type *made = cd_arena_zero(&r->p.set->arena, 1, sizeof(*made));

	if (made == NULL) {
		cd_no_memory(&r->p);
		return NULL;
	}
	made->kind = TYPE_SET;
	if (!cd_expect(&r->p, TOKEN_LT, "`<`") || (made->element = type(r)) == NULL ||
	    !cd_expect(&r->p, TOKEN_GT, "`>`"))
		return NULL;
	return made;
}

/* One attribute of a record; those before it are the first `made->count`. */
static bool
attribute(struct reader *r, const struct type *made, struct attribute *a)
{
	struct said said;

	if (!read_annotations(&r->p, &said) ||
	    (a->name = any_name(&r->p, "an attribute's name or `}`")) == NULL)
		return false;
	if (cd_type_attribute(made, a->name->text, a->name->len) != NULL)
		return name_fault(&r->p, "the attribute `", a->name, "` is there already", NULL);
	a->required = !accept_character(&r->p, '?');
	if (!cd_expect(&r->p, TOKEN_COLON, a->required ? "`?` or `:`" : "`:`") ||
	    (a->type = type(r)) == NULL)
		return false;
	if (said.open)
		a->type = open_record;
	return true;
}

/* `{` was taken. Attributes are moved to more room where their number is a power of two. */
static const struct type *
record_type(struct reader *r)
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
		if (!cd_accept(&r->p, TOKEN_COMMA) && r->p.token.kind != TOKEN_RBRACE) {
			cd_unexpected(&r->p, "`,` or `}`");
			return NULL;
		}
	}
	return made;
}

static const struct type *
type(struct reader *r)
{
	const struct type *made;

	if (!cd_enter(&r->p))
		return NULL;
	if (cd_accept(&r->p, TOKEN_LBRACE))
		made = record_type(r);
	else if (accept_text(&r->p, "Set"))
		made = set_type(r);
	else
		made = named_type(r);
	r->p.depth--;
	return made;
}

/* ---- second: what they are ---- */

/* One entity type, or a list of them in brackets: which, by their numbers. */
static bool *
entity_types(struct reader *r)
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
		    (found = entity_type(r, name)) == NULL)
			return NULL;
		which[found->number] = true;
		if (!list)
			break;
		if (!cd_accept(p, TOKEN_COMMA) && p->token.kind != TOKEN_RBRACKET) {
			cd_unexpected(p, "`,` or `]`");
			return NULL;
		}
	}
	return which;
}

/* `enum` was taken. */
static bool
entity_ids(struct reader *r, struct entity_type *made)
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
entity_rest(struct reader *r, struct entity_type *made, const bool **in)
{
	struct parser *p = &r->p;

	if (accept_text(p, "enum"))
		return entity_ids(r, made);
	if (cd_accept_word(p, WORD_IN) && (*in = entity_types(r)) == NULL)
		return false;
	if (accept_character(p, '=') || p->token.kind == TOKEN_LBRACE) {
		if (!cd_expect(p, TOKEN_LBRACE, "`{`") || (made->record = record_type(r)) == NULL)
			return false;
	}
	return !accept_text(p, "tags") || (made->tags = type(r)) != NULL;
}

/* Several names in one declaration are all the same but for the name. */
static bool
read_entity(struct reader *r, enum id_form form, uint32_t *next)
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
action_group(struct reader *r, bool *in)
{
	struct parser *p = &r->p;
	const struct schema_action *found;
	const struct name *id;

	if ((id = any_name(p, "an action")) == NULL)
		return false;
	if (cd_name_is(id, "Action") && cd_accept(p, TOKEN_PATH) &&
	    (id = any_name(p, "an action's id")) == NULL)
		return false;
	if ((found = cd_schema_action(r->schema, id->text, id->len)) == NULL)
		return name_fault(p, "there is no action `", id, "`", NULL);
	in[found->number] = true;
	return true;
}

static bool
action_groups(struct reader *r, bool *in)
{
	bool list = cd_accept(&r->p, TOKEN_LBRACKET);

	while (!list || !cd_accept(&r->p, TOKEN_RBRACKET)) {
		if (!action_group(r, in))
			return false;
		if (!list)
			break;
		if (!cd_accept(&r->p, TOKEN_COMMA) && r->p.token.kind != TOKEN_RBRACKET)
			return cd_unexpected(&r->p, "`,` or `]`");
	}
	return true;
}

/* One of what an action applies to: `principal`, `resource` or `context`. */
static bool
applies_part(struct reader *r, struct schema_action *made)
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
	if ((made->context = type(r)) == NULL)
		return false;
	return made->context->kind == TYPE_RECORD ||
	    cd_fault(p, p->last.start, p->last.end, "a context is a record", NULL);
}

static bool
applies_to(struct reader *r, struct schema_action *made)
{
	struct parser *p = &r->p;

	if (!cd_expect(p, TOKEN_LBRACE, "`{`"))
		return false;
	while (!cd_accept(p, TOKEN_RBRACE)) {
		if (!applies_part(r, made))
			return false;
		if (!cd_accept(p, TOKEN_COMMA) && p->token.kind != TOKEN_RBRACE)
			return cd_unexpected(p, "`,` or `}`");
	}
	return (made->principals != NULL && made->resources != NULL) ||
	    cd_fault(p, p->last.start, p->last.end,
		"an action that applies to anything has both principals and resources", NULL);
}

static bool
read_action(struct reader *r, uint32_t *next)
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
	    (accept_text(&r->p, "appliesTo") && !applies_to(r, made)))
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
read_common(struct reader *r, uint32_t *next)
{
	struct common_type *common = r->schema->commons[(*next)++];

	cd_next(&r->p);
	cd_next(&r->p);
	if (common->type == NULL)
		common->reading = true;
	return (common->type = type(r)) != NULL;
}

static bool
read_declarations(struct reader *r)
{
	struct parser *p = &r->p;
	uint32_t entity = 0, action = 0, common = 0;
	struct said said;
	bool good = true;

	while (good && p->token.kind != TOKEN_END) {
		if (!read_annotations(p, &said))
			return false;
		if (accept_text(p, "entity"))
			good = read_entity(r, said.form, &entity);
		else if (accept_text(p, "action"))
			good = read_action(r, &action);
		else if (accept_text(p, "type"))
			good = read_common(r, &common);
		good = good && cd_expect(p, TOKEN_SEMICOLON, "`;`");
	}
	return good;
}

bool
cd_schema_parse(struct cedar_schema *schema, const struct source *source)
{
	struct reader r = {
		.schema = schema,
		.p = { .set = schema->set,
		    .source = source,
		    .lex = { .text = source->text, .len = source->len } },
	};
	struct arena *arena = &schema->set->arena;

	cd_next(&r.p);
	if (!declare_names(&r))
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
