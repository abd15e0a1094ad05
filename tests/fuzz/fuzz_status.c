/* SPDX-License-Identifier: MIT */
/*
 * What comes to the status page, on a port or, where the first byte is odd, on a Unix socket; in pieces whose size the first byte says.
 * Whatever it is, a request that is whole has a status, and no more is kept of it than there may be.
 */
#include "config.h"

#include "fuzz.h"

#include "fcgi/status_request.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct status_request r = { .taken = 0 };
	enum status_end end = STATUS_MORE;
	bool local = size > 0 && data[0] % 2 == 1;
	size_t piece = size > 0 ? 1 + data[0] / 2 : 1, at, n;

	status_request_begin(&r, local);
	for (at = 1; at < size && end == STATUS_MORE; at += n) {
		n = size - at < piece ? size - at : piece;
		end = status_request_take(&r, (const char *)data + at, n, local);
	}
	HOLDS(r.taken <= STATUS_REQUEST_MOST + piece);
	HOLDS(strlen(r.page) < sizeof(r.page));
	HOLDS(end != STATUS_WHOLE || r.status == 200 || r.status == 400 || r.status == 405 ||
	    r.status == 421 || r.status == 431);
	status_request_clear(&r);
	return 0;
}
