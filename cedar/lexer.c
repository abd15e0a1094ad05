/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/lexer.h"
#include "cedar/text.h"
#include "cedar/utf8.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_word(char c)
{
	return is_word_start(c) || is_digit(c);
}

static enum word
find_word(const char *text, size_t len)
{
	static const struct {
		char text[10];
		uint8_t len;
		uint8_t word;
	} words[] = {
		{ "true", 4, WORD_TRUE },
		{ "false", 5, WORD_FALSE },
		{ "if", 2, WORD_IF },
		{ "then", 4, WORD_THEN },
		{ "else", 4, WORD_ELSE },
		{ "in", 2, WORD_IN },
		{ "is", 2, WORD_IS },
		{ "like", 4, WORD_LIKE },
		{ "has", 3, WORD_HAS },
		{ "__cedar", 7, WORD_CEDAR },
		{ "permit", 6, WORD_PERMIT },
		{ "forbid", 6, WORD_FORBID },
		{ "when", 4, WORD_WHEN },
		{ "unless", 6, WORD_UNLESS },
		{ "principal", 9, WORD_PRINCIPAL },
		{ "action", 6, WORD_ACTION },
		{ "resource", 8, WORD_RESOURCE },
		{ "context", 7, WORD_CONTEXT },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].len == len && words[i].text[0] == text[0] &&
		    memcmp(words[i].text, text, len) == 0)
			return (enum word)words[i].word;
	return WORD_PLAIN;
}

bool
cd_is_identifier(const char *text, size_t len)
{
	size_t i;

	if (len == 0 || !is_word_start(text[0]))
		return false;
	for (i = 1; i < len; i++)
		if (!is_word(text[i]))
			return false;
	return find_word(text, len) >= WORD_PLAIN;
}

bool
cd_is_type_path(const char *text, size_t len)
{
	size_t start = 0, i;

	for (i = 0; i < len; i++)
		if (text[i] == ':') {
			if (i + 1 >= len || text[i + 1] != ':' ||
			    !cd_is_identifier(text + start, i - start))
				return false;
			start = ++i + 1;
		}
	return cd_is_identifier(text + start, len - start);
}

/* ---- tokens ---- */

/* White space and comments; a comment ends at LF or CR. */
static void
skip_blanks(struct lexer *lex)
{
	const char *text = lex->text;
	uint32_t at = lex->at, len = lex->len;
	size_t used;

	while (at < len) {
		unsigned char c = (unsigned char)text[at];

		if (c == ' ' || (c >= '\t' && c <= '\r')) {
			at++;
		} else if (c == '/' && at + 1 < len && text[at + 1] == '/') {
			while (at < len && text[at] != '\n' && text[at] != '\r')
				at++;
		} else if (c >= 0x80 &&
		    cd_utf8_is_space(cd_utf8_decode(text + at, len - at, &used))) {
			at += (uint32_t)used;
		} else {
			break;
		}
	}
	lex->at = at;
}

static void
lex_bad(struct lexer *lex, struct cd_token *token, uint32_t end, const char *fault)
{
	token->kind = TOKEN_BAD;
	token->fault = fault;
	lex->at = end;
}

/* Up to the closing quote. Escapes are looked at later, but `\"` ends nothing. */
static void
lex_string(struct lexer *lex, struct cd_token *token)
{
	uint32_t at = lex->at + 1;

	token->kind = TOKEN_STRING;
	for (; at < lex->len && lex->text[at] != '"'; at++) {
		if (lex->text[at] == '\r') {
			token->start = at;
			lex_bad(lex, token, at + 1,
			    "a carriage return may stand in a string only as `\\r`");
			return;
		}
		if (lex->text[at] == '\\')
			at++;
	}
	if (at >= lex->len)
		lex_bad(lex, token, lex->len, "this string has no closing `\"`");
	else
		lex->at = at + 1;
}

static void
lex_word(struct lexer *lex, struct cd_token *token)
{
	uint32_t at = lex->at;

	while (at < lex->len && is_word(lex->text[at]))
		at++;
	token->kind = TOKEN_WORD;
	token->word = find_word(lex->text + lex->at, at - lex->at);
	lex->at = at;
}

static void
lex_integer(struct lexer *lex, struct cd_token *token)
{
	uint32_t at = lex->at;

	while (at < lex->len && is_digit(lex->text[at]))
		at++;
	token->kind = TOKEN_INTEGER;
	lex->at = at;
}

static const char *
character_fault(const struct lexer *lex)
{
	switch (lex->text[lex->at]) {
	case '=':
		return "a single `=` has no meaning; equality is `==`";
	case '&':
		return "a single `&` has no meaning; logical and is `&&`";
	case '|':
		return "a single `|` has no meaning; logical or is `||`";
	case '/':
		return lex->at + 1 < lex->len && lex->text[lex->at + 1] == '*' ?
		    "there are no `/* */` comments; a comment runs from `//` to its line's end" :
		    "there is no division";
	case '%':
		return "there is no remainder operator";
	case '\'':
		return "strings stand in double quotes";
	case '#':
		return "a comment starts with `//`";
	default:
		return "this character has no meaning here";
	}
}

static void
lex_character(struct lexer *lex, struct cd_token *token)
{
	size_t used;

	(void)cd_utf8_decode(lex->text + lex->at, lex->len - lex->at, &used);
	lex_bad(lex, token, lex->at + (uint32_t)used, character_fault(lex));
}

