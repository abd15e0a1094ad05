/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "db/audit_follow.h"
#include "db/statement.h"

#define BATCH_TEXT TEXT_OF(AUDIT_FOLLOW_BATCH)
#define COLUMNS (AUDIT_ROW_COLUMNS + 2)
#define FOLLOWED(name_, params_, call, order) \
	static const struct statement name_ = { \
		.name = #name_, \
		.params = (params_), \
		.columns = COLUMNS, \
		.rows = ROWS_ANY, \
		.sql = "SELECT " AUDIT_ROW_COLUMN_LIST ", a.written_by::text::bigint, f.here" \
		       " FROM grantd." call " f, LATERAL (SELECT (f.e).*) a ORDER BY " order, \
	}

FOLLOWED(follow_by_id, 2, "audit_by_id($1, $2, " BATCH_TEXT ")", "a.tenant_id, a.id");
FOLLOWED(follow_by_writer, 1, "audit_by_writer($1, " BATCH_TEXT ")", "a.written_by");
FOLLOWED(follow_of_writer, 3, "audit_of_writer($1, $2, $3, " BATCH_TEXT ")", "a.tenant_id, a.id");

static const struct statement follow_bound = {
	.name = "follow_bound",
	.params = 5,
	.columns = 3,
	.rows = ROWS_ONE,
	.sql = "SELECT b.database, b.bound, b.writer FROM grantd.audit_bound($1, $2, $3, $4, $5) b",
};

static const struct uuid none;

static bool
is_greatest(const struct uuid *id)
{
	size_t i = 0;

	while (i < sizeof(id->octet) && id->octet[i] == 0xff)
		i++;
	return i == sizeof(id->octet);
}

struct audit_place
audit_place_after(int64_t writer)
{
	struct audit_place p = { .by_writer = true, .writer = writer };

	memset(&p.tenant, 0xff, sizeof(p.tenant));
	memset(&p.id, 0xff, sizeof(p.id));
	return p;
}

bool
audit_place_is_whole(const struct audit_place *p)
{
	return p->by_writer && is_greatest(&p->tenant) && is_greatest(&p->id);
}

int
audit_place_order(const struct audit_place *a, const struct audit_place *b)
{
	int order;

	if (a->by_writer != b->by_writer)
		return a->by_writer ? 1 : -1;
	if (a->writer != b->writer)
		return a->writer < b->writer ? -1 : 1;
	order = memcmp(&a->tenant, &b->tenant, sizeof(a->tenant));
	return order != 0 ? order : memcmp(&a->id, &b->id, sizeof(a->id));
}

static enum outcome
bound_read(struct db_rows *rows, void *into)
{
	struct audit_bound *b = into;
	struct db_row row = db_row_at(rows, 0);

	(void)snprintf(b->database, sizeof(b->database), "%s", db_get_text(&row));
	b->bound = db_get_int(&row);
	b->found = db_get_int_or_null(&row, &b->writer);
	return row.failed ? BROKEN : DONE;
}

void
db_audit_bound(struct db *db, const struct audit_mark *mark, struct audit_bound *b)
{
	struct db_params p = DB_PARAMS_EMPTY;

	if (mark == NULL) /* among many that a dump brought it is looked for */
		db_queue_patience(db);
	db_put_uuid(&p, mark != NULL ? &mark->tenant : NULL);
	db_put_uuid(&p, mark != NULL ? &mark->id : NULL);
	db_put_text(&p, mark != NULL ? mark->resource_type : NULL);
	db_put_uuid(&p, mark != NULL ? &mark->resource_id : NULL);
	db_put_int(&p, mark != NULL ? mark->sequence : 0);
	db_queue(db, &follow_bound, &p, bound_read, b);
}

static enum outcome
batch_take(struct db_rows *rows, void *into)
{
	struct db_rows *mine = into;

	db_rows_clear(mine);
	*mine = db_rows_take(rows);
	return DONE;
}

void
db_audit_follow(struct db *db, const struct audit_place *after, struct db_rows *rows)
{
	struct db_params p = DB_PARAMS_EMPTY;
	const struct statement *st = &follow_by_writer;

	/* Looking for the entries of one transaction may go through many of others. */
	db_queue_patience(db);
	if (after->by_writer)
		db_put_int(&p, after->writer);
	if (!audit_place_is_whole(after)) {
		st = after->by_writer ? &follow_of_writer : &follow_by_id;
		db_put_uuid(&p, &after->tenant);
		db_put_uuid(&p, &after->id);
	}
	db_queue(db, st, &p, batch_take, rows);
}

bool
audit_followed_at(const struct db_rows *rows, int i, struct audit_followed *f)
{
	struct db_row row = db_row_at(rows, i);

	*f = (struct audit_followed){ .row = { .tenant = none } };
	if (!audit_row_read(&f->row, &row))
		return false;
	f->writer = db_get_int(&row);
	f->here = db_get_bool(&row);
	return !row.failed;
}
