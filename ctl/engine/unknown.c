/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/field.h"
#include "ctl/engine/help.h"
#include "ctl/engine/unknown.h"

/* An argument, or "?" if it may not be shown. */
static const char *
shown(const char *text)
{
	return field_line_valid(text, FIELD_NAME_MOST) ? text : "?";
}

/* As many words of a name as were typed: "; is grant list meant?" */
static void
ask_for(const struct command *meant, char *const *words)
{
	const char *end = meant->name;

	for (; *words != NULL && *end != '\0'; words++)
		end += strcspn(end + 1, " ") + 1;
	(void)fprintf(stderr, "; is %.*s meant?", (int)(end - meant->name), meant->name);
}

/* The commands of one noun; or, where there is no such noun, what the nouns are. */
static void
list_noun(const char *noun, size_t len)
{
	char word[FIELD_NAME_MOST + 1];
	char *const argv[] = { word, NULL };
	size_t i, before = 0;

	(void)snprintf(word, sizeof(word), "%.*s", (int)len, noun);
	if (command_begins(argv)) {
		help_some(argv, stderr);
		(void)fputs("More on one of them: grantctl help COMMAND\n", stderr);
		return;
	}
	(void)fputs("Commands begin with", stderr);
	for (i = 0; i < commands_count; i++) {
		const char *name = commands[i]->name;

		len = strcspn(name, " ");
		if (len != before || strncmp(name, commands[i - 1]->name, len) != 0)
			(void)fprintf(stderr, "%s %.*s", i > 0 ? "," : "", (int)len, name);
		before = len;
	}
	(void)fputs(".\nAll of them: grantctl help\n", stderr);
}

enum status
unknown_command(char *const *argv)
{
	char *words[COMMAND_WORDS + 1];
	const struct command *near = NULL;
	const char *noun = argv[0];
	bool begins;
	int i;

	command_words(argv, words);
	begins = words[0] != NULL && command_begins(words);
	if (words[0] != NULL && !begins)
		near = command_near(words);
	(void)fprintf(stderr, "grantctl: %s: %s",
	    begins ? "several commands begin with" : "there is no such command", shown(argv[0]));
	for (i = 1; words[0] != NULL && words[i] != NULL; i++)
		(void)fprintf(stderr, " %s", shown(words[i]));
	if (near != NULL) {
		ask_for(near, words);
		noun = near->name;
	}
	(void)fputc('\n', stderr);
	list_noun(noun, strcspn(noun, " "));
	return STATUS_USAGE;
}
