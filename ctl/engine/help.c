/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "ctl/engine/help.h"

#define LINE_WIDTH 79
#define USAGE_INDENT 7
#define HELP_INDENT 26
#define SUMMARY_INDENT 20

/* A word of `len` bytes after a blank, or on a new line with that indent if it does not fit. */
static void
put_word(FILE *out, int *column, int indent, const char *text, size_t len)
{
	if (*column + 1 + (int)len > LINE_WIDTH) {
		(void)fprintf(out, "\n%*s", indent, "");
		*column = indent;
	}
	(void)fprintf(out, " %.*s", (int)len, text);
	*column += 1 + (int)len;
}

static void
option_word(FILE *out, int *column, const struct option *o)
{
	bool required = (o->flags & OPTION_REQUIRED) != 0;
	char text[64];

	(void)snprintf(text, sizeof(text), "%s--%s%s%s%s%s", required ? "" : "[", o->name,
	    o->value != NULL ? " " : "", o->value != NULL ? o->value : "", required ? "" : "]",
	    o->flags & OPTION_REPEATS ? "..." : "");
	put_word(out, column, USAGE_INDENT, text, strlen(text));
}

void
help_usage(const struct command *command, FILE *out)
{
	const struct option *o;
	int column;

	column = fprintf(out, "usage: grantctl %s", command->name);
	for (o = command->options; o->name != NULL; o++)
		option_word(out, &column, o);
	if (command->operand.value != NULL)
		put_word(out, &column, USAGE_INDENT, command->operand.value,
		    strlen(command->operand.value));
	(void)fputc('\n', out);
}

/* Does the description say more about the value than the word that stands for it? */
static bool
has_form(const struct option *o)
{
	switch (o->type) {
	case VALUE_WORD:
	case VALUE_NUMBER:
	case VALUE_TIME:
	case VALUE_SPAN:
	case VALUE_ROLE:
		return true;
	case VALUE_TEXT:
	case VALUE_LINE:
	case VALUE_UUID:
	case VALUE_OBJECT:
	case VALUE_FILE:
		break;
	}
	return false;
}

/* The words of a text, from the column on in which it is to stand. */
static void
put_text(FILE *out, int column, int indent, const char *text)
{
	size_t len;

	column += fprintf(out, "%*s", column < indent ? indent - column : 0, "");
	for (; *text != '\0'; text += len + strspn(text + len, " ")) {
		len = strcspn(text, " ");
		put_word(out, &column, indent, text, len);
	}
	(void)fputc('\n', out);
}

/* "  --status STATUS          only those with this status (active, expired or revoked)" */
static void
put_option(FILE *out, const struct option *o)
{
	struct buf text = BUF_EMPTY;
	int column;

	column = fprintf(out, "  %s%s%s%s", o->name != NULL ? "--" : "",
	    o->name != NULL ? o->name : "", o->name != NULL && o->value != NULL ? " " : "",
	    o->value != NULL ? o->value : "");
	buf_adds(&text, o->help);
	if (has_form(o)) {
		buf_adds(&text, " (");
		option_expect(o, &text);
		buf_adds(&text, ")");
	}
	put_text(out, column, HELP_INDENT, buf_text(&text));
	buf_clear(&text);
}

/* A text from the left on, with its lines anew; `end` is its last word's. */
static void
put_paragraph(FILE *out, const char *text, const char *end)
{
	size_t len;
	int column;

	for (column = 0; *text != '\0'; text += len + strspn(text + len, " \n")) {
		len = strcspn(text, " \n");
		if (column > 0 && column + 1 + (int)len < LINE_WIDTH)
			column += fprintf(out, " %.*s", (int)len, text);
		else
			column = fprintf(out, "%s%.*s", column > 0 ? "\n" : "", (int)len, text);
	}
	(void)fprintf(out, "%s\n", end);
}

void
help_command(const struct command *command, FILE *out)
{
	const struct option *o;

	help_usage(command, out);
	(void)fputc('\n', out);
	put_paragraph(out, command->summary, ".");
	if (command->help != NULL)
		put_paragraph(out, command->help, "");
	(void)fputc('\n', out);
	for (o = command->options; o->name != NULL; o++)
		put_option(out, o);
	if (command->operand.value != NULL)
		put_option(out, &command->operand);
}

void
help_some(char *const *argv, FILE *out)
{
	size_t i;

	for (i = 0; i < commands_count; i++)
		if (command_rest(commands[i], argv) != NULL)
			put_text(out, fprintf(out, "  %s", commands[i]->name), SUMMARY_INDENT,
			    commands[i]->summary);
}

void
help_all(FILE *out)
{
	static char *const none[] = { NULL };

	(void)fputs("usage: grantctl COMMAND [--OPTION VALUE]...\n\n", out);
	help_some(none, out);
	(void)fputs(
	    "\nMore on one of them: grantctl help COMMAND. The database is libpq's: PGHOST,\n"
	    "PGSERVICE, ..., or GRANTD_DATABASE; the role must be a member of grantd_owner.\n"
	    "Commands that take --url can ask a grantd instead, with an API key.\n"
	    "Exit status: 0 done, 1 refused or not found, 2 wrong usage, 3 not known whether\n"
	    "it was done.\n",
	    out);
}
