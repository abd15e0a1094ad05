/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/policy_sql.h"

#define POLICY_THERE "p.tenant_id = $1 AND p.id = $2 AND p.deleted_at IS NULL"

/* $9 to $11 in the statements that set them. */
#define POLICY_WAS \
	"jsonb_build_object('name', before.name, 'priority', before.priority," \
	" 'enabled', before.enabled, 'version', before.version)"
#define POLICY_IS(version) \
	"jsonb_build_object('name', $9::text, 'priority', $10::int, 'enabled', $11::boolean," \
	" 'version', " version ")"

static const struct statement policy_hold = {
	.name = "policy_hold",
	.params = 1,
	.columns = 1,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT t.id FROM grantd.tenants t WHERE t.id = $1 FOR NO KEY UPDATE",
};

static const struct statement policy_get = {
	.name = "policy_get",
	.params = 2,
	.columns = POLICY_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT " POLICY_COLUMN_LIST " FROM grantd.policies p WHERE " POLICY_THERE,
};

static const struct statement policy_create = {
	.name = "policy_create",
	.params = AUDIT_PARAMS + 3,
	.columns = POLICY_COLUMNS,
	.rows = ROWS_ONE,
	.sql = "WITH before AS (SELECT " AUDIT_CHAIN_START "), " AUDIT_HASHED("policy", "done",
	    "NULL::jsonb", POLICY_IS("1")) ", " AUDIT_LOGGED("policy",
	    "done") ", " POLICY_VERSION_MOVED
		    " INSERT INTO grantd.policies AS p (tenant_id, id, name, priority, enabled, created_at,"
		    " updated_at, audit_length, audit_head) SELECT $1::uuid, $2::uuid, $9::text, $10::int,"
		    " $11::boolean, h.created_at, h.created_at, h.sequence, h.hash FROM hashed h"
		    " RETURNING " POLICY_COLUMN_LIST,
};

static const struct statement policy_update = {
	.name = "policy_update",
	.params = AUDIT_PARAMS + 3,
	.columns = POLICY_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql =
	    "WITH before AS (SELECT p.audit_length, p.audit_head, p.name, p.priority, p.enabled,"
	    " p.version FROM grantd.policies p WHERE " POLICY_THERE
	    " AND (p.name, p.priority, p.enabled) <> ($9::text, $10::int, $11::boolean)"
	    " FOR UPDATE), " AUDIT_HASHED("policy", "done", POLICY_WAS,
		POLICY_IS("before.version + 1")) ", " AUDIT_LOGGED("policy",
		"done") ", " POLICY_VERSION_MOVED
			" UPDATE grantd.policies p SET name = $9::text, priority = $10::int,"
			" enabled = $11::boolean, version = p.version + 1, updated_at = h.created_at,"
			" audit_length = h.sequence, audit_head = h.hash FROM hashed h WHERE " POLICY_THERE
			" RETURNING " POLICY_COLUMN_LIST,
};

/* The entry counts the rules and does not repeat them: together they could be larger than an entry may be. */
static const struct statement policy_delete = {
	.name = "policy_delete",
	.params = AUDIT_PARAMS,
	.columns = POLICY_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql =
	    "WITH before AS (SELECT p.audit_length, p.audit_head, p.name, p.priority, p.enabled,"
	    " p.version, (SELECT count(*) FROM grantd.policy_rules r WHERE r.tenant_id = $1"
	    " AND r.policy_id = $2) AS rules FROM grantd.policies p WHERE " POLICY_THERE
	    " FOR UPDATE), " AUDIT_HASHED("policy", "done",
		POLICY_WAS " || jsonb_build_object('rules', before.rules)",
		"NULL::jsonb") ", " AUDIT_LOGGED("policy",
		"done") ", " POLICY_VERSION_MOVED ", "
			"emptied AS (DELETE FROM grantd.policy_rules r USING hashed h WHERE r.tenant_id = $1"
			" AND r.policy_id = $2)"
			" UPDATE grantd.policies p SET deleted_at = h.created_at, version = p.version + 1,"
			" updated_at = h.created_at, audit_length = h.sequence, audit_head = h.hash"
			" FROM hashed h WHERE " POLICY_THERE " RETURNING " POLICY_COLUMN_LIST,
};

bool
policy_from_row(struct policy *p, struct db_row *row)
{
	p->id = db_get_uuid(row);
	p->name = db_get_text(row);
	p->priority = db_get_int(row);
	p->enabled = db_get_bool(row);
	p->created_at = db_get_int(row);
	p->updated_at = db_get_int(row);
	p->version = db_get_int(row);
	p->found = !row->failed;
	return p->found;
}

static enum outcome
policy_read(struct db_rows *rows, void *into)
{
	struct policy *p = into;
	struct db_row row = db_row_at(rows, 0);

	if (db_rows_count(rows) == 0)
		return DONE;
	if (!policy_from_row(p, &row))
		return BROKEN;
	p->rows = *rows;
	rows->result = NULL;
	return DONE;
}

void
db_policy_hold(struct db *db, const struct uuid *tenant)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, tenant);
	db_queue(db, &policy_hold, &p, NULL, NULL);
}

void
db_policy_get(struct db *db, const struct uuid *tenant, const struct uuid *id,
    struct policy *policy)
{
	struct db_params p = DB_PARAMS_EMPTY;

	policy_clear(policy);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, id);
	db_queue(db, &policy_get, &p, policy_read, policy);
}

static void
queue_settings(struct db *db, const struct statement *st, const struct uuid *tenant,
    const struct uuid *id, const struct policy_settings *s, const struct audit_entry *entry,
    struct policy *changed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	policy_clear(changed);
	audit_put(&p, tenant, id, entry);
	db_put_text(&p, s->name);
	db_put_int(&p, s->priority);
	db_put_bool(&p, s->enabled);
	db_queue(db, st, &p, policy_read, changed);
}

void
db_policy_create(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct policy_settings *s, const struct audit_entry *entry, struct policy *created)
{
	queue_settings(db, &policy_create, tenant, id, s, entry, created);
}

void
db_policy_update(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct policy_settings *s, const struct audit_entry *entry, struct policy *changed)
{
	queue_settings(db, &policy_update, tenant, id, s, entry, changed);
}

void
db_policy_delete(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct audit_entry *entry, struct policy *gone)
{
	struct db_params p = DB_PARAMS_EMPTY;

	policy_clear(gone);
	audit_put(&p, tenant, id, entry);
	db_queue(db, &policy_delete, &p, policy_read, gone);
}

void
policy_clear(struct policy *p)
{
	db_rows_clear(&p->rows);
	*p = (struct policy)POLICY_EMPTY;
}
