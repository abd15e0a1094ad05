/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/eval.h"
#include "cedar/parse.h"

static const char expected_value[] =
    "a value: a literal, `principal`, `action`, `resource`, `context`, "
    "an entity such as `User::\"alice\"`, a function call, `(`, `[` or `{`";

static struct expr *
literal(struct parser *p, uint32_t start, struct value value)
{
	struct expr *e = cd_node(p, EXPR_LITERAL, start);

	if (e != NULL)
		e->value = value;
	return e;
}

/* ---- lists in brackets ---- */

/* Expressions up to `close`, a comma after the last one allowed; the opening bracket is taken. */
static bool
elements(struct parser *p, struct expr *parent, enum token_kind close, const char *expected)
{
	struct list list = cd_list_of(parent);
	struct expr *e;

	while (!cd_accept(p, close)) {
		if ((e = cd_expression(p)) == NULL)
			return false;
		cd_append(&list, e);
		if (!cd_accept(p, TOKEN_COMMA) && p->token.kind != close)
			return cd_unexpected(p, expected);
	}
	parent->end = p->last.end;
	return true;
}

static struct expr *
set(struct parser *p, uint32_t start)
{
	struct expr *e = cd_node(p, EXPR_SET, start);

	if (e == NULL || !elements(p, e, TOKEN_RBRACKET, "an operator, `,` or `]`"))
		return NULL;
	cd_fold(&p->set->arena, e);
	return e;
}

/* `key: value` */
static struct expr *
field(struct parser *p)
{
	struct cd_token key = p->token;
	const struct name *name;
	struct cedar_str text;
	struct expr *e, *value;

	if (key.kind == TOKEN_STRING) {
		if (!cd_string(p, &key, &text))
			return NULL;
		name = cd_intern_name(&p->set->symbols, text.data, text.len);
		if (name == NULL) {
			cd_no_memory(p);
			return NULL;
		}
		cd_next(p);
	} else if ((name = cd_identifier(p, "a key (an identifier or a string) or `}`")) == NULL) {
		return NULL;
	}
	if (!cd_expect(p, TOKEN_COLON, "`:`") || (value = cd_expression(p)) == NULL ||
	    (e = cd_wrap(p, EXPR_FIELD, key.start, value)) == NULL)
		return NULL;
	e->name = name;
	return e;
}

/* All keys of a record differ. */
static bool
check_keys(struct parser *p, const struct expr *record)
{
	struct arena_mark mark = cd_arena_mark(&p->set->arena);
	struct record names = {
		.fields = cd_arena_zero(&p->set->arena, record->count, sizeof(*names.fields)),
	};
	const struct name *twice;
	const struct expr *e;
	bool seen = false;

	if (names.fields == NULL)
		return cd_no_memory(p);
	for (e = record->first; e != NULL; e = e->next)
		names.fields[names.count++].name = e->name;
	twice = cd_record_normalize(&names);
	cd_arena_release(&p->set->arena, mark);
	for (e = record->first; twice != NULL && e != NULL; e = e->next) {
		if (e->name == twice && seen)
			return cd_fault(p, e->start, e->end,
			    "this key stands in the record already", NULL);
		seen |= e->name == twice;
	}
	return true;
}

static struct expr *
record(struct parser *p, uint32_t start)
{
	struct expr *e = cd_node(p, EXPR_RECORD, start), *f;
	struct list list;

	if (e == NULL)
		return NULL;
	list = cd_list_of(e);
	while (!cd_accept(p, TOKEN_RBRACE)) {
		if ((f = field(p)) == NULL)
			return NULL;
		cd_append(&list, f);
		if (!cd_accept(p, TOKEN_COMMA) && p->token.kind != TOKEN_RBRACE) {
			cd_unexpected(p, "an operator, `,` or `}`");
			return NULL;
		}
	}
	e->end = p->last.end;
	if (!check_keys(p, e))
		return NULL;
	cd_fold(&p->set->arena, e);
	return e;
}

