/* SPDX-License-Identifier: MIT */
/* The rounds of a move, and the comparison at its end: see db/move.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "db/move.h"
#include "db/tenant.h"

/* Rows of an exchange. Each is a statement of its own at the new place, and a row may have more than a megabyte. */
#define BATCH_TEXT "40"

static const struct statement carry_begin = {
	.name = "carry_begin",
	.params = 0,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text",
};
static const struct statement carry_fetch = {
	.name = "carry_fetch",
	.params = 0,
	.columns = 1,
	.rows = ROWS_ANY,
	.sql = "FETCH " BATCH_TEXT " FROM carried",
};
static const struct statement carry_close = {
	.name = "carry_close",
	.params = 0,
	.columns = 0,
	.rows = ROWS_NONE,
	.sql = "CLOSE carried",
};
static const struct statement carry_end = {
	.name = "carry_end",
	.params = 3,
	.columns = 1,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "UPDATE grantd.tenants t SET move_since = $3::text::xid8 WHERE t.id = $1"
	       " AND t.hold = 'arriving' AND t.move_id = $2 RETURNING true",
};
static const struct statement take_tenant = {
	.name = "take_tenant",
	.params = 2,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.take_tenant($1::text::grantd.tenants, $2)",
};
static const struct statement oldest_once = {
	.name = "oldest_once",
	.params = 1,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT coalesce(min(i.created_at), 'infinity')::text"
	       " FROM grantd.idempotency_keys i WHERE i.tenant_id = $1",
};
static const struct statement forget_once = {
	.name = "forget_once",
	.params = 2,
	.columns = 0,
	.rows = ROWS_NONE,
	.sql = "DELETE FROM grantd.idempotency_keys i"
	       " WHERE i.tenant_id = $1 AND i.created_at < $2::text::timestamptz",
};

/* Of a row whose transaction is $2 or a later one. One that is frozen may seem to be, and is taken once more. */
#define NEW(row) "age(" row ".xmin) <= age($2::text::xid8::xid)"

#define CURSOR "DECLARE carried NO SCROLL CURSOR FOR "
#define FROM_OLD(name_, params_, select) \
	{ \
		.name = name_, .params = (params_), .columns = 0, .rows = ROWS_NONE, \
		.sql = CURSOR select \
	}
#define TO_NEW(table, conflict) \
	{ \
		.name = "put_" table, .params = 1, .columns = 0, .rows = ROWS_NONE, \
		.sql = "INSERT INTO grantd." table \
		       " SELECT r.* FROM (SELECT ($1::text::grantd." table ").*) r" conflict \
	}
#define ALL(table) \
	FROM_OLD("all_" table, 1, "SELECT x::text FROM grantd." table " x WHERE x.tenant_id = $1")
#define NEW_ONES(table) \
	FROM_OLD("new_" table, 2, \
	    "SELECT x::text FROM grantd." table " x WHERE x.tenant_id = $1 AND " NEW("x"))
#define WHOLE(table) \
	{ \
		.name = "delete_" table, .params = 1, .columns = 0, .rows = ROWS_NONE, \
		.sql = "DELETE FROM grantd." table " x WHERE x.tenant_id = $1" \
	}
#define THAT(column) column " = excluded." column

/* A table: what is to be carried of it, and how it is put in. */
struct carried {
	struct statement all, recent; /* recent.sql NULL: it is carried whole each time */
	struct statement clear;       /* before that */
	struct statement put;
};

