/* SPDX-License-Identifier: MIT */
/* grantctl completion. */
#include "config.h"

#include <string.h>

#include "base/resource.h"
#include "ctl/commands.h"
#include "ctl/completion.h"

static enum status completion(struct ctl *);

static const struct option options[] = { OPTIONS_END };

const struct command cmd_completion = {
	.name = "completion",
	.summary = "Print a script with which a shell completes commands and options",
	.help =
	    "SHELL is bash or zsh. A shell takes it in with: source <(grantctl completion bash)",
	.options = options,
	.operand = "SHELL",
	.needs = NEEDS_NOTHING,
	.run = completion,
};

static const char *const statuses[] = { "active", "expired", "revoked", NULL };
static const char *const outcomes[] = { "success", "denied", "error", NULL };
static const char *const shells[] = { "bash", "zsh", NULL };

static const struct {
	const char *kind;
	const char *const *words;
} kinds[] = {
	{ "STATUS", statuses },
	{ "OUTCOME", outcomes },
	{ "TYPE", resource_types },
	{ "SHELL", shells },
};

const char *const *
value_words(const char *kind)
{
	size_t i;

	for (i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].words;
	return NULL;
}

bool
value_is_file(const char *kind)
{
	return strcmp(kind, "FILE") == 0;
}

size_t
noun_len(const struct command *command)
{
	return strcspn(command->name, " ");
}

const char *
verb_of(const struct command *command)
{
	const char *blank = strchr(command->name, ' ');

	return blank != NULL ? blank + 1 : NULL;
}

bool
same_noun(const struct command *a, const struct command *b)
{
	return noun_len(a) == noun_len(b) && strncmp(a->name, b->name, noun_len(a)) == 0;
}

bool
noun_is_new(size_t i)
{
	size_t earlier;

	for (earlier = 0; earlier < i; earlier++)
		if (same_noun(commands[earlier], commands[i]))
			return false;
	return true;
}

static enum status
completion(struct ctl *c)
{
	if (strcmp(c->args.operand, "bash") == 0)
		completion_bash(stdout);
	else if (strcmp(c->args.operand, "zsh") == 0)
		completion_zsh(stdout);
	else {
		(void)args_fault(&c->args, "SHELL must be bash or zsh");
		return STATUS_USAGE;
	}
	return STATUS_DONE;
}
