/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_PARSE_H
#define CEDAR_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cedar/lexer.h"
#include "cedar/policy.h"

/*
 * Recursive descent, a function for each level of the grammar.  A function that
 * returns NULL or false has recorded the statement's error; only the first one
 * is kept, so callers just return.
 */
struct parser {
	struct cedar_set *set;
	const struct source *source;
	const struct cedar_str *id; /* the caller's, or NULL */
	struct lexer lex;
	struct cd_token token; /* the one to be looked at next */
	struct cd_token last;  /* the one taken before it */
	unsigned depth;
	bool failed; /* this statement has its error */
};

void cd_next(struct parser *);
/* Take the token if it is of this kind. */
bool cd_accept(struct parser *, enum token_kind);
/* The same for a word. */
bool cd_accept_word(struct parser *, enum word);
/* Take it, or say what was expected. */
bool cd_expect(struct parser *, enum token_kind, const char *expected);
bool cd_at_word(const struct parser *, enum word);

/*
 * Record the statement's error, return false.  At the current token: what was
 * expected.  At a span: a note, a clause that says what is wrong, and what was
 * expected instead, NULL where that adds nothing.
 */
bool cd_unexpected(struct parser *, const char *expected);
bool cd_fault(struct parser *, uint32_t start, uint32_t end, const char *note,
    const char *expected);
bool cd_no_memory(struct parser *);

/* The text of a token. */
struct cedar_str cd_token_text(const struct parser *, const struct cd_token *);
/* The characters of a string token, unescaped. */
bool cd_string(struct parser *, const struct cd_token *, struct cedar_str *);
/* What is left of a string token for `like`; NULL on failure. */
struct pattern *cd_pattern(struct parser *, const struct cd_token *);

/* A name out of an identifier that is not reserved, or fail; `expected` as in cd_expect(). */
const struct name *cd_identifier(struct parser *, const char *expected);
/* What follows `is`. */
const struct name *cd_type(struct parser *);
/*
 * A path whose first identifier was just taken, and what follows `::` at its
 * end: a string makes it an entity (*uid), else *uid is NULL.  The path comes
 * back in any case.
 */
const struct name *cd_path(struct parser *, const struct uid **uid);

/* One level of nesting deeper, or fail; to be undone by decrementing depth. */
bool cd_enter(struct parser *);

/* ---- expressions: NULL on failure ---- */

/* Anything, up to whatever cannot be part of it. */
struct expr *cd_expression(struct parser *);
/* A value with its `.name`, `["name"]` and `.method(...)`. */
struct expr *cd_member(struct parser *);
/* The number that is the current token; negative: the `-` before it was just taken. */
struct expr *cd_integer(struct parser *, bool negative);

/* ---- nodes ---- */

/* A node from start up to the token taken last, without operands or with this one. */
struct expr *cd_node(struct parser *, enum expr_kind, uint32_t start);
struct expr *cd_wrap(struct parser *, enum expr_kind, uint32_t start, struct expr *operand);

/* Operands being strung together. */
struct list {
	struct expr *parent;
	struct expr *last;
};

/* Go on with the list of this node. */
struct list cd_list_of(struct expr *parent);
void cd_append(struct list *, struct expr *);
/*
 * The list to which the next operand of a chain goes: that of the first operand
 * itself where it is such a chain (in parentheses), since these operators bind
 * to the left.
 */
bool cd_open_chain(struct parser *, enum expr_kind, struct expr *first, struct list *);

#endif
