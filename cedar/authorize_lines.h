/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_AUTHORIZE_LINES_H
#define CEDAR_AUTHORIZE_LINES_H

#include <stdbool.h>
#include <stdio.h>

#include "cedar/cedar.h"

/*
 * Answer each line of `in`, a question in JSON, by one of `out`, in the same
 * order; cedar-authorize(1) describes both.  With messages the reasons of
 * failing policies are told.  False with errno set where reading fails or memory
 * runs out.
 */
bool authorize_lines(FILE *in, FILE *out, bool messages);

/* The same for lines of policies alone, each of which is held to a schema. */
bool validate_lines(const struct cedar_schema *, FILE *in, FILE *out);

#endif
