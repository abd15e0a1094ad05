/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "http/trace.h"

/* version-trace-parent-flags, with the lengths of each in lower case hexadecimal digits. */
#define LENGTH (2 + 1 + TRACE_ID_LEN + 1 + 16 + 1 + 2)
#define DIGITS "0123456789abcdef"

/* Are there so many digits, and then the character? */
static bool
is_field(const char *text, size_t digits, char end)
{
	return strspn(text, DIGITS) == digits && (text[digits] == end || end == '\0');
}

bool
trace_id(const char *traceparent, char id[TRACE_ID_LEN + 1])
{
	const char *t = traceparent;

	id[0] = '\0';
	if (t == NULL || strlen(t) < LENGTH || !is_field(t, 2, '-') || memcmp(t, "ff", 2) == 0 ||
	    !is_field(t + 3, TRACE_ID_LEN, '-') || strspn(t + 3, "0") == TRACE_ID_LEN ||
	    !is_field(t + 36, 16, '-') || strspn(t + 36, "0") == 16 || !is_field(t + 53, 2, '\0'))
		return false;
	/* Version 00 ends here; a later one may go on after a dash. */
	if (t[LENGTH] != '\0' && (memcmp(t, "00", 2) == 0 || t[LENGTH] != '-'))
		return false;
	memcpy(id, t + 3, TRACE_ID_LEN);
	id[TRACE_ID_LEN] = '\0';
	return true;
}
