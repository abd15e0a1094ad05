/* SPDX-License-Identifier: MIT */
/* The script for zsh, in the terms of its _describe and _arguments. */
#include "config.h"

#include <string.h>

#include "ctl/completion.h"

static const char head[] = "#compdef grantctl\n"
			   "# zsh completion for grantctl, printed by: grantctl completion zsh\n"
			   "_grantctl()\n"
			   "{\n"
			   "	local -a list\n"
			   "	local help=''\n"
			   "\n"
			   "	if ((CURRENT > 2)) && [[ $words[2] == help ]]; then\n"
			   "		help=yes\n"
			   "		shift words\n"
			   "		((CURRENT--))\n"
			   "	fi\n";

static const char middle[] = "	if ((CURRENT == 3 && $#list)); then\n"
			     "		_describe -t commands command list\n"
			     "		return\n"
			     "	fi\n"
			     "	[[ -z $help ]] || return\n"
			     "	case \"$words[2] $words[3]\" in\n";

/* zsh reads the file as the function's body when it is first called, or somebody sources it. */
static const char tail[] = "	esac\n"
			   "}\n"
			   "if [[ $funcstack[1] == _grantctl ]]; then\n"
			   "	_grantctl \"$@\"\n"
			   "else\n"
			   "	compdef _grantctl grantctl\n"
			   "fi\n";

/* Text between single quotes, with a backslash before each of `special`. */
static void
put_text(FILE *out, const char *text, const char *special)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			(void)fputs("'\\'", out);
		else if (strchr(special, *text) != NULL)
			(void)fputc('\\', out);
		(void)fputc(*text, out);
	}
}

/* An element of a list for _describe. */
static void
put_item(FILE *out, const char *name, size_t len, const char *text)
{
	(void)fprintf(out, "\n			'%.*s:", (int)len, name);
	put_text(out, text, "");
	(void)fputc('\'', out);
}

static void
put_nouns(FILE *out)
{
	size_t i;

	(void)fputs("	if ((CURRENT == 2)); then\n"
		    "		list=(",
	    out);
	for (i = 0; i < commands_count; i++)
		if (noun_is_new(i))
			put_item(out, commands[i]->name, noun_len(commands[i]),
			    verb_of(commands[i]) == NULL ? commands[i]->summary : "...");
	put_item(out, "help", strlen("help"), "Say what a command and its options are for");
	(void)fputs(")\n"
		    "		_describe -t commands command list\n"
		    "		return\n"
		    "	fi\n"
		    "	case $words[2] in\n",
	    out);
}

static void
put_verbs(FILE *out, const struct command *command)
{
	size_t i;

	(void)fprintf(out, "	%.*s)\n		list=(", (int)noun_len(command), command->name);
	for (i = 0; i < commands_count; i++)
		if (same_noun(commands[i], command))
			put_item(out, verb_of(commands[i]), strlen(verb_of(commands[i])),
			    commands[i]->summary);
	(void)fputs(") ;;\n", out);
}

/* ":KIND:" and what the value may be. */
static void
put_value(FILE *out, const char *kind)
{
	const char *const *words = value_words(kind);

	(void)fprintf(out, ":%s:", kind);
	if (value_is_file(kind))
		(void)fputs("_files", out);
	if (words == NULL)
		return;
	(void)fputc('(', out);
	for (; *words != NULL; words++)
		(void)fprintf(out, "%s%s", *words, words[1] != NULL ? " " : "");
	(void)fputc(')', out);
}

static void
put_option(FILE *out, const struct option *o)
{
	(void)fprintf(out, " \\\n			'%s--%s%s[",
	    o->flags & OPTION_REPEATS ? "*" : "", o->name, o->value != NULL ? "=" : "");
	put_text(out, o->help, "[]:\\");
	(void)fputc(']', out);
	if (o->value != NULL)
		put_value(out, o->value);
	(void)fputc('\'', out);
}

/* _arguments wants the command to be one word. */
static void
put_command(FILE *out, const struct command *command)
{
	int words = verb_of(command) != NULL ? 2 : 1;
	const struct option *o;

	(void)fprintf(out, "	'%s%s'%s)\n", command->name, words == 1 ? " " : "",
	    words == 1 ? "*" : "");
	(void)fprintf(out, "		shift %d words\n		((CURRENT -= %d))\n", words,
	    words);
	(void)fputs("		_arguments -S", out);
	for (o = command->options; o->name != NULL; o++)
		put_option(out, o);
	(void)fputs(" \\\n			'(- *)--help[say what it is for]'", out);
	if (command->operand != NULL) {
		(void)fputs(" \\\n			'1", out);
		put_value(out, command->operand);
		(void)fputc('\'', out);
	}
	(void)fputs(" ;;\n", out);
}

void
completion_zsh(FILE *out)
{
	size_t i;

	(void)fputs(head, out);
	put_nouns(out);
	for (i = 0; i < commands_count; i++)
		if (verb_of(commands[i]) != NULL && noun_is_new(i))
			put_verbs(out, commands[i]);
	(void)fputs("	esac\n", out);
	(void)fputs(middle, out);
	for (i = 0; i < commands_count; i++)
		put_command(out, commands[i]);
	(void)fputs(tail, out);
}
