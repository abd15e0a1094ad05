/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_LIMIT_H
#define GRANTD_HANDLERS_LIMIT_H

#include "handlers/operation.h"

/*
 * Whoever guesses keys, or calls more often than he may, is told to come back later: 429 too_many_requests. What is counted, and why that
 * locks nobody out, is in base/limits.h. Without limits in the service, all is let through.
 */

/*
 * Before the database is asked: may the key that was sent be looked up? Not to be asked of a key that this worker knows. False:
 * answered.
 */
MUST_CHECK bool limit_stranger(struct call *c);

/* The key with this hash is good; the one that was sent is not. */
void limit_good(struct call *c, const uint8_t hash[KEY_HASH_LEN]);
void limit_failed(struct call *c);

/* May the key, which is good, make one more request? False: answered. */
MUST_CHECK bool limit_request(struct call *c);

#endif
