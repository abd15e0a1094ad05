/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_COMPLETE_H
#define GRANTCTL_ENGINE_COMPLETE_H

#include <stdio.h>

/*
 * Print the candidates for the last word of a command line, for the shells' completion scripts (ctl/completion.c). `argv`
 * are the words after the program's name, ending with NULL; the last of them, as far as it was typed, possibly "", is set
 * to NULL.
 *
 * Each candidate is a line, with its description after a tab. Where a file is expected, the one line is ":files":
 * completing those is best left to the shell.
 */
void complete(char **argv, FILE *out);

#endif
