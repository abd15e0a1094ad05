/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/policy_sql.h"

/*
 * Statements that change a rule have its policy as $2, whose chain it is that grows, and the rule's id as $9; those that
 * set it have $10 to $13 as put_settings() puts them.
 */
#define RULE_PARAMS (AUDIT_PARAMS + 1)
#define RULE_SETTINGS 4
#define RULE_ORDINAL_GIVEN "$13::int"
#define RULE_WAS \
	"jsonb_build_object('rule_id', $9::uuid, 'ordinal', before.ordinal," \
	" 'policy_text', before.policy_text, 'notice', before.notice," \
	" 'audit_session', before.audit_session, 'version', before.version)"
#define RULE_IS(version) \
	"jsonb_build_object('rule_id', $9::uuid, 'ordinal', before.new_ordinal," \
	" 'policy_text', $10::text, 'notice', $11::text, 'audit_session', $12::boolean," \
	" 'version', " version ")"

#define RULE_THERE "r.tenant_id = $1 AND r.policy_id = $2 AND r.id = $9::uuid"
#define RULE_BEFORE(new_ordinal) \
	"SELECT p.audit_length, p.audit_head, r.ordinal, r.policy_text, r.notice, r.audit_session," \
	" r.version, " new_ordinal " AS new_ordinal FROM grantd.policies p" \
	" JOIN grantd.policy_rules r ON r.tenant_id = p.tenant_id AND r.policy_id = p.id" \
	" WHERE " RULE_THERE
#define RULE_CHAINED \
	"chained AS (UPDATE grantd.policies p SET audit_length = h.sequence, audit_head = h.hash" \
	" FROM hashed h WHERE p.tenant_id = $1 AND p.id = $2)"

static const struct statement rule_get = {
	.name = "rule_get",
	.params = 3,
	.columns = RULE_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT " RULE_COLUMN_LIST " FROM grantd.policy_rules r"
	       " WHERE r.tenant_id = $1 AND r.policy_id = $2 AND r.id = $3",
};

static const struct statement rule_create = {
	.name = "rule_create",
	.params = RULE_PARAMS + RULE_SETTINGS,
	.columns = RULE_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql =
	    "WITH before AS (SELECT p.audit_length, p.audit_head, coalesce(" RULE_ORDINAL_GIVEN
	    ", (SELECT least(coalesce(max(r.ordinal), 0) + 1, 1000000) FROM grantd.policy_rules r"
	    " WHERE r.tenant_id = $1 AND r.policy_id = $2)) AS new_ordinal FROM grantd.policies p"
	    " WHERE p.tenant_id = $1 AND p.id = $2 AND p.deleted_at IS NULL FOR UPDATE), " AUDIT_HASHED(
		"policy", "done", "NULL::jsonb", RULE_IS("1")) ", " AUDIT_LOGGED("policy",
		"done") ", " POLICY_VERSION_MOVED ", " RULE_CHAINED
			" INSERT INTO grantd.policy_rules AS r (tenant_id, policy_id, id, policy_text, notice,"
			" audit_session, ordinal, created_at, updated_at) SELECT $1::uuid, $2::uuid, $9::uuid,"
			" $10::text, $11::text, $12::boolean, b.new_ordinal,"
			" h.created_at, h.created_at FROM hashed h, before b RETURNING " RULE_COLUMN_LIST,
};

static const struct statement rule_update = {
	.name = "rule_update",
	.params = RULE_PARAMS + RULE_SETTINGS,
	.columns = RULE_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "WITH before AS (" RULE_BEFORE(
	    "coalesce(" RULE_ORDINAL_GIVEN
	    ", r.ordinal)") " AND (r.policy_text, r.notice, r.audit_session,"
			    " r.ordinal) IS DISTINCT FROM ($10::text, $11::text, $12::boolean,"
			    " coalesce(" RULE_ORDINAL_GIVEN
			    ", r.ordinal)) FOR UPDATE), " AUDIT_HASHED("policy", "done", RULE_WAS,
				RULE_IS("before.version + 1")) ", " AUDIT_LOGGED("policy",
				"done") ", " POLICY_VERSION_MOVED ", " RULE_CHAINED
					" UPDATE grantd.policy_rules r SET policy_text = $10::text,"
					" notice = $11::text, audit_session = $12::boolean,"
					" ordinal = b.new_ordinal, version = r.version + 1, updated_at = h.created_at"
					" FROM hashed h, before b WHERE " RULE_THERE
					" RETURNING " RULE_COLUMN_LIST,
};

