/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_COMPLETE_H
#define GRANTCTL_ENGINE_COMPLETE_H

#include <stdio.h>

/*
 * What may stand at the end of a command line, for the scripts that shells complete with (ctl/completion.c). `argv` are
 * the words behind the program's name, ending with NULL; the last of them as far as it was typed, possibly "". It is
 * set to NULL.
 *
 * Each candidate is a line, with what it is for behind a tab. Where a file is expected, there is the one line ":files":
 * shells know best how those are named.
 */
void complete(char **argv, FILE *out);

#endif
