/* SPDX-License-Identifier: MIT */
/* What an expression must be where it stands, and what is written out in it. */
#include "config.h"

#include <string.h>

#include "cedar/lexer.h"
#include "cedar/validate.h"

struct span
cd_span(const struct expr *e)
{
	return (struct span){ e->start, e->end };
}

/* Between an operand and a word there may be `)`. */
struct span
cd_span_after_word(const struct validator *v, const struct expr *e, enum word word)
{
	const struct source *source = v->policy->source;
	struct lexer lex = { .text = source->text, .len = e->end, .at = e->first->end };
	struct cd_token token;

	do
		cd_lex(&lex, &token);
	while (token.kind != TOKEN_END && (token.kind != TOKEN_WORD || token.word != word));
	cd_lex(&lex, &token);
	if (token.kind == TOKEN_END)
		return cd_span(e);
	return (struct span){ token.start, token.end };
}

/* ---- what is wanted ---- */

static bool
is_wanted(const struct type *t, unsigned wanted)
{
	if ((wanted & WANT(t->kind)) != 0)
		return true;
	return (wanted & WANT_ENTITIES) != 0 && t->kind == TYPE_SET &&
	    t->element->kind == TYPE_ENTITY;
}

/* What is open is taken for what is wanted, if that can be in it. */
static const struct type *
narrowed(const struct type *open, unsigned wanted)
{
	static const struct type set = { .kind = TYPE_SET, .element = &cd_type_open };
	static const struct type record = { .kind = TYPE_OPEN_RECORD };

	if (open->kind != TYPE_OPEN)
		return NULL;
	if ((wanted & WANT(TYPE_BOOL)) != 0)
		return &cd_type_bool;
	if ((wanted & WANT(TYPE_LONG)) != 0)
		return &cd_type_long;
	if ((wanted & WANT(TYPE_STRING)) != 0)
		return &cd_type_string;
	if ((wanted & WANT(TYPE_SET)) != 0)
		return &set;
	return (wanted & WANT(TYPE_OPEN_RECORD)) != 0 ? &record : NULL;
}

static const char *
describe_wanted(unsigned wanted)
{
	static const struct {
		unsigned wanted;
		const char *words;
	} all[] = {
		{ WANT_BOOL, "a Bool" },
		{ WANT(TYPE_LONG), "a Long" },
		{ WANT(TYPE_STRING), "a String" },
		{ WANT(TYPE_DECIMAL), "a decimal" },
		{ WANT(TYPE_IP), "an IP address" },
		{ WANT(TYPE_DATETIME), "a datetime" },
		{ WANT(TYPE_DURATION), "a duration" },
		{ WANT(TYPE_SET), "a set" },
		{ WANT(TYPE_ENTITY), "an entity" },
		{ WANT(TYPE_ENTITY) | WANT_RECORD, "an entity or a record" },
		{ WANT(TYPE_ENTITY) | WANT_ENTITIES, "an entity or a set of entities" },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].wanted == wanted)
			return all[i].words;
	return "a Long, a datetime or a duration";
}

struct answer
cd_hold(struct validator *v, struct answer a, struct span at, unsigned wanted, const char *help)
{
	char buffer[512];
	struct text text = cd_text_fixed(buffer, sizeof(buffer));
	const struct type *open;

	if (a.type == NULL)
		return answer_unknown();
	if (is_wanted(a.type, wanted))
		return a;
	if ((open = narrowed(a.type, wanted)) != NULL) {
		a.type = open;
		return a;
	}
	cd_text_puts(&text, "expected ");
	cd_text_puts(&text, describe_wanted(wanted));
	cd_text_puts(&text, ", found ");
	cd_type_describe(&text, a.type);
	if (help != NULL) {
		cd_text_puts(&text, "; ");
		cd_text_puts(&text, help);
	}
	cd_find_text(v, at, &text, NULL);
	return answer_unknown();
}

struct answer
cd_want(struct validator *v, const struct known *known, const struct expr *e, unsigned wanted,
    const char *help)
{
	return cd_hold(v, cd_check(v, known, e), cd_span(e), wanted, help);
}

bool
cd_comparable(struct validator *v, struct span at, const struct type *a, const struct type *b,
    const char *what)
{
	char buffer[512];
	struct text text = cd_text_fixed(buffer, sizeof(buffer));

	if (cd_type_join(v, a, b) != NULL || v->no_memory)
		return true;
	cd_text_puts(&text, what);
	cd_type_describe(&text, a);
	cd_text_puts(&text, " and ");
	cd_type_describe(&text, b);
	cd_find_text(v, at, &text, NULL);
	return false;
}

/* ---- literals ---- */

/* `true && false` is read as `false`. */
static struct literal
folded_bools(const struct validator *v, const struct expr *e)
{
	bool all = e->kind == EXPR_AND, truth = all;
	const struct expr *operand;
	struct literal one;

	for (operand = e->first; operand != NULL; operand = operand->next) {
		one = cd_literal(v, operand);
		if (one.kind != LITERAL_OTHER || one.value.type != VALUE_BOOL)
			return (struct literal){ .kind = LITERAL_NONE };
		truth = all ? truth && one.value.truth : truth || one.value.truth;
	}
	return (struct literal){ .kind = LITERAL_OTHER, .value = value_bool(truth) };
}

/* A number with a sign is one, but `-(1)` is a computation. */
static bool
is_computed(const struct validator *v, const struct expr *e)
{
	struct lexer lex = { .text = v->policy->source->text, .len = e->end, .at = e->start };
	struct cd_token token;

	if (e->value.type != VALUE_LONG || e->value.number >= 0)
		return false;
	cd_lex(&lex, &token);
	cd_lex(&lex, &token);
	return token.kind != TOKEN_INTEGER;
}

struct literal
cd_literal(const struct validator *v, const struct expr *e)
{
	const struct uid *uid;

	if (e->kind == EXPR_VARIABLE && e->op == VAR_ACTION)
		return (struct literal){
			.kind = LITERAL_ENTITY,
			.type = cd_action_type.name,
			.id = { v->setting.action->id->text, v->setting.action->id->len },
		};
	if (e->kind == EXPR_AND || e->kind == EXPR_OR)
		return folded_bools(v, e);
	if (e->kind != EXPR_LITERAL || is_computed(v, e))
		return (struct literal){ .kind = LITERAL_NONE };
	if (e->value.type != VALUE_ENTITY)
		return (struct literal){ .kind = LITERAL_OTHER, .value = e->value };
	uid = e->value.entity;
	return (struct literal){
		.kind = LITERAL_ENTITY,
		.type = uid->type,
		.id = { uid->id, uid->len },
	};
}

const struct entity_type *
cd_uid_type(const struct validator *v, const struct uid *uid)
{
	if (!cd_name_is(uid->type, "Action"))
		return cd_schema_type(v->schema, uid->type->text, uid->type->len);
	return cd_schema_action(v->schema, uid->id, uid->len) != NULL ? &cd_action_type : NULL;
}
