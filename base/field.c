/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/field.h"
#include "base/json_strict.h"
#include "base/utf8.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define METADATA_DEPTH 32

bool
field_line_valid(const char *text, size_t most)
{
	size_t len = strlen(text);

	return len >= 1 && len <= most && utf8_printable(text, len);
}

bool
field_role_valid(const char *text)
{
	size_t len = strlen(text);

	return len <= FIELD_ROLE_MOST && strspn(text, LETTERS) > 0 &&
	    strspn(text, LETTERS "0123456789_-") == len;
}

/* In JSON that is known to be valid, so that a backslash always has its letter. */
static bool
has_escaped_nul(const char *text)
{
	for (; (text = strchr(text, '\\')) != NULL; text += 2)
		if (strncmp(text, "\\u0000", 6) == 0)
			return true;
	return false;
}

bool
field_json_object_valid(const char *text)
{
	struct json_object *value = NULL;
	struct json_fault fault;
	size_t len = strlen(text);
	bool valid;

	if (len > FIELD_METADATA_MOST ||
	    !json_strict_parse(text, len, METADATA_DEPTH, &value, &fault))
		return false;
	valid = json_object_is_type(value, json_type_object) && !has_escaped_nul(text);
	json_object_put(value);
	return valid;
}
