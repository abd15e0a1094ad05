/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/parse.h"
#include "cedar/text.h"
#include "cedar/utf8.h"

#define FOUND_MAX 40u /* bytes of a token that a message quotes */
#define ESCAPES "`\\n`, `\\r`, `\\t`, `\\0`, `\\\\`, `\\'`, `\\\"`, `\\x41` or `\\u{41}`"

void
cd_next(struct parser *p)
{
	p->last = p->token;
	cd_lex(&p->lex, &p->token);
}

bool
cd_accept(struct parser *p, enum token_kind kind)
{
	if (p->token.kind != kind)
		return false;
	cd_next(p);
	return true;
}

bool
cd_at_word(const struct parser *p, enum word word)
{
	return p->token.kind == TOKEN_WORD && p->token.word == word;
}

bool
cd_accept_word(struct parser *p, enum word word)
{
	if (!cd_at_word(p, word))
		return false;
	cd_next(p);
	return true;
}

bool
cd_expect(struct parser *p, enum token_kind kind, const char *expected)
{
	return cd_accept(p, kind) || cd_unexpected(p, expected);
}

bool
cd_enter(struct parser *p)
{
	if (p->depth >= CEDAR_NESTING_MAX)
		return cd_fault(p, p->token.start, p->token.end, "this is nested too deep", NULL);
	p->depth++;
	return true;
}

struct cedar_str
cd_token_text(const struct parser *p, const struct cd_token *token)
{
	return (struct cedar_str){ p->source->text + token->start, token->end - token->start };
}

/* ---- errors ---- */

struct cedar_place
cd_place(const struct source *source, uint32_t start, uint32_t end)
{
	struct cedar_place place = { .offset = start, .len = end - start, .line = 1, .column = 1 };
	const char *text = source->text;
	uint32_t i;

	for (i = 0; i < start; i++) {
		if (text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n')) {
			place.line++;
			place.column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			place.column++;
		}
	}
	return place;
}

/* A copy that lives as long as the set; "" without memory. */
static const char *
keep(struct parser *p, const struct text *text)
{
	const char *copy = cd_arena_copy(&p->set->arena, text->data, text->len);

	return copy != NULL ? copy : "";
}

static const char *
token_prefix(const struct cd_token *token)
{
	switch ((int)token->kind) {
	case TOKEN_WORD:
		return token->word < WORD_PLAIN ? "the reserved word `" : "the word `";
	case TOKEN_INTEGER:
		return "the number `";
	case TOKEN_STRING:
		return "the string `";
	case TOKEN_SLOT:
		return "the template slot `";
	default:
		return "`";
	}
}

/* How much of a token is quoted: of a long one, or one with control characters, only the start. */
static size_t
quoted_length(struct cedar_str found)
{
	size_t len = 0;

	while (len < found.len && len < FOUND_MAX && (unsigned char)found.data[len] >= 0x20)
		len++;
	return len < found.len ? cd_utf8_valid(found.data, len) : len;
}

static const char *
describe(struct parser *p, const struct cd_token *token)
{
	char buffer[128];
	struct text text = cd_text_fixed(buffer, sizeof(buffer));
	struct cedar_str found = cd_token_text(p, token);
	size_t len = quoted_length(found);

	if (token->start == p->source->len)
		return "the end of the text";
	cd_text_puts(&text, token_prefix(token));
	cd_text_add(&text, found.data, len);
	cd_text_puts(&text, len < found.len ? "...`" : "`");
	return keep(p, &text);
}

static void
record_error(struct parser *p, const struct cd_token *at, const char *note, const char *expected)
{
	char buffer[512];
	struct text text = cd_text_fixed(buffer, sizeof(buffer));
	struct cedar_error *error;

	if (p->failed)
		return;
	p->failed = true;
	if ((error = cd_set_new_error(p->set)) == NULL)
		return;
	error->place = cd_place(p->source, at->start, at->end);
	if (p->id != NULL)
		error->id = *p->id;
	error->found = describe(p, at);
	error->expected = expected != NULL ? expected : "";
	if (note != NULL)
		cd_text_puts(&text, note);
	if (expected != NULL) {
		cd_text_puts(&text, note != NULL ? "; expected " : "expected ");
		cd_text_puts(&text, expected);
	}
	if (note == NULL) {
		cd_text_puts(&text, ", found ");
		cd_text_puts(&text, error->found);
	}
	error->message = keep(p, &text);
}

bool
cd_unexpected(struct parser *p, const char *expected)
{
	const char *note = NULL;

	if (p->token.kind == TOKEN_BAD)
		note = p->token.fault;
	else if (p->token.kind == TOKEN_SLOT)
		note = "templates are not supported, so a slot cannot stand here";
	else if (p->token.kind == TOKEN_WORD && p->last.kind == TOKEN_INTEGER &&
	    p->last.end == p->token.start)
		note = "a number is written with decimal digits alone";
	record_error(p, &p->token, note, expected);
	return false;
}

bool
cd_fault(struct parser *p, uint32_t start, uint32_t end, const char *note, const char *expected)
{
	struct cd_token token = { .kind = TOKEN_BAD, .start = start, .end = end };

	record_error(p, &token, note, expected);
	return false;
}

bool
cd_no_memory(struct parser *p)
{
	return cd_fault(p, p->token.start, p->token.end,
	    "the policies take more memory than is allowed", NULL);
}

/* ---- literals ---- */

