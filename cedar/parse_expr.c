/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/eval.h"
#include "cedar/parse.h"

#define UNARY_MAX	4u

static const char expected_value[] =
    "a value: a literal, `principal`, `action`, `resource`, `context`, an entity such as `User::\"alice\"`, "
    "a function call, `(`, `[` or `{`";

/* ---- nodes ---- */

static struct expr *
node(struct parser *p, enum expr_kind kind, uint32_t start)
{
	struct expr *e = cd_arena_zero(&p->set->arena, 1, sizeof(*e));

	if (e == NULL) {
		cd_no_memory(p);
		return NULL;
	}
	e->kind = (uint8_t)kind;
	e->start = start;
	e->end = p->last.end;
	return e;
}

static struct expr *
literal(struct parser *p, uint32_t start, struct value value)
{
	struct expr *e = node(p, EXPR_LITERAL, start);

	if (e != NULL)
		e->value = value;
	return e;
}

/* A node with this one operand. */
static struct expr *
wrap(struct parser *p, enum expr_kind kind, uint32_t start, struct expr *operand)
{
	struct expr *e = node(p, kind, start);

	if (e != NULL) {
		e->first = operand;
		e->count = 1;
	}
	return e;
}

/* Operands being strung together. */
struct list {
	struct expr *parent;
	struct expr *last;
};

/* Go on with the list of this node. */
static struct list
list_of(struct expr *parent)
{
	struct list list = { parent, parent->first };

	while (list.last != NULL && list.last->next != NULL)
		list.last = list.last->next;
	return list;
}

static void
append(struct list *list, struct expr *e)
{
	if (list->last != NULL)
		list->last->next = e;
	else
		list->parent->first = e;
	list->last = e;
	list->parent->count++;
	list->parent->end = e->end;
}

/*
 * The list to which the next operand of a chain goes: that of the first operand
 * itself where it is such a chain (in parentheses), since these operators bind
 * to the left.
 */
static bool
open_chain(struct parser *p, enum expr_kind kind, struct expr *first, struct list *list)
{
	struct expr *e = first->kind == kind ? first : wrap(p, kind, first->start, first);

	if (e == NULL)
		return false;
	*list = list_of(e);
	return true;
}

/* ---- lists in brackets ---- */

/* Expressions up to `close`, a comma after the last one allowed; the opening bracket is taken. */
static bool
elements(struct parser *p, struct expr *parent, enum token_kind close, const char *expected)
{
	struct list list = list_of(parent);
	struct expr *e;

	while (!cd_accept(p, close)) {
		if ((e = cd_expression(p)) == NULL)
			return false;
		append(&list, e);
		if (!cd_accept(p, TOKEN_COMMA) && p->token.kind != close)
			return cd_unexpected(p, expected);
	}
	parent->end = p->last.end;
	return true;
}

static struct expr *
set(struct parser *p, uint32_t start)
{
	struct expr *e = node(p, EXPR_SET, start);

	if (e == NULL || !elements(p, e, TOKEN_RBRACKET, "an operator, `,` or `]`"))
		return NULL;
	cd_fold(&p->set->arena, e);
	return e;
}

/* `key: value` */
static struct expr *
field(struct parser *p)
{
	struct token key = p->token;
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
	    (e = wrap(p, EXPR_FIELD, key.start, value)) == NULL)
		return NULL;
	e->name = name;
	return e;
}

/* All keys of a record differ. */
static bool
check_keys(struct parser *p, const struct expr *record)
{
	struct arena_mark mark = cd_arena_mark(&p->set->arena);
	struct record names = { .fields = cd_arena_zero(&p->set->arena, record->count, sizeof(*names.fields)) };
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
			return cd_fault(p, e->start, e->end, "this key stands in the record already", NULL);
		seen |= e->name == twice;
	}
	return true;
}

static struct expr *
record(struct parser *p, uint32_t start)
{
	struct expr *e = node(p, EXPR_RECORD, start), *f;
	struct list list;

