/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_TIME_TEXT_H
#define GRANTD_BASE_TIME_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* Points in time are microseconds since 1970-01-01T00:00:00Z, without leap seconds. */
#define TIME_LEAST INT64_C(-62135596800000000) /* 0001-01-01T00:00:00.000000Z */
#define TIME_MOST INT64_C(253402300799999999)  /* 9999-12-31T23:59:59.999999Z */

#define TIME_TEXT_LEN 27 /* 2026-11-23T02:31:45.123456Z, without the NUL */

/* The wall clock. */
int64_t time_now(void);

/*
 * Print as RFC 3339 in UTC with microseconds and Z. False, and "" in `text`, outside TIME_LEAST to
 * TIME_MOST.
 */
MUST_CHECK bool time_print(int64_t t, char text[TIME_TEXT_LEN + 1]);

/*
 * Read exactly `len` bytes of an RFC 3339 date-time; T and Z in either letter case, any offset up
 * to 23:59, fractions of 1 to 9 digits of which those past microseconds are dropped. No blank for
 * the T, no second 60. False, and *t untouched, for anything else, for a date that the calendar
 * does not have, and outside the range above (in UTC).
 */
MUST_CHECK bool time_parse(int64_t *t, const char *text, size_t len);

#endif
