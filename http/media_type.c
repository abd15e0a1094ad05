/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stddef.h>

#include "http/media_type.h"
#include "http/token.h"

/* "type/subtype" at `p`, as one piece. */
static const char *
read_type(const char *p, struct token *t)
{
	struct token part;
	const char *start = p;

	if ((p = token_read(p, &part)) == NULL || *p != '/' ||
	    (p = token_read(p + 1, &part)) == NULL)
		return NULL;
	*t = (struct token){ .text = start, .len = (size_t)(p - start) };
	return p;
}

/*
 * One "; name=value", where an empty one is allowed; false in *fits for a charset that is not
 * UTF-8.
 */
static const char *
read_parameter(const char *p, bool *fits)
{
	struct token name, value;

	p = token_skip_blanks(p + 1);
	if (*p == ';' || *p == '\0')
		return p;
	if ((p = token_read(p, &name)) == NULL || *p != '=' ||
	    (p = token_read_word(p + 1, &value)) == NULL)
		return NULL;
	if (token_is(&name, "charset") && !token_is(&value, "utf-8"))
		*fits = false;
	return token_skip_blanks(p);
}

enum media_type
media_type_of(const char *value)
{
	const char *p = value != NULL ? token_skip_blanks(value) : "";
	struct token type;
	bool fits = true;

	if (*p == '\0')
		return MEDIA_NONE;
	if ((p = read_type(p, &type)) == NULL)
		return MEDIA_OTHER;
	p = token_skip_blanks(p);
	while (p != NULL && *p == ';')
		p = read_parameter(p, &fits);
	if (p == NULL || *p != '\0' || !fits)
		return MEDIA_OTHER;
	if (token_is(&type, "application/json"))
		return MEDIA_JSON;
	return token_is(&type, "application/merge-patch+json") ? MEDIA_MERGE_PATCH : MEDIA_OTHER;
}
