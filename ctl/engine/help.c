/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "ctl/engine/help.h"

#define LINE_WIDTH 79
#define USAGE_INDENT 7
#define HELP_INDENT 26

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

/* "  --status STATUS          only those with this status (active, expired or revoked)" */
static void
put_option(FILE *out, const struct option *o)
{
	struct buf text = BUF_EMPTY;
	const char *word;
	size_t len;
	int column;

	column = fprintf(out, "  %s%s%s%s", o->name != NULL ? "--" : "",
	    o->name != NULL ? o->name : "", o->name != NULL && o->value != NULL ? " " : "",
	    o->value != NULL ? o->value : "");
	column += fprintf(out, "%*s", column < HELP_INDENT ? HELP_INDENT - column : 0, "");
	buf_adds(&text, o->help);
	if (has_form(o)) {
		buf_adds(&text, " (");
		option_expect(o, &text);
		buf_adds(&text, ")");
	}
	for (word = buf_text(&text); *word != '\0'; word += len + strspn(word + len, " ")) {
		len = strcspn(word, " ");
		put_word(out, &column, HELP_INDENT, word, len);
	}
	(void)fputc('\n', out);
	buf_clear(&text);
}

void
help_command(const struct command *command, FILE *out)
{
	const struct option *o;

	help_usage(command, out);
	(void)fprintf(out, "\n%s.\n", command->summary);
	if (command->help != NULL)
		(void)fprintf(out, "%s\n", command->help);
	(void)fputc('\n', out);
	for (o = command->options; o->name != NULL; o++)
		put_option(out, o);
	if (command->operand.value != NULL)
		put_option(out, &command->operand);
}

void
help_all(FILE *out)
{
	size_t i;

	(void)fputs("usage: grantctl COMMAND [--OPTION VALUE]...\n\n", out);
	for (i = 0; i < commands_count; i++)
		(void)fprintf(out, "  %-18s %s\n", commands[i]->name, commands[i]->summary);
	(void)fputs(
	    "\nMore on one of them: grantctl help COMMAND. The database is libpq's: PGHOST, "
	    "PGSERVICE, ...,\nor GRANTD_DATABASE; the role must be a member of grantd_owner. Commands that take --url\n"
	    "can ask a grantd instead, with an API key.\n"
	    "Exit status: 0 done, 1 refused or not found, 2 wrong usage, 3 not known\nwhether it was done.\n",
	    out);
}
