/* SPDX-License-Identifier: MIT */
/* Lists of a grant's events. */
#include "config.h"

#include "db/activity.h"

#define EVENT_COLUMNS 8

static const struct statement activity_list = {
	.name = "activity_list",
	.params = PAGE_PARAMS + 6,
	.columns = EVENT_COLUMNS,
	.rows = ROWS_ANY,
	.sql = "SELECT e.id, " DB_MICROSECONDS(
	    "e.occurred_at") ", e.service, e.name, e.kind,"
			     " e.outcome, host(e.source_ip), e.details FROM grantd.activity_event e"
			     " WHERE e.tenant_id = $4 AND e.grant_id = $5"
			     " AND e.occurred_at >= $6::timestamptz AND e.occurred_at < $7::timestamptz"
			     " AND ($8::text IS NULL OR e.outcome = $8::text)"
			     " AND ($9::text IS NULL OR e.service = $9::text)"
			     " AND " PAGE_AFTER_BY("e", "occurred_at", "$1", "$2")
				 PAGE_ORDER_BY("e", "occurred_at", "$3"),
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

/* Every row is looked at here, so that activity_event_at() cannot fail. */
static enum outcome
event_list_read(struct db_rows *rows, void *into)
{
	int i;

	for (i = 0; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);
		struct activity_event e;

		if (!event_from_row(&e, &row))
			return BROKEN;
	}
	page_take(into, rows);
	return DONE;
}

static void
put_limit(struct db_params *p, const int64_t *t, const char *otherwise)
{
	if (t != NULL)
		db_put_time(p, *t);
	else
		db_put_text(p, otherwise);
}

void
db_activity_list(struct db *db, const struct uuid *tenant, const struct uuid *grant,
    const struct activity_filter *filter, const struct page *page, struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	page_put(&p, page, list);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, grant);
	put_limit(&p, filter->since, "-infinity");
	put_limit(&p, filter->until, "infinity");
	db_put_text(&p, filter->outcome);
	db_put_text(&p, filter->service);
	db_queue(db, &activity_list, &p, event_list_read, list);
}

struct activity_event
activity_event_at(const struct db_list *list, int i)
{
	struct db_row row = db_row_at(&list->rows, i);
	struct activity_event e;

	(void)event_from_row(&e, &row);
	return e;
}
