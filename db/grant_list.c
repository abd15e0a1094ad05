/* SPDX-License-Identifier: MIT */
/* Lists of grants. */
#include "config.h"

#include "db/grant_sql.h"

/* $1 to $3 of page_put(), $4 tenant, then what is asked for: a grantee, which an index has, and a status, which is computed. */
#define IN_TENANT "grantd.grants g WHERE g.tenant_id = $4 AND " PAGE_AFTER("g")
#define OF_GRANTEE IN_TENANT " AND g.grantee_id = $5::text"

/* Named by what is asked for beside the tenant. */
enum { STATUS = 1, GRANTEE = 2, SHAPES = 4 };

#define SHAPE(name_, params_, sql_) \
	{ \
		.name = name_, .params = PAGE_PARAMS + (params_), \
		.columns = GRANT_COLUMNS + PAGE_COLUMNS, .rows = ROWS_ANY, .sql = sql_ \
	}
#define RANGE(from) PAGE_RANGE(GRANT_COLUMN_LIST, from, PAGE_ORDER("g"), "$3")
#define SCAN(from, status) \
	PAGE_SCAN(GRANT_COLUMN_LIST, "g", "g.*", from, GRANT_STATUS " = " status "::text", \
	    PAGE_ORDER("g"), "$3")

static const struct statement grant_list[SHAPES] = {
	[0] = SHAPE("grant_list", 1, RANGE(IN_TENANT)),
	[STATUS] = SHAPE("grant_list_status", 2, SCAN(IN_TENANT, "$5")),
	[GRANTEE] = SHAPE("grant_list_grantee", 2, RANGE(OF_GRANTEE)),
	[GRANTEE | STATUS] = SHAPE("grant_list_grantee_status", 3, SCAN(OF_GRANTEE, "$6")),
};

static bool
grant_row(struct db_row *row, struct page_key *key)
{
	struct grant g = GRANT_EMPTY;
	bool ok = grant_from_row(&g, row);

	key->created_at = g.created_at;
	key->id = g.id;
	return ok;
}

void
db_grant_list(struct db *db, const struct uuid *tenant, const struct grant_filter *filter,
    const struct page *page, struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;
	int shape = 0;

	page_put(&p, page);
	db_put_uuid(&p, tenant);
	if (filter->grantee_id != NULL) {
		shape |= GRANTEE;
		db_put_text(&p, filter->grantee_id);
	}
	if (filter->status != NULL) {
		shape |= STATUS;
		db_put_text(&p, filter->status);
	}
	page_queue(db, &grant_list[shape], &p, page, grant_row, list);
}

struct grant
grant_at(const struct db_list *list, int i)
{
	struct grant g = GRANT_EMPTY;
	struct db_row row = db_row_at(&list->rows, i);

	(void)grant_from_row(&g, &row);
	return g;
}
