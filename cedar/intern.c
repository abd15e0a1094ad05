/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "cedar/intern.h"

#define TABLE_MIN 64u

/* The two halves of a full product, folded: every bit of a and b bears on every bit of it. */
static inline uint64_t
fold_product(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ unsigned __int128 p = (unsigned __int128)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
#else
	uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
	uint64_t mid1 = al * bh, mid2 = ah * bl, low = al * bl;
	uint64_t carry = ((low >> 32) + (uint32_t)mid1 + (uint32_t)mid2) >> 32;

	return (a * b) ^ (ah * bh + (mid1 >> 32) + (mid2 >> 32) + carry);
#endif
}

static inline uint64_t
load64(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t
load32(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Up to seven bytes; together with their number no two texts give the same. */
static inline uint64_t
load_short(const char *p, size_t len)
{
	if (len >= 4)
		return load32(p) << 32 | load32(p + len - 4);
	if (len == 0)
		return 0;
	return (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[len / 2] << 8 |
	    (unsigned char)p[len - 1];
}

/*
 * A keyed hash after the multiply-and-fold pattern.  The keys are random and
 * never leave the process, so nobody outside can aim for collisions.  `salt`
 * goes in as if it were part of the text.
 */
static inline uint64_t
hash_text(const uint64_t key[3], const char *text, size_t len, uint64_t salt)
{
	uint64_t h = key[0] ^ len ^ salt, a, b = 0;

	for (; len > 16; len -= 16, text += 16)
		h = fold_product(load64(text) ^ key[1], load64(text + 8) ^ h);
	if (len >= 8) {
		a = load64(text);
		b = load64(text + len - 8);
	} else {
		a = load_short(text, len);
	}
	return fold_product(fold_product(a ^ key[1], b ^ h), key[2]);
}

bool
cd_interner_init(struct interner *in, struct arena *arena)
{
	*in = (struct interner){ .arena = arena, .copy = true };
	return getentropy(in->key, sizeof(in->key)) == 0;
}

void
cd_interner_init_over(struct interner *in, struct arena *arena, const struct interner *base)
{
	*in = (struct interner){ .base = base, .arena = arena };
	memcpy(in->key, base->key, sizeof(in->key));
	in->name_base = cd_interner_name_count(base);
	in->uid_base = cd_interner_uid_count(base);
}

uint32_t
cd_interner_name_count(const struct interner *in)
{
	return in->name_base + in->names.used;
}

uint32_t
cd_interner_uid_count(const struct interner *in)
{
	return in->uid_base + in->uids.used;
}

bool
cd_name_is(const struct name *name, const char *text)
{
	return name->len == strlen(text) && memcmp(name->text, text, name->len) == 0;
}

bool
cd_uid_is_action(const struct uid *uid)
{
	static const char last[] = "Action";
	const struct name *type = uid->type;
	size_t n = sizeof(last) - 1;

	return type->len >= n && memcmp(type->text + type->len - n, last, n) == 0 &&
	    (type->len == n || type->text[type->len - n - 1] == ':');
}

/* ---- tables ---- */

static uint64_t
name_hash(const void *entry)
{
	return ((const struct name *)entry)->hash;
}

static uint64_t
uid_hash(const void *entry)
{
	return ((const struct uid *)entry)->hash;
}

static void
table_put(struct intern_table *t, const void *entry, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & t->mask;

	while (t->slots[i] != NULL)
		i = (i + 1) & t->mask;
	t->slots[i] = entry;
}

/* Make room for one more. The old slots stay in the arena: half of the new ones, all in all. */
static bool
table_reserve(struct intern_table *t, struct arena *arena, uint64_t (*hash)(const void *))
{
	struct intern_table wider = { .used = t->used };
	uint32_t i, size = t->slots != NULL ? t->mask + 1 : 0;

	if (t->used < size / 2)
		return true;
	if (size > UINT32_MAX / 4)
		return false;
	size = size != 0 ? size * 2 : TABLE_MIN;
	if ((wider.slots = cd_arena_zero(arena, size, sizeof(*wider.slots))) == NULL)
		return false;
	wider.mask = size - 1;
	for (i = 0; t->slots != NULL && i <= t->mask; i++)
		if (t->slots[i] != NULL)
			table_put(&wider, t->slots[i], hash(t->slots[i]));
	*t = wider;
	return true;
}

/* ---- names ---- */

static const struct name *
name_find(const struct intern_table *t, uint64_t hash, const char *text, size_t len)
{
	const struct name *name;
	uint32_t i;

	if (t->slots == NULL)
		return NULL;
	for (i = (uint32_t)hash & t->mask; (name = t->slots[i]) != NULL; i = (i + 1) & t->mask)
		if (name->hash == hash && name->len == len && memcmp(name->text, text, len) == 0)
			return name;
	return NULL;
}

const struct name *
cd_find_name(const struct interner *in, const char *text, size_t len)
{
	uint64_t hash = hash_text(in->key, text, len, 0);
	const struct name *name = NULL;

	for (; in != NULL && name == NULL; in = in->base)
		name = name_find(&in->names, hash, text, len);
	return name;
}

const struct name *
cd_intern_name(struct interner *in, const char *text, size_t len)
{
	uint64_t hash = hash_text(in->key, text, len, 0);
	const struct name *known;
	struct name *name;

	if (in->base != NULL && (known = name_find(&in->base->names, hash, text, len)) != NULL)
		return known;
	if ((known = name_find(&in->names, hash, text, len)) != NULL)
		return known;
	if (!table_reserve(&in->names, in->arena, name_hash) ||
	    (name = cd_arena_alloc(in->arena, sizeof(*name))) == NULL)
		return NULL;
	if (in->copy && (text = cd_arena_copy(in->arena, text, len)) == NULL)
		return NULL;
	*name = (struct name){
		.text = text,
		.len = (uint32_t)len,
		.hash = hash,
		.serial = cd_interner_name_count(in),
	};
	table_put(&in->names, name, hash);
	in->names.used++;
	return name;
}

/* ---- uids ---- */

static const struct uid *
uid_find(const struct intern_table *t, uint64_t hash, const struct name *type, const char *id,
    size_t len)
{
	const struct uid *uid;
	uint32_t i;

	if (t->slots == NULL)
		return NULL;
	for (i = (uint32_t)hash & t->mask; (uid = t->slots[i]) != NULL; i = (i + 1) & t->mask)
		if (uid->hash == hash && uid->type == type && uid->len == len &&
		    memcmp(uid->id, id, len) == 0)
			return uid;
	return NULL;
}

const struct uid *
cd_intern_uid(struct interner *in, const struct name *type, const char *id, size_t len)
{
	uint64_t hash = hash_text(in->key, id, len, type->hash);
	const struct uid *known;
	struct uid *uid;

	if (in->base != NULL && (known = uid_find(&in->base->uids, hash, type, id, len)) != NULL)
		return known;
	if ((known = uid_find(&in->uids, hash, type, id, len)) != NULL)
		return known;
	if (!table_reserve(&in->uids, in->arena, uid_hash) ||
	    (uid = cd_arena_alloc(in->arena, sizeof(*uid))) == NULL)
		return NULL;
	if (in->copy && (id = cd_arena_copy(in->arena, id, len)) == NULL)
		return NULL;
	*uid = (struct uid){
		.type = type,
		.id = id,
		.len = (uint32_t)len,
		.hash = hash,
		.serial = cd_interner_uid_count(in),
	};
	table_put(&in->uids, uid, hash);
	in->uids.used++;
	return uid;
}
