/* SPDX-License-Identifier: MIT */
/* One value as Prefer, as Content-Type and as Origin. */
#include "config.h"

#include <stdbool.h>

#include "fuzz.h"

#include "base/buf.h"
#include "http/cors.h"
#include "http/media_type.h"
#include "http/prefer.h"
#include "http/request.h"
#include "http/response.h"

/* The first preference decides. */
static void
prefer(const char *value)
{
	struct buf b = BUF_EMPTY;

	buf_addf(&b, "return=minimal, %s", value);
	HOLDS(prefer_return_minimal(buf_text(&b)));
	buf_reset(&b);
	buf_addf(&b, "return=representation, %s", value);
	HOLDS(!prefer_return_minimal(buf_text(&b)));
	(void)prefer_return_minimal(value);
	buf_clear(&b);
}

/* Another parameter changes nothing, another charset makes it another type. */
static void
media_type(const char *value)
{
	enum media_type type = media_type_of(value);
	struct buf b = BUF_EMPTY;

	if (type == MEDIA_JSON || type == MEDIA_MERGE_PATCH) {
		buf_addf(&b, "%s;x=y", value);
		HOLDS(media_type_of(buf_text(&b)) == type);
		buf_addf(&b, ";charset=latin1");
		HOLDS(media_type_of(buf_text(&b)) == MEDIA_OTHER);
		buf_clear(&b);
	}
}

/* An origin is allowed only when it is the one in the list; and none injects a header. */
static void
origin(const char *value)
{
	struct request rq = { .method = HTTP_GET };
	struct response rs = RESPONSE_EMPTY;

	rq.header[HEADER_ORIGIN] = value;
	cors_answer(&rs, "https://a.example https://b.example", &rq);
	HOLDS(!rs.head.failed);
	HOLDS((strstr(buf_text(&rs.head), "Allow-Origin") != NULL) ==
	    (strcmp(value, "https://a.example") == 0 || strcmp(value, "https://b.example") == 0));
	response_clear(&rs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *value = fuzz_text(data, size);

	prefer(value);
	media_type(value);
	origin(value);
	free(value);
	return 0;
}
