/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_HELP_H
#define GRANTCTL_ENGINE_HELP_H

#include <stdio.h>

#include "ctl/engine/command.h"

/* "usage: grantctl key list --tenant UUID [--json]" */
void help_usage(const struct command *, FILE *);

/* The same, with what the command and its options do. */
void help_command(const struct command *, FILE *);

/* The commands whose names begin with the words of argv, a line each. */
void help_some(char *const *argv, FILE *);

/* All commands, a line each. */
void help_all(FILE *);

#endif