/* ---- calls ---- */

/* A function by the name that was just taken; its `(` is the next token. */
static struct expr *
call(struct parser *p, const struct cd_token *name)
{
	struct cedar_str text = cd_token_text(p, name);
	enum function fn = cd_function_find(text.data, text.len);
	struct expr *e;

	if (fn == FN_COUNT || cd_functions[fn].method) {
		cd_fault(p, name->start, name->end,
		    fn != FN_COUNT ? "this is a method, called as in `value.method()`" :
			name->word >= WORD_PRINCIPAL ? "a variable cannot be called" :
						       "there is no such function",
		    fn != FN_COUNT ? NULL : "`decimal`, `ip`, `datetime` or `duration`");
		return NULL;
	}
	cd_next(p);
	if ((e = cd_node(p, EXPR_CALL, name->start)) == NULL)
		return NULL;
	e->op = (uint8_t)fn;
	if (!elements(p, e, TOKEN_RPAREN, "an operator, `,` or `)`"))
		return NULL;
	cd_fold(&p->set->arena, e);
	return e;
}

/* Up to the `(` all was seen. Core methods have their arguments counted here, others later. */
static struct expr *
method(struct parser *p, const struct cd_token *name)
{
	struct cedar_str text = cd_token_text(p, name);
	enum function fn = cd_function_find(text.data, text.len);
	struct expr *e;

	if (fn == FN_COUNT || !cd_functions[fn].method) {
		cd_fault(p, name->start, name->end,
		    fn == FN_COUNT ? "there is no such method" :
				     "this is a function, called as in `function(value)`",
		    NULL);
		return NULL;
	}
	cd_next(p);
	if ((e = cd_node(p, EXPR_METHOD, name->start)) == NULL)
		return NULL;
	e->op = (uint8_t)fn;
	if (!elements(p, e, TOKEN_RPAREN, "an operator, `,` or `)`"))
		return NULL;
	if (fn < FN_CORE_COUNT && e->count + 1 != cd_functions[fn].argc) {
		cd_fault(p, e->start, e->end,
		    cd_functions[fn].argc == 1 ? "this method takes no argument" :
						 "this method takes exactly one argument",
		    NULL);
		return NULL;
	}
	return e;
}

/* ---- primary expressions ---- */

struct expr *
cd_integer(struct parser *p, bool negative)
{
	struct cedar_str digits = cd_token_text(p, &p->token);
	uint32_t start = negative ? p->last.start : p->token.start;
	int64_t number = 0;
	size_t i;

	for (i = 0; i < digits.len; i++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_sub_overflow(number, digits.data[i] - '0', &number))
			break;
	if (i < digits.len || (!negative && number == INT64_MIN)) {
		cd_fault(p, start, p->token.end, "this number is beyond 64 bits",
		    "a number from -9223372036854775808 to 9223372036854775807");
		return NULL;
	}
	cd_next(p);
	return literal(p, start, value_number(VALUE_LONG, negative ? number : -number));
}

static struct expr *
string(struct parser *p)
{
	uint32_t start = p->token.start;
	struct cedar_str text;

	if (!cd_string(p, &p->token, &text))
		return NULL;
	cd_next(p);
	return literal(p, start, value_string(text.data, text.len));
}

/* A variable, an entity or a call; the word was just taken. */
static struct expr *
word(struct parser *p)
{
	struct cd_token name = p->last;
	const struct uid *uid;
	struct expr *e;

	if (p->token.kind == TOKEN_LPAREN)
		return call(p, &name);
	if (p->token.kind == TOKEN_PATH) {
		if (cd_path(p, &uid) == NULL)
			return NULL;
		if (uid != NULL)
			return literal(p, name.start, value_entity(uid));
		cd_fault(p, name.start, p->last.end, "a type is no value",
		    "an entity such as `User::\"alice\"`");
		return NULL;
	}
	if (name.word < WORD_PRINCIPAL) {
		cd_fault(p, name.start, name.end, "this word is no value", expected_value);
		return NULL;
	}
	if ((e = cd_node(p, EXPR_VARIABLE, name.start)) != NULL)
		e->op = (uint8_t)(name.word - WORD_PRINCIPAL + VAR_PRINCIPAL);
	return e;
}

