/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_CORS_H
#define GRANTD_HTTP_CORS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

struct request;
struct response;

/*
 * Cross-origin requests of browsers, after the Fetch standard (fetch.spec.whatwg.org, "CORS
 * protocol").
 *
 * `origins` is the setting GRANTD_CORS_ORIGINS: origins separated by blanks ("https://a.example
 * http://b.example:8080"), compared byte by byte, as browsers send them; "*" alone means any; empty
 * means none. Credentials mode is never allowed: keys travel in X-API-Key, not in cookies. "null",
 * which any sandboxed page may send, is no origin that can be allowed.
 */

/*
 * Is it `*` alone, or does a browser send each of the origins, separated by blanks, so? Otherwise *wrong is the first that none does,
 * borrowed, and *len its length: such as "https://a.example/", which would be listed and never be met.
 */
MUST_CHECK bool cors_understood(const char *origins, const char **wrong, size_t *len);

/* Is this an OPTIONS request that a browser makes before the real one? */
bool cors_is_preflight(const struct request *);

/*
 * Add what lets a page read this response: Access-Control-Allow-Origin and -Expose-Headers, where
 * the request's Origin is allowed; Vary: Origin wherever the answer depends on it. To be called
 * when the response is complete, errors included: response_error() drops headers.
 */
void cors_answer(struct response *, const char *origins, const struct request *);

/*
 * The same for a preflight: Access-Control-Allow-Methods (`methods`, "GET, PATCH"), -Allow-Headers,
 * -Max-Age.
 */
void cors_preflight(struct response *, const char *origins, const struct request *,
    const char *methods);

#endif
