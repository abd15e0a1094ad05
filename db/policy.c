/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/policy_sql.h"

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
	.sql = "SELECT " POLICY_COLUMN_LIST " FROM grantd.policies p "
	       "WHERE p.tenant_id = $1 AND p.id = $2 AND p.deleted_at IS NULL",
};

#define POLICY_CHANGE(function, arguments) \
	"SELECT c.state, " POLICY_COLUMNS_OF( \
	    "(c.policy)") " FROM grantd." function "(" CHANGE_ARGUMENTS ", " arguments ") c"

static const struct statement policy_create = {
	.name = "policy_create",
	.params = CHANGE_PARAMS + 4,
	.columns = 1 + POLICY_COLUMNS,
	.rows = ROWS_ONE,
	.sql = POLICY_CHANGE("create_policy", "$9, $10, $11, $12"),
};

static const struct statement policy_update = {
	.name = "policy_update",
	.params = CHANGE_PARAMS + 4,
	.columns = 1 + POLICY_COLUMNS,
	.rows = ROWS_ONE,
	.sql = POLICY_CHANGE("update_policy", "$9, $10, $11, $12"),
};

static const struct statement policy_delete = {
	.name = "policy_delete",
	.params = CHANGE_PARAMS + 1,
	.columns = 1 + POLICY_COLUMNS,
	.rows = ROWS_ONE,
	.sql = POLICY_CHANGE("delete_policy", "$9"),
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
	p->rows = db_rows_take(rows);
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

static enum outcome
policy_change_read(struct db_rows *rows, void *into)
{
	struct policy *p = into;
	struct db_row row = db_row_at(rows, 0);

	p->change = change_from_row(&row);
	if (row.failed || (change_has_row(p->change) && !policy_from_row(p, &row)))
		return BROKEN;
	p->rows = db_rows_take(rows);
	return DONE;
}

/* `s` is NULL where nothing is set. */
static void
queue_change(struct db *db, const struct statement *st, const struct uuid *tenant,
    const struct uuid *id, const struct policy_settings *s, const struct change_by *by,
    struct policy *changed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	policy_clear(changed);
	change_put(&p, tenant, by);
	db_put_uuid(&p, id);
	if (s != NULL) {
		db_put_text(&p, s->name);
		db_put_int(&p, s->priority);
		db_put_bool(&p, s->enabled);
	}
	db_queue(db, st, &p, policy_change_read, changed);
}

void
db_policy_create(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct policy_settings *s, const struct change_by *by, struct policy *created)
{
	queue_change(db, &policy_create, tenant, id, s, by, created);
}

void
db_policy_update(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct policy_settings *s, const struct change_by *by, struct policy *changed)
{
	queue_change(db, &policy_update, tenant, id, s, by, changed);
}

void
db_policy_delete(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct change_by *by, struct policy *gone)
{
	queue_change(db, &policy_delete, tenant, id, NULL, by, gone);
}

void
policy_clear(struct policy *p)
{
	db_rows_clear(&p->rows);
	*p = (struct policy)POLICY_EMPTY;
}
