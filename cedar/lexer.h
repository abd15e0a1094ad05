/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_LEXER_H
#define CEDAR_LEXER_H

#include <stdbool.h>
#include <stdint.h>

#include "cedar/policy.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_INTEGER,
	TOKEN_STRING,
	TOKEN_SLOT,
	TOKEN_BAD,
	TOKEN_AT,
	TOKEN_DOT,
	TOKEN_COMMA,
	TOKEN_SEMICOLON,
	TOKEN_COLON,
	TOKEN_PATH,
	TOKEN_LPAREN,
	TOKEN_RPAREN,
	TOKEN_LBRACE,
	TOKEN_RBRACE,
	TOKEN_LBRACKET,
	TOKEN_RBRACKET,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
	TOKEN_OR,
	TOKEN_AND,
	TOKEN_PLUS,
	TOKEN_MINUS,
	TOKEN_STAR,
	TOKEN_NOT
};

/* Words with a meaning somewhere. Those before WORD_PLAIN are reserved: no identifiers. */
enum word {
	WORD_TRUE,
	WORD_FALSE,
	WORD_IF,
	WORD_THEN,
	WORD_ELSE,
	WORD_IN,
	WORD_IS,
	WORD_LIKE,
	WORD_HAS,
	WORD_CEDAR,
	WORD_PLAIN,
	WORD_PERMIT,
	WORD_FORBID,
	WORD_WHEN,
	WORD_UNLESS,
	WORD_PRINCIPAL,
	WORD_ACTION,
	WORD_RESOURCE,
	WORD_CONTEXT
};

struct cd_token {
	enum token_kind kind;
	enum word word;      /* of TOKEN_WORD */
	uint32_t start, end; /* bytes in the source */
	const char *fault;   /* of TOKEN_BAD: what is wrong, a clause */
};

struct lexer {
	const char *text; /* well-formed UTF-8 */
	uint32_t len;
	uint32_t at;
};

/* The next token; TOKEN_END again and again at the end. */
void cd_lex(struct lexer *, struct cd_token *);

/* Whether a text is an identifier and not reserved. */
bool cd_is_identifier(const char *, size_t);
/* Whether a text is identifiers joined by `::`, without blanks. */
bool cd_is_type_path(const char *, size_t);

/*
 * One character of a string literal at text[*at], which moves behind it.  In a
 * pattern `\*` is a star and *wild says whether a star is a wildcard.  False
 * where the escape is none.
 */
bool cd_unescape(const char *text, uint32_t end, uint32_t *at, bool pattern, uint32_t *code,
    bool *wild);

#endif
