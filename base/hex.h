/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_HEX_H
#define GRANTD_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* Print `len` bytes as 2 * len lower-case digits and a NUL; `text` has room for 2 * len + 1. */
void hex_print(const uint8_t *bytes, size_t len, char *text);

/*
 * Read exactly 2 * len digits, in either letter case, into `len` bytes. False when `text_len` is
 * not 2 * len or something is no digit; `bytes` may then be partly written.
 */
MUST_CHECK bool hex_parse(uint8_t *bytes, size_t len, const char *text, size_t text_len);

/* The value of one digit in either letter case, or -1. */
int hex_digit(char c);

#endif
