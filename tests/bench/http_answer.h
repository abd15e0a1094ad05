/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_BENCH_HTTP_ANSWER_H
#define GRANTD_TESTS_BENCH_HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/* An HTTP/1.1 response. `body` points into the buffer that was read. */
struct http_answer {
	int status;
	bool close; /* the server will close the connection after it */
	const char *body;
	size_t body_len;
};

enum http_read { HTTP_MORE, HTTP_COMPLETE, HTTP_BROKEN };

/*
 * Read the response of `len` bytes in `buffer`, which holds one more byte for a NUL. HTTP_MORE, and nothing was changed,
 * while it is not complete. HTTP_BROKEN for what is no response, has no length, or has more behind it.
 * A chunked body is put together in place.
 */
MUST_CHECK enum http_read http_read(char *buffer, size_t len, struct http_answer *);

#endif
