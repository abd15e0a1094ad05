/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_MOVE_H
#define GRANTD_DB_MOVE_H

#include "base/buf.h"
#include "db/change.h"

/*
 * Carry a tenant with all its rows from one database to another, both of this version of the schema, while it is served: the pieces, of
 * which ctl/tenant_move.c makes the whole. All are for the owner's sessions.
 *
 * A round carries what is new since the one before. What that is, the rows' own system column says: xmin is the transaction that
 * wrote a row, and whatever a round's snapshot did not see was written by a transaction from that snapshot's xmin on. So rows are
 * taken with the lowest of these on, some of them twice. Entries of the audit log are looked for in the chains whose row is new,
 * and events at the grants whose counts are, as each of them is written along with such a row. Tables of which rows are
 * deleted, which have few, are carried whole.
 *
 * Rows travel as PostgreSQL prints a row of the table, and are read by it again, so that no byte of what entries were hashed
 * from can change.
 */

/* What a place says of the tenant. Texts borrow from `rows`; clear it. */
struct move_end {
	bool found;
	const char *state; /* see struct tenant */
	const char *hold;  /* NULL: none */
	bool moves;        /* `move` says by which move */
	struct uuid move;
	const char *since; /* where the next round begins; NULL: at the beginning */
	const char *moved_to;
	struct db_rows rows;
};

#define MOVE_END_EMPTY \
	{ \
		.found = false, .state = "", .rows = DB_ROWS_EMPTY \
	}

/* Queue: look. Leaves found false where there is no such tenant. */
void db_move_look(struct db *, const struct uuid *tenant, struct move_end *);
void move_end_clear(struct move_end *);

/* Steps that write no entry: they may be given up. Each is made only where the tenant is as it has to be for it. */
enum move_step {
	/* At the old place. */
	MOVE_CLAIM, /* this move is under way; a tenant that an earlier run had closed is open again */
	MOVE_CLOSE,  /* nothing is written any more, and all that was is committed; reads go on */
	MOVE_REOPEN, /* undo that */
	MOVE_FORGET, /* undo both: no move is under way */
	MOVE_DONE,   /* the new place has opened */
	/* At the new one. */
	MOVE_REMOVE, /* what has arrived is to be removed: then db_tenant_remove_rows() */
	MOVE_STEP__MAX
};

/* Queue: make a step. *made: it was, or was before. */
void db_move_step(struct db *, enum move_step, const struct uuid *tenant, const struct uuid *move,
    bool *made);

/*
 * Queue the end of a move, with an entry: the old place gives the tenant up for good, and the new one opens it. `place` is the other
 * one, for people. *said is CHANGE_DONE, or CHANGE_NONE: the tenant is not where this move has to have brought it.
 */
void db_move_leave(struct db *, const struct uuid *tenant, const struct uuid *move,
    const struct change_by *, const char *place, enum change *said);
void db_move_open(struct db *, const struct uuid *tenant, const struct uuid *move,
    const struct change_by *, const char *place, enum change *said);

/* Which database a connection that is open is to, without user and password: "host=... port=... dbname=...". */
void db_move_place(const struct db *, struct buf *);

#define MOVE_SINCE_MAX 24

struct move_round {
	struct db *from, *to;
	const struct uuid *tenant;
	const struct uuid *move;
	/* "": from the beginning; afterwards, where the next round begins. */
	char since[MOVE_SINCE_MAX];
	int64_t rows; /* carried by the round, those of tables carried whole not counted */
	bool refused; /* DONE all the same: the new place has the tenant, but not by this move */
	struct db *failed; /* where it was that a round failed */
};

/*
 * One round, in a transaction of its own at either place: all of it is there afterwards, or nothing. Outside transactions. As
 * db_commit() at the new place; COMMIT_UNKNOWN is as good as a failure, since the round can be made again.
 */
MUST_CHECK enum outcome move_carry(struct move_round *);

/*
 * Compare all rows of the tenant at both places, table by table: how many there are, and a sum over what they say (of entries: over their ids
 * and hashes). *differs is the first table that is not the same, or NULL. Outside transactions; *failed as above.
 */
MUST_CHECK enum outcome move_compare(const struct move_round *, const char **differs,
    struct db **failed);

#endif
