/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "fcgi/route.h"

/* Without `base` in front; what does not lie below it is nothing of ours, and "". */
static const char *
less_base(const char *path, const char *base)
{
	size_t len = strlen(base);

	return strncmp(path, base, len) == 0 && path[len] == '/' ? path + len : "";
}

const char *
route_path(struct buf *joined, const char *script_name, const char *path_info,
    const char *base_path)
{
	const char *path;

	buf_reset(joined);
	buf_adds(joined, script_name);
	buf_adds(joined, path_info);
	path = less_base(buf_text(joined), base_path);
	return path[0] == '/' ? path : "/";
}
