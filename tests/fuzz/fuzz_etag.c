/* SPDX-License-Identifier: MIT */
/*
 * An If-Match value. A well-formed list gains our tag and then matches; blanks around it change
 * nothing; what is malformed stays so.
 */
#include "config.h"

#include "fuzz.h"

#include "base/buf.h"
#include "http/etag.h"

#define ETAG "\"v7\""

static enum etag_result
with(const char *before, const char *value, const char *after)
{
	struct buf b = BUF_EMPTY;
	enum etag_result result;

	buf_adds(&b, before);
	buf_adds(&b, value);
	buf_adds(&b, after);
	result = etag_list_match(buf_text(&b), ETAG);
	buf_clear(&b);
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *value = fuzz_text(data, size);
	enum etag_result result = etag_list_match(value, ETAG);
	size_t start = strspn(value, " \t");

	HOLDS(with(" \t", value, "") == result);
	if (result != ETAG_MALFORMED)
		HOLDS(with("", value, " ") == result);
	if (result == ETAG_MATCH)
		HOLDS(value[start] == '*' || strstr(value, "v7") != NULL);
	if (value[start] != '*' && result != ETAG_MALFORMED) {
		HOLDS(with("", value, "," ETAG) == ETAG_MATCH);
		HOLDS(with(ETAG ",", value, "") == ETAG_MATCH);
		HOLDS(with("", value, ",\"other\"") == result);
	} else {
		HOLDS(with("\"other\",", value, "") == ETAG_MALFORMED || result == ETAG_MALFORMED);
	}
	free(value);
	return 0;
}
