/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_KEY_RECORD_H
#define GRANTD_DB_KEY_RECORD_H

#include "base/api_key.h"
#include "db/change.h"
#include "db/page.h"

/*
 * One API key as it is kept, without its hash. Texts borrow from `rows`, or from the list it was
 * read from; clear it. Times are microseconds since 1970 in UTC.
 */
struct key_record {
	bool found;
	enum change change; /* of the answer of a change: what became of it */
	struct uuid id;
	const char *key_name; /* the part of the key that names it */
	const char *name;
	const char *roles;  /* names separated by spaces */
	const char *status; /* as of the reading statement: "active", "expired" or "revoked" */
	int64_t created_at;
	int64_t updated_at;
	bool has_expires_at;
	int64_t expires_at;
	bool has_revoked_at;
	int64_t revoked_at;
	bool has_last_used_at;
	int64_t last_used_at;
	int64_t version;
	struct db_rows rows;
};

#define KEY_RECORD_EMPTY \
	{ \
		.found = false, .rows = DB_ROWS_EMPTY \
	}

/* What a new key is to be; all borrowed. The caller has checked the values. */
struct key_new {
	struct uuid id;
	const char *key_name;
	const char *name;
	const char *roles;   /* names separated by single spaces */
	const uint8_t *hash; /* API_KEY_HASH_LEN bytes */
	bool has_expires_at;
	int64_t expires_at;
};

/*
 * Queue a change, see db/change.h: add a key. CONFLICT where the tenant has one with this id or this key_name.
 */
void db_key_create(struct db *, const struct uuid *tenant, const struct key_new *,
    const struct change_by *, struct key_record *created);

/* Queue: read one key of this tenant. Leaves k->found false where there is none. */
void db_key_get(struct db *, const struct uuid *tenant, const struct uuid *id,
    struct key_record *k);

/* Queue: read a page of the tenant's keys; `status` as in struct key_record, NULL for any. */
void db_key_list(struct db *, const struct uuid *tenant, const char *status, const struct page *,
    struct db_list *);

/* Queue a change: revoke a key. */
void db_key_revoke(struct db *, const struct uuid *tenant, const struct uuid *id,
    const struct change_by *, struct key_record *changed);

/* How a key is to be rotated. */
struct key_rotation {
	const struct uuid *old;
	int64_t old_version;
	int64_t overlap; /* seconds that the old one goes on for, but no longer than it was to */
	struct uuid old_entry; /* in the old key's chain; struct change_by has the new one's */
	bool inherit;          /* the new key ends when the old one was to; else when it says */
};

/* What came of it. Texts of both keys borrow from made.rows; clear `made`. */
struct key_rotated {
	struct key_record made, retired;
};

/* Queue a change: a new key, whose name and roles are the old one's, in its place. */
void db_key_rotate(struct db *, const struct uuid *tenant, const struct key_rotation *,
    const struct key_new *, const struct change_by *, struct key_rotated *);

/* Queue: find a key of any tenant and any status by its hash. For the owner's sessions alone. */
struct key_place {
	bool found;
	struct uuid tenant;
	struct uuid id;
};
void db_key_find(struct db *, const uint8_t hash[API_KEY_HASH_LEN], struct key_place *);

/* The row at `i`, from 0 to list->count - 1, as a key that borrows from the list. */
struct key_record key_record_at(const struct db_list *, int i);

void key_record_clear(struct key_record *);

#endif
