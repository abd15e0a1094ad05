/* SPDX-License-Identifier: MIT */
/* Lists of grants. */
#include "config.h"

#include "db/grant_sql.h"

/*
 * $1 to $3 of page_put(), $4 tenant, then what is asked for: a grantee, which an index has; and what is in none and is asked of
 * row after row: status, which is computed, the resource's type and id, and whether auditing is on. NULL is any.
 */
#define IN_TENANT "grantd.grants g WHERE g.tenant_id = $4 AND " PAGE_AFTER("g")
#define OF_GRANTEE IN_TENANT " AND g.grantee_id = $5::text"
#define FILTER_PARAMS 4
#define WANTED(status, type, id, audited) \
	"(" GRANT_STATUS " = coalesce(" status "::text, " GRANT_STATUS ")" \
	" AND g.resource_type = coalesce(" type "::text, g.resource_type)" \
	" AND g.resource_id = coalesce(" id "::text, g.resource_id)" \
	" AND g.audit_enabled = coalesce(" audited "::boolean, g.audit_enabled))"

/* Named by what is asked for beside the tenant. */
enum { FILTERED = 1, GRANTEE = 2, SHAPES = 4 };

#define SHAPE(name_, params_, sql_) \
	{ \
		.name = name_, .params = PAGE_PARAMS + (params_), \
		.columns = GRANT_COLUMNS + PAGE_COLUMNS, .rows = ROWS_ANY, .sql = sql_ \
	}
#define RANGE(from) PAGE_RANGE(GRANT_COLUMN_LIST, from, PAGE_ORDER("g"), "$3")
#define SCAN(from, filter) \
	PAGE_SCAN(GRANT_COLUMN_LIST, "g", "g.*", from, filter, PAGE_ORDER("g"), "$3")

static const struct statement grant_list[SHAPES] = {
	[0] = SHAPE("grant_list", 1, RANGE(IN_TENANT)),
	[FILTERED] = SHAPE("grant_list_wanted", 1 + FILTER_PARAMS,
	    SCAN(IN_TENANT, WANTED("$5", "$6", "$7", "$8"))),
	[GRANTEE] = SHAPE("grant_list_grantee", 2, RANGE(OF_GRANTEE)),
	[GRANTEE | FILTERED] = SHAPE("grant_list_grantee_wanted", 2 + FILTER_PARAMS,
	    SCAN(OF_GRANTEE, WANTED("$6", "$7", "$8", "$9"))),
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

/* Is more asked for than the index has? */
static bool
goes_beyond(const struct grant_filter *f)
{
	return f->status != NULL || f->resource_type != NULL || f->resource_id != NULL ||
	    f->audit_enabled != NULL;
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
	if (goes_beyond(filter)) {
		shape |= FILTERED;
		db_put_text(&p, filter->status);
		db_put_text(&p, filter->resource_type);
		db_put_text(&p, filter->resource_id);
		db_put_text(&p, filter->audit_enabled);
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
