/* SPDX-License-Identifier: MIT */
/*
 * A template and a path, one line each. Where they fit, the template with the values put in place
 * of its placeholders is the path.
 */
#include "config.h"

#include "fuzz.h"

#include "base/buf.h"
#include "http/path.h"

static void
put_together(const char *template, const char *path, const struct path_values *values)
{
	struct buf b = BUF_EMPTY;
	const struct path_value *v;
	size_t i, at = 0;

	for (i = 0; i < values->count; i++) {
		v = &values->value[i];
		HOLDS(v->len > 0 && v->name_len > 0 && memchr(v->text, '/', v->len) == NULL);
		buf_add(&b, template + at, (size_t)(v->name - template) - 1 - at);
		buf_add(&b, v->text, v->len);
		at = (size_t)(v->name - template) + v->name_len + 1;
	}
	buf_adds(&b, template + at);
	HOLDS(strcmp(buf_text(&b), path) == 0);
	buf_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *template = fuzz_text(data, size), *path = strchr(template, '\n');
	struct path_values values;

	if (path != NULL) {
		*path++ = '\0';
		if (path_match(template, path, &values))
			put_together(template, path, &values);
	}
	free(template);
	return 0;
}
