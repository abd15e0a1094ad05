/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_KNOWN_KEYS_H
#define GRANTD_HANDLERS_KNOWN_KEYS_H

#include "db/key.h"

/*
 * What a worker saw of the keys that it served: a guess, and never more. A change that is decided on it carries the
 * versions of key and policies, and the database makes it only where they are the present ones, in the very statement that
 * makes it; so a revoked or changed key, or a changed policy, never profits from what is kept here.
 *
 * Bounded by memory; whoever was not seen for the longest time is forgotten first.
 */
struct known_keys;

#define KNOWN_KEYS_MEMORY ((size_t)4 << 20) /* bytes: some fifteen thousand keys */

MUST_CHECK struct known_keys *known_keys_new(size_t memory); /* NULL: out of memory */
void known_keys_free(struct known_keys *);

/* The key with this hash as it was seen last; NULL: not known. Borrowed until the next known_keys_put(). */
const struct key *known_keys_get(struct known_keys *, const uint8_t hash[KEY_HASH_LEN]);

/* Keep what the database says of the key with this hash. Out of memory it is just not kept. */
void known_keys_put(struct known_keys *, const uint8_t hash[KEY_HASH_LEN], const struct key *);

/* It is a key no more. */
void known_keys_forget(struct known_keys *, const uint8_t hash[KEY_HASH_LEN]);

/* Bytes that all entries take. */
size_t known_keys_memory(const struct known_keys *);

/* Is the use of a key to be noted, at this monotonic time in milliseconds? Then it counts as noted. */
bool known_keys_use_is_due(struct known_keys *, const uint8_t hash[KEY_HASH_LEN], int64_t now);

#endif