/* Operators of one character, and of two that start with it; 0 where there is none. */
static const struct {
	uint8_t one;
	char second;
	uint8_t two;
} operators[128] = {
	['@'] = { TOKEN_AT, 0, 0 },
	['.'] = { TOKEN_DOT, 0, 0 },
	[','] = { TOKEN_COMMA, 0, 0 },
	[';'] = { TOKEN_SEMICOLON, 0, 0 },
	[':'] = { TOKEN_COLON, ':', TOKEN_PATH },
	['('] = { TOKEN_LPAREN, 0, 0 },
	[')'] = { TOKEN_RPAREN, 0, 0 },
	['{'] = { TOKEN_LBRACE, 0, 0 },
	['}'] = { TOKEN_RBRACE, 0, 0 },
	['['] = { TOKEN_LBRACKET, 0, 0 },
	[']'] = { TOKEN_RBRACKET, 0, 0 },
	['='] = { 0, '=', TOKEN_EQ },
	['!'] = { TOKEN_NOT, '=', TOKEN_NE },
	['<'] = { TOKEN_LT, '=', TOKEN_LE },
	['>'] = { TOKEN_GT, '=', TOKEN_GE },
	['|'] = { 0, '|', TOKEN_OR },
	['&'] = { 0, '&', TOKEN_AND },
	['+'] = { TOKEN_PLUS, 0, 0 },
	['-'] = { TOKEN_MINUS, 0, 0 },
	['*'] = { TOKEN_STAR, 0, 0 },
};

static bool
lex_operator(struct lexer *lex, struct cd_token *token)
{
	unsigned char c = (unsigned char)lex->text[lex->at];

	if (c >= 128)
		return false;
	if (operators[c].two != 0 && lex->at + 1 < lex->len &&
	    lex->text[lex->at + 1] == operators[c].second) {
		token->kind = (enum token_kind)operators[c].two;
		lex->at += 2;
		return true;
	}
	if (operators[c].one == 0)
		return false;
	token->kind = (enum token_kind)operators[c].one;
	lex->at++;
	return true;
}

void
cd_lex(struct lexer *lex, struct cd_token *token)
{
	char c;

	skip_blanks(lex);
	token->start = lex->at;
	token->fault = NULL;
	if (lex->at == lex->len) {
		token->kind = TOKEN_END;
	} else if (is_word_start(c = lex->text[lex->at])) {
		lex_word(lex, token);
	} else if (is_digit(c)) {
		lex_integer(lex, token);
	} else if (c == '"') {
		lex_string(lex, token);
	} else if (c == '?' && lex->at + 1 < lex->len && is_word_start(lex->text[lex->at + 1])) {
		lex->at++;
		lex_word(lex, token);
		token->kind = TOKEN_SLOT;
	} else if (!lex_operator(lex, token)) {
		lex_character(lex, token);
	}
	token->end = lex->at;
}

/* ---- escapes ---- */

/* What follows `\x`: exactly two digits, at most 7F. */
static bool
escape_byte(const char *text, uint32_t end, uint32_t *at, uint32_t *code)
{
	int high, low;

	if (end - *at < 2 || (high = cd_hex_digit(text[*at])) < 0 ||
	    (low = cd_hex_digit(text[*at + 1])) < 0)
		return false;
	*code = (uint32_t)(high << 4 | low);
	*at += 2;
	return *code <= 0x7f;
}

/* What follows `\u`: one to six digits in braces, `_` between them, a Unicode scalar value. */
static bool
escape_unicode(const char *text, uint32_t end, uint32_t *at, uint32_t *code)
{
	unsigned digits = 0;
	int digit;

	if (*at >= end || text[(*at)++] != '{')
		return false;
	for (*code = 0; *at < end && text[*at] != '}'; ++*at) {
		if (text[*at] == '_' && digits > 0)
			continue;
		if ((digit = cd_hex_digit(text[*at])) < 0 || ++digits > 6)
			return false;
		*code = *code << 4 | (uint32_t)digit;
	}
	if (*at >= end || digits == 0)
		return false;
	++*at;
	return *code <= 0x10ffff && (*code < 0xd800 || *code > 0xdfff);
}

static bool
escape(const char *text, uint32_t end, uint32_t *at, bool pattern, uint32_t *code)
{
	static const char letters[] = "nrt0\\'\"", meanings[] = "\n\r\t\0\\'\"";
	char c = text[(*at)++];
	const char *letter;

	if (c == 'x')
		return escape_byte(text, end, at, code);
	if (c == 'u')
		return escape_unicode(text, end, at, code);
	if (c == '*' && pattern) {
		*code = '*';
		return true;
	}
	if (c == '\0' || (letter = strchr(letters, c)) == NULL)
		return false;
	*code = (unsigned char)meanings[letter - letters];
	return true;
}

bool
cd_unescape(const char *text, uint32_t end, uint32_t *at, bool pattern, uint32_t *code, bool *wild)
{
	size_t used;
	bool star = false;

	if (text[*at] == '\\') {
		++*at;
		if (*at >= end)
			return false;
		star = text[*at] == '*';
		if (!escape(text, end, at, pattern, code))
			return false;
	} else {
		*code = cd_utf8_decode(text + *at, end - *at, &used);
		*at += (uint32_t)used;
	}
	*wild = pattern && !star && *code == '*';
	return true;
}
