/* SPDX-License-Identifier: MIT */
/* A table by hash with the least lately used at the end of a list. Hashes are random, so their first bytes are the bucket. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "handlers/known_keys.h"

/* A power of two: about as many as there are keys when all of the memory is used. */
#define BUCKETS 8192

struct entry {
	uint8_t hash[KEY_HASH_LEN];
	struct key key;              /* its texts are in `text` */
	int64_t noted;               /* when its use was noted last; 0: not yet */
	struct entry *next;          /* in the bucket */
	struct entry *newer, *older; /* used later, used earlier */
	size_t size;                 /* of this entry in bytes */
	char text[];                 /* name and roles, each with its NUL */
};

struct known_keys {
	struct entry *bucket[BUCKETS];
	struct entry *newest, *oldest;
	size_t memory, memory_most;
};

struct known_keys *
known_keys_new(size_t memory)
{
	struct known_keys *k = calloc(1, sizeof(*k));

	if (k != NULL)
		k->memory_most = memory;
	return k;
}

static struct entry **
place_of(struct known_keys *k, const uint8_t hash[KEY_HASH_LEN])
{
	struct entry **at = &k->bucket[(hash[0] << 8 | hash[1]) % BUCKETS];

	while (*at != NULL && memcmp((*at)->hash, hash, KEY_HASH_LEN) != 0)
		at = &(*at)->next;
	return at;
}

static void
unlink_use(struct known_keys *k, struct entry *e)
{
	*(e->newer != NULL ? &e->newer->older : &k->newest) = e->older;
	*(e->older != NULL ? &e->older->newer : &k->oldest) = e->newer;
}

static void
link_newest(struct known_keys *k, struct entry *e)
{
	e->newer = NULL;
	e->older = k->newest;
	*(k->newest != NULL ? &k->newest->newer : &k->oldest) = e;
	k->newest = e;
}

static void
forget(struct known_keys *k, struct entry **at)
{
	struct entry *e = *at;

	*at = e->next;
	unlink_use(k, e);
	k->memory -= e->size;
	free(e);
}

void
known_keys_free(struct known_keys *k)
{
	if (k == NULL)
		return;
	while (k->oldest != NULL)
		forget(k, place_of(k, k->oldest->hash));
	free(k);
}

const struct key *
known_keys_get(struct known_keys *k, const uint8_t hash[KEY_HASH_LEN])
{
	struct entry *e = *place_of(k, hash);

	if (e == NULL)
		return NULL;
	unlink_use(k, e);
	link_newest(k, e);
	return &e->key;
}

static struct entry *
entry_new(const uint8_t hash[KEY_HASH_LEN], const struct key *key)
{
	size_t name = strlen(key->name) + 1, roles = strlen(key->roles) + 1;
	struct entry *e = malloc(sizeof(*e) + name + roles);

	if (e == NULL)
		return NULL;
	*e = (struct entry){ .key = *key, .size = sizeof(*e) + name + roles };
	memcpy(e->hash, hash, KEY_HASH_LEN);
	memcpy(e->text, key->name, name);
	memcpy(e->text + name, key->roles, roles);
	e->key.name = e->text;
	e->key.roles = e->text + name;
	e->key.rows = (struct db_rows)DB_ROWS_EMPTY;
	e->key.now = 0;
	return e;
}

void
known_keys_put(struct known_keys *k, const uint8_t hash[KEY_HASH_LEN], const struct key *key)
{
	struct entry **at = place_of(k, hash), *e;
	int64_t noted = 0;

	if (*at != NULL && (*at)->key.version == key->version) {
		(*at)->key.policy_version =
		    key->policy_version; /* name and roles move with the version */
		return;
	}
	if (*at != NULL) {
		noted = (*at)->noted;
		forget(k, at);
	}
	if ((e = entry_new(hash, key)) == NULL)
		return; /* it will be looked up again */
	e->noted = noted;
	e->next = *at;
	*at = e;
	link_newest(k, e);
	k->memory += e->size;
	while (k->memory > k->memory_most && k->oldest != e)
		forget(k, place_of(k, k->oldest->hash));
}

void
known_keys_forget(struct known_keys *k, const uint8_t hash[KEY_HASH_LEN])
{
	struct entry **at = place_of(k, hash);

	if (*at != NULL)
		forget(k, at);
}

size_t
known_keys_memory(const struct known_keys *k)
{
	return k->memory;
}

bool
known_keys_use_is_due(struct known_keys *k, const uint8_t hash[KEY_HASH_LEN], int64_t now)
{
	struct entry *e = *place_of(k, hash);

	if (e == NULL || (e->noted != 0 && now - e->noted < KEY_USE_NOTED_MS))
		return false;
	e->noted = now;
	return true;
}
