/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "base/time_text.h"
#include "ctl/engine/near.h"
#include "ctl/engine/option.h"

#define SPAN_MOST ((int64_t)100 * 365 * 24 * 3600)

static int64_t
unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 24 * 3600;
	case 'w':
		return 7 * 24 * 3600;
	default:
		return 0;
	}
}

static bool
take_span(const char *text, int64_t *seconds)
{
	size_t len = strlen(text);
	int64_t unit = len >= 2 ? unit_seconds(text[len - 1]) : 0;

	if (unit == 0 || !number_parse(seconds, text, len - 1, 0, SPAN_MOST / unit))
		return false;
	*seconds *= unit;
	return true;
}

bool
option_take(const struct option *o, const char *text, struct value *v)
{
	v->text = text;
	switch (o->type) {
	case VALUE_LINE:
		return field_line_valid(text, (size_t)o->most);
	case VALUE_WORD:
		v->number = words_find(o->words, text);
		return v->number >= 0 ||
		    ((o->flags & OPTION_OPEN) && field_line_valid(text, (size_t)o->most));
	case VALUE_NUMBER:
		return number_parse(&v->number, text, strlen(text), o->least, o->most);
	case VALUE_UUID:
		return uuid_parse(&v->uuid, text, strlen(text));
	case VALUE_TIME:
		return time_parse(&v->number, text, strlen(text));
	case VALUE_SPAN:
		return take_span(text, &v->number);
	case VALUE_ROLE:
		return field_role_valid(text);
	case VALUE_OBJECT:
		return field_json_object_valid(text);
	case VALUE_TEXT:
	case VALUE_FILE:
		break;
	}
	return true;
}

const char *
option_near(const struct option *o, const char *text)
{
	size_t distance, least = SIZE_MAX;
	const char *near = NULL;
	int i;

	for (i = 0; o->type == VALUE_WORD && o->words[i] != NULL; i++)
		if (near_word(text, o->words[i], &distance) && distance < least) {
			least = distance;
			near = o->words[i];
		}
	return near;
}

/* "a, b or c" */
static void
add_words(struct buf *out, const char *const *words)
{
	for (; *words != NULL; words++)
		buf_addf(out, "%s%s", *words,
		    words[1] == NULL     ? "" :
			words[2] == NULL ? " or " :
					   ", ");
}

void
option_expect(const struct option *o, struct buf *out)
{
	switch (o->type) {
	case VALUE_LINE:
		buf_addf(out, "one line of 1 to %" PRId64 " bytes of UTF-8", o->most);
		break;
	case VALUE_WORD:
		add_words(out, o->words);
		break;
	case VALUE_NUMBER:
		buf_addf(out, "a number from %" PRId64, o->least);
		if (o->most < INT64_MAX)
			buf_addf(out, " to %" PRId64, o->most);
		break;
	case VALUE_UUID:
		buf_adds(out, "a UUID");
		break;
	case VALUE_TIME:
		buf_adds(out, "a time as 2030-01-31T12:00:00Z");
		break;
	case VALUE_SPAN:
		buf_adds(out, "a number and a unit, s, m, h, d or w, as 90d; at most 100 years");
		break;
	case VALUE_ROLE:
		buf_addf(out, "a lower-case letter, then up to %d of a-z, 0-9, _ and -",
		    FIELD_ROLE_MOST - 1);
		break;
	case VALUE_OBJECT:
		buf_addf(out, "a JSON object of at most %d bytes, without \\u0000",
		    FIELD_METADATA_MOST);
		break;
	case VALUE_FILE:
		buf_adds(out, "a file");
		break;
	case VALUE_TEXT:
		buf_adds(out, "text");
		break;
	}
}

const struct option *
option_find(const struct option *options, const char *text, size_t len, const struct option **other)
{
	const struct option *o, *found = NULL;

	*other = NULL;
	for (o = options; o->name != NULL; o++) {
		if (strncmp(o->name, text, len) != 0)
			continue;
		if (o->name[len] == '\0') {
			*other = NULL;
			return o;
		}
		if (found == NULL)
			found = o;
		else if (*other == NULL)
			*other = o;
	}
	return found;
}