static struct expr *
reserved_word(struct parser *p)
{
	if (p->token.word == WORD_IF) {
		cd_fault(p, p->token.start, p->token.end,
		    "an `if` inside an operator needs parentheses around it", NULL);
		return NULL;
	}
	if (p->token.word != WORD_TRUE && p->token.word != WORD_FALSE) {
		cd_unexpected(p, expected_value);
		return NULL;
	}
	cd_next(p);
	return literal(p, p->last.start, value_bool(p->last.word == WORD_TRUE));
}

static struct expr *
parenthesized(struct parser *p)
{
	struct expr *e = cd_expression(p);

	return e != NULL && cd_expect(p, TOKEN_RPAREN, "an operator or `)`") ? e : NULL;
}

static struct expr *
primary(struct parser *p)
{
	uint32_t start = p->token.start;

	switch ((int)p->token.kind) {
	case TOKEN_INTEGER:
		return cd_integer(p, false);
	case TOKEN_STRING:
		return string(p);
	case TOKEN_WORD:
		if (p->token.word < WORD_PLAIN)
			return reserved_word(p);
		cd_next(p);
		return word(p);
	case TOKEN_LPAREN:
		cd_next(p);
		return parenthesized(p);
	case TOKEN_LBRACKET:
		cd_next(p);
		return set(p, start);
	case TOKEN_LBRACE:
		cd_next(p);
		return record(p, start);
	default:
		cd_unexpected(p, expected_value);
		return NULL;
	}
}

/* ---- what binds tighter than operators ---- */

/* `["name"]`; the bracket was taken. */
static struct expr *
subscript(struct parser *p)
{
	uint32_t start = p->last.start;
	struct cedar_str text;
	struct expr *e;

	if (p->token.kind != TOKEN_STRING) {
		cd_unexpected(p, "a string that is an attribute's name");
		return NULL;
	}
	if (!cd_string(p, &p->token, &text))
		return NULL;
	cd_next(p);
	if (!cd_expect(p, TOKEN_RBRACKET, "`]`") || (e = cd_node(p, EXPR_GET, start)) == NULL)
		return NULL;
	if ((e->name = cd_intern_name(&p->set->symbols, text.data, text.len)) == NULL) {
		cd_no_memory(p);
		return NULL;
	}
	return e;
}

/* `.name` or `.name(...)`; the dot was taken. */
static struct expr *
dotted(struct parser *p)
{
	struct cd_token token = p->token;
	const struct name *name;
	struct expr *e;

	if ((name = cd_identifier(p,
		 "the name of an attribute or method (a reserved word only as in `[\"if\"]`)")) ==
	    NULL)
		return NULL;
	if (p->token.kind == TOKEN_LPAREN)
		return method(p, &token);
	if ((e = cd_node(p, EXPR_GET, token.start)) != NULL)
		e->name = name;
	return e;
}

struct expr *
cd_member(struct parser *p)
{
	struct expr *e = primary(p), *step;
	struct list list = { NULL, NULL };

	if (e == NULL)
		return NULL;
	while (p->token.kind == TOKEN_DOT || p->token.kind == TOKEN_LBRACKET) {
		if (list.parent == NULL && !cd_open_chain(p, EXPR_CHAIN, e, &list))
			return NULL;
		step = cd_accept(p, TOKEN_DOT) ? dotted(p) : (cd_next(p), subscript(p));
		if (step == NULL)
			return NULL;
		cd_append(&list, step);
	}
	return list.parent != NULL ? list.parent : e;
}
