/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_PARAMS_H
#define GRANTD_FCGI_PARAMS_H

#include "base/compiler.h"

struct buf;
struct request;

/* What the variables of a request came to. */
enum params_end {
	PARAMS_GOOD,
	PARAMS_NUL, /* one that we read has a NUL in it: *rq is good for nothing but an answer that says so */
	PARAMS_WRONG, /* they are no pairs of names and values */
	PARAMS_MEMORY
};

/*
 * Fill *rq from the content of FCGI_PARAMS (FastCGI Specification, section 3.4), the variables of
 * RFC 3875 section 4.1, looked at once and in order. `variables` is written to, and keeps what *rq
 * points into, but for rq->path and headers that were joined, which `texts` keeps. read_body and body_source are left to the caller.
 *
 * A header that is a list and came on several lines is one list, as if the web server had joined
 * them. Any other that we read and that came twice is rq->duplicate: as two variables (a client can
 * also bring that about with X_Tenant_ID beside X-Tenant-ID behind a web server that maps '_'
 * and '-' to the same name), or as one value that a web server joined with a comma (RFC 9110
 * section 5.3) in a header that cannot hold one. Of CGI's own variables the last one counts, as
 * people who configure web servers expect.
 *
 * A value with a NUL in it is not what the rest of the program would take it for: a key that is
 * right up to the NUL is no key. No web server lets one through.
 */
MUST_CHECK enum params_end params_request(struct buf *variables, const char *base_path,
    struct buf *texts, struct request *rq);

#endif
