/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_API_KEY_H
#define GRANTD_BASE_API_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/*
 * The form of API keys, 62 characters:
 *
 *	grd_ NNNNNNNN _ SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS CCCCCC
 *
 * N: 8 random digits that name the key in logs and listings; not secret.
 * S: 43 digits, 256 random bits as one number, most significant digit first, padded with '0' on
 *    the left. 62^43 is a little more than 2^256; digits that stand for 2^256 or more are refused,
 *    so each key has one text.
 * C: 6 digits, the CRC-32 (ISO 3309, the one of zlib and PNG) of the 56 characters before, in the
 *    same notation. It tells a mistyped key or a random string from a key without asking the
 *    database; it is no protection.
 *
 * Digits are base 62: 0-9 are 0 to 9, A-Z are 10 to 35, a-z are 36 to 61. There is no blank or sign
 * in a key, so a double click selects it whole.
 */
#define API_KEY_TEXT_LEN 62
#define API_KEY_TEXT_MAX (API_KEY_TEXT_LEN + 1) /* a key with its NUL */
#define API_KEY_NAME_LEN 8
#define API_KEY_HASH_LEN 32

/*
 * Make a new key from getentropy(3). False, and "" in `text`, when the system gives no random
 * bytes. The caller overwrites `text` after use.
 */
MUST_CHECK bool api_key_make(char text[API_KEY_TEXT_MAX]);

/*
 * Is this the text of a key, by form and check sum? Then `name` gets its name part with a NUL;
 * otherwise it gets "". The time taken depends on `len` and on the characters before the secret
 * part, not on the secret.
 */
MUST_CHECK bool api_key_check(const char *text, size_t len, char name[API_KEY_NAME_LEN + 1]);

/* SHA-256 of the whole text, which is what is stored. False when libcrypto fails. */
MUST_CHECK bool api_key_hash(const char *text, size_t len, uint8_t hash[API_KEY_HASH_LEN]);

#endif
