/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_NUMBER_H
#define GRANTD_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/*
 * Read exactly `len` bytes: decimal digits with or without a '-' before them; no '+', no blanks.
 * Leading zeros are allowed, as in a Content-Length (RFC 9110 section 8.6), and do not mean octal.
 * False, and *value untouched, for anything else and outside least to most.
 */
MUST_CHECK bool number_parse(int64_t *value, const char *text, size_t len, int64_t least,
    int64_t most);

/*
 * The value of a number as JSON writes it (RFC 8259 section 6), which may have a fraction and an exponent, where that is a
 * whole number of 64 bits: 7, 7.0, 70e-1 and 0.7e1 are the same. False, and *value untouched, for any other. The text is
 * one that the reader of JSON took.
 */
MUST_CHECK bool number_whole(int64_t *value, const char *text);

#endif
