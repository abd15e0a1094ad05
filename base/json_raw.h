/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_JSON_RAW_H
#define GRANTD_BASE_JSON_RAW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/*
 * The members of a JSON object as text, without building values: for texts that the database holds as json or jsonb, and
 * so is known to be good JSON. Whatever else is given is left at its first odd place, never read past its end.
 *
 * A piece borrows from the text that it is of.
 */
struct json_raw {
	const char *text; /* NULL: there is none */
	size_t len;
};

#define JSON_RAW_NONE \
	{ \
		.text = NULL, .len = 0 \
	}

/* A text of one value, blanks around it taken off. */
struct json_raw json_raw_of(const char *text);

/* What is left of an object whose members are gone through. */
struct json_raw_walk {
	const char *at, *end;
};

/* False: it is no object. */
MUST_CHECK bool json_raw_begin(struct json_raw_walk *, struct json_raw object);

/* The next member: its name without the quotes, escapes as they are written, and its value. False: no more. */
MUST_CHECK bool json_raw_next(struct json_raw_walk *, struct json_raw *name,
    struct json_raw *value);

/* The value of a member, the last one of its name; none where it is null or missing. `name` has nothing to escape. */
struct json_raw json_raw_member(struct json_raw object, const char *name);

/* Is this the text? A piece that is none is no text. */
bool json_raw_is(struct json_raw, const char *text);

#endif
