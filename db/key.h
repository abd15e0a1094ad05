/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_KEY_H
#define GRANTD_DB_KEY_H

#include "db/statement.h"

#define KEY_HASH_LEN 32 /* SHA-256 of the whole key */

/* A verified credential. Texts borrow from `rows`; clear it. */
struct key {
	bool found; /* false: unknown, revoked or expired, and no telling which */
	struct uuid tenant;
	struct uuid id;
	const char *name;
	const char *roles;      /* names separated by spaces */
	int64_t version;        /* moves with every change of the key */
	int64_t policy_version; /* of the tenant's policies */
	int64_t now; /* when that was so, by the database's clock; microseconds since 1970 */
	struct db_rows rows;
};

#define KEY_EMPTY \
	{ \
		.found = false, .name = "", .roles = "", .rows = DB_ROWS_EMPTY \
	}

/*
 * Queue the look-up of a credential by its hash. What is queued after it in the same
 * transaction sees the rows of that credential's tenant, or none where there is no such credential.
 */
void db_key_authenticate(struct db *, const uint8_t hash[KEY_HASH_LEN], struct key *);

/*
 * Queue: note that the key was used just now, unless that was noted within the last KEY_USE_NOTED_MS already or somebody holds
 * its row at the moment: the time is for people who look for keys that nobody uses, and never worth a wait.
 */
#define KEY_USE_NOTED_MS (5 * 60 * 1000)
void db_key_note_use(struct db *, const struct uuid *tenant, const uint8_t hash[KEY_HASH_LEN]);

void key_clear(struct key *);

#endif
