/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_COMMAND_H
#define GRANTCTL_ENGINE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/settings.h"
#include "ctl/engine/args.h"
#include "db/db.h"

/* The exit status of the program. */
enum status {
	STATUS_DONE, /* 0 */
	STATUS_REFUSED, /* 1: refused, not found, or a check that did not hold; a sentence on standard error says why */
	STATUS_USAGE,  /* 2: wrong usage */
	STATUS_UNKNOWN /* 3: it is not known whether a change was made; a sentence says so */
};

/* One run of one command. */
struct ctl {
	const struct command *command;
	struct args args;
	bool json; /* --json: print one JSON value */
	struct settings settings;
	/* NULL: they were loaded. Only commands with NEEDS_NOTHING run in spite of an error. */
	const char *settings_error;
	struct db *db;
	bool unknown;          /* it is not known whether a change was made, which was told */
	struct remote *remote; /* with --url: whom to ask instead (ctl/engine/remote.h) */
};

enum needs {
	NEEDS_NOTHING, /* the command handles settings and connection itself */
	NEEDS_OWNER    /* settings loaded, and c->db for an owner's session, not connected yet */
};

/* A command: one of these and one short function, in the file of its noun. */
struct command {
	const char *name;             /* "key create" */
	const char *summary;          /* one line, without a full stop */
	const char *help;             /* more lines for `grantctl help key create`; NULL: none */
	const struct option *options; /* ends with a NULL name */
	struct option operand;        /* its one argument, as "TENANT"; value NULL: it takes none */
	enum needs needs;
	enum status (*run)(struct ctl *);
	enum status (*remote)(struct ctl
		*); /* the same over HTTP, with OPTIONS_REMOTE; NULL: it takes the database */
};

/* Every command, in the order in which help shows them; ctl/commands.c has the list. */
extern const struct command *const commands[];
extern const size_t commands_count;

/* The command that argv begins with; *words of it are its name. NULL: none. */
const struct command *command_find(char *const *argv, int *words);

/* What of its name comes behind the words of argv, as "create" behind "key"; NULL: it does not begin with them. */
const char *command_rest(const struct command *, char *const *argv);

/* Of the longest name, such as "grant audit on". */
#define COMMAND_WORDS 3

/* What of argv may be a command's name: up to the first option. Ends with NULL. */
void command_words(char *const *argv, char *words[COMMAND_WORDS + 1]);

/* Do the names of any commands begin with the words of argv? */
bool command_begins(char *const *argv);

/* The command that the words of argv may be a mistake for; or their beginning, where they are fewer than its name's. NULL: none. */
const struct command *command_near(char *const *argv);

#endif
