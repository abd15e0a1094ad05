/* SPDX-License-Identifier: MIT */
/* The audit log: entries are only ever added, by the statement that makes the change they tell of. */
#include "config.h"

#include "db/audit_sql.h"

static const struct statement audit_find = {
	.name = "audit_find",
	.params = 2,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT EXISTS (SELECT FROM grantd.audit_log WHERE tenant_id = $1 AND id = $2)",
};

void
audit_put(struct db_params *p, const struct uuid *tenant, const struct uuid *resource,
    const struct audit_entry *e)
{
	db_put_uuid(p, tenant);
	db_put_uuid(p, resource);
	db_put_uuid(p, &e->id);
	db_put_text(p, e->actor_id);
	db_put_text(p, e->actor_type);
	db_put_text(p, e->action);
	db_put_text(p, e->reasoning);
	db_put_text(p, e->context);
}

static enum outcome
audit_find_read(struct db_rows *rows, void *into)
{
	struct db_row row = db_row_at(rows, 0);
	bool *found = into;

	*found = db_get_bool(&row);
	return row.failed ? BROKEN : DONE;
}

void
db_audit_find(struct db *db, const struct uuid *tenant, const struct uuid *id, bool *found)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, tenant);
	db_put_uuid(&p, id);
	db_queue(db, &audit_find, &p, audit_find_read, found);
}
