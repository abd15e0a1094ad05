/* SPDX-License-Identifier: MIT */
/* A UUID that is read is printed as it was written, in lower case. */
#include "config.h"

#include <ctype.h>

#include "fuzz.h"

#include "base/uuid.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[UUID_TEXT_LEN + 1];
	struct uuid u, again;
	size_t i;

	if (!uuid_parse(&u, (const char *)data, size))
		return 0;
	HOLDS(size == UUID_TEXT_LEN);
	uuid_print(&u, text);
	for (i = 0; i < size; i++)
		HOLDS(text[i] == tolower(data[i]));
	HOLDS(uuid_parse(&again, text, strlen(text)) && uuid_equal(&u, &again));
	return 0;
}
