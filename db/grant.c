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

static const struct statement grant_lock = {
	.name = "grant_lock",
	.params = 2,
	.columns = GRANT_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT " GRANT_COLUMN_LIST " FROM grantd.grants g"
	       " WHERE g.tenant_id = $1 AND g.id = $2 FOR UPDATE",
};

static const struct statement grant_set_audit = {
	.name = "grant_set_audit",
	.params = AUDIT_PARAMS + 2,
	.columns = GRANT_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql =
	    "WITH before AS (SELECT audit_length, audit_head, audit_enabled, version"
	    " FROM grantd.grants WHERE tenant_id = $1 AND id = $2 AND audit_enabled <> $9::boolean"
	    " AND current_setting('grantd.stamp', true) = $10::text FOR UPDATE), " AUDIT_HASHED(
		"grant", "done",
		"jsonb_build_object('audit_enabled', before.audit_enabled,"
		" 'version', before.version)",
		"jsonb_build_object('audit_enabled', $9::boolean,"
		" 'version', before.version + 1)") ", " AUDIT_LOGGED("grant",
		"done") " UPDATE grantd.grants g SET audit_enabled = $9::boolean, version = g.version + 1,"
			" updated_at = h.created_at, audit_length = h.sequence, audit_head = h.hash"
			" FROM hashed h WHERE g.tenant_id = $1 AND g.id = $2 RETURNING " GRANT_COLUMN_LIST,
};

static const struct statement grant_revoke = {
	.name = "grant_revoke",
	.params = AUDIT_PARAMS,
	.columns = GRANT_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql =
	    "WITH before AS (SELECT audit_length, audit_head, status, version"
	    " FROM grantd.grants WHERE tenant_id = $1 AND id = $2 AND status <> 'revoked'"
	    " FOR UPDATE), " AUDIT_HASHED("grant", "done",
		"jsonb_build_object('status', before.status, 'version', before.version)",
		"jsonb_build_object('status', 'revoked', 'version', before.version + 1)") ", " AUDIT_LOGGED("grant",
		"done") " UPDATE grantd.grants g SET status = 'revoked', revoked_at = h.created_at,"
			" version = g.version + 1, updated_at = h.created_at, audit_length = h.sequence,"
			" audit_head = h.hash FROM hashed h WHERE g.tenant_id = $1 AND g.id = $2"
			" RETURNING " GRANT_COLUMN_LIST,
};

static const struct statement grant_log_denied = {
	.name = "grant_log_denied",
	.params = AUDIT_PARAMS + 1,
	.columns = 0,
	.rows = ROWS_NONE,
	.sql =
	    "WITH before AS (SELECT audit_length, audit_head, audit_enabled, version"
	    " FROM grantd.grants WHERE tenant_id = $1 AND id = $2 FOR UPDATE), " AUDIT_HASHED(
		"grant", "denied",
		"jsonb_build_object('audit_enabled', before.audit_enabled,"
		" 'version', before.version)",
		"$9::jsonb") ", " AUDIT_LOGGED("grant",
		"denied") " UPDATE grantd.grants g SET audit_length = h.sequence, audit_head = h.hash"
			  " FROM hashed h WHERE g.tenant_id = $1 AND g.id = $2",
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
	g->rows = *rows;
	rows->result = NULL;
	return DONE;
}

static void
queue_by_id(struct db *db, const struct statement *st, const struct uuid *tenant,
    const struct uuid *id, struct grant *g)
{
	struct db_params p = DB_PARAMS_EMPTY;

	grant_clear(g);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, id);
	db_queue(db, st, &p, grant_read, g);
}

void
db_grant_get(struct db *db, const struct uuid *tenant, const struct uuid *id, struct grant *g)
{
	queue_by_id(db, &grant_get, tenant, id, g);
}

void
db_grant_lock(struct db *db, const struct uuid *tenant, const struct uuid *id, struct grant *g)
{
	queue_by_id(db, &grant_lock, tenant, id, g);
}

void
db_grant_set_audit(struct db *db, const struct uuid *tenant, const struct uuid *id,
    bool audit_enabled, const char *stamp, const struct audit_entry *entry, struct grant *changed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	grant_clear(changed);
	audit_put(&p, tenant, id, entry);
	db_put_bool(&p, audit_enabled);
	db_put_text(&p, stamp);
	db_queue(db, &grant_set_audit, &p, grant_read, changed);
}

void
db_grant_revoke(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct audit_entry *entry, struct grant *changed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	grant_clear(changed);
	audit_put(&p, tenant, id, entry);
	db_queue(db, &grant_revoke, &p, grant_read, changed);
}

void
db_grant_log_denied(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct audit_entry *entry, const char *requested)
{
	struct db_params p = DB_PARAMS_EMPTY;

	audit_put(&p, tenant, id, entry);
	db_put_text(&p, requested);
	db_queue(db, &grant_log_denied, &p, NULL, NULL);
}

void
grant_clear(struct grant *g)
{
	db_rows_clear(&g->rows);
	*g = (struct grant)GRANT_EMPTY;
}
