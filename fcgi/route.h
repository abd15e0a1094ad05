/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_ROUTE_H
#define GRANTD_FCGI_ROUTE_H

struct buf;

/*
 * The path that is routed by, from what the web server calls SCRIPT_NAME and PATH_INFO (RFC
 * 3875 sections 4.1.13 and 4.1.5; "" where it says none). Web servers split the request's path
 * between the two in different places, and some not at all, so the two are joined again; then
 * what the mount put in front is cut off:
 *
 * - `base_path`, where it is set and the path begins with it (whole segments);
 * - with no `base_path`, whatever stands before the first "/v1/", or else before a last
 *   segment that is one of the service's own.
 *
 * The result is a pointer into `joined`, whose contents are replaced; it begins with '/', and
 * is "/" when there was no path. Check joined->failed before using it.
 */
const char *route_path(struct buf *joined, const char *script_name, const char *path_info,
    const char *base_path);

#endif
