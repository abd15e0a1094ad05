/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_ARGS_H
#define GRANTCTL_ENGINE_ARGS_H

#include "ctl/engine/option.h"

struct command;

#define ARGS_MAX 64

/* A parsed command line. Everything is borrowed from argv and from the command. */
struct args {
	const struct command *command;
	struct {
		const struct option *option;
		struct value value;
	} item[ARGS_MAX];
	int count;
	struct value operand; /* text NULL: none was given */
};

/*
 * Parse what comes after the command's name; argv ends with NULL. On success every value is one that its option's
 * description allows. Otherwise false, with the fault and the usage line on standard error.
 */
MUST_CHECK bool args_parse(struct args *, const struct command *, char *const *argv);

/*
 * Keys have no place on a command line, where every user of the machine and the shell's history
 * sees them. Does one of these look like a key? If so, reports it on standard error.
 */
bool args_have_key(char *const *argv);

/*
 * The value of an option (or of its n-th occurrence) as text, or converted: see struct value. NULL: it was not given.
 * For a switch, args_has().
 */
const char *args_text(const struct args *, const char *name);
const char *args_nth(const struct args *, const char *name, int n);
const int64_t *args_number(const struct args *, const char *name);
const struct uuid *args_uuid(const struct args *, const char *name);
bool args_has(const struct args *, const char *name);

/*
 * --expires-in or --expires-at, not both: *has says whether one was given, *time is microseconds since 1970. False, with
 * the fault on standard error, if both were given.
 */
MUST_CHECK bool args_expiry(const struct args *, bool *has, int64_t *time);

/*
 * Report a fault in the command line, and print the usage line. False, for `return args_fault(…)`.
 */
bool args_fault(const struct args *, const char *format, ...) GRANTD_PRINTF(2, 3);

#endif
