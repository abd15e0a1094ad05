/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "ctl/engine/help.h"

#define LINE_WIDTH 79
#define INDENT 7

/* A word of the usage line, on a new line where it does not fit. */
static void
word(FILE *out, int *column, const char *text)
{
	int len = (int)strlen(text);

	if (*column + 1 + len > LINE_WIDTH) {
		(void)fprintf(out, "\n%*s", INDENT, "");
		*column = INDENT;
	}
	(void)fprintf(out, " %s", text);
	*column += 1 + len;
}

static void
option_word(FILE *out, int *column, const struct option *o)
{
	bool required = (o->flags & OPTION_REQUIRED) != 0;
	char text[64];

	(void)snprintf(text, sizeof(text), "%s--%s%s%s%s%s", required ? "" : "[", o->name,
	    o->value != NULL ? " " : "", o->value != NULL ? o->value : "", required ? "" : "]",
	    o->flags & OPTION_REPEATS ? "..." : "");
	word(out, column, text);
}

void
help_usage(const struct command *command, FILE *out)
{
	const struct option *o;
	int column;

	column = fprintf(out, "usage: grantctl %s", command->name);
	for (o = command->options; o->name != NULL; o++)
		option_word(out, &column, o);
	if (command->operand != NULL)
		word(out, &column, command->operand);
	(void)fputc('\n', out);
}

void
help_command(const struct command *command, FILE *out)
{
	const struct option *o;
	char text[64];

	help_usage(command, out);
	(void)fprintf(out, "\n%s.\n", command->summary);
	if (command->help != NULL)
		(void)fprintf(out, "%s\n", command->help);
	(void)fputc('\n', out);
	for (o = command->options; o->name != NULL; o++) {
		(void)snprintf(text, sizeof(text), "--%s %s", o->name,
		    o->value != NULL ? o->value : "");
		(void)fprintf(out, "  %-24s %s\n", text, o->help);
	}
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
	    "PGSERVICE, ...,\nor GRANTD_DATABASE; the role must be a member of grantd_owner.\n"
	    "Exit status: 0 done, 1 refused or not found, 2 wrong usage.\n",
	    out);
}
