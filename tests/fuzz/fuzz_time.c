/* SPDX-License-Identifier: MIT */
/*
 * A time that is read is printed and read again as the same; and so is any number of microseconds
 * in range.
 */
#include "config.h"

#include <stdbool.h>

#include "fuzz.h"

#include "base/time_text.h"

static void
goes_round(int64_t t)
{
	char text[TIME_TEXT_LEN + 1];
	int64_t again;

	HOLDS(time_print(t, text) && strlen(text) == TIME_TEXT_LEN);
	HOLDS(time_parse(&again, text, TIME_TEXT_LEN) && again == t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t t = 0;

	if (time_parse(&t, (const char *)data, size))
		goes_round(t);
	if (size >= sizeof(t)) {
		memcpy(&t, data, sizeof(t));
		if (t >= TIME_LEAST && t <= TIME_MOST)
			goes_round(t);
	}
	return 0;
}
