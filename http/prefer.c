/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "http/prefer.h"
#include "http/token.h"

/* "name" or "name=word" at `p`; a missing value is an empty one. NULL where it is malformed. */
static const char *
read_pair(const char *p, struct token *name, struct token *value)
{
	*value = (struct token){ .text = "", .len = 0 };
	if ((p = token_read(p, name)) == NULL)
		return NULL;
	p = token_skip_blanks(p);
	if (*p != '=')
		return p;
	if ((p = token_read_word(token_skip_blanks(p + 1), value)) == NULL)
		return NULL;
	return token_skip_blanks(p);
}

/* Past "; parameter; …" at `p`, to the end or a comma; NULL where something else stands there. */
static const char *
skip_parameters(const char *p)
{
	struct token name, value;

	while (*p == ';') {
		p = token_skip_blanks(p + 1);
		if (*p != ';' && *p != ',' && *p != '\0' &&
		    (p = read_pair(p, &name, &value)) == NULL)
			return NULL;
	}
	return *p == ',' || *p == '\0' ? p : NULL;
}

bool
prefer_return_minimal(const char *p)
{
	struct token name, value;

	while (p != NULL && *p != '\0') {
		p = token_skip_blanks(p);
		if (*p == ',') {
			p++;
			continue;
		}
		if ((p = read_pair(p, &name, &value)) == NULL || (p = skip_parameters(p)) == NULL)
			return false;
		if (token_is(&name, "return"))
			return token_is(&value, "minimal");
	}
	return false;
}
