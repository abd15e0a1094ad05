/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_JSON_BUILD_H
#define GRANTD_BASE_JSON_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/uuid.h"

struct buf;
struct json_object;

/*
 * Building a JSON object member by member, with sticky failure: what cannot be added (no memory, a
 * time that RFC 3339 cannot write) is remembered, and json_build_end() then gives NULL. Texts are
 * valid UTF-8 and are copied; a NULL pointer makes the member null.
 *
 *	struct json_build b;
 *
 *	json_build_begin(&b);
 *	json_put_text(&b, "name", name);
 *	object = json_build_end(&b);
 */
struct json_build {
	struct json_object *object; /* NULL: failed */
};

void json_build_begin(struct json_build *);
void json_put_text(struct json_build *, const char *member, const char *);
void json_put_uuid(struct json_build *, const char *member, const struct uuid *);
void json_put_time(struct json_build *, const char *member,
    const int64_t *); /* microseconds since 1970 in UTC */
void json_put_int(struct json_build *, const char *member, int64_t);
void json_put_bool(struct json_build *, const char *member, bool);

/* What is JSON already, written out as it is. */
void json_put_raw(struct json_build *, const char *member, const char *);

/* Takes the value over. NULL is a failure, as from a constructor that was out of memory. */
void json_put_value(struct json_build *, const char *member, struct json_object *);

/* The object, which is the caller's; NULL when something was lost. */
MUST_CHECK struct json_object *json_build_end(struct json_build *);

/*
 * Append to an array, taking the value over. Where either is NULL, or memory runs out, both are released and *array is
 * NULL: it is enough to look at it in the end.
 */
void json_array_append(struct json_object **array, struct json_object *value);

/*
 * Add the value's text, on one line whatever JSON was put into it, and with '/' as it is. Takes the value over; where it is NULL, or
 * memory runs out, *out has failed.
 */
void json_print(struct buf *out, struct json_object *value);

#endif