/* In this order: what is referred to comes first. */
static const struct carried tables[] = {
	{ .all = ALL("api_keys"),
	    .recent = NEW_ONES("api_keys"),
	    .put = TO_NEW("api_keys",
		" ON CONFLICT (tenant_id, id) DO UPDATE SET " THAT("name") ", " THAT("roles") ", " THAT("hash") ", " THAT("expires_at") ", " THAT(
		    "revoked_at") ", " THAT("last_used_at") ", " THAT("updated_at") ", " THAT("version") ", " THAT("audit_length") ", " THAT("audit_head")) },
	{ .all = ALL("grants"),
	    .recent = NEW_ONES("grants"),
	    .put = TO_NEW("grants",
		" ON CONFLICT (tenant_id, id) DO UPDATE SET " THAT("status") ", " THAT("audit_enabled") ", " THAT("expires_at") ", " THAT("granted_at") ", " THAT(
		    "revoked_at") ", " THAT("metadata") ", " THAT("updated_at") ", " THAT("version") ", " THAT("audit_length") ", " THAT("audit_head") ", " THAT("audit_previous")) },
	{ .all = ALL("audit_log"),
	    .recent = FROM_OLD("new_audit_log", 2,
		"SELECT a::text FROM (SELECT 'grant' AS kind, x.id FROM grantd.grants x"
		"  WHERE x.tenant_id = $1 AND " NEW(
		    "x") " UNION ALL SELECT 'api_key', x.id FROM grantd.api_keys x"
			 "  WHERE x.tenant_id = $1 AND " NEW(
			     "x") " UNION ALL SELECT 'policy', x.id FROM grantd.policies x"
				  "  WHERE x.tenant_id = $1 AND " NEW(
				      "x") " UNION ALL SELECT 'tenant', $1) chain JOIN grantd.audit_log a ON a.tenant_id = $1"
					   " AND a.resource_type = chain.kind AND a.resource_id = chain.id AND " NEW(
					       "a")),
	    .put = TO_NEW("audit_log", " ON CONFLICT DO NOTHING") },
	{ .all = ALL("audit_archives"),
	    .recent = NEW_ONES("audit_archives"),
	    .put = TO_NEW("audit_archives", " ON CONFLICT DO NOTHING") },
	{ .all = ALL("audit_cuts"),
	    .recent = NEW_ONES("audit_cuts"),
	    .put = TO_NEW("audit_cuts",
		" ON CONFLICT (tenant_id, resource_type, resource_id) DO UPDATE SET " THAT("sequence") ", " THAT(
		    "hash") ", " THAT("archive") ", " THAT("told") ", " THAT("seal")) },
	{ .all = ALL("activity_count"),
	    .recent = NEW_ONES("activity_count"),
	    .put = TO_NEW("activity_count",
		" ON CONFLICT (tenant_id, grant_id, month, service, kind, outcome)"
		" DO UPDATE SET " THAT("events")) },
	{ .all = ALL("activity_event"),
	    .recent = FROM_OLD("new_activity_event", 2,
		"SELECT e::text FROM (SELECT DISTINCT x.grant_id FROM grantd.activity_count x"
		"  WHERE x.tenant_id = $1 AND " NEW(
		    "x") ") counted JOIN grantd.activity_event e"
			 " ON e.tenant_id = $1 AND e.grant_id = counted.grant_id AND " NEW("e")),
	    .put = TO_NEW("activity_event", " ON CONFLICT DO NOTHING") },
	{ .all = ALL("policies"), .clear = WHOLE("policies"), .put = TO_NEW("policies", "") },
	{ .all = ALL("policy_rules"), .put = TO_NEW("policy_rules", "") },
	{ .all = ALL("refusals"), .clear = WHOLE("refusals"), .put = TO_NEW("refusals", "") },
	{ .all = ALL("idempotency_keys"),
	    .recent = NEW_ONES("idempotency_keys"),
	    .put = TO_NEW("idempotency_keys",
		" ON CONFLICT (tenant_id, key) DO UPDATE SET " THAT("body_hash") ", " THAT(
		    "grant_id") ", " THAT("audit_enabled") ", " THAT("created_at")) },
};

/* The rules refer to their policies: they go before those do, and come after them. */
static const struct statement clear_rules = WHOLE("policy_rules");
static const struct statement the_tenant = FROM_OLD("the_tenant", 1,
    "SELECT x::text FROM grantd.tenants x WHERE x.id = $1");

static enum outcome
rows_take(struct db_rows *rows, void *into)
{
	struct db_rows *taken = into;

	db_rows_clear(taken);
	*taken = db_rows_take(rows);
	return DONE;
}

static enum outcome
bool_read(struct db_rows *rows, void *into)
{
	bool *is = into;
	struct db_row row = db_row_at(rows, 0);

	*is = db_rows_count(rows) == 1 && db_get_bool(&row);
	return row.failed ? BROKEN : DONE;
}

static enum outcome
since_read(struct db_rows *rows, void *into)
{
	struct db_row row = db_row_at(rows, 0);

	(void)snprintf(into, MOVE_SINCE_MAX, "%s", db_get_text(&row));
	return row.failed ? BROKEN : DONE;
}

static enum outcome
at(struct move_round *r, struct db *db, enum outcome rc)
{
	if (rc != DONE)
		r->failed = db;
	return rc;
}

static void
queue_clear(struct move_round *r, const struct statement *st)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, r->tenant);
	db_queue(r->to, st, &p, NULL, NULL);
}

