/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_BENCH_ASK_H
#define GRANTD_TESTS_BENCH_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "tests/bench/http_answer.h"

/* A grant and the key that it is asked for with. Texts borrow from the file that was read. */
struct target {
	const char *key;
	const char *tenant;
	const char *grant;
};

#define ASK_MAX 65536 /* bytes of a request */

/* One kind of request. */
struct ask {
	const char *name;
	/*
	 * Write the request into `text` and return its length. `pass` tells how often the target was asked for before,
	 * and `serial` is another number each time.
	 */
	size_t (
	    *make)(char text[ASK_MAX], const struct target *, unsigned pass, unsigned long serial);
	/* Is this the answer? */
	bool (*check)(const struct http_answer *, const struct target *, unsigned pass);
};

/* "update": PATCH that sets audit_enabled to true, false, true, …; "get"; "record": 100 events. NULL: no such kind. */
MUST_CHECK const struct ask *ask_find(const char *name);

#endif
