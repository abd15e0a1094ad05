/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_LIST_H
#define GRANTD_DB_AUDIT_LIST_H

#include "db/audit_row.h"
#include "db/page.h"

/*
 * Reading the audit log. Its order is that of ids, the greatest first. Ids are version 7 UUIDs that
 * writers make from their clocks before they send an entry: so that is newest first, as closely as
 * those clocks agree. The entries of one resource come in the exact order of its chain, by `sequence`, the
 * last one first. No entry is seen twice, and none is skipped that was there when the first page was read. One that is
 * committed later mostly has a greater id than that page, and is seen by whoever begins anew.
 */

/* So far may the clocks of writers, in microseconds, be from the database's, and `from` and `to` still find all entries. */
#define AUDIT_CLOCKS (INT64_C(600) * 1000000)

/* Which entries; what is NULL does not limit. Everything is borrowed until the exchange. */
struct audit_filter {
	const char *actor_id;
	const char *action;
	const char *outcome; /* "done" or "denied" */
	const char *resource_type;
	const struct uuid *resource_id;
	const int64_t *from; /* created then or later; microseconds since 1970 in UTC */
	const int64_t *to;   /* created earlier */
};

/* Queue: read a page. */
void db_audit_list(struct db *, const struct uuid *tenant, const struct audit_filter *,
    const struct page *, struct db_list *);

/* Queue: read one entry; list->count is 1 where there is one. */
void db_audit_get(struct db *, const struct uuid *tenant, const struct uuid *id, struct db_list *);

/* The row at `i`, from 0 to list->count - 1. */
struct audit_row audit_row_at(const struct db_list *, int i);

/*
 * Reading all of a range, however long, a page of AUDIT_BATCH entries at a time. New entries are not
 * seen once the first page was read.
 *
 *	struct audit_scan scan = AUDIT_SCAN_EMPTY;
 *
 *	do {
 *		db_begin(...); ...
 *		db_audit_scan(db, tenant, &filter, &scan);
 *		rc = db_commit(db);
 *		for (i = 0; i < scan.list.count; i++)
 *			... audit_row_at(&scan.list, i) ...
 *	} while (rc == DONE && audit_scan_next(&scan));
 *	audit_scan_clear(&scan);
 */
struct audit_scan {
	struct page page;    /* of the batch */
	struct db_list list; /* its rows */
};

#define AUDIT_SCAN_EMPTY \
	{ \
		.page = { .after = false }, .list = DB_LIST_EMPTY \
	}
#define AUDIT_BATCH 250

/* Queue: read the next batch into scan->list. */
void db_audit_scan(struct db *, const struct uuid *tenant, const struct audit_filter *,
    struct audit_scan *);

/* Go on behind this batch. False: there is nothing more. */
MUST_CHECK bool audit_scan_next(struct audit_scan *);
void audit_scan_clear(struct audit_scan *);

#endif
