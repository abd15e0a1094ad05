/* SPDX-License-Identifier: MIT */
/* Lists of grants. */
#include "config.h"

#include "db/grant_sql.h"

static const struct statement grant_list = {
	.name = "grant_list",
	.params = PAGE_PARAMS + 3,
	.columns = GRANT_COLUMNS,
	.rows = ROWS_ANY,
	.sql = "SELECT " GRANT_COLUMN_LIST " FROM grantd.grants g WHERE g.tenant_id = $4"
	       " AND ($5::text IS NULL OR " GRANT_STATUS " = $5::text)"
	       " AND ($6::text IS NULL OR g.grantee_id = $6::text)"
	       " AND " PAGE_AFTER("g", "$1", "$2") PAGE_ORDER("g", "$3"),
};

/* Every row is looked at here, so that grant_at() cannot fail. */
static enum outcome
grant_list_read(struct db_rows *rows, void *into)
{
	int i;

	for (i = 0; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);
		struct grant g = GRANT_EMPTY;

		if (!grant_from_row(&g, &row))
			return BROKEN;
	}
	page_take(into, rows);
	return DONE;
}

void
db_grant_list(struct db *db, const struct uuid *tenant, const struct grant_filter *filter,
    const struct page *page, struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	page_put(&p, page, list);
	db_put_uuid(&p, tenant);
	db_put_text(&p, filter->status);
	db_put_text(&p, filter->grantee_id);
	db_queue(db, &grant_list, &p, grant_list_read, list);
}

struct grant
grant_at(const struct db_list *list, int i)
{
	struct grant g = GRANT_EMPTY;
	struct db_row row = db_row_at(&list->rows, i);

	(void)grant_from_row(&g, &row);
	return g;
}
