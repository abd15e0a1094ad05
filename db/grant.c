/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/grant_sql.h"

static const struct statement grant_get = {
	.name = "grant_get",
	.params = 2,
	.columns = GRANT_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT " GRANT_COLUMN_LIST " FROM grantd.grants g"
	       " WHERE g.tenant_id = $1 AND g.id = $2",
};

/* Functions' answers are records: a row of their own type in one column, which costs less than a table. */
static const struct statement grant_look = {
	.name = "grant_look",
	.params = 3,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.get_grant($1, $2, $3)",
};

static const struct statement grant_set_audit = {
	.name = "grant_set_audit",
	.params = CHANGE_PARAMS + 3,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.update_grant(" CHANGE_ARGUMENTS ", $9, $10, $11)",
};

static const struct statement grant_revoke = {
	.name = "grant_revoke",
	.params = CHANGE_PARAMS + 2,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.revoke_grant(" CHANGE_ARGUMENTS ", $9, $10)",
};

static const struct statement log_denied = {
	.name = "log_denied",
	.params = CHANGE_PARAMS + 4,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.log_denied(" CHANGE_ARGUMENTS ", $9, $10, $11, $12)",
};

bool
grant_from_row(struct grant *g, struct db_row *row)
{
	g->id = db_get_uuid(row);
	g->has_request_id = db_get_uuid_or_null(row, &g->request_id);
	g->grantee_id = db_get_text(row);
	g->resource_type = db_get_text(row);
	g->resource_id = db_get_text(row);
	g->action = db_get_text(row);
	g->status = db_get_text(row);
	g->audit_enabled = db_get_bool(row);
	g->expires_at = db_get_int(row);
	g->granted_at = db_get_int(row);
	g->has_revoked_at = db_get_int_or_null(row, &g->revoked_at);
	g->metadata = db_get_text(row);
	g->created_at = db_get_int(row);
	g->updated_at = db_get_int(row);
	g->version = db_get_int(row);
	g->found = !row->failed;
	return g->found;
}

enum outcome
grant_read(struct db_rows *rows, void *into)
{
	struct grant *g = into;
	struct db_row row = db_row_at(rows, 0);

	if (db_rows_count(rows) == 0)
		return DONE;
	if (!grant_from_row(g, &row))
		return BROKEN;
	g->rows = db_rows_take(rows);
	return DONE;
}

enum outcome
grant_change_read(struct db_rows *rows, void *into)
{
	struct grant *g = into;
	struct db_row row = db_row_of_record(rows);

	g->change = change_from_row(&row);
	if (row.failed || (change_has_row(g->change) && !grant_from_row(g, &row)))
		return BROKEN;
	g->rows = db_rows_take(rows);
	return DONE;
}

static enum outcome
grant_look_read(struct db_rows *rows, void *into)
{
	struct grant_look *look = into;
	struct db_row row = db_row_of_record(rows), rest;
	struct uuid id; /* NULL where there is no such grant */

	look->key->found = db_get_uuid_or_null(&row, &look->key->id);
	if (row.failed || !look->key->found)
		return row.failed ? BROKEN : DONE;
	look->key->name = db_get_text(&row);
	look->key->roles = db_get_text(&row);
	look->key->version = db_get_int(&row);
	look->key->policy_version = db_get_int(&row);
	look->key->now = db_get_int(&row);
	rest = row;
	if (db_get_uuid_or_null(&rest, &id) && !grant_from_row(look->grant, &row))
		return BROKEN;
	look->grant->rows = db_rows_take(rows);
	return row.failed ? BROKEN : DONE;
}

void
db_grant_get(struct db *db, const struct uuid *tenant, const struct uuid *id, struct grant *g)
{
	struct db_params p = DB_PARAMS_EMPTY;

	grant_clear(g);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, id);
	db_queue(db, &grant_get, &p, grant_read, g);
}

void
db_grant_look(struct db *db, const struct uuid *tenant, const uint8_t key_hash[KEY_HASH_LEN],
    const struct uuid *id, struct grant_look *look)
{
	struct db_params p = DB_PARAMS_EMPTY;

	key_clear(look->key);
	grant_clear(look->grant);
	look->key->tenant = *tenant;
	db_put_uuid(&p, tenant);
	db_put_bytea(&p, key_hash, KEY_HASH_LEN);
	db_put_uuid(&p, id);
	db_queue(db, &grant_look, &p, grant_look_read, look);
}

void
db_grant_set_audit(struct db *db, const struct uuid *tenant, const struct uuid *id,
    bool audit_enabled, const struct change_by *by, struct grant *changed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	grant_clear(changed);
	change_put(&p, tenant, by);
	db_put_uuid(&p, id);
	db_put_int_or_null(&p, by->target_version);
	db_put_bool(&p, audit_enabled);
	db_queue(db, &grant_set_audit, &p, grant_change_read, changed);
}

void
db_grant_revoke(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct change_by *by, struct grant *changed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	grant_clear(changed);
	change_put(&p, tenant, by);
	db_put_uuid(&p, id);
	db_put_int_or_null(&p, by->target_version);
	db_queue(db, &grant_revoke, &p, grant_change_read, changed);
}

void
db_log_denied(struct db *db, const struct uuid *tenant, const struct uuid *grant,
    const struct change_by *by, const char *requested, const struct uuid *writer,
    enum change *change)
{
	struct db_params p = DB_PARAMS_EMPTY;

	change_put(&p, tenant, by);
	db_put_text(&p, by->action);
	db_put_uuid(&p, grant);
	db_put_text(&p, requested);
	db_put_uuid(&p, writer);
	db_queue(db, &log_denied, &p, change_read, change);
}

void
grant_clear(struct grant *g)
{
	db_rows_clear(&g->rows);
	*g = (struct grant)GRANT_EMPTY;
}
