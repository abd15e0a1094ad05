/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "fcgi/route.h"

/* Without `base` in front; NULL: it does not lie below it. */
static const char *
less_base(const char *path, const char *base)
{
	size_t len = strlen(base);

	return strncmp(path, base, len) == 0 && path[len] == '/' ? path + len : NULL;
}

/* Before the query. */
static bool
has_encoded_slash(const char *uri)
{
	const char *end = uri + strcspn(uri, "?");

	for (uri = strchr(uri, '%'); uri != NULL && uri < end; uri = strchr(uri + 1, '%'))
		if (uri[1] == '2' && (uri[2] == 'F' || uri[2] == 'f'))
			return true;
	return false;
}

const char *
route_path(struct buf *joined, const char *script_name, const char *path_info,
    const char *request_uri, const char *base_path)
{
	const char *path;

	buf_reset(joined);
	buf_adds(joined, script_name);
	buf_adds(joined, path_info);
	path = less_base(buf_text(joined), base_path);
	return path != NULL && !has_encoded_slash(request_uri) ? path : "/";
}
