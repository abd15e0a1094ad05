/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/key_sql.h"

static const struct statement key_get = {
	.name = "key_get",
	.params = 2,
	.columns = KEY_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT " KEY_COLUMN_LIST " FROM grantd.api_keys k"
	       " WHERE k.tenant_id = $1 AND k.id = $2",
};

static const struct statement key_lock = {
	.name = "key_lock",
	.params = 2,
	.columns = KEY_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT " KEY_COLUMN_LIST " FROM grantd.api_keys k"
	       " WHERE k.tenant_id = $1 AND k.id = $2 FOR UPDATE",
};

static const struct statement key_create = {
	.name = "key_create",
	.params = AUDIT_PARAMS + 6,
	.columns = KEY_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql =
	    "WITH before AS (SELECT " AUDIT_CHAIN_START " FROM grantd.tenants WHERE id = $1"
	    " AND coalesce($13::timestamptz, 'infinity') > statement_timestamp()), " AUDIT_HASHED(
		"api_key", "done", "NULL::jsonb",
		"jsonb_build_object('key_name', $9::text, 'name', $10::text,"
		" 'roles', string_to_array($11::text, ' '), 'expires_at', " AUDIT_TIME(
		    "$13::timestamptz") ", 'replaces', $14::uuid, 'version', 1)") ", " AUDIT_LOGGED("api_key",
		"done") " INSERT INTO grantd.api_keys AS k (tenant_id, id, key_name, name, roles, hash,"
			" expires_at, created_at, updated_at, audit_length, audit_head) SELECT $1::uuid,"
			" $2::uuid, $9::text, $10::text, string_to_array($11::text, ' '), $12::bytea,"
			" $13::timestamptz, h.created_at, h.created_at, h.sequence, h.hash FROM hashed h"
			" RETURNING " KEY_COLUMN_LIST,
};

static const struct statement key_revoke = {
	.name = "key_revoke",
	.params = AUDIT_PARAMS,
	.columns = KEY_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql =
	    "WITH before AS (SELECT audit_length, audit_head, version FROM grantd.api_keys"
	    " WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL FOR UPDATE), " AUDIT_HASHED(
		"api_key", "done",
		"jsonb_build_object('revoked_at', NULL, 'version', before.version)",
		"jsonb_build_object('revoked_at', " AUDIT_TIME(
		    "statement_timestamp()") ", 'version', before.version + 1)") ", " AUDIT_LOGGED("api_key",
		"done") " UPDATE grantd.api_keys k SET revoked_at = h.created_at, version = k.version + 1,"
			" updated_at = h.created_at, audit_length = h.sequence, audit_head = h.hash"
			" FROM hashed h WHERE k.tenant_id = $1 AND k.id = $2 RETURNING " KEY_COLUMN_LIST,
};

/* least() passes over a NULL, which is a key that would never have expired. */
#define RETIRED_AT "least(k.expires_at, statement_timestamp() + make_interval(secs => $9::bigint))"

static const struct statement key_retire = {
	.name = "key_retire",
	.params = AUDIT_PARAMS + 2,
	.columns = KEY_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql =
	    "WITH before AS (SELECT k.audit_length, k.audit_head, k.version, k.expires_at, " RETIRED_AT
	    " AS retired_at FROM grantd.api_keys k"
	    " WHERE k.tenant_id = $1 AND k.id = $2 AND k.revoked_at IS NULL FOR UPDATE), " AUDIT_HASHED(
		"api_key", "done",
		"jsonb_build_object('expires_at', " AUDIT_TIME(
		    "before.expires_at") ", 'version', before.version)",
		"jsonb_build_object('expires_at', " AUDIT_TIME(
		    "before.retired_at") ", 'replaced_by', $10::uuid, 'version', before.version + 1)") ", " AUDIT_LOGGED("api_key",
		"done") " UPDATE grantd.api_keys k SET expires_at = " RETIRED_AT
			", version = k.version + 1,"
			" updated_at = h.created_at, audit_length = h.sequence, audit_head = h.hash"
			" FROM hashed h WHERE k.tenant_id = $1 AND k.id = $2 RETURNING " KEY_COLUMN_LIST,
};

