/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/log.h"
#include "db/audit_list.h"

/*
 * $1 tenant, $2 the id to begin after, $3 limit, $4 to $10 the filter. The absent id is put as the
 * greatest one: see db/page.h for what could not use the index.
 */
#define LIST_PARAMS 10
#define GREATEST_ID "ffffffff-ffff-ffff-ffff-ffffffffffff"

#define WANTED \
	"($4::text IS NULL OR a.actor_id = $4::text) AND ($5::text IS NULL OR a.action = $5::text)" \
	" AND ($6::text IS NULL OR a.outcome = $6::text)" \
	" AND ($7::text IS NULL OR a.resource_type = $7::text)" \
	" AND ($8::uuid IS NULL OR a.resource_id = $8::uuid)" \
	" AND a.created_at >= coalesce($9::timestamptz, '-infinity')" \
	" AND a.created_at < coalesce($10::timestamptz, 'infinity')"

/*
 * All of one resource, by the index of chains: its second column takes every type where none is
 * asked for. ORDER BY ROW(id) is the order of ids that no index has: with the primary key's, the
 * planner would walk the whole log in the hope of soon coming across the resource.
 */
#define IN_CHAIN \
	"a.resource_type = ANY (CASE WHEN $7::text IS NULL" \
	" THEN '{tenant,api_key,grant,policy}'::text[] ELSE ARRAY[$7::text] END)" \
	" AND a.resource_id = $8::uuid"

#define COLUMNS (AUDIT_ROW_COLUMNS + 1)

static const struct statement audit_list = {
	.name = "audit_list",
	.params = LIST_PARAMS,
	.columns = COLUMNS,
	.rows = ROWS_ANY,
	.sql = "SELECT " AUDIT_ROW_COLUMN_LIST ", true FROM grantd.audit_log a"
	       " WHERE a.tenant_id = $1 AND a.id < $2::uuid AND " WANTED
	       " ORDER BY a.id DESC LIMIT $3::int",
};

static const struct statement audit_list_chain = {
	.name = "audit_list_chain",
	.params = LIST_PARAMS,
	.columns = COLUMNS,
	.rows = ROWS_ANY,
	.sql = "SELECT " AUDIT_ROW_COLUMN_LIST ", true FROM grantd.audit_log a"
	       " WHERE a.tenant_id = $1 AND a.id < $2::uuid AND " IN_CHAIN " AND " WANTED
	       " ORDER BY ROW(a.id) DESC LIMIT $3::int",
};

/*
 * `found` stops when it has its rows or has looked at AUDIT_LOOK; in that case the last row that was
 * looked at comes along behind the others: it is where the next batch begins.
 */
#define LOOK(columns) \
	"(SELECT " columns " FROM grantd.audit_log s WHERE s.tenant_id = $1 AND s.id < $2::uuid" \
	" ORDER BY s.id DESC LIMIT " AUDIT_LOOK ")"
#define AUDIT_LOOK "5000"

static const struct statement audit_scan = {
	.name = "audit_scan",
	.params = LIST_PARAMS,
	.columns = COLUMNS,
	.rows = ROWS_ANY,
	.sql = "WITH found AS MATERIALIZED (SELECT a.* FROM " LOOK(
	    "*") " a WHERE " WANTED
		 " ORDER BY a.id DESC LIMIT $3::int), last AS (SELECT l.* FROM grantd.audit_log l"
		 " WHERE (SELECT count(*) FROM found) < $3::int AND l.tenant_id = $1"
		 " AND l.id = (SELECT s.id FROM " LOOK(
		     "s.id") " s ORDER BY s.id LIMIT 1))"
			     " SELECT " AUDIT_ROW_COLUMN_LIST
			     ", a.wanted FROM (SELECT found.*, true AS wanted FROM found"
			     " UNION ALL SELECT last.*, false FROM last) a ORDER BY a.wanted DESC, a.id DESC",
};

static const struct statement audit_get = {
	.name = "audit_get",
	.params = 2,
	.columns = COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT " AUDIT_ROW_COLUMN_LIST ", true FROM grantd.audit_log a"
	       " WHERE a.tenant_id = $1 AND a.id = $2",
};

/* Every row is looked at here, so that audit_row_at() cannot fail. */
static enum outcome
list_read(struct db_rows *rows, void *into)
{
	struct audit_row e;
	int i;

	for (i = 0; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);

		if (!audit_row_read(&e, &row))
			return BROKEN;
		(void)db_get_bool(&row);
		if (row.failed)
			return BROKEN;
	}
	page_take(into, rows);
	return DONE;
}

static void
put_time_or_null(struct db_params *p, const int64_t *t)
{
	if (t != NULL)
		db_put_time(p, *t);
	else
		db_put_text(p, NULL);
}

static void
queue_list(struct db *db, const struct statement *st, const struct uuid *tenant,
    const struct audit_filter *f, const struct uuid *after, int rows, struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, tenant);
	if (after != NULL)
		db_put_uuid(&p, after);
	else
		db_put_text(&p, GREATEST_ID);
	db_put_int(&p, rows);
	db_put_text(&p, f->actor_id);
	db_put_text(&p, f->action);
	db_put_text(&p, f->outcome);
	db_put_text(&p, f->resource_type);
	db_put_uuid(&p, f->resource_id);
	put_time_or_null(&p, f->from);
	put_time_or_null(&p, f->to);
	db_queue(db, st, &p, list_read, list);
}

void
db_audit_list(struct db *db, const struct uuid *tenant, const struct audit_filter *f,
    const struct page *page, struct db_list *list)
{
	db_list_clear(list);
	list->limit = page->limit;
	queue_list(db, f->resource_id != NULL ? &audit_list_chain : &audit_list, tenant, f,
	    page->after ? &page->id : NULL, page->limit + 1, list);
}

void
db_audit_get(struct db *db, const struct uuid *tenant, const struct uuid *id, struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_list_clear(list);
	list->limit = 1;
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, id);
	db_queue(db, &audit_get, &p, list_read, list);
}

/* What list_read() found to be as it should be. */
static struct audit_row
read_again(struct db_row *row)
{
	struct audit_row e;

	if (!audit_row_read(&e, row))
		log_error("a row of the audit log was good and is not any more");
	return e;
}

struct audit_row
audit_row_at(const struct db_list *list, int i)
{
	struct db_row row = db_row_at(&list->rows, i);

	return read_again(&row);
}

void
db_audit_scan(struct db *db, const struct uuid *tenant, const struct audit_filter *f,
    struct audit_scan *scan)
{
	db_list_clear(&scan->list);
	scan->list.limit = AUDIT_BATCH;
	/* Not by the chain, even of one resource: to sort a long one anew for each batch costs more. */
	queue_list(db, &audit_scan, tenant, f, scan->after ? &scan->id : NULL, AUDIT_BATCH,
	    &scan->list);
}

bool
audit_scan_row(const struct audit_scan *scan, int i, struct audit_row *e)
{
	struct db_row row = db_row_at(&scan->list.rows, i);

	*e = read_again(&row);
	return db_get_bool(&row);
}

bool
audit_scan_next(struct audit_scan *scan)
{
	if (scan->list.count == 0)
		return false;
	scan->id = audit_row_at(&scan->list, scan->list.count - 1).id;
	scan->after = true;
	return true;
}

void
audit_scan_clear(struct audit_scan *scan)
{
	db_list_clear(&scan->list);
	*scan = (struct audit_scan)AUDIT_SCAN_EMPTY;
}