/* Open the cursor, and fetch its first rows. */
static enum outcome
open_cursor(struct move_round *r, const struct statement *declare, struct db_rows *rows)
{
	const struct db_params none = DB_PARAMS_EMPTY;
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, r->tenant);
	if (declare->params == 2)
		db_put_text(&p, r->since);
	db_queue(r->from, declare, &p, NULL, NULL);
	db_queue(r->from, &carry_fetch, &none, rows_take, rows);
	return at(r, r->from, db_exchange(r->from));
}

/* The tenant's row, which holds off every other round, and every end of the move, until this one is over. */
static enum outcome
carry_tenant(struct move_round *r)
{
	const struct db_params none = DB_PARAMS_EMPTY;
	struct db_params p = DB_PARAMS_EMPTY;
	struct db_rows rows = DB_ROWS_EMPTY;
	enum outcome rc = open_cursor(r, &the_tenant, &rows);
	struct db_row row = db_row_at(&rows, 0);
	bool taken = false;

	if (rc == DONE && db_rows_count(&rows) == 1) {
		db_put_text(&p, db_get_text(&row));
		db_put_uuid(&p, r->move);
		db_queue(r->to, &take_tenant, &p, bool_read, &taken);
		db_queue(r->from, &carry_close, &none, NULL, NULL);
		rc = at(r, r->from, db_exchange(r->from));
		if (rc == DONE)
			rc = at(r, r->to, db_exchange(r->to));
	}
	r->refused = rc == DONE && !taken;
	db_rows_clear(&rows);
	return rc;
}

static enum outcome
put_rows(struct move_round *r, const struct statement *put, const struct db_rows *rows)
{
	int i;

	for (i = 0; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);
		struct db_params p = DB_PARAMS_EMPTY;

		db_put_text(&p, db_get_text(&row));
		db_queue(r->to, put, &p, NULL, NULL);
	}
	return at(r, r->to, db_exchange(r->to));
}

static enum outcome
carry_table(struct move_round *r, const struct carried *t)
{
	const struct db_params none = DB_PARAMS_EMPTY;
	bool whole = t->recent.sql == NULL;
	struct db_rows rows = DB_ROWS_EMPTY;
	enum outcome rc;

	if (t->clear.sql != NULL)
		queue_clear(r, &t->clear);
	rc = open_cursor(r, whole || r->since[0] == '\0' ? &t->all : &t->recent, &rows);
	while (rc == DONE && db_rows_count(&rows) > 0) {
		r->rows += whole ? 0 : db_rows_count(&rows);
		rc = put_rows(r, &t->put, &rows);
		if (rc != DONE)
			break;
		db_queue(r->from, &carry_fetch, &none, rows_take, &rows);
		rc = at(r, r->from, db_exchange(r->from));
	}
	db_rows_clear(&rows);
	if (rc != DONE)
		return rc;
	db_queue(r->from, &carry_close, &none, NULL, NULL);
	rc = at(r, r->from, db_exchange(r->from));
	return rc == DONE ? at(r, r->to, db_exchange(r->to)) :
			    rc; /* where nothing was put, of the clearing */
}

/* Idempotency keys that are gone at the old place: those that are older than all it has. */
static enum outcome
forget_old_keys(struct move_round *r)
{
	struct db_params p = DB_PARAMS_EMPTY, forget = DB_PARAMS_EMPTY;
	struct db_rows rows = DB_ROWS_EMPTY;
	struct db_row row;
	enum outcome rc;

	db_put_uuid(&p, r->tenant);
	db_queue(r->from, &oldest_once, &p, rows_take, &rows);
	rc = at(r, r->from, db_exchange(r->from));
	row = db_row_at(&rows, 0);
	if (rc == DONE) {
		db_put_uuid(&forget, r->tenant);
		db_put_text(&forget, db_get_text(&row));
		db_queue(r->to, &forget_once, &forget, NULL, NULL);
		rc = at(r, r->to, db_exchange(r->to));
	}
	db_rows_clear(&rows);
	return rc;
}

static enum outcome
carry_all(struct move_round *r)
{
	enum outcome rc = carry_tenant(r);
	size_t i;

	if (rc == DONE && !r->refused) {
		queue_clear(r, &clear_rules);
		rc = forget_old_keys(r);
	}
	for (i = 0; rc == DONE && !r->refused && i < COUNT_OF(tables); i++)
		rc = carry_table(r, &tables[i]);
	return rc;
}

