/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "http/token.h"

const char *
token_skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

const char *
token_read(const char *p, struct token *t)
{
	static const char tchar[] = "!#$%&'*+-.^_`|~0123456789"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	*t = (struct token){ .text = p, .len = strspn(p, tchar) };
	return t->len > 0 ? p + t->len : NULL;
}

/* Tab, blank, visible characters and bytes from 0x80 on. */
static bool
is_quotable(char c)
{
	unsigned char u = (unsigned char)c;

	return u == '\t' || (u >= ' ' && u != 0x7F);
}

static const char *
read_quoted(const char *p, struct token *t)
{
	const char *start = ++p;

	while (*p != '"') {
		if (*p == '\\')
			p++;
		if (!is_quotable(*p))
			return NULL;
		p++;
	}
	*t = (struct token){ .text = start, .len = (size_t)(p - start) };
	return p + 1;
}

const char *
token_read_word(const char *p, struct token *t)
{
	return *p == '"' ? read_quoted(p, t) : token_read(p, t);
}

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool
token_is(const struct token *t, const char *text)
{
	size_t i;

	if (strlen(text) != t->len)
		return false;
	for (i = 0; i < t->len; i++)
		if (lower(t->text[i]) != lower(text[i]))
			return false;
	return true;
}
