/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_KNOWN_KEYS_H
#define GRANTD_HANDLERS_KNOWN_KEYS_H

#include "db/key.h"

/*
 * What the last look-ups of some credentials said: a guess, never a proof. A change that was decided upon a guess carries
 * the key's stamp with it, and the database makes it only if the look-up in that very
 * transaction gives the same stamp; so a revoked or changed key, or a changed policy, never profits from what is kept here.
 */
struct known_keys;

MUST_CHECK struct known_keys *known_keys_new(void); /* NULL: out of memory */
void known_keys_free(struct known_keys *);

/* The key as it was last seen, or NULL. Borrowed until the next known_keys_put(). */
const struct key *known_keys_get(const struct known_keys *, const uint8_t hash[KEY_HASH_LEN]);

/* Remember a found key, in place of whichever was where it goes. */
void known_keys_put(struct known_keys *, const uint8_t hash[KEY_HASH_LEN], const struct key *);

/*
 * Is it time to note in the database that this key is used? True once in KEY_USE_NOTED_MS for each key; `now` is
 * monotonic, in milliseconds. False for a key that is not known.
 */
MUST_CHECK bool known_keys_use_is_due(struct known_keys *, const uint8_t hash[KEY_HASH_LEN],
    int64_t now);

#endif
