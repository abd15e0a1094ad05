/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_PARAMS_H
#define GRANTD_FCGI_PARAMS_H

#include <stdbool.h>

#include "base/compiler.h"

struct buf;
struct request;

/*
 * Fill *rq from "NAME=value" strings, the variables of RFC 3875 section 4.1, looked at once and
 * in order; `path` keeps what rq->path points into, everything else is borrowed from `env`.
 * read_body and body_source are left to the caller.
 *
 * A header that we read and that came twice is rq->duplicate: as two variables (a client can
 * also bring that about with X_Tenant_ID beside X-Tenant-ID behind a web server that maps '_'
 * and '-' to the same name), or as one value that a web server joined with a comma (RFC 9110
 * section 5.3) in a header that cannot hold one. Of CGI's own variables the last one counts, as
 * people who configure web servers expect.
 *
 * False: out of memory.
 */
MUST_CHECK bool params_request(const char *const *env, const char *base_path, struct buf *path,
    struct request *rq);

#endif
