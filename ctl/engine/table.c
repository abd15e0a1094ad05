/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/time_text.h"
#include "base/utf8.h"
#include "ctl/engine/table.h"

#define GAP 2

/* In characters, each taken to be one column wide. */
static int
width_of(const char *text)
{
	int width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xC0) != 0x80;
	return width;
}

/* Append the text with '?' for what may not be printed, and a NUL. The number of characters. */
static int
add_clean(struct buf *out, const char *text)
{
	size_t left = strlen(text), n;
	int width;

	for (width = 0; left > 0; width++) {
		n = utf8_sequence(text, left);
		if (n > 0 && utf8_printable(text, n))
			buf_add(out, text, n);
		else
			buf_addc(out, '?');
		n = n > 0 ? n : 1;
		text += n;
		left -= n;
	}
	buf_addc(out, '\0');
	return width;
}

void
table_begin(struct table *t, const char *const *headings, int columns)
{
	int i;

	*t = (struct table){ .headings = headings, .columns = columns, .text = BUF_EMPTY };
	for (i = 0; headings != NULL && i < columns; i++)
		t->width[i] = width_of(headings[i]);
}

void
table_text(struct table *t, const char *text)
{
	int width = add_clean(&t->text, text[0] != '\0' ? text : "-");
	int column = t->cells++ % t->columns;

	if (t->width[column] < width)
		t->width[column] = width;
}

void
table_uuid(struct table *t, const struct uuid *u)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_print(u, text);
	table_text(t, text);
}

void
table_time(struct table *t, const int64_t *time)
{
	char text[TIME_TEXT_LEN + 1];

	if (time == NULL || !time_print(*time, text)) {
		table_text(t, "-");
		return;
	}
	memcpy(strchr(text, '.'), "Z", 2);
	table_text(t, text);
}

void
table_int(struct table *t, int64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	table_text(t, text);
}

void
table_row(struct table *t, const char *name, const char *value)
{
	table_text(t, name);
	table_text(t, value);
}

/* The last column is not padded. */
static void
print_cell(const struct table *t, int column, const char *text, FILE *out)
{
	bool last = column == t->columns - 1;

	(void)fprintf(out, "%s%*s%s", text, last ? 0 : t->width[column] - width_of(text) + GAP, "",
	    last ? "\n" : "");
}

bool
table_print(struct table *t, FILE *out)
{
	const char *cell = buf_text(&t->text);
	bool complete = !t->text.failed;
	int i;

	for (i = 0; complete && t->headings != NULL && i < t->columns; i++)
		print_cell(t, i, t->headings[i], out);
	t->headings = NULL;
	for (i = 0; complete && i < t->cells; i++) {
		print_cell(t, i % t->columns, cell, out);
		cell += strlen(cell) + 1;
	}
	t->cells = 0;
	buf_reset(&t->text);
	return complete;
}

void
table_clear(struct table *t)
{
	buf_clear(&t->text);
	t->cells = 0;
}
