/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "handlers/known_keys.h"

#define SLOTS 256

/* Each hash has one place, by its first byte: hashes are random, so this is as good as a cache without order gets. */
struct slot {
	uint8_t hash[KEY_HASH_LEN];
	struct key key; /* its texts are `text`; found: the slot is in use */
	int64_t noted;  /* when its use was noted last; 0: not yet */
	char *text;     /* owned: name, roles and stamp, each with its NUL */
};

struct known_keys {
	struct slot slot[SLOTS];
};

struct known_keys *
known_keys_new(void)
{
	return calloc(1, sizeof(struct known_keys));
}

void
known_keys_free(struct known_keys *k)
{
	size_t i;

	if (k == NULL)
		return;
	for (i = 0; i < SLOTS; i++)
		free(k->slot[i].text);
	free(k);
}

const struct key *
known_keys_get(const struct known_keys *k, const uint8_t hash[KEY_HASH_LEN])
{
	const struct slot *s = &k->slot[hash[0]];

	return s->key.found && memcmp(s->hash, hash, KEY_HASH_LEN) == 0 ? &s->key : NULL;
}

void
known_keys_put(struct known_keys *k, const uint8_t hash[KEY_HASH_LEN], const struct key *key)
{
	struct slot *s = &k->slot[hash[0]];
	size_t name = strlen(key->name) + 1, roles = strlen(key->roles) + 1;
	size_t stamp = strlen(key->stamp) + 1;
	bool same = s->key.found && memcmp(s->hash, hash, KEY_HASH_LEN) == 0;
	char *text;

	if (same && strcmp(s->key.stamp, key->stamp) == 0)
		return;
	text = malloc(name + roles + stamp);
	if (text == NULL)
		return; /* it will be looked up again */
	memcpy(text, key->name, name);
	memcpy(text + name, key->roles, roles);
	memcpy(text + name + roles, key->stamp, stamp);
	free(s->text);
	*s = (struct slot){ .key = *key, .noted = same ? s->noted : 0, .text = text };
	memcpy(s->hash, hash, KEY_HASH_LEN);
	s->key.name = text;
	s->key.roles = text + name;
	s->key.stamp = text + name + roles;
	s->key.rows = (struct db_rows)DB_ROWS_EMPTY;
}

bool
known_keys_use_is_due(struct known_keys *k, const uint8_t hash[KEY_HASH_LEN], int64_t now)
{
	struct slot *s = &k->slot[hash[0]];

	if (!s->key.found || memcmp(s->hash, hash, KEY_HASH_LEN) != 0 ||
	    (s->noted != 0 && now - s->noted < KEY_USE_NOTED_MS))
		return false;
	s->noted = now;
	return true;
}
