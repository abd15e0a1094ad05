/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "db/audit_counts.h"
#include "db/statement.h"

/* The last of the next thousand grants. None: those are the last ones. */
static const struct statement counts_range = {
	.name = "counts_range",
	.params = 2,
	.columns = 1,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT g.id FROM grantd.grants g WHERE g.tenant_id = $1 AND g.id >= $2::uuid"
	       " ORDER BY g.id OFFSET 999 LIMIT 1",
};

#define OF_RANGE(row) \
	row ".tenant_id = $1 AND " row ".grant_id >= $2::uuid AND " row ".grant_id <= $3::uuid"

static const struct statement counts_differ = {
	.name = "counts_differ",
	.params = 3,
	.columns = 6,
	.rows = ROWS_ANY,
	.sql =
	    "SELECT d.grant_id, d.month::text, d.service || ' ' || d.kind || ' ' || d.outcome,"
	    " coalesce(d.events, 0), coalesce(d.found, 0), d.there"
	    " FROM (SELECT *, EXISTS (SELECT FROM grantd.grants g WHERE g.tenant_id = $1"
	    "  AND g.id = grant_id) AS there"
	    "  FROM (SELECT e.grant_id,"
	    "   date_trunc('month', e.recorded_at AT TIME ZONE 'UTC')::date AS month,"
	    "   e.service::text, e.kind::text, e.outcome::text, count(*) AS found"
	    "   FROM grantd.activity_event e WHERE " OF_RANGE(
		"e") " GROUP BY 1, 2, 3, 4, 5) e"
		     "  FULL JOIN (SELECT c.grant_id, c.month, c.service::text, c.kind::text, c.outcome::text,"
		     "   c.events FROM grantd.activity_count c WHERE " OF_RANGE(
			 "c") ") c"
			      "  USING (grant_id, month, service, kind, outcome)) d"
			      " WHERE coalesce(d.events, 0) <> coalesce(d.found, 0) OR NOT d.there"
			      " ORDER BY d.grant_id, d.month, 3",
};

struct range {
	const struct told_sink *sink;
	struct uuid first, last;
	bool is_last;
};

static enum outcome
range_read(struct db_rows *rows, void *into)
{
	struct range *r = into;
	struct db_row row = db_row_at(rows, 0);

	r->is_last = db_rows_count(rows) == 0;
	if (r->is_last)
		memset(&r->last, 0xff, sizeof(r->last));
	else
		r->last = db_get_uuid(&row);
	return row.failed ? BROKEN : DONE;
}

static enum outcome
differ_read(struct db_rows *rows, void *into)
{
	const struct range *r = into;
	struct difference d = { .kind = COUNT_DIFFERS, .table = "activity_count" };
	char column[300], told[32], found[32];
	int i;

	for (i = 0; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);
		const char *month, *sort;

		d.id = db_get_uuid(&row);
		month = db_get_text(&row);
		sort = db_get_text(&row);
		(void)snprintf(column, sizeof(column), "%.7s %s", month, sort);
		(void)snprintf(told, sizeof(told), "%" PRId64, db_get_int(&row));
		(void)snprintf(found, sizeof(found), "%" PRId64, db_get_int(&row));
		d.kind = db_get_bool(&row) ? COUNT_DIFFERS : EVENTS_STRANGE;
		if (row.failed)
			return BROKEN;
		d.column = column;
		d.told = json_raw_of(told);
		d.found = json_raw_of(found);
		told_differs(r->sink, &d);
	}
	return DONE;
}

/* The id that comes next; the greatest has none, and is in the last range. */
static void
step_on(struct uuid *id)
{
	size_t i = sizeof(id->octet);

	while (i > 0 && ++id->octet[i - 1] == 0)
		i--;
}

enum outcome
audit_counts(struct db *db, const struct uuid *tenant, void (*step)(void *context), void *context,
    const struct told_sink *sink)
{
	struct range r = { .sink = sink };
	enum outcome rc;

	/* Events are counted one by one, and one grant may have millions. */
	db_queue_patience(db);
	rc = db_exchange(db);
	while (rc == DONE && !r.is_last) {
		struct db_params range = DB_PARAMS_EMPTY, differ = DB_PARAMS_EMPTY;

		if (step != NULL)
			step(context);
		db_put_uuid(&range, tenant);
		db_put_uuid(&range, &r.first);
		db_queue(db, &counts_range, &range, range_read, &r);
		rc = db_exchange(db);
		if (rc != DONE)
			return rc;
		db_put_uuid(&differ, tenant);
		db_put_uuid(&differ, &r.first);
		db_put_uuid(&differ, &r.last);
		db_queue(db, &counts_differ, &differ, differ_read, &r);
		rc = db_exchange(db);
		r.first = r.last;
		step_on(&r.first);
	}
	return rc;
}