static const struct statement key_find = {
	.name = "key_find",
	.params = 1,
	.columns = 2,
	.rows = ROWS_ANY,
	.sql = "SELECT tenant_id, id FROM grantd.find_key($1::bytea) LIMIT 1",
};

bool
key_from_row(struct key_record *k, struct db_row *row)
{
	k->id = db_get_uuid(row);
	k->key_name = db_get_text(row);
	k->name = db_get_text(row);
	k->roles = db_get_text(row);
	k->status = db_get_text(row);
	k->created_at = db_get_int(row);
	k->updated_at = db_get_int(row);
	k->has_expires_at = db_get_int_or_null(row, &k->expires_at);
	k->has_revoked_at = db_get_int_or_null(row, &k->revoked_at);
	k->has_last_used_at = db_get_int_or_null(row, &k->last_used_at);
	k->version = db_get_int(row);
	k->found = !row->failed;
	return k->found;
}

static enum outcome
key_read(struct db_rows *rows, void *into)
{
	struct key_record *k = into;
	struct db_row row = db_row_at(rows, 0);

	if (db_rows_count(rows) == 0)
		return DONE;
	if (!key_from_row(k, &row))
		return BROKEN;
	k->rows = *rows;
	rows->result = NULL;
	return DONE;
}

static enum outcome
key_find_read(struct db_rows *rows, void *into)
{
	struct key_place *place = into;
	struct db_row row = db_row_at(rows, 0);

	if (db_rows_count(rows) == 0)
		return DONE;
	place->tenant = db_get_uuid(&row);
	place->id = db_get_uuid(&row);
	place->found = !row.failed;
	return row.failed ? BROKEN : DONE;
}

void
db_key_create(struct db *db, const struct uuid *tenant, const struct key_new *n,
    const struct audit_entry *entry, struct key_record *created)
{
	struct db_params p = DB_PARAMS_EMPTY;

	key_record_clear(created);
	audit_put(&p, tenant, &n->id, entry);
	db_put_text(&p, n->key_name);
	db_put_text(&p, n->name);
	db_put_text(&p, n->roles);
	db_put_bytea(&p, n->hash, API_KEY_HASH_LEN);
	if (n->has_expires_at)
		db_put_time(&p, n->expires_at);
	else
		db_put_text(&p, NULL);
	db_put_uuid(&p, n->replaces);
	db_queue(db, &key_create, &p, key_read, created);
}

static void
queue_by_id(struct db *db, const struct statement *st, const struct uuid *tenant,
    const struct uuid *id, struct key_record *k)
{
	struct db_params p = DB_PARAMS_EMPTY;

	key_record_clear(k);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, id);
	db_queue(db, st, &p, key_read, k);
}

void
db_key_get(struct db *db, const struct uuid *tenant, const struct uuid *id, struct key_record *k)
{
	queue_by_id(db, &key_get, tenant, id, k);
}

void
db_key_lock(struct db *db, const struct uuid *tenant, const struct uuid *id, struct key_record *k)
{
	queue_by_id(db, &key_lock, tenant, id, k);
}

void
db_key_revoke(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct audit_entry *entry, struct key_record *changed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	key_record_clear(changed);
	audit_put(&p, tenant, id, entry);
	db_queue(db, &key_revoke, &p, key_read, changed);
}

void
db_key_retire(struct db *db, const struct uuid *tenant, const struct uuid *id, int64_t overlap,
    const struct uuid *replaced_by, const struct audit_entry *entry, struct key_record *changed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	key_record_clear(changed);
	audit_put(&p, tenant, id, entry);
	db_put_int(&p, overlap);
	db_put_uuid(&p, replaced_by);
	db_queue(db, &key_retire, &p, key_read, changed);
}

void
db_key_find(struct db *db, const uint8_t hash[API_KEY_HASH_LEN], struct key_place *place)
{
	struct db_params p = DB_PARAMS_EMPTY;

	*place = (struct key_place){ .found = false };
	db_put_bytea(&p, hash, API_KEY_HASH_LEN);
	db_queue(db, &key_find, &p, key_find_read, place);
}

void
key_record_clear(struct key_record *k)
{
	db_rows_clear(&k->rows);
	*k = (struct key_record)KEY_RECORD_EMPTY;
}
