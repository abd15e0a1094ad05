/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cedar/parse.h"

#define UNARY_MAX 4u

/* ---- signs ---- */

/* Whether the current token, a number, is all of its member expression. */
static bool
lone_integer(const struct parser *p)
{
	struct lexer lex = p->lex;
	struct cd_token after;

	if (p->token.kind != TOKEN_INTEGER)
		return false;
	cd_lex(&lex, &after);
	return after.kind != TOKEN_DOT && after.kind != TOKEN_LBRACKET;
}

static bool
is_natural(const struct expr *e)
{
	return e != NULL && e->kind == EXPR_LITERAL && e->value.type == VALUE_LONG &&
	    e->value.number >= 0;
}

/* The innermost `-` before a number belongs to the number, which so can be the least of all. */
static struct expr *
negation(struct parser *p, unsigned count, uint32_t start)
{
	struct expr *e;

	if (lone_integer(p)) {
		e = cd_integer(p, true);
		count--;
	} else {
		e = cd_member(p);
	}
	for (; count > 0 && is_natural(e); count--) {
		e->value.number = -e->value.number;
		e->start = start;
	}
	for (; e != NULL && count > 0; count--)
		e = cd_wrap(p, EXPR_NEGATE, start, e);
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
		return cd_member(p);
	while (cd_accept(p, sign))
		if (++count > UNARY_MAX) {
			cd_fault(p, p->last.start, p->last.end,
			    "there can be at most four of these in a row", NULL);
			return NULL;
		}
	if (p->token.kind == TOKEN_NOT || p->token.kind == TOKEN_MINUS) {
		cd_fault(p, p->token.start, p->token.end,
		    "`!` and `-` can be mixed only with parentheses", NULL);
		return NULL;
	}
	if (sign == TOKEN_MINUS)
		return negation(p, count, start);
	for (e = cd_member(p); e != NULL && count > 0; count--)
		e = cd_wrap(p, EXPR_NOT, start, e);
	return e;
}

/* ---- operators ---- */

/* Operands with one and the same operator between them; a lone one is itself. */
static struct expr *
chain(struct parser *p, enum expr_kind kind, enum token_kind operator,
    struct expr * (*operand)(struct parser *))
{
	struct expr *e = operand(p);
	struct list list;

	if (e == NULL || p->token.kind != operator)
		return e;
	if (!cd_open_chain(p, kind, e, &list))
		return NULL;
	while (cd_accept(p, operator)) {
		if ((e = operand(p)) == NULL)
			return NULL;
		cd_append(&list, e);
	}
	return list.parent;
}

static struct expr *
product(struct parser *p)
{
	return chain(p, EXPR_MULTIPLY, TOKEN_STAR, unary);
}

static struct expr *
sum(struct parser *p)
{
	struct expr *e = product(p), *operand;
	struct list list;
	bool minus;

	if (e == NULL || (p->token.kind != TOKEN_PLUS && p->token.kind != TOKEN_MINUS))
		return e;
	if (!cd_open_chain(p, EXPR_ADD, e, &list))
		return NULL;
	while (p->token.kind == TOKEN_PLUS || p->token.kind == TOKEN_MINUS) {
		minus = p->token.kind == TOKEN_MINUS;
		cd_next(p);
		if ((operand = product(p)) == NULL)
			return NULL;
		operand->minus = minus;
		cd_append(&list, operand);
	}
	return list.parent;
}

/* What follows `has`: a string, or identifiers joined by dots. */
static const struct path *
has_path(struct parser *p)
{
	static const char expected[] =
	    "an attribute's name: an identifier, identifiers joined by `.`, or a string";
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
	struct expr *e = path != NULL ? cd_wrap(p, EXPR_HAS, left->start, left) : NULL;

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
	if ((e = cd_wrap(p, EXPR_LIKE, left->start, left)) != NULL)
		e->pattern = pattern;
	return e;
}

static struct expr *
is(struct parser *p, struct expr *left)
{
	const struct name *type = cd_type(p);
	struct expr *e = type != NULL ? cd_wrap(p, EXPR_IS, left->start, left) : NULL, *in;
	struct list list;

	if (e == NULL)
		return NULL;
	e->name = type;
	if (cd_accept_word(p, WORD_IN)) {
		if ((in = sum(p)) == NULL)
			return NULL;
		list = cd_list_of(e);
		cd_append(&list, in);
	}
	return e;
}

static struct expr *
binary(struct parser *p, enum expr_kind kind, uint8_t op, struct expr *left)
{
	struct expr *right = sum(p);
	struct expr *e = right != NULL ? cd_wrap(p, kind, left->start, left) : NULL;
	struct list list;

	if (e == NULL)
		return NULL;
	e->op = op;
	list = cd_list_of(e);
	cd_append(&list, right);
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
	struct cd_token operator;

	if (e == NULL || !at_relation(p))
		return e;
	operator= p->token;
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
		cd_fault(p, p->token.start, p->token.end,
		    "comparisons cannot be chained without parentheses", NULL);
		return NULL;
	}
	return e;
}

static struct expr *
conjunction(struct parser *p)
{
	return chain(p, EXPR_AND, TOKEN_AND, relation);
}

static struct expr *
disjunction(struct parser *p)
{
	return chain(p, EXPR_OR, TOKEN_OR, conjunction);
}

/* `if` was taken. An `if` after `else`, in parentheses or not, goes on in the same node. */
static struct expr *
conditional(struct parser *p)
{
	struct expr *e = cd_node(p, EXPR_IF, p->last.start), *part;
	struct list list;

	if (e == NULL)
		return NULL;
	list = cd_list_of(e);
	do {
		if ((part = cd_expression(p)) == NULL)
			return NULL;
		cd_append(&list, part);
		if (!cd_accept_word(p, WORD_THEN)) {
			cd_unexpected(p, "an operator or `then`");
			return NULL;
		}
		if ((part = cd_expression(p)) == NULL)
			return NULL;
		cd_append(&list, part);
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
		cd_append(&list, part);
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
