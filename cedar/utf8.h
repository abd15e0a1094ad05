/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_UTF8_H
#define CEDAR_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of text that are well-formed UTF-8 (RFC 3629) from its start on: len where all are. */
size_t cd_utf8_valid(const char *text, size_t len);

/* Decode one code point of well-formed text; its length in bytes goes to *used. */
uint32_t cd_utf8_decode(const char *text, size_t len, size_t *used);

/* Encode a Unicode scalar value; returns the number of bytes written, at most four. */
size_t cd_utf8_encode(uint32_t code, char out[4]);

/* Unicode's White_Space property. */
bool cd_utf8_is_space(uint32_t code);

#endif
