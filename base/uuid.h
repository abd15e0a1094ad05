/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_UUID_H
#define GRANTD_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define UUID_TEXT_LEN 36 /* 8-4-4-4-12, without the NUL */

/* A UUID of any version and variant, kept as its 16 octets (RFC 9562 section 4). */
struct uuid {
	uint8_t octet[16];
};

/*
 * Read exactly `len` bytes of the 8-4-4-4-12 form, in either letter case; no braces, no
 * "urn:uuid:", no missing hyphens. False, and *u untouched, for anything else.
 */
MUST_CHECK bool uuid_parse(struct uuid *u, const char *text, size_t len);

/* Print in lower case with a closing NUL. */
void uuid_print(const struct uuid *u, char text[UUID_TEXT_LEN + 1]);

/*
 * Make a version 7 UUID (RFC 9562 section 5.7) from the wall clock and getentropy(3), which is
 * called for some twenty ids at a time: ids made by one process ascend, even within a millisecond
 * (method 1 of section 6.2). False when the system gives no random bytes. Fork-safe: the counter is
 * only an ordering aid, and a child draws random bytes of its own. Not for threads.
 */
MUST_CHECK bool uuid_make_v7(struct uuid *u);

/*
 * The least version 7 UUID of a time in microseconds since 1970, or any other UUID that sorts like it: none that was made
 * earlier is greater, and none that is made then or later is less. A time that the version cannot tell is the nearest one
 * that it can.
 */
void uuid_v7_least(struct uuid *u, int64_t time);

bool uuid_equal(const struct uuid *a, const struct uuid *b);

#endif
