/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_KEY_OUTPUT_H
#define GRANTCTL_KEY_OUTPUT_H

#include "ctl/engine/command.h"
#include "ctl/engine/table.h"
#include "ctl/key_input.h"
#include "db/key_record.h"

/* Print a key's record. */
MUST_CHECK enum status key_print(struct ctl *, const struct key_record *);

/*
 * Print a new key, this once: alone on standard output, so that KEY=$(grantctl key create ...)
 * takes it, with an explanation on standard error; or with its record as JSON.
 */
MUST_CHECK enum status key_print_new(struct ctl *, const struct key_record *,
    const struct key_text *);

/* Add rows about a key to a table of two columns. */
void key_rows(struct table *, const struct key_record *);

#endif