	if (e == NULL)
		return NULL;
	list = list_of(e);
	while (!cd_accept(p, TOKEN_RBRACE)) {
		if ((f = field(p)) == NULL)
			return NULL;
		append(&list, f);
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
call(struct parser *p, const struct token *name)
{
	struct cedar_str text = cd_token_text(p, name);
	enum function fn = cd_function_find(text.data, text.len);
	struct expr *e;

	if (fn == FN_COUNT || cd_functions[fn].method) {
		cd_fault(p, name->start, name->end,
		    fn != FN_COUNT ? "this is a method, called as in `value.method()`" :
		    name->word >= WORD_PRINCIPAL ? "a variable cannot be called" : "there is no such function",
		    fn != FN_COUNT ? NULL : "`decimal`, `ip`, `datetime` or `duration`");
		return NULL;
	}
	cd_next(p);
	if ((e = node(p, EXPR_CALL, name->start)) == NULL)
		return NULL;
	e->op = (uint8_t)fn;
	if (!elements(p, e, TOKEN_RPAREN, "an operator, `,` or `)`"))
		return NULL;
	cd_fold(&p->set->arena, e);
	return e;
}

/* `.name(` was seen up to the name: core methods have their arguments counted here, others when evaluated. */
static struct expr *
method(struct parser *p, const struct token *name)
{
	struct cedar_str text = cd_token_text(p, name);
	enum function fn = cd_function_find(text.data, text.len);
	struct expr *e;

	if (fn == FN_COUNT || !cd_functions[fn].method) {
		cd_fault(p, name->start, name->end, fn == FN_COUNT ? "there is no such method" :
		    "this is a function, called as in `function(value)`", NULL);
		return NULL;
	}
	cd_next(p);
	if ((e = node(p, EXPR_METHOD, name->start)) == NULL)
		return NULL;
	e->op = (uint8_t)fn;
	if (!elements(p, e, TOKEN_RPAREN, "an operator, `,` or `)`"))
		return NULL;
	if (fn < FN_CORE_COUNT && e->count + 1 != cd_functions[fn].argc) {
		cd_fault(p, e->start, e->end, cd_functions[fn].argc == 1 ?
		    "this method takes no argument" : "this method takes exactly one argument", NULL);
		return NULL;
	}
	return e;
}

/* ---- primary expressions ---- */

static struct expr *
integer(struct parser *p, bool negative)
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
	struct token name = p->last;
	const struct uid *uid;
	struct expr *e;

	if (p->token.kind == TOKEN_LPAREN)
		return call(p, &name);
	if (p->token.kind == TOKEN_PATH) {
		if (cd_path(p, &uid) == NULL)
			return NULL;
		if (uid != NULL)
			return literal(p, name.start, value_entity(uid));
		cd_fault(p, name.start, p->last.end, "a type is no value", "an entity such as `User::\"alice\"`");
		return NULL;
	}
	if (name.word < WORD_PRINCIPAL) {
		cd_fault(p, name.start, name.end, "this word is no value", expected_value);
		return NULL;
	}
	if ((e = node(p, EXPR_VARIABLE, name.start)) != NULL)
		e->op = (uint8_t)(name.word - WORD_PRINCIPAL + VAR_PRINCIPAL);
	return e;
}

static struct expr *
reserved_word(struct parser *p)
{
	if (p->token.word == WORD_IF) {
		cd_fault(p, p->token.start, p->token.end, "an `if` inside an operator needs parentheses around it",
		    NULL);
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
		return integer(p, false);
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
	if (!cd_expect(p, TOKEN_RBRACKET, "`]`") || (e = node(p, EXPR_GET, start)) == NULL)
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
	struct token token = p->token;
	const struct name *name;
	struct expr *e;

	if ((name = cd_identifier(p, "the name of an attribute or method (a reserved word only as in `[\"if\"]`)")) == NULL)
		return NULL;
	if (p->token.kind == TOKEN_LPAREN)
		return method(p, &token);
	if ((e = node(p, EXPR_GET, token.start)) != NULL)
		e->name = name;
	return e;
}

static struct expr *
member(struct parser *p)
{
	struct expr *e = primary(p), *step;
	struct list list = { NULL, NULL };

	if (e == NULL)
		return NULL;
	while (p->token.kind == TOKEN_DOT || p->token.kind == TOKEN_LBRACKET) {
		if (list.parent == NULL && !open_chain(p, EXPR_CHAIN, e, &list))
			return NULL;
		step = cd_accept(p, TOKEN_DOT) ? dotted(p) : (cd_next(p), subscript(p));
		if (step == NULL)
			return NULL;
		append(&list, step);
	}
	return list.parent != NULL ? list.parent : e;
}

/* Whether the current token, a number, is all of its member expression. */
static bool
lone_integer(const struct parser *p)
{
	struct lexer lex = p->lex;
	struct token after;

	if (p->token.kind != TOKEN_INTEGER)
		return false;
	cd_lex(&lex, &after);
	return after.kind != TOKEN_DOT && after.kind != TOKEN_LBRACKET;
}

/* The innermost `-` before a number belongs to the number, which so can be the least of all. */
static struct expr *
negation(struct parser *p, unsigned count, uint32_t start)
{
	struct expr *e;

	if (lone_integer(p)) {
		e = integer(p, true);
		count--;
	} else {
		e = member(p);
	}
	if (e != NULL && count > 0 && e->kind == EXPR_LITERAL && e->value.type == VALUE_LONG &&
	    e->value.number >= 0) {
		e->value.number = -e->value.number;
		e->start = start;
		count--;
	}
	for (; e != NULL && count > 0; count--)
		e = wrap(p, EXPR_NEGATE, start, e);
	return e;
}

static struct expr *
unary(struct parser *p)
{
	enum token_kind sign = p->token.kind;
	uint32_t start = p->token.start;
	unsigned count = 0;
	struct expr *e;

	if (sign != TOKEN_NOT && sign != TOKEN_MINUS)
		return member(p);
	while (cd_accept(p, sign))
		if (++count > UNARY_MAX) {
			cd_fault(p, p->last.start, p->last.end, "there can be at most four of these in a row", NULL);
			return NULL;
		}
	if (p->token.kind == TOKEN_NOT || p->token.kind == TOKEN_MINUS) {
		cd_fault(p, p->token.start, p->token.end, "`!` and `-` can be mixed only with parentheses", NULL);
		return NULL;
	}
	if (sign == TOKEN_MINUS)
		return negation(p, count, start);
	for (e = member(p); e != NULL && count > 0; count--)
		e = wrap(p, EXPR_NOT, start, e);
	return e;
}

/* ---- operators ---- */

static struct expr *
product(struct parser *p)
{
	struct expr *e = unary(p), *operand;
	struct list list;

	if (e == NULL || p->token.kind != TOKEN_STAR)
		return e;
	if (!open_chain(p, EXPR_MULTIPLY, e, &list))
		return NULL;
	while (cd_accept(p, TOKEN_STAR)) {
		if ((operand = unary(p)) == NULL)
			return NULL;
		append(&list, operand);
	}
	return list.parent;
}

static struct expr *
sum(struct parser *p)
{
	struct expr *e = product(p), *operand;
	struct list list;
	bool minus;

	if (e == NULL || (p->token.kind != TOKEN_PLUS && p->token.kind != TOKEN_MINUS))
		return e;
	if (!open_chain(p, EXPR_ADD, e, &list))
		return NULL;
	while (p->token.kind == TOKEN_PLUS || p->token.kind == TOKEN_MINUS) {
		minus = p->token.kind == TOKEN_MINUS;
		cd_next(p);
		if ((operand = product(p)) == NULL)
			return NULL;
		operand->minus = minus;
		append(&list, operand);
	}
	return list.parent;
}

/* What follows `has`: a string, or identifiers joined by dots. */
static const struct path *
has_path(struct parser *p)
{
	static const char expected[] = "an attribute's name: an identifier, identifiers joined by `.`, or a string";
	struct parser ahead;
	struct path *path;
	struct cedar_str text;
	uint32_t count = 1, i = 0;

	for (ahead = *p; ahead.token.kind == TOKEN_WORD; cd_next(&ahead), count++) {
		cd_next(&ahead);
		if (ahead.token.kind != TOKEN_DOT)
			break;
	}
	path = cd_arena_alloc(&p->set->arena, sizeof(*path) + count * sizeof(path->names[0]));
	if (path == NULL) {
		cd_no_memory(p);
		return NULL;
	}
	path->count = count;
	if (p->token.kind == TOKEN_STRING) {
		if (!cd_string(p, &p->token, &text))
			return NULL;
		path->names[0] = cd_intern_name(&p->set->symbols, text.data, text.len);
		if (path->names[0] == NULL)
			cd_no_memory(p);
		cd_next(p);
		return path->names[0] != NULL ? path : NULL;
	}
	do
		if ((path->names[i] = cd_identifier(p, expected)) == NULL)
			return NULL;
	while (++i < count && cd_accept(p, TOKEN_DOT));
	return path;
}

static struct expr *
has(struct parser *p, struct expr *left)
{
	const struct path *path = has_path(p);
	struct expr *e = path != NULL ? wrap(p, EXPR_HAS, left->start, left) : NULL;

	if (e != NULL)
		e->path = path;
	return e;
}

static struct expr *
like(struct parser *p, struct expr *left)
{
	const struct pattern *pattern;
	struct expr *e;

	if (p->token.kind != TOKEN_STRING) {
		cd_unexpected(p, "a pattern: a string in which `*` stands for any characters");
		return NULL;
	}
	if ((pattern = cd_pattern(p, &p->token)) == NULL)
		return NULL;
	cd_next(p);
	if ((e = wrap(p, EXPR_LIKE, left->start, left)) != NULL)
		e->pattern = pattern;
	return e;
}

static struct expr *
is(struct parser *p, struct expr *left)
{
	const struct name *type = cd_type(p);
	struct expr *e = type != NULL ? wrap(p, EXPR_IS, left->start, left) : NULL, *in;
	struct list list;

	if (e == NULL)
		return NULL;
	e->name = type;
	if (cd_accept_word(p, WORD_IN)) {
		if ((in = sum(p)) == NULL)
			return NULL;
		list = list_of(e);
		append(&list, in);
	}
	return e;
}

static struct expr *
binary(struct parser *p, enum expr_kind kind, uint8_t op, struct expr *left)
{
	struct expr *right = sum(p);
	struct expr *e = right != NULL ? wrap(p, kind, left->start, left) : NULL;
	struct list list;

	if (e == NULL)
		return NULL;
	e->op = op;
	list = list_of(e);
	append(&list, right);
	return e;
}

static bool
at_relation(const struct parser *p)
{
	return (p->token.kind >= TOKEN_EQ && p->token.kind <= TOKEN_GE) || cd_at_word(p, WORD_IN) ||
	    cd_at_word(p, WORD_HAS) || cd_at_word(p, WORD_LIKE) || cd_at_word(p, WORD_IS);
}

static struct expr *
relation(struct parser *p)
{
	struct expr *e = sum(p);
	struct token operator;

	if (e == NULL || !at_relation(p))
		return e;
	operator = p->token;
	cd_next(p);
	if (operator.kind != TOKEN_WORD)
		e = binary(p, EXPR_COMPARE, (uint8_t)(operator.kind - TOKEN_EQ + CMP_EQ), e);
	else if (operator.word == WORD_IN)
		e = binary(p, EXPR_IN, 0, e);
	else if (operator.word == WORD_HAS)
		e = has(p, e);
	else if (operator.word == WORD_LIKE)
		e = like(p, e);
	else
		e = is(p, e);
	if (e != NULL && at_relation(p)) {
		cd_fault(p, p->token.start, p->token.end, "comparisons cannot be chained without parentheses", NULL);
		return NULL;
	}
	return e;
}

static struct expr *
conjunction(struct parser *p)
{
	struct expr *e = relation(p), *operand;
	struct list list;

	if (e == NULL || p->token.kind != TOKEN_AND)
		return e;
	if (!open_chain(p, EXPR_AND, e, &list))
		return NULL;
	while (cd_accept(p, TOKEN_AND)) {
		if ((operand = relation(p)) == NULL)
			return NULL;
		append(&list, operand);
	}
	return list.parent;
}

static struct expr *
disjunction(struct parser *p)
{
	struct expr *e = conjunction(p), *operand;
	struct list list;

	if (e == NULL || p->token.kind != TOKEN_OR)
		return e;
	if (!open_chain(p, EXPR_OR, e, &list))
		return NULL;
	while (cd_accept(p, TOKEN_OR)) {
		if ((operand = conjunction(p)) == NULL)
			return NULL;
		append(&list, operand);
	}
	return list.parent;
}

/* `if` was taken. An `if` after `else`, in parentheses or not, goes on in the same node. */
static struct expr *
conditional(struct parser *p)
{
	struct expr *e = node(p, EXPR_IF, p->last.start), *part;
	struct list list;

	if (e == NULL)
		return NULL;
	list = list_of(e);
	do {
		if ((part = cd_expression(p)) == NULL)
			return NULL;
		append(&list, part);
		if (!cd_accept_word(p, WORD_THEN)) {
			cd_unexpected(p, "an operator or `then`");
			return NULL;
		}
		if ((part = cd_expression(p)) == NULL)
			return NULL;
		append(&list, part);
		if (!cd_accept_word(p, WORD_ELSE)) {
			cd_unexpected(p, "an operator or `else`");
			return NULL;
		}
	} while (cd_accept_word(p, WORD_IF));
	if ((part = cd_expression(p)) == NULL)
		return NULL;
	if (part->kind == EXPR_IF) {
		list.last->next = part->first;
		e->count += part->count;
		e->end = part->end;
	} else {
		append(&list, part);
	}
	return e;
}

struct expr *
cd_expression(struct parser *p)
{
	struct expr *e;

	if (!cd_enter(p))
		return NULL;
	e = cd_accept_word(p, WORD_IF) ? conditional(p) : disjunction(p);
	p->depth--;
	return e;
}
