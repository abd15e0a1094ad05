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
 * Make ready what checking takes, while there is memory: otherwise it is done at the first need, where the C library ends the process
 * at some shortages. It lasts as long as the process. No threads. False: out of memory.
 */
MUST_CHECK bool resource_prepare(void);

enum resource_check {
	RESOURCE_GOOD,
	RESOURCE_BAD,
	RESOURCE_UNKNOWN /* out of memory */
};

/* Is this an id of a resource of that type, by its form? Bad for an unknown type. */
MUST_CHECK enum resource_check resource_id_check(const char *type, const char *id);

#endif
