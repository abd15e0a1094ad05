/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/tenant_remove.h"

/* Rows of one transaction: few enough that nobody waits long for what it holds, and enough that there are not too many of them. */
#define BATCH 5000

#define COUNT(table) "(SELECT count(*) FROM grantd." table " x WHERE x.tenant_id = $1)"
static const struct statement tenant_count = {
	.name = "tenant_count",
	.params = 1,
	.columns = 6,
	.rows = ROWS_ONE,
	.sql = "SELECT " COUNT("api_keys") ", " COUNT("grants") ", " COUNT("policies") ", " COUNT(
	    "policy_rules") ", " COUNT("audit_log") ", " COUNT("activity_event"),
};

/* Whoever had begun to change something has ended. */
static const struct statement remove_alone = {
	.name = "remove_alone",
	.params = 1,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.tenant_alone($1, false)",
};

static const struct statement remove_begin = {
	.name = "remove_begin",
	.params = 1,
	.columns = 1,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "UPDATE grantd.tenants t SET hold = 'removing' WHERE t.id = $1"
	       " AND t.state IN ('disabled', 'moved') AND t.move_id IS NULL"
	       " AND (t.hold IS NULL OR t.hold = 'removing') RETURNING true",
};

static const struct statement remove_rows = {
	.name = "remove_rows",
	.params = 2,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.remove_rows($1, $2)",
};

static enum outcome
count_read(struct db_rows *rows, void *into)
{
	struct tenant_counts *c = into;
	struct db_row row = db_row_at(rows, 0);

	c->keys = db_get_int(&row);
	c->grants = db_get_int(&row);
	c->policies = db_get_int(&row);
	c->rules = db_get_int(&row);
	c->entries = db_get_int(&row);
	c->events = db_get_int(&row);
	return row.failed ? BROKEN : DONE;
}

static enum outcome
begin_read(struct db_rows *rows, void *into)
{
	bool *may = into;

	*may = db_rows_count(rows) == 1;
	return DONE;
}

static enum outcome
removed_read(struct db_rows *rows, void *into)
{
	int64_t *removed = into;
	struct db_row row = db_row_at(rows, 0);

	*removed = db_get_int(&row);
	return row.failed ? BROKEN : DONE;
}

void
db_tenant_count(struct db *db, const struct uuid *tenant, struct tenant_counts *counts)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, tenant);
	db_queue(db, &tenant_count, &p, count_read, counts);
}

void
db_tenant_remove_begin(struct db *db, const struct uuid *tenant, bool *may)
{
	struct db_params alone = DB_PARAMS_EMPTY, p = DB_PARAMS_EMPTY;

	*may = false;
	db_put_uuid(&alone, tenant);
	db_queue(db, &remove_alone, &alone, NULL, NULL);
	db_put_uuid(&p, tenant);
	db_queue(db, &remove_begin, &p, begin_read, may);
}

void
db_tenant_remove_rows(struct db *db, const struct uuid *tenant, int64_t *removed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, tenant);
	db_put_int(&p, BATCH);
	db_queue(db, &remove_rows, &p, removed_read, removed);
}
