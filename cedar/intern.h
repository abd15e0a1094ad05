/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_INTERN_H
#define CEDAR_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cedar/arena.h"

/*
 * Names (attribute names, record keys, type paths) and entity uids, each held
 * once, so that equality is equality of pointers.  A set has an interner; a
 * request has one on top of it, which looks there first and adds what the set
 * does not know.  `serial` numbers names and uids from 0 through both and gives
 * them an order.
 */
struct name {
	const char *text;
	uint32_t len;
	uint32_t serial;
	uint64_t hash;
};

struct uid {
	const struct name *type;
	const char *id;
	uint32_t len;
	uint32_t serial;
	uint64_t hash;
};

/* Open addressing over pointers; mask + 1 slots, a power of two, half of them free at least. */
struct intern_table {
	const void **slots;
	uint32_t mask;
	uint32_t used;
};

struct interner {
	const struct interner *base; /* or NULL */
	struct arena *arena;
	struct intern_table names;
	struct intern_table uids;
	uint32_t name_base, uid_base; /* serial of the first own one */
	uint64_t key[3];              /* of the hash; the base's where there is one */
	bool copy;                    /* copy texts into the arena, or borrow them */
};

/* False where the system gives no random bits. */
bool cd_interner_init(struct interner *, struct arena *);
/* For a request: empty, on top of base, which must not change meanwhile. */
void cd_interner_init_over(struct interner *, struct arena *, const struct interner *base);

/* The one object with this content, made if need be; NULL without memory. */
const struct name *cd_intern_name(struct interner *, const char *, size_t);
const struct uid *cd_intern_uid(struct interner *, const struct name *type, const char *, size_t);

/* The same, but NULL where there is none yet. */
const struct name *cd_find_name(const struct interner *, const char *, size_t);

/* How many there are here and in the base: one more than the largest serial. */
uint32_t cd_interner_name_count(const struct interner *);
uint32_t cd_interner_uid_count(const struct interner *);

bool cd_name_is(const struct name *, const char *);

/* Actions are the entities whose type is `Action`, in any namespace. */
bool cd_uid_is_action(const struct uid *);

#endif