static void
queue_end(struct move_round *r, const char *since, bool *mine)
{
	struct db_params p = DB_PARAMS_EMPTY;

	*mine = false;
	db_put_uuid(&p, r->tenant);
	db_put_uuid(&p, r->move);
	db_put_text(&p, since);
	db_queue(r->to, &carry_end, &p, bool_read, mine);
}

enum outcome
move_carry(struct move_round *r)
{
	const struct db_params none = DB_PARAMS_EMPTY;
	char next[MOVE_SINCE_MAX];
	bool mine = false;
	enum outcome rc;

	r->rows = 0;
	r->refused = false;
	r->failed = NULL;
	db_begin(r->from, DB_SNAPSHOT);
	db_tenant_choose(r->from, r->tenant);
	db_queue(r->from, &carry_begin, &none, since_read, next);
	rc = at(r, r->from, db_exchange(r->from));
	db_begin(r->to, DB_READ_WRITE);
	db_tenant_choose(r->to, r->tenant);
	if (rc == DONE)
		rc = at(r, r->to, db_exchange(r->to));
	if (rc == DONE)
		rc = carry_all(r);
	if (rc == DONE && !r->refused) {
		queue_end(r, next, &mine);
		rc = at(r, r->to, db_commit(r->to));
	}
	if (rc == DONE && mine)
		memcpy(r->since, next, sizeof(next));
	r->refused = r->refused || (rc == DONE && !mine);
	db_rollback(r->to);
	db_rollback(r->from);
	return rc;
}

/* ---- the comparison ---- */

#define SUM(table, said) \
	{ \
		.name = "sum_" table, .params = 1, .columns = 2, .rows = ROWS_ONE, \
		.sql = "SELECT count(*), coalesce(sum(hashtextextended(" said \
		       ", 0)), 0)::text FROM grantd." table " x WHERE x.tenant_id = $1" \
	}

/* Of the tenant's own row, but for what a move says in it. */
static const struct statement sums[] = {
	{ .name = "sum_tenants",
	    .params = 1,
	    .columns = 2,
	    .rows = ROWS_ONE,
	    .sql = "SELECT count(*), coalesce(sum(hashtextextended((to_jsonb(x)"
		   " - '{hold,move_id,move_since}'::text[])::text, 0)), 0)::text"
		   " FROM grantd.tenants x WHERE x.id = $1" },
	SUM("api_keys", "x::text"),
	SUM("grants", "x::text"),
	SUM("policies", "x::text"),
	SUM("policy_rules", "x::text"),
	SUM("audit_log", "x.id::text || encode(x.hash, 'hex')"),
	SUM("audit_archives", "x::text"),
	SUM("audit_cuts", "x::text"),
	SUM("activity_count", "x::text"),
	SUM("activity_event", "x::text"),
	SUM("idempotency_keys", "x::text"),
	SUM("refusals", "x::text"),
};

struct sum {
	int64_t count;
	char text[64];
};

static enum outcome
sum_read(struct db_rows *rows, void *into)
{
	struct sum *s = into;
	struct db_row row = db_row_at(rows, 0);

	s->count = db_get_int(&row);
	(void)snprintf(s->text, sizeof(s->text), "%s", db_get_text(&row));
	return row.failed ? BROKEN : DONE;
}

static enum outcome
sum_up(struct db *db, const struct uuid *tenant, struct sum *sum)
{
	size_t i;

	db_begin(db, DB_SNAPSHOT);
	db_tenant_choose(db, tenant);
	for (i = 0; i < COUNT_OF(sums); i++) {
		struct db_params p = DB_PARAMS_EMPTY;

		db_put_uuid(&p, tenant);
		db_queue(db, &sums[i], &p, sum_read, &sum[i]);
	}
	return db_commit(db);
}

enum outcome
move_compare(const struct move_round *r, const char **differs, struct db **failed)
{
	struct sum old[COUNT_OF(sums)], new[COUNT_OF(sums)];
	enum outcome rc;
	size_t i;

	*differs = NULL;
	*failed = r->from;
	rc = sum_up(r->from, r->tenant, old);
	if (rc != DONE)
		return rc;
	*failed = r->to;
	rc = sum_up(r->to, r->tenant, new);
	for (i = 0; rc == DONE && *differs == NULL && i < COUNT_OF(sums); i++)
		if (old[i].count != new[i].count || strcmp(old[i].text, new[i].text) != 0)
			*differs = sums[i].name + sizeof("sum_") - 1;
	return rc;
}
