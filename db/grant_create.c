/* SPDX-License-Identifier: MIT */
/* Making a grant, and making it once where the client names its request. */
#include "config.h"

#include "db/grant_create.h"
#include "db/grant_sql.h"

static const struct statement grant_create = {
	.name = "grant_create",
	.params = AUDIT_PARAMS + 8,
	.columns = GRANT_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql =
	    "WITH before AS (SELECT " AUDIT_CHAIN_START " FROM grantd.tenants"
	    " WHERE id = $1 AND $15::timestamptz > statement_timestamp()), " AUDIT_HASHED("grant",
		"done", "NULL::jsonb",
		"jsonb_build_object('request_id', $9::uuid, 'grantee_id', $10::text,"
		" 'resource_type', $11::text, 'resource_id', $12::text, 'action', $13::text,"
		" 'audit_enabled', $14::boolean, 'expires_at', " AUDIT_TIME(
		    "$15::timestamptz") ", 'metadata', $16::jsonb, 'version', 1)") ", " AUDIT_LOGGED("grant",
		"done") " INSERT INTO grantd.grants AS g (tenant_id, id, request_id, grantee_id, resource_type,"
			" resource_id, action, audit_enabled, expires_at, metadata, granted_at, created_at,"
			" updated_at, audit_length, audit_head) SELECT $1::uuid, $2::uuid, $9::uuid, $10::text,"
			" $11::text, $12::text, $13::text, $14::boolean, $15::timestamptz, $16::jsonb,"
			" h.created_at, h.created_at, h.created_at, h.sequence, h.hash FROM hashed h"
			" RETURNING " GRANT_COLUMN_LIST,
};

static const struct statement idempotency_expire = {
	.name = "idempotency_expire",
	.params = 1,
	.columns = 0,
	.rows = ROWS_NONE,
	.sql = "DELETE FROM grantd.idempotency_keys WHERE tenant_id = $1"
	       " AND created_at <= statement_timestamp() - interval '24 hours'",
};

/* Where no grant was made, there is nothing to keep. */
static const struct statement idempotency_put = {
	.name = "idempotency_put",
	.params = 5,
	.columns = 0,
	.rows = ROWS_NONE,
	.sql = "INSERT INTO grantd.idempotency_keys (tenant_id, key, body_hash, grant_id,"
	       " audit_enabled) SELECT $1::uuid, $2::text, $3::bytea, g.id, $5::boolean"
	       " FROM grantd.grants g WHERE g.tenant_id = $1 AND g.id = $4",
};

/* The grant as it was when it was made: what has changed since is put back. */
static const struct statement idempotency_get = {
	.name = "idempotency_get",
	.params = 3,
	.columns = GRANT_COLUMNS + 1,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT i.body_hash = $3::bytea, " GRANT_COLUMN_LIST_WITH("'active'",
	    "i.audit_enabled", "NULL::timestamptz", "g.created_at",
	    "1") " FROM grantd.idempotency_keys i JOIN grantd.grants g"
		 " ON g.tenant_id = i.tenant_id AND g.id = i.grant_id"
		 " WHERE i.tenant_id = $1 AND i.key = $2"
		 " AND i.created_at > statement_timestamp() - interval '24 hours'",
};

void
db_grant_create(struct db *db, const struct uuid *tenant, const struct grant_new *n,
    const struct audit_entry *entry, struct grant *created)
{
	struct db_params p = DB_PARAMS_EMPTY;

	grant_clear(created);
	audit_put(&p, tenant, &n->id, entry);
	db_put_uuid(&p, n->request_id);
	db_put_text(&p, n->grantee_id);
	db_put_text(&p, n->resource_type);
	db_put_text(&p, n->resource_id);
	db_put_text(&p, n->action);
	db_put_bool(&p, n->audit_enabled);
	db_put_time(&p, n->expires_at);
	db_put_text(&p, n->metadata);
	db_queue(db, &grant_create, &p, grant_read, created);
}

static enum outcome
first_answer_read(struct db_rows *rows, void *into)
{
	struct first_answer *first = into;
	struct db_row row = db_row_at(rows, 0);

	if (db_rows_count(rows) == 0)
		return DONE;
	first->same_body = db_get_bool(&row);
	if (!grant_from_row(&first->grant, &row))
		return BROKEN;
	first->grant.rows = *rows;
	rows->result = NULL;
	return DONE;
}

void
db_first_answer_get(struct db *db, const struct uuid *tenant, const struct idempotency *i,
    struct first_answer *first)
{
	struct db_params p = DB_PARAMS_EMPTY;

	first_answer_clear(first);
	db_put_uuid(&p, tenant);
	db_put_text(&p, i->key);
	db_put_bytea(&p, i->body_hash, sizeof(i->body_hash));
	db_queue(db, &idempotency_get, &p, first_answer_read, first);
}

void
db_first_answer_keep(struct db *db, const struct uuid *tenant, const struct idempotency *i,
    const struct grant_new *n)
{
	struct db_params expire = DB_PARAMS_EMPTY, p = DB_PARAMS_EMPTY;

	db_put_uuid(&expire, tenant);
	db_queue(db, &idempotency_expire, &expire, NULL, NULL);
	db_put_uuid(&p, tenant);
	db_put_text(&p, i->key);
	db_put_bytea(&p, i->body_hash, sizeof(i->body_hash));
	db_put_uuid(&p, &n->id);
	db_put_bool(&p, n->audit_enabled);
	db_queue(db, &idempotency_put, &p, NULL, NULL);
}

void
first_answer_clear(struct first_answer *first)
{
	grant_clear(&first->grant);
	*first = (struct first_answer)FIRST_ANSWER_EMPTY;
}
