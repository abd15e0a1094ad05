/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_FUZZ_H
#define GRANTD_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* libFuzzer calls this with one input after another; 0 always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * A property that holds for every input; where it does not, the fuzzer stops and keeps the input.
 */
#define HOLDS(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

/* The input as text that ends where it ends: a NUL in it ends it early. To be freed. */
static inline char *
fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	HOLDS(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
