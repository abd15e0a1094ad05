/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_LIMITS_H
#define GRANTD_BASE_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/api_key.h"
#include "base/compiler.h"

/*
 * Who has failed to show a good key, by address and by the name in the key, and which keys are good: guesses that all processes
 * of a grantd share, in memory of a fixed size. What is counted is a minute's worth: of N a minute, N may come at once, and then
 * one in each 60/N seconds.
 *
 * What it does to others than those who fail is bounded:
 *
 *  - Failures alone are counted, and what is refused here is not. A key that was seen to be good is not asked about, whatever
 *    was sent from its address or with its name.
 *  - By its name a key is refused only where its own address has failed with that name within the last minute or two.
 *  - A key that no process has seen yet is otherwise refused only while its own address is over its limit; and even then one in 60/N
 *    seconds is let through, for which it competes with whoever else is there: behind a proxy that hides addresses, and for keys that
 *    nobody has used since the start, that may take a while. An address is a whole IPv4 address, or the first 64 bits of an IPv6 one.
 *
 * Nor can a count be got rid of: where there is no room, a newcomer takes the place of one that counts a single failure, and is
 * otherwise not counted. So nobody is forgotten before his time is over, however many others come; and of those who come with more addresses than
 * there are places, the ones that find none are not limited.
 *
 * Each count is one word, changed by compare and swap: a process that is killed leaves nothing half done and nothing held.
 */
struct limits;

/* What there is room for, each: addresses, names, keys that are limited, keys that are good. */
#define LIMITS_PLACES 32768

/* In memory shared with processes that are forked later; lives until the process ends. NULL with errno set. */
MUST_CHECK struct limits *limits_open(void);

/* How many a minute; 0: any number. */
struct limits_allowed {
	int address, name, key;
};

/* Somebody who shows a key. */
struct limits_who {
	const char *address; /* as the web server says it */
	const char *name;    /* in the key; "": the key is none */
	const uint8_t *hash; /* SHA-256 of the key; not read where the key is none */
};

/* May his key be looked at, at this time (clock_monotonic_ms())? 0: yes; otherwise after so many seconds. */
MUST_CHECK int limits_wait(struct limits *, const struct limits_allowed *,
    const struct limits_who *, int64_t now);

/* It was no good. */
void limits_failed(struct limits *, const struct limits_allowed *, const struct limits_who *,
    int64_t now);

/* A key is good. */
void limits_good(struct limits *, const uint8_t hash[API_KEY_HASH_LEN]);

/* A request of a good key. 0: it counts; otherwise it is one too many, and may come again after so many seconds. */
MUST_CHECK int limits_request(struct limits *, const struct limits_allowed *,
    const uint8_t hash[API_KEY_HASH_LEN], int64_t now);

#endif
