/* SPDX-License-Identifier: MIT */
/* The script for bash 4 and later. */
#include "config.h"

#include "ctl/completion.h"

static const char head[] =
    "# bash completion for grantctl, printed by: grantctl completion bash\n"
    "_grantctl()\n"
    "{\n"
    "	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "	local IFS=$' \\t\\n' first=1 words='' files=''\n"
    "	local -a line\n"
    "\n"
    "	COMPREPLY=()\n"
    "	# To bash, --option=value is three words.\n"
    "	if [[ $cur == = ]]; then\n"
    "		cur=''\n"
    "	elif [[ $prev == = ]]; then\n"
    "		prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "	fi\n"
    "	if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} == help ]]; then\n"
    "		first=2\n"
    "	fi\n"
    "	line=(\"${COMP_WORDS[@]:first:COMP_CWORD - first}\")\n"
    "	case \"${line[*]:0:2}\" in\n";

static const char tail[] =
    "	esac\n"
    "	# To help, there is no more than the command's name.\n"
    "	if ((first == 2)) && [[ \"$words $files\" == *--help* ]]; then\n"
    "		return\n"
    "	fi\n"
    "	if [[ -n $files && $cur != -* ]]; then\n"
    "		compopt -o filenames 2>/dev/null\n"
    "		mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "	else\n"
    "		mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
    "	fi\n"
    "}\n"
    "complete -F _grantctl grantctl\n";

static void
put_words(FILE *out, const char *const *words)
{
	for (; *words != NULL; words++)
		(void)fprintf(out, " %s", *words);
}

/* What the first word may be. */
static void
put_nouns(FILE *out)
{
	size_t i;

	(void)fputs("	'')\n		words='", out);
	for (i = 0; i < commands_count; i++)
		if (noun_is_new(i))
			(void)fprintf(out, "%.*s ", (int)noun_len(commands[i]), commands[i]->name);
	(void)fputs("help'\n"
		    "		((first == 2)) || words+=' --help --version' ;;\n",
	    out);
}

static void
put_verbs(FILE *out, const struct command *command)
{
	size_t i;

	(void)fprintf(out, "	%.*s)\n		words='", (int)noun_len(command), command->name);
	for (i = 0; i < commands_count; i++)
		if (same_noun(commands[i], command))
			(void)fprintf(out, " %s", verb_of(commands[i]));
	(void)fputs("' ;;\n", out);
}

/* What may follow an option that takes a value. */
static void
put_value(FILE *out, const struct option *o)
{
	const char *const *words = value_words(o->value);

	(void)fprintf(out, "		--%s)\n			words='", o->name);
	if (words != NULL)
		put_words(out, words);
	(void)fprintf(out, "' files=%s ;;\n", value_is_file(o->value) ? "yes" : "''");
}

static void
put_options(FILE *out, const struct command *command)
{
	const struct option *o;

	(void)fputs("		words='", out);
	for (o = command->options; o->name != NULL; o++)
		(void)fprintf(out, "--%s ", o->name);
	(void)fputs("--help", out);
	if (command->operand != NULL && value_words(command->operand) != NULL)
		put_words(out, value_words(command->operand));
	(void)fputs("'\n", out);
	if (command->operand != NULL && value_is_file(command->operand))
		(void)fputs("		files=yes\n", out);
}

static void
put_command(FILE *out, const struct command *command)
{
	const struct option *o;

	(void)fprintf(out, "	'%s'%s%s%s)\n", command->name,
	    verb_of(command) == NULL ? " | '" : "", verb_of(command) == NULL ? command->name : "",
	    verb_of(command) == NULL ? " '*" : "");
	put_options(out, command);
	(void)fputs("		case $prev in\n", out);
	for (o = command->options; o->name != NULL; o++)
		if (o->value != NULL)
			put_value(out, o);
	(void)fputs("		esac ;;\n", out);
}

void
completion_bash(FILE *out)
{
	size_t i;

	(void)fputs(head, out);
	put_nouns(out);
	for (i = 0; i < commands_count; i++)
		if (verb_of(commands[i]) != NULL && noun_is_new(i))
			put_verbs(out, commands[i]);
	for (i = 0; i < commands_count; i++)
		put_command(out, commands[i]);
	(void)fputs(tail, out);
}
