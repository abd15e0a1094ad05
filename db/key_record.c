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

#define KEY_CHANGE(function, arguments) \
	"SELECT c.state, " KEY_COLUMNS_OF("(c.key)") " FROM grantd." function "(" CHANGE_ARGUMENTS \
						     ", " arguments ") c"

static const struct statement key_create = {
	.name = "key_create",
	.params = CHANGE_PARAMS + 6,
	.columns = 1 + KEY_COLUMNS,
	.rows = ROWS_ONE,
	.sql = KEY_CHANGE("create_api_key", "$9, $10, $11, string_to_array($12, ' '), $13, $14"),
};

static const struct statement key_revoke = {
	.name = "key_revoke",
	.params = CHANGE_PARAMS + 2,
	.columns = 1 + KEY_COLUMNS,
	.rows = ROWS_ONE,
	.sql = KEY_CHANGE("revoke_api_key", "$9, $10"),
};

/* The new key, and of the old one what the rotation has changed. */
static const struct statement key_rotate = {
	.name = "key_rotate",
	.params = CHANGE_PARAMS + 9,
	.columns = 1 + KEY_COLUMNS + 2,
	.rows = ROWS_ONE,
	.sql = "SELECT c.state, " KEY_COLUMNS_OF(
	    "(c.key)") ", (c.retired).id, (c.retired).expires_at"
		       " FROM grantd.rotate_api_key(" CHANGE_ARGUMENTS
		       ", $9, $10, $11, $12, $13, $14, $15, $16, $17) c",
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
	k->rows = db_rows_take(rows);
	return DONE;
}

static enum outcome
key_change_read(struct db_rows *rows, void *into)
{
	struct key_record *k = into;
	struct db_row row = db_row_at(rows, 0);

	k->change = change_from_row(&row);
	if (row.failed || (change_has_row(k->change) && !key_from_row(k, &row)))
		return BROKEN;
	k->rows = db_rows_take(rows);
	return DONE;
}

static enum outcome
key_rotate_read(struct db_rows *rows, void *into)
{
	struct key_rotated *r = into;
	struct db_row row = db_row_at(rows, 0);

	r->made.change = change_from_row(&row);
	if (row.failed)
		return BROKEN;
	if (change_has_row(r->made.change)) {
		(void)key_from_row(&r->made, &row);
		r->retired.id = db_get_uuid(&row);
		r->retired.has_expires_at = db_get_int_or_null(&row, &r->retired.expires_at);
	}
	r->made.rows = db_rows_take(rows);
	return row.failed ? BROKEN : DONE;
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

static void
put_expiry(struct db_params *p, const struct key_new *n)
{
	if (n->has_expires_at)
		db_put_time(p, n->expires_at);
	else
		db_put_text(p, NULL);
}

void
db_key_create(struct db *db, const struct uuid *tenant, const struct key_new *n,
    const struct change_by *by, struct key_record *created)
{
	struct db_params p = DB_PARAMS_EMPTY;

	key_record_clear(created);
	change_put(&p, tenant, by);
	db_put_uuid(&p, &n->id);
	db_put_text(&p, n->key_name);
	db_put_text(&p, n->name);
	db_put_text(&p, n->roles);
	db_put_bytea(&p, n->hash, API_KEY_HASH_LEN);
	put_expiry(&p, n);
	db_queue(db, &key_create, &p, key_change_read, created);
}

void
db_key_get(struct db *db, const struct uuid *tenant, const struct uuid *id, struct key_record *k)
{
	struct db_params p = DB_PARAMS_EMPTY;

	key_record_clear(k);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, id);
	db_queue(db, &key_get, &p, key_read, k);
}

void
db_key_revoke(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct change_by *by, struct key_record *changed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	key_record_clear(changed);
	change_put(&p, tenant, by);
	db_put_uuid(&p, id);
	db_put_int_or_null(&p, by->target_version);
	db_queue(db, &key_revoke, &p, key_change_read, changed);
}

void
db_key_rotate(struct db *db, const struct uuid *tenant, const struct key_rotation *how,
    const struct key_new *n, const struct change_by *by, struct key_rotated *rotated)
{
	struct db_params p = DB_PARAMS_EMPTY;

	key_record_clear(&rotated->made);
	rotated->retired = (struct key_record)KEY_RECORD_EMPTY;
	change_put(&p, tenant, by);
	db_put_uuid(&p, how->old);
	db_put_int(&p, how->old_version);
	db_put_int(&p, how->overlap);
	db_put_uuid(&p, &how->old_entry);
	db_put_uuid(&p, &n->id);
	db_put_text(&p, n->key_name);
	db_put_bytea(&p, n->hash, API_KEY_HASH_LEN);
	db_put_bool(&p, how->inherit);
	put_expiry(&p, n);
	db_queue(db, &key_rotate, &p, key_rotate_read, rotated);
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
