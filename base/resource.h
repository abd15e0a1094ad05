/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_RESOURCE_H
#define GRANTD_BASE_RESOURCE_H

#include <stdbool.h>

#include "base/compiler.h"

/*
 * The kinds of resources that a grant is for, and what their ids look like. An id is the one that
 * AWS prints for the resource, or its ARN where it has both; upper and lower case are told apart.
 */

/* The types' names, in the order in which they are shown; ends with NULL. */
extern const char *const resource_types[];

/* What an id of this type is, in words that go after "must be"; NULL: there is no such type. */
const char *resource_id_form(const char *type);

/*
 * Is this an id of a resource of that type, by its form? False for an unknown type. Needs no memory, without which regcomp(3)
 * and regexec(3) would not tell a good id from a bad one.
 */
MUST_CHECK bool resource_id_valid(const char *type, const char *id);

#endif
