/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <limits.h>

#include "db/activity.h"
#include "db/key.h"

static const struct statement activity_record = {
	.name = "activity_record",
	.params = 7,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.record_activity($1, $2, $3, $4, $5, $6, $7)",
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
	struct db_row row = db_row_of_record(rows);

	r->change = change_from_row(&row);
	if (r->change == CHANGE_DONE)
		r->accepted = db_get_int(&row);
	return row.failed ? BROKEN : DONE;
}

void
db_activity_record(struct db *db, const struct uuid *tenant, const struct uuid *grant,
    const char *events, const struct change_by *by, struct activity_receipt *receipt)
{
	struct db_params p = DB_PARAMS_EMPTY;

	*receipt = (struct activity_receipt){ .accepted = 0 };
	db_put_uuid(&p, tenant);
	db_put_bytea(&p, by->key_hash, KEY_HASH_LEN);
	db_put_int(&p, by->key_version);
	db_put_int(&p, by->policy_version);
	db_put_uuid(&p, grant);
	db_put_int_or_null(&p, by->target_version);
	db_put_text(&p, events);
	db_queue(db, &activity_record, &p, receipt_read, receipt);
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
	db_put_int_or_null(&p, keep);
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
