/* SPDX-License-Identifier: MIT */
/* Lists of API keys. */
#include "config.h"

#include "db/key_sql.h"

/* $1 to $3 of page_put(), $4 tenant, $5 status. */
#define IN_TENANT "grantd.api_keys k WHERE k.tenant_id = $4 AND " PAGE_AFTER("k")

/* All that KEY_COLUMN_LIST reads: not the hash, which a worker may not. */
#define READ \
	"k.id, k.key_name, k.name, k.roles, k.created_at, k.updated_at, k.expires_at, k.revoked_at," \
	" k.last_used_at, k.version"

static const struct statement key_list = {
	.name = "key_list",
	.params = PAGE_PARAMS + 1,
	.columns = KEY_COLUMNS + PAGE_COLUMNS,
	.rows = ROWS_ANY,
	.sql = PAGE_RANGE(KEY_COLUMN_LIST, IN_TENANT, PAGE_ORDER("k"), "$3"),
};

static const struct statement key_list_status = {
	.name = "key_list_status",
	.params = PAGE_PARAMS + 2,
	.columns = KEY_COLUMNS + PAGE_COLUMNS,
	.rows = ROWS_ANY,
	.sql = PAGE_SCAN(KEY_COLUMN_LIST, "k", READ, IN_TENANT, KEY_STATUS " = $5::text",
	    PAGE_ORDER("k"), "$3"),
};

static bool
key_row(struct db_row *row, struct page_key *key)
{
	struct key_record k = KEY_RECORD_EMPTY;
	bool ok = key_from_row(&k, row);

	key->created_at = k.created_at;
	key->id = k.id;
	return ok;
}

void
db_key_list(struct db *db, const struct uuid *tenant, const char *status, const struct page *page,
    struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	page_put(&p, page);
	db_put_uuid(&p, tenant);
	if (status != NULL)
		db_put_text(&p, status);
	page_queue(db, status != NULL ? &key_list_status : &key_list, &p, page, key_row, list);
}

struct key_record
key_record_at(const struct db_list *list, int i)
{
	struct key_record k = KEY_RECORD_EMPTY;
	struct db_row row = db_row_at(&list->rows, i);

	(void)key_from_row(&k, &row);
	return k;
}
