/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "fcgi/route.h"

/*
 * What paths of the interface begin with, and the paths of the service itself: all that a mount
 * can be told from.
 */
#define INTERFACE "/v1/"
static const char *const service_path[] = { "/healthz", "/readyz", "/metrics" };

static bool
is_service_path(const char *path)
{
	size_t i;

	for (i = 0; i < COUNT_OF(service_path); i++)
		if (strcmp(path, service_path[i]) == 0)
			return true;
	return false;
}

/* Without `base` in front, or as it was. */
static const char *
less_base(const char *path, const char *base)
{
	size_t len = strlen(base);

	if (strncmp(path, base, len) == 0 && (path[len] == '/' || path[len] == '\0'))
		return path + len;
	return path;
}

/* Without what stands before the first thing that is ours, or as it was. */
static const char *
less_mount(const char *path)
{
	const char *at = strstr(path, INTERFACE);

	if (at == NULL)
		at = strrchr(path, '/');
	if (at != NULL && (strncmp(at, INTERFACE, strlen(INTERFACE)) == 0 || is_service_path(at)))
		return at;
	return path;
}

const char *
route_path(struct buf *joined, const char *script_name, const char *path_info,
    const char *base_path)
{
	const char *path;

	buf_reset(joined);
	buf_adds(joined, script_name);
	buf_adds(joined, path_info);
	path = buf_text(joined);
	path = base_path[0] != '\0' ? less_base(path, base_path) : less_mount(path);
	return path[0] == '/' ? path : "/";
}
