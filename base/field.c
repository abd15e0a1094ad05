/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/field.h"
#include "base/utf8.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define ROLE_MOST 63

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

	return len <= ROLE_MOST && strspn(text, LETTERS) > 0 &&
	    strspn(text, LETTERS "0123456789_-") == len;
}
