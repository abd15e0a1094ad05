/* SPDX-License-Identifier: MIT */
/* The caller's key: its look-up by hash chooses the tenant whose rows the rest of the transaction sees. */
#include "config.h"

#include "db/key.h"

static const struct statement key_authenticate = {
	.name = "key_authenticate",
	.params = 1,
	.columns = 7,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT tenant_id, id, name, array_to_string(roles, ' '), version, policy_version,"
	       " statement_timestamp() FROM grantd.authenticate($1::bytea)",
};

static const struct statement key_note_use = {
	.name = "key_note_use",
	.params = 3,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.note_key_use($1, $2, $3)",
};

static enum outcome
key_read(struct db_rows *rows, void *into)
{
	struct key *k = into;
	struct db_row row = db_row_at(rows, 0);

	if (db_rows_count(rows) == 0)
		return DONE;
	k->tenant = db_get_uuid(&row);
	k->id = db_get_uuid(&row);
	k->name = db_get_text(&row);
	k->roles = db_get_text(&row);
	k->version = db_get_int(&row);
	k->policy_version = db_get_int(&row);
	k->now = db_get_int(&row);
	if (row.failed)
		return BROKEN;
	k->found = true;
	k->rows = db_rows_take(rows);
	return DONE;
}

void
db_key_authenticate(struct db *db, const uint8_t hash[KEY_HASH_LEN], struct key *k)
{
	struct db_params p = DB_PARAMS_EMPTY;

	key_clear(k);
	db_put_bytea(&p, hash, KEY_HASH_LEN);
	db_queue(db, &key_authenticate, &p, key_read, k);
}

void
db_key_note_use(struct db *db, const struct uuid *tenant, const uint8_t hash[KEY_HASH_LEN])
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, tenant);
	db_put_bytea(&p, hash, KEY_HASH_LEN);
	db_put_int(&p, KEY_USE_NOTED_MS);
	db_queue(db, &key_note_use, &p, NULL, NULL);
}

void
key_clear(struct key *k)
{
	db_rows_clear(&k->rows);
	*k = (struct key)KEY_EMPTY;
}
