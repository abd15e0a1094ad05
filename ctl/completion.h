/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_COMPLETION_H
#define GRANTCTL_COMPLETION_H

#include <stdio.h>

#include "ctl/engine/command.h"

/*
 * The scripts for shells are printed from the table of commands, so that they know what this
 * program knows. What may stand for a value is told by the word that stands for it in help.
 */

/* The words that a value of this kind may be, ending with NULL. NULL: any text. */
const char *const *value_words(const char *kind);

/* Is it the path of a file? */
bool value_is_file(const char *kind);

/* How long the first word of the command's name is. */
size_t noun_len(const struct command *);

/* The word behind it; NULL: there is none. */
const char *verb_of(const struct command *);

/* Is there no command before this one in the table that begins with the same noun? */
bool noun_is_new(size_t i);

bool same_noun(const struct command *, const struct command *);

void completion_bash(FILE *);
void completion_zsh(FILE *);

#endif
