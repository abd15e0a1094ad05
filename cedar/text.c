/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cedar/text.h"
#include "cedar/utf8.h"

struct text
cd_text_fixed(char *buffer, size_t size)
{
	buffer[0] = '\0';
	return (struct text){ .data = buffer, .room = size, .fixed = true };
}

/* Room for len bytes and a NUL. */
static bool
text_reserve(struct text *t, size_t len)
{
	size_t room = t->room != 0 ? t->room : 256;
	char *data;

	if (len < t->room - t->len)
		return true;
	if (t->fixed || len > SIZE_MAX / 4)
		return false;
	while (room - t->len <= len)
		room *= 2;
	if ((data = realloc(t->data, room)) == NULL)
		return false;
	t->data = data;
	t->room = room;
	return true;
}

void
cd_text_add(struct text *t, const char *data, size_t len)
{
	if (t->failed)
		return;
	if (!text_reserve(t, len)) {
		t->failed = true;
		if (!t->fixed)
			return;
		len = cd_utf8_valid(data, t->room - t->len - 1);
	}
	if (len > 0)
		memcpy(t->data + t->len, data, len);
	t->len += len;
	t->data[t->len] = '\0';
}

void
cd_text_free(struct text *t)
{
	free(t->data);
	*t = (struct text)TEXT_EMPTY;
}

void
cd_text_puts(struct text *t, const char *text)
{
	cd_text_add(t, text, strlen(text));
}

void
cd_text_number(struct text *t, int64_t number)
{
	char digits[24];

	cd_text_add(t, digits, (size_t)snprintf(digits, sizeof(digits), "%" PRId64, number));
}

/* What cannot stand raw, or would not be seen, is escaped. */
static bool
escape_of(uint32_t code, bool pattern, char out[16])
{
	switch (code) {
	case '\n':
		memcpy(out, "\\n", 3);
		return true;
	case '\r':
		memcpy(out, "\\r", 3);
		return true;
	case '\t':
		memcpy(out, "\\t", 3);
		return true;
	case '\0':
		memcpy(out, "\\0", 3);
		return true;
	case '\\':
		memcpy(out, "\\\\", 3);
		return true;
	case '"':
		memcpy(out, "\\\"", 3);
		return true;
	case '*':
		memcpy(out, "\\*", 3);
		return pattern;
	default:
		(void)snprintf(out, 16, "\\u{%x}", (unsigned)code);
		return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 ||
		    code == 0x2029 || code == 0xfeff;
	}
}

void
cd_text_escaped(struct text *t, const char *data, size_t len, bool pattern)
{
	size_t at = 0, done = 0, used;
	char out[16];

	for (; at < len; at += used) {
		if (escape_of(cd_utf8_decode(data + at, len - at, &used), pattern, out)) {
			cd_text_add(t, data + done, at - done);
			cd_text_puts(t, out);
			done = at + used;
		}
	}
	cd_text_add(t, data + done, len - done);
}

void
cd_text_quoted(struct text *t, const char *data, size_t len)
{
	cd_text_puts(t, "\"");
	cd_text_escaped(t, data, len, false);
	cd_text_puts(t, "\"");
}
