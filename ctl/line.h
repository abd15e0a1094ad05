/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_LINE_H
#define GRANTCTL_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/uuid.h"

/*
 * The files that this program keeps (checkpoints, archives, states) are lines of words. Each of these takes the word at *text,
 * which ends at a blank or with the line, and moves *text past it; at the end of the line the word is "", and *text stays there.
 */

/* The word itself, ended in place; it is in the line's memory. */
const char *next_word(char **text);

/* False: it is no number, or less than `least`. */
MUST_CHECK bool next_int(char **text, int64_t least, int64_t *value);

/* False: it is no UUID. */
MUST_CHECK bool next_uuid(char **text, struct uuid *);

#endif
