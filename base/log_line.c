/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log_line.h"
#include "base/utf8.h"

#define CUT_MARK " [cut]"
#define CUT_MARK_LEN (sizeof(CUT_MARK) - 1)
/* What log_line_end() and the end of a value that was cut may add. */
#define TAIL (CUT_MARK_LEN + sizeof("\"}\n"))

static size_t
room(const struct log_line *l)
{
	return sizeof(l->text) - TAIL - l->len;
}

/* Append all of it or nothing, and nothing after that, so that no escape is cut apart. */
static void
add(struct log_line *l, const char *text, size_t len)
{
	if (l->cut || len > room(l)) {
		l->cut = true;
		return;
	}
	memcpy(l->text + l->len, text, len);
	l->len += len;
}

/* For what there is always room left for. */
static void
add_tail(struct log_line *l, const char *text)
{
	size_t len = strlen(text);

	memcpy(l->text + l->len, text, len);
	l->len += len;
}

/* ---- text ---- */

/* Does the character of `len` bytes need an escape? A `word` ends at a blank. */
static bool
needs_escape(const unsigned char *s, size_t len, bool word)
{
	/* A backslash too, so that \xHH in a line has one meaning. */
	if (len == 0 || s[0] < 0x20 || s[0] == 0x7F || s[0] == '\\')
		return true;
	if (word && (s[0] == ' ' || s[0] == '"' || s[0] == '='))
		return true;
	return len == 2 && s[0] == 0xC2 && s[1] < 0xA0; /* the C1 controls */
}

/*
 * Append with escapes for control characters and what is not UTF-8; in a `word`, also for what
 * would end it.
 */
static void
add_escaped(struct log_line *l, const char *text, bool word)
{
	size_t len = strlen(text), n, i;
	char escape[2 * 4 + 1];

	while (len > 0) {
		n = utf8_sequence(text, len);
		if (!needs_escape((const unsigned char *)text, n, word)) {
			add(l, text, n);
		} else {
			n = n > 0 ? n : 1;
			for (i = 0; i < n; i++)
				(void)snprintf(escape + 4 * i, 5, "\\x%02x",
				    (unsigned char)text[i]);
			add(l, escape, 4 * n);
		}
		text += n;
		len -= n;
	}
}

/* A blank between two words. */
static void
separate(struct log_line *l)
{
	if (l->len > 0 && l->text[l->len - 1] != ' ')
		add(l, " ", 1);
}

/* ---- JSON ---- */

/* One character of a string: what is not UTF-8 is U+FFFD, which nobody can take for anything else. */
static size_t
add_character(struct log_line *l, const char *text, size_t len)
{
	size_t n = utf8_sequence(text, len);
	unsigned char c = (unsigned char)text[0];
	char escape[8];

	if (n == 0) {
		add(l, "\\ufffd", 6);
		return 1;
	}
	if (n == 2 && c == 0xC2 && (unsigned char)text[1] < 0xA0) /* the C1 controls */
		c = (unsigned char)text[1];
	if ((n == 1 && (c < 0x20 || c == 0x7F || c == '"' || c == '\\')) ||
	    (n == 2 && c >= 0x80 && c < 0xA0)) {
		(void)snprintf(escape, sizeof(escape), "\\u%04x", c);
		add(l, escape, 6);
	} else {
		add(l, text, n);
	}
	return n;
}

static void
add_name(struct log_line *l, const char *name)
{
	add(l, l->text[l->len - 1] == '{' ? "\"" : ",\"", l->text[l->len - 1] == '{' ? 1 : 2);
	add(l, name, strlen(name));
	add(l, "\":", 2);
}

/* A member whose value is too long has as much of it as there is room for. */
static void
add_member(struct log_line *l, const char *name, const char *value)
{
	size_t len = strlen(value), n;

	if (l->cut || room(l) < strlen(name) + 8) {
		l->cut = true;
		return;
	}
	add_name(l, name);
	add(l, "\"", 1);
	for (; len > 0 && !l->cut; len -= n, value += n)
		n = add_character(l, value, len);
	add_tail(l, l->cut ? CUT_MARK "\"" : "\"");
}

static void
add_number_member(struct log_line *l, const char *name, const char *digits)
{
	if (l->cut || room(l) < strlen(name) + strlen(digits) + 4) {
		l->cut = true;
		return;
	}
	add_name(l, name);
	add(l, digits, strlen(digits));
}

/* ---- either ---- */

void
log_line_begin(struct log_line *l, enum log_format format, const char *prefix)
{
	l->format = format;
	l->len = 0;
	l->cut = false;
	add(l, prefix, strlen(prefix));
	if (format == LOG_JSON)
		add(l, "{", 1);
}

void
log_line_word(struct log_line *l, const char *name, const char *word)
{
	if (l->format == LOG_JSON) {
		add_member(l, name, word);
		return;
	}
	add(l, word, strlen(word));
	add(l, " ", 1);
}

void
log_line_bare(struct log_line *l, const char *name, int64_t number)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%" PRId64, number);
	if (l->format == LOG_JSON)
		add_number_member(l, name, digits);
	else
		log_line_word(l, name, digits);
}

void
log_line_pair(struct log_line *l, const char *name, const char *value)
{
	if (*value == '\0')
		return;
	if (l->format == LOG_JSON) {
		add_member(l, name, value);
		return;
	}
	separate(l);
	add(l, name, strlen(name));
	add(l, "=", 1);
	add_escaped(l, value, true);
}

void
log_line_number(struct log_line *l, const char *name, int64_t number)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%" PRId64, number);
	if (l->format == LOG_JSON)
		add_number_member(l, name, digits);
	else
		log_line_pair(l, name, digits);
}

void
log_line_message(struct log_line *l, const char *message)
{
	if (l->format == LOG_JSON) {
		add_member(l, "message", message);
		return;
	}
	separate(l);
	add_escaped(l, message, false);
}

void
log_line_end(struct log_line *l)
{
	if (l->format == LOG_JSON)
		add_tail(l, "}\n");
	else
		add_tail(l, l->cut ? CUT_MARK "\n" : "\n");
}
