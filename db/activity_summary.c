/* SPDX-License-Identifier: MIT */
/* How many events of a grant there are: all of them, from what is counted anyway; of some time, by counting them. */
#include "config.h"

#include <limits.h>

#include "base/time_text.h"
#include "db/activity.h"

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

/*
 * $1 tenant, $2 grant: its events of a time, which is a range of the index. They are asked for in its order: where the planner takes a
 * grant for a small one, it would else as soon look through all events of the grant, by the index of their ids.
 */
#define EVENTS(columns, since, until) \
	"SELECT " columns " FROM grantd.activity_event e WHERE e.tenant_id = $1" \
	" AND e.grant_id = $2 AND e.occurred_at >= " since " AND e.occurred_at < " until \
	" ORDER BY e.occurred_at"

/* A row for each service. */
#define COUNTED(since, until) \
	"SELECT e.service COLLATE \"C\" AS service," \
	" count(*) FILTER (WHERE e.kind = 'read' AND e.outcome = 'success') AS read_success," \
	" count(*) FILTER (WHERE e.kind = 'read' AND e.outcome = 'denied') AS read_denied," \
	" count(*) FILTER (WHERE e.kind = 'read' AND e.outcome = 'error') AS read_error," \
	" count(*) FILTER (WHERE e.kind = 'write' AND e.outcome = 'success') AS write_success," \
	" count(*) FILTER (WHERE e.kind = 'write' AND e.outcome = 'denied') AS write_denied," \
	" count(*) FILTER (WHERE e.kind = 'write' AND e.outcome = 'error') AS write_error," \
	" min(e.occurred_at) AS first, max(e.occurred_at) AS last" \
	" FROM (" EVENTS("e.*", since, until) ") e GROUP BY e.service COLLATE \"C\""

/* Sums of such rows: what events_from_row() and summary_from_row() read. */
#define COUNT_COLUMNS 9
#define COUNT_COLUMN_LIST \
	"coalesce(sum(c.read_success), 0)::bigint, " \
	"coalesce(sum(c.read_denied), 0)::bigint, " \
	"coalesce(sum(c.read_error), 0)::bigint, " \
	"coalesce(sum(c.write_success), 0)::bigint, " \
	"coalesce(sum(c.write_denied), 0)::bigint, " \
	"coalesce(sum(c.write_error), 0)::bigint, " \
	"coalesce(jsonb_agg(DISTINCT c.service ORDER BY c.service), '[]'), " \
	"min(c.first), max(c.last)"

/* $3 and $4 are the time. */
static const struct statement activity_counted = {
	.name = "activity_counted",
	.params = 4,
	.columns = COUNT_COLUMNS,
	.rows = ROWS_ONE,
	.sql = "SELECT " COUNT_COLUMN_LIST
	       " FROM (" COUNTED("$3::timestamptz", "$4::timestamptz") ") c",
};

/*
 * $5 is the length of a bucket in seconds, $6 how many there may be. They are counted from the last multiple before the year 1: in
 * which direction date_bin() rounds what lies before where it counts from is nothing to rely on.
 */
#define LENGTH "make_interval(secs => $5::bigint)"
#define BUCKET \
	"date_bin(" LENGTH ", e.occurred_at," \
	" to_timestamp(-$5::bigint * (62135596800 / $5::bigint + 1)))"
#define FIRST_BUCKET(since) EVENTS(BUCKET " AS at", since, "$4::timestamptz") " LIMIT 1"
#define FIRST FIRST_BUCKET("$3::timestamptz")
#define NEXT FIRST_BUCKET("b.at + " LENGTH)
#define OF_BUCKET \
	COUNTED("greatest(b.at, $3::timestamptz)", "least(b.at + " LENGTH ", $4::timestamptz)")

/*
 * Buckets that have something are found one from the other, by one look into the index each: where they are too many, nothing
 * is counted. Each of the others is a range of the index, whatever the planner takes a grant for. The first row is the whole.
 */
static const struct statement activity_series = {
	.name = "activity_series",
	.params = 6,
	.columns = 2 + COUNT_COLUMNS,
	.rows = ROWS_ANY,
	.sql = "WITH RECURSIVE bucket (n, at) AS (SELECT 1, f.at FROM (" FIRST ") f"
	       " UNION ALL SELECT b.n + 1, f.at FROM bucket b CROSS JOIN LATERAL (" NEXT ") f"
	       " WHERE b.n <= $6::int),"
	       " counted AS (SELECT b.at, c.* FROM bucket b CROSS JOIN LATERAL (" OF_BUCKET ") c"
	       " WHERE (SELECT count(*) FROM bucket) <= $6::int)"
	       " SELECT (SELECT count(*) FROM bucket), c.at, " COUNT_COLUMN_LIST
	       " FROM counted c GROUP BY GROUPING SETS ((), (c.at)) ORDER BY c.at NULLS FIRST",
};

