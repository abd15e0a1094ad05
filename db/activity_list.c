/* SPDX-License-Identifier: MIT */
/* Lists of a grant's events. */
#include "config.h"

#include "db/activity.h"

#define EVENT_COLUMNS 8
#define EVENT_COLUMN_LIST \
	"e.id, " \
	"e.occurred_at" \
	", e.service, e.name, e.kind, e.outcome," \
	" host(e.source_ip), e.details"

/*
 * $1 to $3 of page_put(), $4 tenant, $5 grant, $6 the time to begin with; $7 outcome and $8 service, where at least one is
 * asked for and NULL is any. The index has the time, so that of these two the filter is made.
 */
#define OF_GRANT \
	"grantd.activity_event e WHERE e.tenant_id = $4 AND e.grant_id = $5" \
	" AND e.occurred_at >= $6::timestamptz AND " PAGE_AFTER_BY("e", "occurred_at")
#define WANTED \
	"(e.outcome = coalesce($7::text, e.outcome) AND e.service = coalesce($8::text, e.service))"
#define ORDER PAGE_ORDER_BY("e", "occurred_at")

static const struct statement activity_list = {
	.name = "activity_list",
	.params = PAGE_PARAMS + 3,
	.columns = EVENT_COLUMNS + PAGE_COLUMNS,
	.rows = ROWS_ANY,
	.sql = PAGE_RANGE(EVENT_COLUMN_LIST, OF_GRANT, ORDER, "$3"),
};

static const struct statement activity_list_wanted = {
	.name = "activity_list_wanted",
	.params = PAGE_PARAMS + 5,
	.columns = EVENT_COLUMNS + PAGE_COLUMNS,
	.rows = ROWS_ANY,
	.sql = PAGE_SCAN(EVENT_COLUMN_LIST, "e", "e.*", OF_GRANT, WANTED, ORDER, "$3"),
};

static bool
event_from_row(struct activity_event *e, struct db_row *row)
{
	e->id = db_get_uuid(row);
	e->occurred_at = db_get_int(row);
	e->service = db_get_text(row);
	e->name = db_get_text(row);
	e->kind = db_get_text(row);
	e->outcome = db_get_text(row);
	e->source_ip = db_get_text_or_null(row);
	e->details = db_get_text_or_null(row);
	return !row->failed;
}

static bool
event_row(struct db_row *row, struct page_key *key)
{
	struct activity_event e;
	bool ok = event_from_row(&e, row);

	key->created_at = e.occurred_at;
	key->id = e.id;
	return ok;
}

/* A list that ends before a time is one that is gone on with from there. */
static struct page
page_until(const struct page *page, const int64_t *until)
{
	struct page p = *page;

	if (until != NULL && (!p.after || p.key.created_at >= *until)) {
		p.after = true;
		p.key = (struct page_key){ .created_at = *until, .id = page_id_least };
	}
	return p;
}

void
db_activity_list(struct db *db, const struct uuid *tenant, const struct uuid *grant,
    const struct activity_filter *filter, const struct page *page, struct db_list *list)
{
	const struct page from = page_until(page, filter->until);
	const struct statement *st = &activity_list;
	struct db_params p = DB_PARAMS_EMPTY;

	page_put(&p, &from);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, grant);
	if (filter->since != NULL)
		db_put_time(&p, *filter->since);
	else
		db_put_text(&p, "-infinity");
	if (filter->outcome != NULL || filter->service != NULL) {
		st = &activity_list_wanted;
		db_put_text(&p, filter->outcome);
		db_put_text(&p, filter->service);
	}
	page_queue(db, st, &p, page, event_row, list);
}

struct activity_event
activity_event_at(const struct db_list *list, int i)
{
	struct db_row row = db_row_at(&list->rows, i);
	struct activity_event e;

	(void)event_from_row(&e, &row);
	return e;
}
