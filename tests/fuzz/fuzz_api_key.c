/* SPDX-License-Identifier: MIT */
/*
 * The check of a key, of the input itself and of a good key in which pairs of bytes (place, value)
 * of the input were put. What is accepted has the form.
 */
#include "config.h"

#include <stdbool.h>

#include "fuzz.h"

#include "base/api_key.h"

static const char good[] = "grd_Ab3dEf7h_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp12HE6TV";

static void
check(const char *text, size_t len)
{
	static const char digits[] = "0123456789_"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	char name[API_KEY_NAME_LEN + 1];
	size_t i;

	if (!api_key_check(text, len, name)) {
		HOLDS(name[0] == '\0');
		return;
	}
	HOLDS(len == API_KEY_TEXT_LEN && memcmp(text, "grd_", 4) == 0);
	HOLDS(strlen(name) == API_KEY_NAME_LEN && memcmp(text + 4, name, API_KEY_NAME_LEN) == 0);
	for (i = 0; i < len; i++)
		HOLDS(memchr(digits, text[i], sizeof(digits) - 1) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[API_KEY_TEXT_MAX], name[API_KEY_NAME_LEN + 1];
	size_t i, changed = 0;

	check((const char *)data, size);
	memcpy(text, good, sizeof(text));
	for (i = 0; i + 1 < size; i += 2)
		text[data[i] % API_KEY_TEXT_LEN] = (char)data[i + 1];
	for (i = 0; i < API_KEY_TEXT_LEN; i++)
		changed += text[i] != good[i];
	/*
	 * The check sum finds every change of up to four bytes in a row, so certainly one of one
	 * byte.
	 */
	HOLDS(changed > 1 || api_key_check(text, API_KEY_TEXT_LEN, name) == (changed == 0));
	check(text, API_KEY_TEXT_LEN);
	return 0;
}
