/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_AUTHORIZE_TEXT_H
#define CEDAR_AUTHORIZE_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "cedar/cedar.h"

/*
 * Print what is wrong with a text, with carets under each place; with a schema that is not NULL also where the
 * text's policies do not fit it. True where nothing is.
 */
bool authorize_check(const struct cedar_schema *, const char *path, struct cedar_str text,
    FILE *out);

/* The same of a schema's own text. */
bool authorize_schema(const struct cedar_schema *, const char *path, struct cedar_str text,
    FILE *out);

/* Print the policies in their canonical form; or, and false, what is wrong with them to err. */
bool authorize_format(const char *path, struct cedar_str text, FILE *out, FILE *err);

#endif
