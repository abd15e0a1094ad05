/* SPDX-License-Identifier: MIT */
/* grantctl: for operators, on the schema owner's side of the database. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/log.h"
#include "ctl/engine/command.h"
#include "ctl/engine/complete.h"
#include "ctl/engine/help.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/unknown.h"

static enum status
help(char *const *argv)
{
	const struct command *command;
	int words;

	if (argv[0] == NULL) {
		help_all(stdout);
		return STATUS_DONE;
	}
	command = command_find(argv, &words);
	if (command == NULL && !command_begins(argv))
		return unknown_command(argv);
	if (command != NULL)
		help_command(command, stdout);
	else
		help_some(argv, stdout);
	return STATUS_DONE;
}

static bool
asks_for_help(char *const *argv)
{
	for (; *argv != NULL; argv++)
		if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0)
			return true;
	return false;
}

/* By who has a key and no database: settings have no part in it. */
static enum status
run_remote(struct ctl *c)
{
	enum status st = remote_open(c);

	if (st == STATUS_DONE)
		st = c->command->remote(c);
	remote_close(c);
	return st;
}

static enum status
run_connected(struct ctl *c)
{
	enum status st;

	if (args_has(&c->args, "url"))
		return run_remote(c);
	/* audit follow has a --ca-file of its own, for another connection. */
	if (c->command->remote != NULL &&
	    (args_has(&c->args, "api-key-file") || args_has(&c->args, "ca-file"))) {
		(void)args_fault(&c->args, "--api-key-file and --ca-file go with --url");
		return STATUS_USAGE;
	}
	if (c->command->needs == NEEDS_NOTHING)
		return c->command->run(c);
	if (c->settings_error != NULL) {
		(void)fprintf(stderr, "grantctl: %s\n", c->settings_error);
		return STATUS_REFUSED;
	}
	c->db = db_open(&c->settings, DB_OWNER);
	if (c->db == NULL) {
		(void)fprintf(stderr, "grantctl: out of memory\n");
		return STATUS_REFUSED;
	}
	st = c->command->run(c);
	db_close(c->db);
	return st;
}

static void
warn(void *of, const char *sentence)
{
	(void)of;
	(void)fprintf(stderr, "grantctl: %s\n", sentence);
}

static enum status
run(const struct command *command, char *const *argv)
{
	struct ctl c = { .command = command };
	char error[SETTINGS_ERROR_MAX];
	enum status st;

	if (!args_parse(&c.args, command, argv))
		return STATUS_USAGE;
	/* What the modules below would log, the command reports. */
	if (!log_open("/dev/null", LEVEL_ERROR))
		(void)fprintf(stderr, "grantctl: /dev/null: log lines will appear here\n");
	c.json = args_has(&c.args, "json");
	if (!settings_load(&c.settings, NULL, error))
		c.settings_error = error;
	settings_mistaken(warn, NULL);
	st = run_connected(&c);
	if (st == STATUS_REFUSED && c.unknown)
		st = STATUS_UNKNOWN;
	settings_clear(&c.settings);
	return st;
}

static enum status
dispatch(char **argv)
{
	const struct command *command;
	char *name[COMMAND_WORDS + 1];
	int words;

	if (args_have_key(argv))
		return STATUS_USAGE;
	if (argv[0] == NULL) {
		help_all(stderr);
		return STATUS_USAGE;
	}
	if (strcmp(argv[0], "--version") == 0) {
		(void)puts("grantctl " PACKAGE_VERSION);
		return STATUS_DONE;
	}
	if (strcmp(argv[0], "help") == 0)
		return help(argv + 1);
	if (strcmp(argv[0], "__complete") == 0) {
		complete(argv + 1, stdout);
		return STATUS_DONE;
	}
	command = command_find(argv, &words);
	if (command == NULL && asks_for_help(argv)) {
		command_words(argv, name);
		return help(argv[0][0] == '-' ? argv + 1 : name);
	}
	if (command == NULL)
		return unknown_command(argv);
	if (asks_for_help(argv + words)) {
		help_command(command, stdout);
		return STATUS_DONE;
	}
	return run(command, argv + words);
}

/*
 * Keys and the database's password are in memory: allow no core file, and no access by other
 * processes of the same user.
 */
static void
protect_memory(void)
{
	static const struct rlimit none = { .rlim_cur = 0, .rlim_max = 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
#ifndef WITH_ASAN /* whose leak check looks inside */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

int
main(int argc, char **argv)
{
	enum status st;

	protect_memory();
	st = dispatch(argv + (argc > 0));
	/* A key that was not written is lost, so this must not look like success. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("grantctl: standard output");
		if (st == STATUS_DONE)
			st = STATUS_REFUSED;
	}
	return (int)st;
}
