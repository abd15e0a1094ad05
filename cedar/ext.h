/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_EXT_H
#define CEDAR_EXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cedar/value.h"

/*
 * Functions and methods of the language, all in one table.  The core methods
 * come first; what follows belongs to the extension types.
 */
enum function {
	FN_CONTAINS,
	FN_CONTAINS_ALL,
	FN_CONTAINS_ANY,
	FN_IS_EMPTY,
	FN_GET_TAG,
	FN_HAS_TAG,
	FN_CORE_COUNT,
	FN_DECIMAL = FN_CORE_COUNT,
	FN_LESS_THAN,
	FN_LESS_THAN_OR_EQUAL,
	FN_GREATER_THAN,
	FN_GREATER_THAN_OR_EQUAL,
	FN_IP,
	FN_IS_IPV4,
	FN_IS_IPV6,
	FN_IS_LOOPBACK,
	FN_IS_MULTICAST,
	FN_IS_IN_RANGE,
	FN_DATETIME,
	FN_OFFSET,
	FN_DURATION_SINCE,
	FN_TO_DATE,
	FN_TO_TIME,
	FN_DURATION,
	FN_TO_MILLISECONDS,
	FN_TO_SECONDS,
	FN_TO_MINUTES,
	FN_TO_HOURS,
	FN_TO_DAYS,
	FN_COUNT
};

#define FN_ARGUMENTS_MAX 2 /* the receiver of a method is the first */

struct function_info {
	const char *name;
	bool method;
	uint8_t argc;                    /* the receiver included */
	uint8_t types[FN_ARGUMENTS_MAX]; /* enum value_type of each; of extensions only */
};

extern const struct function_info cd_functions[FN_COUNT];

/* The function of this name, or FN_COUNT. */
enum function cd_function_find(const char *name, size_t len);

enum ext_status {
	EXT_OK,
	EXT_ARITY, /* another number of arguments */
	EXT_TYPE,  /* *bad is the index of the argument of a wrong type */
	EXT_TEXT,  /* a constructor's text is none of its type */
	EXT_OVERFLOW,
	EXT_MEMORY
};

/* Call an extension function with argc arguments; only EXT_OK writes *out. */
enum ext_status cd_ext_call(enum function, const struct value *args, size_t argc, struct arena *,
    struct value *out, size_t *bad);

/*
 * Text to value.  False, with nothing written, where the text is not exactly of
 * the form that the language reference gives, or its value out of range.
 */
bool cd_decimal_parse(const char *text, size_t len, int64_t *ten_thousandths);
bool cd_ip_parse(const char *text, size_t len, struct ip *);
bool cd_datetime_parse(const char *text, size_t len, int64_t *milliseconds);
bool cd_duration_parse(const char *text, size_t len, int64_t *milliseconds);

bool cd_ip_is_loopback(const struct ip *);
bool cd_ip_is_multicast(const struct ip *);
bool cd_ip_in_range(const struct ip *, const struct ip *range);

/* Days before 1970 have negative numbers; a time of day never is. */
bool cd_datetime_to_date(int64_t milliseconds, int64_t *midnight); /* false: below the range */
int64_t cd_datetime_to_time(int64_t milliseconds);

#endif
