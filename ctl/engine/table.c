/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/ioctl.h>

#include <inttypes.h>
#include <locale.h>
#include <string.h>

#include <libsmartcols.h>

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

static void
add_cell(struct table *t, const char *text)
{
	int width = add_clean(&t->text, text[0] != '\0' ? text : "-");
	int column = t->cells++ % t->columns;

	if (t->width[column] < width)
		t->width[column] = width;
}

void
table_text(struct table *t, const char *text)
{
	t->text_in[t->cells % t->columns] = true;
	add_cell(t, text);
}

void
table_uuid(struct table *t, const struct uuid *u)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_print(u, text);
	add_cell(t, text);
}

void
table_time(struct table *t, const int64_t *time)
{
	char text[TIME_TEXT_LEN + 1];

	if (time == NULL || !time_print(*time, text)) {
		add_cell(t, "-");
		return;
	}
	memcpy(strchr(text, '.'), "Z", 2);
	add_cell(t, text);
}

void
table_int(struct table *t, int64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	add_cell(t, text);
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

static void
print_plain(const struct table *t, FILE *out)
{
	const char *cell = buf_text(&t->text);
	int i;

	for (i = 0; t->headings != NULL && i < t->columns; i++)
		print_cell(t, i, t->headings[i], out);
	for (i = 0; i < t->cells; i++) {
		print_cell(t, i % t->columns, cell, out);
		cell += strlen(cell) + 1;
	}
}

/* How many characters a line of this terminal has; 0: it is none, or does not say. */
static int
terminal_width(FILE *out)
{
	struct winsize size = { 0 };

	return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static bool
fits(const struct table *t, int width)
{
	int i, sum = -GAP;

	for (i = 0; i < t->columns; i++)
		sum += t->width[i] + GAP;
	return width == 0 || sum <= width;
}

/* False: out of memory, as scols_ functions say by NULL or a number that is not 0. */
static bool
fill(const struct table *t, struct libscols_table *into)
{
	const char *cell = buf_text(&t->text);
	struct libscols_line *line = NULL;
	int i;

	for (i = 0; i < t->columns; i++)
		if (scols_table_new_column(into, t->headings != NULL ? t->headings[i] : "", 0,
			t->text_in[i] ? SCOLS_FL_WRAP : 0) == NULL)
			return false;
	for (i = 0; i < t->cells; i++) {
		if (i % t->columns == 0 && (line = scols_table_new_line(into, NULL)) == NULL)
			return false;
		if (scols_line_set_data(line, (size_t)(i % t->columns), cell) != 0)
			return false;
		cell += strlen(cell) + 1;
	}
	return true;
}

static bool
print_narrow(const struct table *t, int width, FILE *out)
{
	struct libscols_table *s = scols_new_table();
	bool printed;

	/* Cells are UTF-8, whatever the environment says. */
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	printed = s != NULL && fill(t, s) &&
	    scols_table_set_termforce(s, SCOLS_TERMFORCE_ALWAYS) == 0 &&
	    scols_table_set_termwidth(s, (size_t)width) == 0 &&
	    scols_table_set_column_separator(s, "  ") == 0 &&
	    scols_table_enable_noheadings(s, t->headings == NULL) == 0 &&
	    scols_table_set_stream(s, out) == 0 && scols_print_table(s) == 0;

	scols_unref_table(s);
	return printed;
}

bool
table_print(struct table *t, FILE *out)
{
	int width = terminal_width(out);
	bool printed = !t->text.failed;

	if (printed && !fits(t, width))
		printed = print_narrow(t, width, out);
	else if (printed)
		print_plain(t, out);
	t->headings = NULL;
	t->cells = 0;
	buf_reset(&t->text);
	return printed;
}

void
table_clear(struct table *t)
{
	buf_clear(&t->text);
	t->cells = 0;
}
