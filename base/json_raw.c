/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/json_raw.h"

static const char *
skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* Behind the string whose opening quote is at `at`; NULL: it does not end. */
static const char *
skip_string(const char *at, const char *end)
{
	for (at++; at < end; at++) {
		if (*at == '"')
			return at + 1;
		if (*at == '\\')
			at++;
	}
	return NULL;
}

/* Behind the array or object that begins at `at`; NULL: it does not end. */
static const char *
skip_nested(const char *at, const char *end)
{
	size_t depth = 0;

	while (at < end) {
		char c = *at;

		if (c == '"') {
			at = skip_string(at, end);
			if (at == NULL)
				return NULL;
			continue;
		}
		at++;
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			return at;
	}
	return NULL;
}

/* Behind the value that begins at `at`; NULL: there is none. */
static const char *
skip_value(const char *at, const char *end)
{
	const char *begin = at;

	if (at == end)
		return NULL;
	if (*at == '"')
		return skip_string(at, end);
	if (*at == '{' || *at == '[')
		return skip_nested(at, end);
	while (at < end && strchr(",:}] \t\n\r\"{[", *at) == NULL)
		at++;
	return at > begin ? at : NULL;
}

struct json_raw
json_raw_of(const char *text)
{
	const char *end = text + strlen(text);
	const char *at = skip_blanks(text, end);

	while (end > at && skip_blanks(end - 1, end) == end)
		end--;
	return (struct json_raw){ .text = at, .len = (size_t)(end - at) };
}

bool
json_raw_begin(struct json_raw_walk *w, struct json_raw object)
{
	if (object.text == NULL || object.len < 2 || object.text[0] != '{')
		return false;
	w->at = object.text + 1;
	w->end = object.text + object.len;
	return true;
}

bool
json_raw_next(struct json_raw_walk *w, struct json_raw *name, struct json_raw *value)
{
	const char *at = skip_blanks(w->at, w->end), *begin;

	if (at < w->end && *at == ',')
		at = skip_blanks(at + 1, w->end);
	if (at == w->end || *at != '"')
		return false;
	begin = at;
	at = skip_string(at, w->end);
	if (at == NULL)
		return false;
	*name = (struct json_raw){ .text = begin + 1, .len = (size_t)(at - begin) - 2 };
	at = skip_blanks(at, w->end);
	if (at == w->end || *at != ':')
		return false;
	begin = skip_blanks(at + 1, w->end);
	at = skip_value(begin, w->end);
	if (at == NULL)
		return false;
	*value = (struct json_raw){ .text = begin, .len = (size_t)(at - begin) };
	w->at = at;
	return true;
}

bool
json_raw_is(struct json_raw piece, const char *text)
{
	return piece.text != NULL && strlen(text) == piece.len &&
	    memcmp(piece.text, text, piece.len) == 0;
}

struct json_raw
json_raw_member(struct json_raw object, const char *name)
{
	struct json_raw found = JSON_RAW_NONE, member, value;
	struct json_raw_walk w;

	if (json_raw_begin(&w, object))
		while (json_raw_next(&w, &member, &value))
			if (json_raw_is(member, name))
				found = value;
	return json_raw_is(found, "null") ? (struct json_raw)JSON_RAW_NONE : found;
}
