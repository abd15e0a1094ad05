/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/spelling.h"
#include "ctl/engine/command.h"
#include "ctl/engine/near.h"

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

void
command_words(char *const *argv, char *words[COMMAND_WORDS + 1])
{
	int i;

	for (i = 0; i < COMMAND_WORDS && argv[i] != NULL && argv[i][0] != '-'; i++)
		words[i] = argv[i];
	words[i] = NULL;
}

bool
command_begins(char *const *argv)
{
	size_t i;

	for (i = 0; i < commands_count; i++)
		if (command_rest(commands[i], argv) != NULL)
			return true;
	return false;
}

/* Is each word near to the one of the name in its place? *sum is how far they are from them. */
static bool
may_be_meant(const char *name, char *const *argv, size_t *sum)
{
	char word[SPELLING_MAX];
	size_t len, distance;

	for (*sum = 0; *argv != NULL && *name != '\0'; argv++) {
		len = strcspn(name, " ");
		(void)snprintf(word, sizeof(word), "%.*s", (int)len, name);
		if (!near_word(*argv, word, &distance))
			return false;
		*sum += distance;
		name += len + (name[len] == ' ');
	}
	return true;
}

const struct command *
command_near(char *const *argv)
{
	const struct command *near = NULL;
	size_t i, distance, least = 0;

	for (i = 0; i < commands_count; i++) {
		if (!may_be_meant(commands[i]->name, argv, &distance))
			continue;
		if (near == NULL || distance < least) {
			near = commands[i];
			least = distance;
		}
	}
	return near;
}
