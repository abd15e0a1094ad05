/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_PATH_H
#define GRANTD_HTTP_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

#define PATH_VALUES_MAX 2

/* What stood in the place of one placeholder. Both texts are borrowed and not NUL-terminated. */
struct path_value {
	const char *name; /* from the template, without the braces */
	size_t name_len;
	const char *text; /* from the path */
	size_t len;       /* at least 1 */
};

struct path_values {
	struct path_value value[PATH_VALUES_MAX];
	size_t count;
};

/*
 * Does `path` fit `template`, such as "/v1/grants/{id}"? A placeholder is a whole segment and
 * stands for one segment that is not empty; all else is compared byte by byte, so a trailing slash
 * makes another path. On true, *out holds the placeholders' values in order, as slices of `path`;
 * on false it is undefined. A template has at most PATH_VALUES_MAX placeholders; one with more
 * matches nothing. "/v1/policies/{id}" fits "/v1/policies/evaluate" too: ask the more literal
 * template first.
 */
MUST_CHECK bool path_match(const char *template, const char *path, struct path_values *out);

#endif
