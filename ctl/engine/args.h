/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_ARGS_H
#define GRANTCTL_ENGINE_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/uuid.h"

struct command;

enum option_flags { OPTION_REQUIRED = 1, OPTION_REPEATS = 2 };

/* An option that a command takes: --name VALUE, --name=VALUE, or --name where `value` is NULL. */
struct option {
	const char *
	    name; /* without the hyphens; may be shortened on the command line while it is unambiguous */
	const char *value; /* what stands for the value in help; NULL: the option is a switch */
	int flags;
	const char *help;
};

/* Options that mean the same wherever they are taken. */
#define OPTION_JSON \
	{ \
		"json", NULL, 0, "print one JSON value, for programs" \
	}
#define OPTION_TENANT \
	{ \
		"tenant", "UUID", OPTION_REQUIRED, "the tenant" \
	}
#define OPTION_REASON \
	{ \
		"reason", "TEXT", 0, "why; kept in the audit log" \
	}
#define OPTION_EXPIRES_IN \
	{ \
		"expires-in", "TIME", 0, "so long from now: 90d, 8h, 30m; units s, m, h, d, w" \
	}
#define OPTION_EXPIRES_AT \
	{ \
		"expires-at", "TIME", 0, "or at this time, as 2030-01-31T12:00:00Z" \
	}
#define OPTION_STATUS \
	{ \
		"status", "STATUS", 0, "only those that are active, expired or revoked" \
	}
#define OPTION_LIMIT \
	{ \
		"limit", "N", 0, "only the newest N" \
	}
#define OPTIONS_END \
	{ \
		NULL, NULL, 0, NULL \
	}

#define ARGS_MAX 64

/* A command line, taken apart. Everything is borrowed from argv and from the command. */
struct args {
	const struct command *command;
	struct {
		const struct option *option;
		const char *value; /* NULL for a switch */
	} item[ARGS_MAX];
	int count;
	const char *operand; /* NULL: none was given */
};

/*
 * Take apart what comes after the command's name; argv ends with NULL. False, with the fault and
 * the usage line on standard error, when it is not as the command wants it.
 */
MUST_CHECK bool args_parse(struct args *, const struct command *, char *const *argv);

/*
 * Keys have no place on a command line, where every user of the machine and the shell's history
 * sees them. Is there something among these that looks like one? Then that is said on standard
 * error.
 */
bool args_have_key(char *const *argv);

/* The value of an option, or of its n-th occurrence; NULL: not given. For a switch, args_has(). */
const char *args_get(const struct args *, const char *name);
const char *args_nth(const struct args *, const char *name, int n);
bool args_has(const struct args *, const char *name);

/*
 * Values of a type. False, with the fault on standard error, where the text is none of that type.
 * An option that was not given leaves *value as it is.
 */
MUST_CHECK bool args_uuid(const struct args *, const char *name, struct uuid *value);
MUST_CHECK bool args_int(const struct args *, const char *name, int64_t least, int64_t most,
    int64_t *value);
MUST_CHECK bool args_line(const struct args *, const char *name, size_t most, const char **value);
/* --status, one of active, expired and revoked. */
MUST_CHECK bool args_status(const struct args *, const char **value);
MUST_CHECK bool args_operand_uuid(const struct args *, struct uuid *value);

/* An RFC 3339 time, in microseconds since 1970 in UTC. */
MUST_CHECK bool args_time(const struct args *, const char *name, int64_t *time);

/* A span of time such as 90d, in seconds, at least 0 and at most 100 years. */
MUST_CHECK bool args_span(const struct args *, const char *name, int64_t *seconds);

/*
 * --expires-in or --expires-at, not both: *has says whether one was given, *time is microseconds since 1970.
 */
MUST_CHECK bool args_expiry(const struct args *, bool *has, int64_t *time);

/*
 * Say what is wrong with the command line, and show the usage line. False, for `return
 * args_fault(…)`.
 */
bool args_fault(const struct args *, const char *format, ...) GRANTD_PRINTF(2, 3);

#endif
