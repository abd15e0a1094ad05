/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/parse.h"
#include "cedar/schema.h"
#include "cedar/schema_parse.h"
#include "cedar/text.h"

bool
cd_accept_character(struct parser *p, char c)
{
	if (p->token.kind != TOKEN_BAD || p->source->text[p->token.start] != c)
		return false;
	cd_next(p);
	return true;
}

bool
cd_at_text(const struct parser *p, const char *word)
{
	struct cedar_str text = cd_token_text(p, &p->token);

	return p->token.kind == TOKEN_WORD && text.len == strlen(word) &&
	    memcmp(text.data, word, text.len) == 0;
}

bool
cd_accept_text(struct parser *p, const char *word)
{
	if (!cd_at_text(p, word))
		return false;
	cd_next(p);
	return true;
}

const struct name *
cd_name_or_string(struct parser *p, const char *expected)
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

bool
cd_annotations(struct parser *p, struct said *said)
{
	bool ids;

	*said = (struct said){ .form = IDS_ANY };
	while (cd_accept(p, TOKEN_AT)) {
		said->open |= cd_at_text(p, "open");
		ids = cd_at_text(p, "ids");
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

bool
cd_name_fault(struct parser *p, const char *what, const struct name *name, const char *end,
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

bool
cd_comma_or(struct parser *p, enum token_kind end, const char *expected)
{
	return cd_accept(p, TOKEN_COMMA) || p->token.kind == end || cd_unexpected(p, expected);
}
