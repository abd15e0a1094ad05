/* SPDX-License-Identifier: MIT */
/*
 * Makes API keys.
 *
 * usage: make-keys COUNT
 *
 * Prints a line for each, with tabs: its number from 0, the key, the part that names it, and the key's
 * SHA-256 as PostgreSQL reads a bytea.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/api_key.h"
#include "base/number.h"

static bool
print_key(int64_t n)
{
	char text[API_KEY_TEXT_MAX], name[API_KEY_NAME_LEN + 1];
	uint8_t hash[API_KEY_HASH_LEN];
	size_t i;

	if (!api_key_make(text) || !api_key_check(text, API_KEY_TEXT_LEN, name) ||
	    !api_key_hash(text, API_KEY_TEXT_LEN, hash))
		return false;
	(void)printf("%" PRId64 "\t%s\t%s\t\\\\x", n, text, name);
	for (i = 0; i < sizeof(hash); i++)
		(void)printf("%02x", hash[i]);
	return putchar('\n') != EOF;
}

int
main(int argc, char *argv[])
{
	int64_t i, count;

	if (argc != 2 || !number_parse(&count, argv[1], strlen(argv[1]), 1, 100000000)) {
		(void)fprintf(stderr, "usage: make-keys COUNT\n");
		return 2;
	}
	for (i = 0; i < count; i++)
		if (!print_key(i)) {
			(void)fprintf(stderr, "make-keys: no key can be made\n");
			return 1;
		}
	return fflush(stdout) == 0 ? 0 : 1;
}
