/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_PREFER_H
#define GRANTD_HTTP_PREFER_H

#include <stdbool.h>

/*
 * Does a Prefer value (RFC 7240; NULL: absent) ask for return=minimal? Names and values are
 * compared without regard to letter case, a value may be quoted, parameters are skipped, and of
 * several "return" preferences the first counts. What comes after a malformed preference is
 * disregarded: preferences are wishes, never errors.
 */
bool prefer_return_minimal(const char *value);

#endif
