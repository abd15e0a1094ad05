/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/policy_load.h"

/* One statement, so that the version is that of these very rules. */
static const struct statement policy_load = {
	.name = "policy_load",
	.params = 1,
	.columns = 9,
	.rows = ROWS_ANY,
	.sql =
	    "SELECT t.policy_version, t.failing_forbid_denies, statement_timestamp(), r.policy_id, p.priority, r.id, r.policy_text, r.notice,"
	    " r.audit_session FROM grantd.tenants t LEFT JOIN (grantd.policies p"
	    " JOIN grantd.policy_rules r ON r.tenant_id = p.tenant_id AND r.policy_id = p.id)"
	    " ON p.tenant_id = t.id AND p.enabled AND p.deleted_at IS NULL WHERE t.id = $1"
	    " ORDER BY p.priority DESC, p.created_at, p.id, r.ordinal, r.id",
};

static const struct statement policy_look = {
	.name = "policy_look",
	.params = 2,
	.columns = 9,
	.rows = ROWS_ANY,
	.sql = "SELECT * FROM grantd.get_policies($1, $2)",
};

/* Without any rule there is one row with the version alone; without the tenant there is none. */
static enum outcome
policy_load_read(struct db_rows *rows, void *into)
{
	struct policy_rules *list = into;
	struct db_row row = db_row_at(rows, 0);
	struct uuid policy;

	if (db_rows_count(rows) == 0)
		return DONE;
	list->version = db_get_int(&row);
	list->failing_forbid_denies = db_get_bool(&row);
	list->now = db_get_int(&row);
	if (db_get_uuid_or_null(&row, &policy))
		list->count = (size_t)db_rows_count(rows);
	if (row.failed)
		return BROKEN;
	list->rows = db_rows_take(rows);
	return DONE;
}

void
db_policy_load(struct db *db, const struct uuid *tenant, struct policy_rules *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	policy_rules_clear(list);
	db_put_uuid(&p, tenant);
	db_queue(db, &policy_load, &p, policy_load_read, list);
}

void
db_policy_look(struct db *db, const struct uuid *tenant, const uint8_t key_hash[KEY_HASH_LEN],
    struct policy_rules *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	policy_rules_clear(list);
	db_put_uuid(&p, tenant);
	db_put_bytea(&p, key_hash, KEY_HASH_LEN);
	db_queue(db, &policy_look, &p, policy_load_read, list);
}

bool
policy_rules_at(const struct policy_rules *list, size_t i, struct policy_rule *rule)
{
	struct db_row row = db_row_at(&list->rows, (int)i);

	(void)db_get_int(&row); /* the version, and what else is the tenant's */
	(void)db_get_bool(&row);
	(void)db_get_int(&row);
	rule->policy_id = db_get_uuid(&row);
	rule->priority = db_get_int(&row);
	rule->id = db_get_uuid(&row);
	rule->text = db_get_text(&row);
	rule->notice = db_get_text_or_null(&row);
	rule->audit_session = db_get_bool(&row);
	return !row.failed;
}

void
policy_rules_clear(struct policy_rules *list)
{
	db_rows_clear(&list->rows);
	*list = (struct policy_rules)POLICY_RULES_EMPTY;
}
