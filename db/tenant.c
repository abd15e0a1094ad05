/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/change.h"
#include "db/tenant.h"

#define TENANT_COLUMNS 10
#define TENANT_COLUMNS_OF(row) \
	row ".id, " row ".name, " row ".created_at, " row ".updated_at, " row ".version, " row \
	    ".policy_version, " row ".failing_forbid_denies, " row ".state, " row \
	    ".moved_to, " row ".hold"
#define TENANT_COLUMN_LIST TENANT_COLUMNS_OF("t")

static const struct statement tenant_choose = {
	.name = "tenant_choose",
	.params = 1,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.choose_tenant($1)",
};

static const struct statement tenant_get = {
	.name = "tenant_get",
	.params = 1,
	.columns = TENANT_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT " TENANT_COLUMN_LIST " FROM grantd.tenants t WHERE t.id = $1",
};

static const struct statement tenant_list = {
	.name = "tenant_list",
	.params = PAGE_PARAMS,
	.columns = TENANT_COLUMNS + PAGE_COLUMNS,
	.rows = ROWS_ANY,
	/* All of the table is in the list's order, so that the planner may know the limit. */
	.sql = "SELECT " TENANT_COLUMN_LIST ", true, false FROM grantd.tenants t WHERE " PAGE_AFTER(
	    "t") " ORDER BY " PAGE_ORDER("t") " LIMIT $3::int",
};

static const struct statement tenant_create = {
	.name = "tenant_create",
	.params = CHANGE_PARAMS + 1,
	.columns = TENANT_COLUMNS,
	.rows = ROWS_ONE,
	.sql = "SELECT " TENANT_COLUMNS_OF(
	    "(c.created)") " FROM grantd.create_tenant(" CHANGE_ARGUMENTS ", $9) c",
};

static const struct statement tenant_update = {
	.name = "tenant_update",
	.params = CHANGE_PARAMS + 3,
	.columns = 1 + TENANT_COLUMNS,
	.rows = ROWS_ONE,
	.sql = "SELECT c.state, " TENANT_COLUMNS_OF(
	    "(c.changed)") " FROM grantd.update_tenant(" CHANGE_ARGUMENTS ", $9, $10, $11) c",
};

static bool
tenant_from_row(struct tenant *t, struct db_row *row)
{
	t->id = db_get_uuid(row);
	t->name = db_get_text(row);
	t->created_at = db_get_int(row);
	t->updated_at = db_get_int(row);
	t->version = db_get_int(row);
	t->policy_version = db_get_int(row);
	t->failing_forbid_denies = db_get_bool(row);
	t->state = db_get_text(row);
	t->moved_to = db_get_text_or_null(row);
	t->hold = db_get_text_or_null(row);
	t->found = !row->failed;
	return t->found;
}

static enum outcome
tenant_read(struct db_rows *rows, void *into)
{
	struct tenant *t = into;
	struct db_row row = db_row_at(rows, 0);

	if (db_rows_count(rows) == 0)
		return DONE;
	if (!tenant_from_row(t, &row))
		return BROKEN;
	t->rows = db_rows_take(rows);
	return DONE;
}

static bool
tenant_row(struct db_row *row, struct page_key *key)
{
	struct tenant t = TENANT_EMPTY;
	bool ok = tenant_from_row(&t, row);

	key->created_at = t.created_at;
	key->id = t.id;
	return ok;
}

void
db_tenant_choose(struct db *db, const struct uuid *tenant)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, tenant);
	db_queue(db, &tenant_choose, &p, NULL, NULL);
}

void
db_tenant_create(struct db *db, const struct uuid *id, const char *name, const struct change_by *by,
    struct tenant *created)
{
	struct db_params p = DB_PARAMS_EMPTY;

	tenant_clear(created);
	change_put(&p, id, by);
	db_put_text(&p, name);
	db_queue(db, &tenant_create, &p, tenant_read, created);
}

static enum outcome
tenant_change_read(struct db_rows *rows, void *into)
{
	struct tenant *t = into;
	struct db_row row = db_row_at(rows, 0);

	t->change = change_from_row(&row);
	if (row.failed || (change_has_row(t->change) && !tenant_from_row(t, &row)))
		return BROKEN;
	t->rows = db_rows_take(rows);
	return DONE;
}

void
db_tenant_update(struct db *db, const struct uuid *id, const struct tenant_update *wanted,
    const struct change_by *by, struct tenant *changed)
{
	struct db_params p = DB_PARAMS_EMPTY;

	tenant_clear(changed);
	change_put(&p, id, by);
	db_put_text(&p, wanted->name);
	db_put_bool_or_null(&p, wanted->failing_forbid_denies);
	db_put_bool_or_null(&p, wanted->serves);
	db_queue(db, &tenant_update, &p, tenant_change_read, changed);
}

void
db_tenant_get(struct db *db, const struct uuid *id, struct tenant *t)
{
	struct db_params p = DB_PARAMS_EMPTY;

	tenant_clear(t);
	db_put_uuid(&p, id);
	db_queue(db, &tenant_get, &p, tenant_read, t);
}

void
db_tenant_list(struct db *db, const struct page *page, struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	page_put(&p, page);
	page_queue(db, &tenant_list, &p, page, tenant_row, list);
}

struct tenant
tenant_at(const struct db_list *list, int i)
{
	struct tenant t = TENANT_EMPTY;
	struct db_row row = db_row_at(&list->rows, i);

	(void)tenant_from_row(&t, &row);
	return t;
}

void
tenant_clear(struct tenant *t)
{
	db_rows_clear(&t->rows);
	*t = (struct tenant)TENANT_EMPTY;
}
