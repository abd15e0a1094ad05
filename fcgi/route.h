/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_ROUTE_H
#define GRANTD_FCGI_ROUTE_H

struct buf;

/*
 * The path that is routed by, from what the web server calls SCRIPT_NAME and PATH_INFO (RFC
 * 3875 sections 4.1.13 and 4.1.5; "" where it says none). Web servers split the request's path
 * between the two in different places, and some not at all, so the two are joined again; then
 * `base_path` is taken off, which "" is where the service is mounted at the root.
 *
 * A path that does not lie below it is "/", which is nothing: a web server that was told what may
 * be asked for below one path has not been told of the same below another. Nothing is guessed, so
 * that nobody finds a second way in.
 *
 * `request_uri` is what the client sent ("" where the web server does not tell): a slash that it wrote as
 * %2F is a part of a name and no separator (RFC 3986 section 2.2), but some web servers decode
 * it before they tell the path. No name of ours has one, so that such a path is "/", too.
 *
 * The result is a pointer into `joined`, whose contents are replaced, or static; it begins with
 * '/'. Check joined->failed before using it.
 */
const char *route_path(struct buf *joined, const char *script_name, const char *path_info,
    const char *request_uri, const char *base_path);

#endif
