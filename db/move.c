/* SPDX-License-Identifier: MIT */
/* The steps of a move: what a place says of the tenant, and what is made of that. */
#include "config.h"

#include <string.h>

#include "db/connection.h"
#include "db/move.h"

static const struct statement move_look = {
	.name = "move_look",
	.params = 1,
	.columns = 5,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT t.state, t.hold, t.move_id, t.move_since::text, t.moved_to"
	       " FROM grantd.tenants t WHERE t.id = $1",
};

/* Without it, what is written while the tenant is closed or given up would be lost. */
static const struct statement move_alone = {
	.name = "move_alone",
	.params = 1,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.tenant_alone($1, true)",
};

#define STEP(name_, set, where) \
	{ \
		.name = name_, .params = 2, .columns = 1, .rows = ROWS_ZERO_OR_ONE, \
		.sql = "UPDATE grantd.tenants t SET " set " WHERE t.id = $1 AND " where \
		       " RETURNING true" \
	}
static const struct statement steps[MOVE_STEP__MAX] = {
	[MOVE_CLAIM] = STEP("move_claim", "move_id = $2, hold = NULL",
	    "t.state <> 'moved' AND (t.hold IS NULL OR t.hold = 'closed')"
	    " AND (t.move_id IS NULL OR t.move_id = $2)"),
	[MOVE_CLOSE] = STEP("move_close", "hold = 'closed'",
	    "t.state <> 'moved' AND (t.hold IS NULL OR t.hold = 'closed') AND t.move_id = $2"),
	[MOVE_REOPEN] = STEP("move_reopen", "hold = NULL",
	    "t.state <> 'moved' AND t.hold = 'closed' AND t.move_id = $2"),
	[MOVE_FORGET] = STEP("move_forget", "hold = NULL, move_id = NULL",
	    "t.state <> 'moved' AND (t.hold IS NULL OR t.hold = 'closed') AND t.move_id = $2"),
	[MOVE_DONE] = STEP("move_done", "move_id = NULL", "t.state = 'moved' AND t.move_id = $2"),
	[MOVE_REMOVE] = STEP("move_remove", "hold = 'removing'",
	    "t.hold IN ('arriving', 'removing') AND t.move_id = $2"),
};

static const struct statement end_move = {
	.name = "end_move",
	.params = 8,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT grantd.end_move($1, $2, $3, $4, $5, $6, $7, $8)",
};

static enum outcome
look_read(struct db_rows *rows, void *into)
{
	struct move_end *end = into;
	struct db_row row = db_row_at(rows, 0);

	if (db_rows_count(rows) == 0)
		return DONE;
	end->state = db_get_text(&row);
	end->hold = db_get_text_or_null(&row);
	end->moves = db_get_uuid_or_null(&row, &end->move);
	end->since = db_get_text_or_null(&row);
	end->moved_to = db_get_text_or_null(&row);
	if (row.failed)
		return BROKEN;
	end->found = true;
	end->rows = db_rows_take(rows);
	return DONE;
}

static enum outcome
step_read(struct db_rows *rows, void *into)
{
	bool *made = into;

	*made = db_rows_count(rows) == 1;
	return DONE;
}

void
db_move_look(struct db *db, const struct uuid *tenant, struct move_end *end)
{
	struct db_params p = DB_PARAMS_EMPTY;

	move_end_clear(end);
	db_put_uuid(&p, tenant);
	db_queue(db, &move_look, &p, look_read, end);
}

void
move_end_clear(struct move_end *end)
{
	db_rows_clear(&end->rows);
	*end = (struct move_end)MOVE_END_EMPTY;
}

void
db_move_step(struct db *db, enum move_step step, const struct uuid *tenant, const struct uuid *move,
    bool *made)
{
	struct db_params alone = DB_PARAMS_EMPTY, p = DB_PARAMS_EMPTY;

	*made = false;
	db_put_uuid(&alone, tenant);
	db_queue(db, &move_alone, &alone, NULL, NULL);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, move);
	db_queue(db, &steps[step], &p, step_read, made);
}

static void
queue_end(struct db *db, const struct uuid *tenant, const struct uuid *move,
    const struct change_by *by, bool leaves, const char *place, enum change *said)
{
	struct db_params p = DB_PARAMS_EMPTY;

	*said = CHANGE_NONE;
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, move);
	db_put_text(&p, by->actor);
	db_put_uuid(&p, &by->entry);
	db_put_text(&p, by->context);
	db_put_text(&p, by->reason);
	db_put_bool(&p, leaves);
	db_put_text(&p, place);
	db_queue(db, &end_move, &p, change_read, said);
}

void
db_move_leave(struct db *db, const struct uuid *tenant, const struct uuid *move,
    const struct change_by *by, const char *place, enum change *said)
{
	queue_end(db, tenant, move, by, true, place, said);
}

void
db_move_open(struct db *db, const struct uuid *tenant, const struct uuid *move,
    const struct change_by *by, const char *place, enum change *said)
{
	queue_end(db, tenant, move, by, false, place, said);
}

void
db_move_place(const struct db *db, struct buf *place)
{
	buf_adds(place, "host=");
	buf_adds(place, PQhost(db->conn));
	buf_adds(place, " port=");
	buf_adds(place, PQport(db->conn));
	buf_adds(place, " dbname=");
	buf_adds(place, PQdb(db->conn));
}