static const struct statement rule_delete = {
	.name = "rule_delete",
	.params = RULE_PARAMS,
	.columns = RULE_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "WITH before AS (" RULE_BEFORE("r.ordinal") " FOR UPDATE), " AUDIT_HASHED("policy",
	    "done", RULE_WAS, "NULL::jsonb") ", " AUDIT_LOGGED("policy",
	    "done") ", " POLICY_VERSION_MOVED ", " RULE_CHAINED
		    " DELETE FROM grantd.policy_rules r USING hashed h WHERE " RULE_THERE
		    " RETURNING " RULE_COLUMN_LIST,
};

bool
rule_from_row(struct rule_record *r, struct db_row *row)
{
	r->policy_id = db_get_uuid(row);
	r->id = db_get_uuid(row);
	r->is.text = db_get_text(row);
	r->is.notice = db_get_text_or_null(row);
	r->is.audit_session = db_get_bool(row);
	r->is.has_ordinal = true;
	r->is.ordinal = db_get_int(row);
	r->created_at = db_get_int(row);
	r->updated_at = db_get_int(row);
	r->version = db_get_int(row);
	r->found = !row->failed;
	return r->found;
}

static enum outcome
rule_read(struct db_rows *rows, void *into)
{
	struct rule_record *r = into;
	struct db_row row = db_row_at(rows, 0);

	if (db_rows_count(rows) == 0)
		return DONE;
	if (!rule_from_row(r, &row))
		return BROKEN;
	r->rows = *rows;
	rows->result = NULL;
	return DONE;
}

void
db_policy_rule_get(struct db *db, const struct uuid *tenant, const struct uuid *policy,
    const struct uuid *id, struct rule_record *r)
{
	struct db_params p = DB_PARAMS_EMPTY;

	rule_record_clear(r);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, policy);
	db_put_uuid(&p, id);
	db_queue(db, &rule_get, &p, rule_read, r);
}

/* $10 to $13 */
static void
put_settings(struct db_params *p, const struct rule_settings *is)
{
	db_put_text(p, is->text);
	db_put_text(p, is->notice);
	db_put_bool(p, is->audit_session);
	if (is->has_ordinal)
		db_put_int(p, is->ordinal);
	else
		db_put_text(p, NULL);
}

static void
queue_change(struct db *db, const struct statement *st, const struct uuid *tenant,
    const struct uuid *policy, const struct uuid *id, const struct rule_settings *is,
    const struct audit_entry *entry, struct rule_record *changed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	rule_record_clear(changed);
	audit_put(&p, tenant, policy, entry);
	db_put_uuid(&p, id);
	if (is != NULL)
		put_settings(&p, is);
	db_queue(db, st, &p, rule_read, changed);
}

void
db_policy_rule_create(struct db *db, const struct uuid *tenant, const struct uuid *policy,
    const struct uuid *id, const struct rule_settings *is, const struct audit_entry *entry,
    struct rule_record *created)
{
	queue_change(db, &rule_create, tenant, policy, id, is, entry, created);
}

void
db_policy_rule_update(struct db *db, const struct uuid *tenant, const struct uuid *policy,
    const struct uuid *id, const struct rule_settings *is, const struct audit_entry *entry,
    struct rule_record *changed)
{
	queue_change(db, &rule_update, tenant, policy, id, is, entry, changed);
}

void
db_policy_rule_delete(struct db *db, const struct uuid *tenant, const struct uuid *policy,
    const struct uuid *id, const struct audit_entry *entry, struct rule_record *gone)
{
	queue_change(db, &rule_delete, tenant, policy, id, NULL, entry, gone);
}

void
rule_record_clear(struct rule_record *r)
{
	db_rows_clear(&r->rows);
	*r = (struct rule_record)RULE_RECORD_EMPTY;
}
