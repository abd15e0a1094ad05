/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_FOLLOW_H
#define GRANTD_DB_AUDIT_FOLLOW_H

#include "db/audit_row.h"
#include "db/db.h"

/*
 * Reading the log of all tenants so that nothing is ever skipped, whatever is committed when: db/deploy/audit_order.sql.
 *
 * Entries come by the transaction that wrote them (`writer`), up to the oldest that is still under way. Before that, once,
 * come those that were there when reading began, by tenant and id: older versions noted no transaction, and a dump brings
 * numbers that mean something else. For the owner's sessions.
 */

/* How far it was read. Places are in the order in which they are read: see audit_place_order(). */
struct audit_place {
	bool by_writer;     /* false: by tenant and id, and `writer` is 0 */
	int64_t writer;     /* all before this transaction was read, */
	struct uuid tenant; /* and of its own entries, */
	struct uuid id;     /* those up to here */
};

/* Everything of that transaction and before. */
struct audit_place audit_place_after(int64_t writer);
bool audit_place_is_whole(const struct audit_place *);
/* Less than, equal to, or greater than 0. */
int audit_place_order(const struct audit_place *, const struct audit_place *);

/* An entry that was read, to be found again. */
struct audit_mark {
	int64_t writer;
	struct uuid tenant, id;
	const char *resource_type; /* static */
	struct uuid resource_id;
	int64_t sequence;
};

#define AUDIT_DATABASE_MAX 64

struct audit_bound {
	char database[AUDIT_DATABASE_MAX]; /* another one: no number means the same as before */
	int64_t bound;                     /* transactions before this one have ended */
	bool found;                        /* the mark is there, */
	int64_t writer;                    /* written by this transaction; -1: it was archived */
};

/*
 * Queue: where things stand. `mark` NULL: before anything is read; `writer` is then the last transaction before the bound
 * that wrote an entry, if any is `found`.
 */
void db_audit_bound(struct db *, const struct audit_mark *mark, struct audit_bound *);

/* What is read in one go. */
#define AUDIT_FOLLOW_BATCH 250

/*
 * Queue: read what comes after a place, at most a batch. In one DB_SNAPSHOT transaction with db_audit_bound(), a batch by writer that
 * is not full has everything before the bound; of a full one the last transaction may not be whole.
 */
void db_audit_follow(struct db *, const struct audit_place *, struct db_rows *);

struct audit_followed {
	struct audit_row row; /* borrows from the rows */
	int64_t writer;
	bool here; /* `writer` is a transaction of this database */
};

/* False: the row is not as it should be. */
MUST_CHECK bool audit_followed_at(const struct db_rows *, int i, struct audit_followed *);

#endif