void
activity_summary_clear(struct activity_summary *s)
{
	db_rows_clear(&s->rows);
	*s = (struct activity_summary)ACTIVITY_SUMMARY_EMPTY;
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
	s->rows = db_rows_take(rows);
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

/* ---- of some time ---- */

static void
events_from_row(int64_t events[ACTIVITY_KINDS][ACTIVITY_OUTCOMES], struct db_row *row)
{
	int kind, outcome;

	for (kind = 0; kind < ACTIVITY_KINDS; kind++)
		for (outcome = 0; outcome < ACTIVITY_OUTCOMES; outcome++)
			events[kind][outcome] = db_get_int(row);
}

static int64_t
sum_of_kind(int64_t events[ACTIVITY_KINDS][ACTIVITY_OUTCOMES], int kind)
{
	int64_t sum = 0;
	int outcome;

	for (outcome = 0; outcome < ACTIVITY_OUTCOMES; outcome++)
		sum += events[kind][outcome];
	return sum;
}

static int64_t
sum_of_outcome(int64_t events[ACTIVITY_KINDS][ACTIVITY_OUTCOMES], int outcome)
{
	int64_t sum = 0;
	int kind;

	for (kind = 0; kind < ACTIVITY_KINDS; kind++)
		sum += events[kind][outcome];
	return sum;
}

/* COUNT_COLUMN_LIST of the whole. */
static void
summary_from_row(struct activity_summary *s, struct db_row *row)
{
	int64_t events[ACTIVITY_KINDS][ACTIVITY_OUTCOMES];

	events_from_row(events, row);
	s->read = sum_of_kind(events, ACTIVITY_READ);
	s->write = sum_of_kind(events, ACTIVITY_WRITE);
	s->total = s->read + s->write;
	s->denied = sum_of_outcome(events, ACTIVITY_DENIED);
	s->error = sum_of_outcome(events, ACTIVITY_ERROR);
	s->services = db_get_text(row);
	(void)db_get_int_or_null(row, &s->first);
	(void)db_get_int_or_null(row, &s->last);
}

static bool
bucket_from_row(struct activity_bucket *b, struct db_row *row)
{
	(void)db_get_int(row);
	b->from = db_get_int(row);
	if (b->from < TIME_LEAST)
		b->from = TIME_LEAST;
	events_from_row(b->events, row);
	return !row->failed;
}

static enum outcome
counted_read(struct db_rows *rows, void *into)
{
	struct activity_summary *s = into;
	struct db_row row = db_row_at(rows, 0);

	summary_from_row(s, &row);
	if (row.failed)
		return BROKEN;
	s->rows = db_rows_take(rows);
	return DONE;
}

/* Every row is looked at here, so that activity_bucket_at() cannot fail. */
static enum outcome
series_read(struct db_rows *rows, void *into)
{
	struct activity_summary *s = into;
	struct db_row whole = db_row_at(rows, 0);
	int64_t none;
	int i;

	s->too_many = db_get_int(&whole) > ACTIVITY_BUCKETS_MOST;
	(void)db_get_int_or_null(&whole, &none);
	summary_from_row(s, &whole);
	if (whole.failed)
		return BROKEN;
	for (i = 1; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);
		struct activity_bucket b;

		if (!bucket_from_row(&b, &row))
			return BROKEN;
	}
	s->in_buckets = true;
	s->buckets = db_rows_count(rows) - 1;
	s->rows = db_rows_take(rows);
	return DONE;
}

static void
put_time(struct db_params *p, const int64_t *time, const char *otherwise)
{
	if (time != NULL)
		db_put_time(p, *time);
	else
		db_put_text(p, otherwise);
}

void
db_activity_counted(struct db *db, const struct uuid *tenant, const struct uuid *grant,
    const struct activity_span *span, struct activity_summary *summary)
{
	struct db_params p = DB_PARAMS_EMPTY;

	activity_summary_clear(summary);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, grant);
	put_time(&p, span->since, "-infinity");
	put_time(&p, span->until, "infinity");
	if (span->interval == NULL) {
		db_queue(db, &activity_counted, &p, counted_read, summary);
		return;
	}
	db_put_int(&p, *span->interval);
	db_put_int(&p, ACTIVITY_BUCKETS_MOST);
	db_queue(db, &activity_series, &p, series_read, summary);
}

struct activity_bucket
activity_bucket_at(const struct activity_summary *s, int i)
{
	struct db_row row = db_row_at(&s->rows, i + 1);
	struct activity_bucket b;

	(void)bucket_from_row(&b, &row);
	return b;
}
