/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_OPTIONS_H
#define GRANTD_FCGI_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/compiler.h"
#include "base/settings.h"

enum mode { MODE_SERVE, MODE_CHECK, MODE_HELP, MODE_VERSION };

/* The command line; texts are borrowed from it. NULL: not given. */
struct options {
	enum mode mode;
	const char *config;
	const char *workers;
	const char *listen;
	char *const *argv; /* all of it, as it came */
};

/* False: wrong usage; a sentence about it was printed to standard error. */
MUST_CHECK bool options_parse(struct options *o, int argc, char *argv[]);
void options_help(FILE *);

/*
 * The settings from defaults, file, environment and command line, each winning over the ones
 * before it, with the checks that need more than one value's syntax. For the start and for each
 * reload. False, with a sentence in `error`, when they are not usable; *s is then empty.
 */
MUST_CHECK bool options_settings(const struct options *o, struct settings *s,
    char error[SETTINGS_ERROR_MAX]);

/* The same for --check-config: every problem is told, as settings_examine() does. */
MUST_CHECK bool options_examine(const struct options *o, struct settings *s, settings_teller *tell,
    void *of);

#endif
