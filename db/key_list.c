/* SPDX-License-Identifier: MIT */
/* Lists of API keys. */
#include "config.h"

#include "db/key_sql.h"

static const struct statement key_list = {
	.name = "key_list",
	.params = PAGE_PARAMS + 2,
	.columns = KEY_COLUMNS,
	.rows = ROWS_ANY,
	.sql = "SELECT " KEY_COLUMN_LIST " FROM grantd.api_keys k WHERE k.tenant_id = $4"
	       " AND ($5::text IS NULL OR " KEY_STATUS " = $5::text)"
	       " AND " PAGE_AFTER("k", "$1", "$2") PAGE_ORDER("k", "$3"),
};

/* Every row is looked at here, so that key_record_at() cannot fail. */
static enum outcome
key_list_read(struct db_rows *rows, void *into)
{
	int i;

	for (i = 0; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);
		struct key_record k = KEY_RECORD_EMPTY;

		if (!key_from_row(&k, &row))
			return BROKEN;
	}
	page_take(into, rows);
	return DONE;
}

void
db_key_list(struct db *db, const struct uuid *tenant, const char *status, const struct page *page,
    struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	page_put(&p, page, list);
	db_put_uuid(&p, tenant);
	db_put_text(&p, status);
	db_queue(db, &key_list, &p, key_list_read, list);
}

struct key_record
key_record_at(const struct db_list *list, int i)
{
	struct key_record k = KEY_RECORD_EMPTY;
	struct db_row row = db_row_at(&list->rows, i);

	(void)key_from_row(&k, &row);
	return k;
}
