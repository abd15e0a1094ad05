/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_QUERY_H
#define GRANTD_HTTP_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/uuid.h"

enum query_type {
	QUERY_INTEGER, /* decimal, from min to max */
	QUERY_UUID,
	QUERY_TIME, /* RFC 3339 */
	QUERY_WORD, /* one of `words` */
	QUERY_TEXT  /* from min to max bytes of UTF-8 without control characters */
};

/* One parameter that an operation takes; an array of these describes its query string. */
struct query_parameter {
	const char *name;
	enum query_type type;
	long min, max;
	const char *const *words; /* QUERY_WORD: ends with NULL */
};

struct query_value {
	bool present;
	int64_t number;   /* QUERY_INTEGER, QUERY_TIME (microseconds), QUERY_WORD (index) */
	struct uuid uuid; /* QUERY_UUID */
	const char *text; /* the decoded value, whatever the type; NULL: not present */
};

#define QUERY_PARAMETERS_MAX 16
#define QUERY_MAX 4096 /* bytes of a query string */

/*
 * A query string, taken apart. value[i] belongs to the i-th description. Holds no memory of its
 * own: no clearing.
 */
struct query {
	struct query_value value[QUERY_PARAMETERS_MAX];
	char text[QUERY_MAX + 1]; /* what the values' texts point into */
};

#define QUERY_NAME_MAX 64
#define QUERY_EXPECTED_MAX 256

/* Which parameter was refused, and why; both fit into an error's details. */
struct query_fault {
	/* As sent, cut short, with '?' for what is not printable; "(query)": none in particular. */
	char parameter[QUERY_NAME_MAX + 1];
	char expected[QUERY_EXPECTED_MAX]; /* "an integer from 1 to 250" */
};

/*
 * Take a query string apart (application/x-www-form-urlencoded: pairs between '&', '+' for a blank,
 * %XX): every parameter must be described, occur once, and be valid UTF-8 without control
 * characters after decoding; a value must be of its type. Empty pairs are skipped. False with
 * *fault filled, and *query undefined, otherwise. *query is not to be copied or moved: its values
 * point into it. `count` is at most QUERY_PARAMETERS_MAX.
 */
MUST_CHECK bool query_parse(struct query *query, const char *text,
    const struct query_parameter *parameters, size_t count, struct query_fault *fault);

#endif
