/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "ctl/engine/command.h"

/* How many words of argv name this command: all of them, in order; 0: they do not. */
static int
names(const struct command *command, char *const *argv)
{
	const char *name = command->name;
	size_t len;
	int words;

	for (words = 0; *name != '\0'; words++) {
		len = strcspn(name, " ");
		if (argv[words] == NULL || strncmp(argv[words], name, len) != 0 ||
		    argv[words][len] != '\0')
			return 0;
		name += len + (name[len] == ' ');
	}
	return words;
}

const struct command *
command_find(char *const *argv, int *words)
{
	size_t i;

	for (i = 0; i < commands_count; i++)
		if ((*words = names(commands[i], argv)) > 0)
			return commands[i];
	return NULL;
}

const char *
command_rest(const struct command *command, char *const *argv)
{
	const char *name = command->name;
	size_t len;

	for (; *argv != NULL; argv++) {
		len = strcspn(name, " ");
		if (strlen(*argv) != len || strncmp(*argv, name, len) != 0)
			return NULL;
		name += len + (name[len] == ' ');
	}
	return name;
}