bool
cd_string(struct parser *p, const struct cd_token *token, struct cedar_str *out)
{
	const char *text = p->source->text;
	uint32_t at = token->start + 1, end = token->end - 1, start, code;
	char *copy;
	bool wild;

	*out = (struct cedar_str){ text + at, end - at };
	if (memchr(text + at, '\\', end - at) == NULL)
		return true;
	if ((copy = cd_arena_alloc(&p->set->arena, end - at)) == NULL)
		return cd_no_memory(p);
	*out = (struct cedar_str){ copy, 0 };
	while (at < end) {
		start = at;
		if (!cd_unescape(text, end, &at, false, &code, &wild))
			return cd_fault(p, start, at, "this is no escape sequence", ESCAPES);
		out->len += cd_utf8_encode(code, copy + out->len);
	}
	return true;
}

/* Room for the pieces between at most so many stars, and for their characters. */
static struct pattern *
pattern_new(struct parser *p, size_t stars, size_t characters, char **text)
{
	struct arena *arena = &p->set->arena;
	struct pattern *pattern;

	pattern = cd_arena_alloc(arena,
	    sizeof(*pattern) + (stars + 1) * sizeof(pattern->pieces[0]));
	if (pattern == NULL || (*text = cd_arena_alloc(arena, characters)) == NULL) {
		cd_no_memory(p);
		return NULL;
	}
	return pattern;
}

/* An escape is never shorter than what it stands for, so the literal's length is room enough. */
struct pattern *
cd_pattern(struct parser *p, const struct cd_token *token)
{
	const char *text = p->source->text;
	uint32_t at = token->start + 1, end = token->end - 1, start, code, stars = 0;
	struct pattern *pattern;
	struct piece *piece;
	char *out;
	size_t n;
	bool wild;

	for (start = at; start < end; start++)
		stars += text[start] == '*' || text[start] == '\\';
	if ((pattern = pattern_new(p, stars, end - at, &out)) == NULL)
		return NULL;
	piece = pattern->pieces;
	*piece = (struct piece){ out, 0 };
	while (at < end) {
		start = at;
		if (!cd_unescape(text, end, &at, true, &code, &wild)) {
			cd_fault(p, start, at, "this is no escape sequence", "`\\*` or " ESCAPES);
			return NULL;
		}
		if (!wild) {
			n = cd_utf8_encode(code, out);
			piece->len += n;
			out += n;
		} else if (piece == pattern->pieces || piece->len > 0) {
			*++piece = (struct piece){ out, 0 };
		}
	}
	pattern->count = (uint32_t)(piece - pattern->pieces) + 1;
	return pattern;
}

const struct name *
cd_identifier(struct parser *p, const char *expected)
{
	struct cedar_str text = cd_token_text(p, &p->token);
	const struct name *name;

	if (p->token.kind != TOKEN_WORD || p->token.word < WORD_PLAIN) {
		cd_unexpected(p, expected);
		return NULL;
	}
	if ((name = cd_intern_name(&p->set->symbols, text.data, text.len)) == NULL)
		cd_no_memory(p);
	else
		cd_next(p);
	return name;
}

/*
 * The name for the path that stands at start to end of the source, where blanks
 * and comments may lie between its parts; in the name they do not.
 */
static const struct name *
join_path(struct parser *p, uint32_t start, uint32_t end)
{
	struct lexer lex = { .text = p->source->text, .len = end, .at = start };
	const char *text = p->source->text + start;
	const struct name *name = NULL;
	struct cd_token token;
	char *joined;
	size_t len = 0;

	if (cd_is_type_path(text, end - start)) {
		name = cd_intern_name(&p->set->symbols, text, end - start);
	} else if ((joined = cd_arena_alloc(&p->set->arena, end - start)) != NULL) {
		for (cd_lex(&lex, &token); token.kind != TOKEN_END; cd_lex(&lex, &token)) {
			memcpy(joined + len, lex.text + token.start, token.end - token.start);
			len += token.end - token.start;
		}
		name = cd_intern_name(&p->set->symbols, joined, len);
	}
	if (name == NULL)
		cd_no_memory(p);
	return name;
}

const struct name *
cd_path(struct parser *p, const struct uid **uid)
{
	uint32_t start = p->last.start, end = p->last.end;
	const struct name *name;
	struct cedar_str id;

	*uid = NULL;
	while (cd_accept(p, TOKEN_PATH) && p->token.kind != TOKEN_STRING) {
		if (p->token.kind != TOKEN_WORD || p->token.word < WORD_PLAIN) {
			cd_unexpected(p, "an identifier, or a string that is an entity's id");
			return NULL;
		}
		cd_next(p);
		end = p->last.end;
	}
	if ((name = join_path(p, start, end)) == NULL || p->last.kind != TOKEN_PATH)
		return name;
	if (!cd_string(p, &p->token, &id))
		return NULL;
	if ((*uid = cd_intern_uid(&p->set->symbols, name, id.data, id.len)) == NULL) {
		cd_no_memory(p);
		return NULL;
	}
	cd_next(p);
	return name;
}

const struct name *
cd_type(struct parser *p)
{
	static const char expected[] = "an entity type, as in `User` or `App::User`";
	const struct uid *uid;
	const struct name *type;
	uint32_t start = p->token.start;

	if (p->token.kind != TOKEN_WORD || p->token.word < WORD_PLAIN) {
		cd_unexpected(p, expected);
		return NULL;
	}
	cd_next(p);
	if ((type = cd_path(p, &uid)) != NULL && uid != NULL) {
		cd_fault(p, start, p->last.end, "an entity cannot stand after `is`", expected);
		return NULL;
	}
	return type;
}
