/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <limits.h>

#include "db/activity.h"

/*
 * $1 tenant, $2 grant, $3 stamp, $4 events. `found` looks for the ids of the batch and for
 * nothing else: one search of the primary key for each id and partition, however many events the
 * grant has and whatever the planner thinks of it.
 */
static const struct statement activity_record = {
	.name = "activity_record",
	.params = 4,
	.columns = 1,
	.rows = ROWS_ZERO_OR_ONE,
	.sql =
	    "WITH held AS (SELECT FROM grantd.grants g WHERE g.tenant_id = $1 AND g.id = $2"
	    " AND g.audit_enabled AND current_setting('grantd.stamp', true) = $3::text), "
	    "given AS (SELECT DISTINCT ON (e.id) e.* FROM ROWS FROM (jsonb_to_recordset($4::jsonb)"
	    " AS (id uuid, occurred_at timestamptz, service text, name text, kind text,"
	    " outcome text, source_ip inet, details jsonb)) WITH ORDINALITY AS e"
	    " ORDER BY e.id, e.ordinality), "
	    "found AS (SELECT a.id FROM grantd.activity_event a WHERE a.tenant_id = $1"
	    " AND a.grant_id = $2 AND a.id = ANY (ARRAY(SELECT given.id FROM given))), "
	    "stored AS (INSERT INTO grantd.activity_event (tenant_id, grant_id, id, occurred_at,"
	    " service, name, kind, outcome, source_ip, details) SELECT $1::uuid, $2::uuid, n.id,"
	    " n.occurred_at, n.service, n.name, n.kind, n.outcome, n.source_ip, n.details"
	    " FROM held CROSS JOIN given n WHERE n.id NOT IN (SELECT found.id FROM found)"
	    " RETURNING service, kind, outcome), "
	    "counted AS (INSERT INTO grantd.activity_count AS c (tenant_id, grant_id, month, service,"
	    " kind, outcome, events) SELECT $1::uuid, $2::uuid,"
	    " date_trunc('month', statement_timestamp() AT TIME ZONE 'UTC')::date, s.service, s.kind,"
	    " s.outcome, count(*) FROM stored s GROUP BY s.service, s.kind, s.outcome"
	    " ON CONFLICT (tenant_id, grant_id, month, service, kind, outcome)"
	    " DO UPDATE SET events = c.events + excluded.events)"
	    " SELECT (SELECT count(*) FROM stored) FROM held",
};

static const struct statement activity_summary = {
	.name = "activity_summary",
	.params = 2,
	.columns = 6,
	.rows = ROWS_ONE,
	.sql =
	    "SELECT coalesce(sum(c.events), 0)::bigint,"
	    " coalesce(sum(c.events) FILTER (WHERE c.kind = 'read'), 0)::bigint,"
	    " coalesce(sum(c.events) FILTER (WHERE c.kind = 'write'), 0)::bigint,"
	    " coalesce(sum(c.events) FILTER (WHERE c.outcome = 'denied'), 0)::bigint,"
	    " coalesce(sum(c.events) FILTER (WHERE c.outcome = 'error'), 0)::bigint,"
	    " coalesce(jsonb_agg(DISTINCT c.service COLLATE \"C\" ORDER BY c.service COLLATE \"C\"),"
	    " '[]') FROM grantd.activity_count c WHERE c.tenant_id = $1 AND c.grant_id = $2",
};

static const struct statement activity_maintain = {
	.name = "activity_maintain",
	.params = 3,
	.columns = 2,
	.rows = ROWS_ANY,
	.sql =
	    "SELECT m.action, to_char(m.first_day, 'YYYY-MM') FROM grantd.activity_maintain($1::int,"
	    " make_interval(secs => $2::bigint), $3::boolean) m",
};

static enum outcome
receipt_read(struct db_rows *rows, void *into)
{
	struct activity_receipt *r = into;
	struct db_row row = db_row_at(rows, 0);

	if (db_rows_count(rows) == 0)
		return DONE;
	r->accepted = db_get_int(&row);
	r->taken = !row.failed;
	return row.failed ? BROKEN : DONE;
}

void
db_activity_record(struct db *db, const struct uuid *tenant, const struct uuid *grant,
    const char *events, const char *stamp, struct activity_receipt *receipt)
{
	struct db_params p = DB_PARAMS_EMPTY;

	*receipt = (struct activity_receipt){ .taken = false };
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, grant);
	db_put_text(&p, stamp);
	db_put_text(&p, events);
	db_queue(db, &activity_record, &p, receipt_read, receipt);
}

static enum outcome
summary_read(struct db_rows *rows, void *into)
{
	struct activity_summary *s = into;
	struct db_row row = db_row_at(rows, 0);

	s->total = db_get_int(&row);
	s->read = db_get_int(&row);
	s->write = db_get_int(&row);
	s->denied = db_get_int(&row);
	s->error = db_get_int(&row);
	s->services = db_get_text(&row);
	if (row.failed)
		return BROKEN;
	s->rows = *rows;
	rows->result = NULL;
	return DONE;
}

void
db_activity_summary(struct db *db, const struct uuid *tenant, const struct uuid *grant,
    struct activity_summary *summary)
{
	struct db_params p = DB_PARAMS_EMPTY;

	activity_summary_clear(summary);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, grant);
	db_queue(db, &activity_summary, &p, summary_read, summary);
}

void
activity_summary_clear(struct activity_summary *s)
{
	db_rows_clear(&s->rows);
	*s = (struct activity_summary)ACTIVITY_SUMMARY_EMPTY;
}

static bool
month_from_row(struct activity_month *m, struct db_row *row)
{
	m->action = db_get_text(row);
	m->month = db_get_text(row);
	return !row->failed;
}

/* Every row is looked at here, so that activity_month_at() cannot fail. */
static enum outcome
month_list_read(struct db_rows *rows, void *into)
{
	int i;

	for (i = 0; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);
		struct activity_month m;

		if (!month_from_row(&m, &row))
			return BROKEN;
	}
	db_list_take(into, rows);
	return DONE;
}

void
db_activity_maintain(struct db *db, int ahead, const int64_t *keep, bool dry_run,
    struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_list_clear(list);
	list->limit = INT_MAX;
	if (ahead < 0 || ahead > ACTIVITY_AHEAD_MOST)
		p.failed = true;
	db_put_int(&p, ahead);
	if (keep != NULL)
		db_put_int(&p, *keep);
	else
		db_put_text(&p, NULL);
	db_put_bool(&p, dry_run);
	db_queue(db, &activity_maintain, &p, month_list_read, list);
}

struct activity_month
activity_month_at(const struct db_list *list, int i)
{
	struct db_row row = db_row_at(&list->rows, i);
	struct activity_month m;

	(void)month_from_row(&m, &row);
	return m;
}
