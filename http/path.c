/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "http/path.h"

/* Note what stands at `path` for the placeholder at `template`, which begins with '{'. */
static bool
add_value(struct path_values *out, const char *template, size_t template_len, const char *path,
    size_t len)
{
	if (len == 0 || out->count == PATH_VALUES_MAX)
		return false;
	out->value[out->count++] = (struct path_value){
		.name = template + 1,
		.name_len = template_len - 2,
		.text = path,
		.len = len,
	};
	return true;
}

static bool
is_placeholder(const char *segment, size_t len)
{
	return len > 2 && segment[0] == '{' && segment[len - 1] == '}';
}

bool
path_match(const char *template, const char *path, struct path_values *out)
{
	size_t want, have;

	out->count = 0;
	/* Both stand at a '/', or at their end, at the top of the loop. */
	while (*template == '/' && *path == '/') {
		template ++;
		path++;
		want = strcspn(template, "/");
		have = strcspn(path, "/");
		if (is_placeholder(template, want)) {
			if (!add_value(out, template, want, path, have))
				return false;
		} else if (want != have || memcmp(template, path, want) != 0)
			return false;
		template += want;
		path += have;
	}
	return *template == '\0' && *path == '\0';
}
