/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_BODY_H
#define GRANTD_BASE_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

struct json_object;
struct body_schema;

enum member_type {
	MEMBER_BOOLEAN,
	MEMBER_INTEGER, /* min, max: its value */
	MEMBER_STRING,  /* min, max: its length in bytes of UTF-8; with `words`, one of them */
	MEMBER_LINE,    /* a string without control characters; min, max as above */
	MEMBER_UUID,
	MEMBER_TIME,    /* RFC 3339 */
	MEMBER_ADDRESS, /* of an IPv4 or IPv6 host, without a zone (inet_pton(3)) */
	MEMBER_OBJECT,  /* by `schema`; without one, any object */
	MEMBER_ARRAY    /* min, max: the number of elements, each by `item` */
};

/*
 * One member that an operation's body may have. min and max both 0: no limit. Fields that a type
 * does not mention are not looked at.
 */
struct body_member {
	const char *name;
	enum member_type type;
	bool required;
	bool nullable; /* null is allowed in place of a value */
	long min, max;
	const char *const *words; /* ends with NULL */
	const struct body_schema *schema;
	const struct body_member *item; /* its name and `required` are not looked at */
};

struct body_schema {
	const struct body_member *members;
	size_t count;
};

#define BODY_MEMBER_MAX 128
#define BODY_EXPECTED_MAX 256

struct body_fault {
	char member[BODY_MEMBER_MAX];     /* "events[3].kind"; "(body)" for the whole */
	char expected[BODY_EXPECTED_MAX]; /* "true or false" */
};

/*
 * Does a body, as read by json_strict_parse(), fit its schema? A body that is no object, a member
 * that is missing, not described or not of its type is named in *fault and answered with false. A
 * name that the client made up is cut short and its control characters are shown as '?'.
 *
 * Strings, and names and strings inside free-form objects, must not hold U+0000, which PostgreSQL
 * cannot store as text or jsonb. Numbers inside free-form objects must be of a size that a double
 * can hold, and at most 100 characters long; they keep their digits.
 */
MUST_CHECK bool body_check(const struct body_schema *schema, struct json_object *body,
    struct body_fault *fault);

/* Refuse a member for what its type and the schema do not tell. */
void body_refuse(struct body_fault *fault, const char *member, const char *expected);

#endif
