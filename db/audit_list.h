/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_LIST_H
#define GRANTD_DB_AUDIT_LIST_H

#include "db/audit_row.h"
#include "db/page.h"

/*
 * Reading the audit log. Its order is that of ids, the greatest first. Ids are version 7 UUIDs that
 * writers make from their clocks before they send an entry: so that is newest first, as closely as
 * those clocks agree, and the exact order within one resource's chain is `sequence` alone. No entry is
 * seen twice, and none is skipped that was there when the first page was read. One that is committed
 * later mostly has a greater id than that page, and is seen by whoever begins anew.
 */

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

/*
 * Queue: read a page. Of `page`, created_at does not count. With a resource_id the resource's chain
 * is read; any other filter is held against entry after entry, from the page's beginning.
 */
void db_audit_list(struct db *, const struct uuid *tenant, const struct audit_filter *,
    const struct page *, struct db_list *);

/* Queue: read one entry; list->count is 1 where there is one. */
void db_audit_get(struct db *, const struct uuid *tenant, const struct uuid *id, struct db_list *);

/* The row at `i`, from 0 to list->count - 1. */
struct audit_row audit_row_at(const struct db_list *, int i);

/*
 * Reading all of a range, however long, a batch of AUDIT_BATCH entries at a time. A batch looks at some
 * thousand entries at most, so that none takes long where few of them are wanted. New entries are not
 * seen once the first batch was read.
 *
 *	struct audit_scan scan = AUDIT_SCAN_EMPTY;
 *
 *	do {
 *		db_begin(...); ...
 *		db_audit_scan(db, tenant, &filter, &scan);
 *		rc = db_commit(db);
 *		for (i = 0; i < scan.list.count; i++)
 *			if (audit_scan_row(&scan, i, &row)) ...
 *	} while (rc == DONE && audit_scan_next(&scan));
 *	audit_scan_clear(&scan);
 */
struct audit_scan {
	bool after;          /* false: at the beginning */
	struct uuid id;      /* the last one that was looked at */
	struct db_list list; /* rows of the batch */
};

#define AUDIT_SCAN_EMPTY \
	{ \
		.after = false, .list = DB_LIST_EMPTY \
	}
#define AUDIT_BATCH 250

/* Queue: read the next batch into scan->list. */
void db_audit_scan(struct db *, const struct uuid *tenant, const struct audit_filter *,
    struct audit_scan *);

/* A row of the batch. False: it only says how far the batch came, and is none of those that are wanted. */
MUST_CHECK bool audit_scan_row(const struct audit_scan *, int i, struct audit_row *);

/* Go on behind this batch. False: it was empty, and there is nothing more. */
MUST_CHECK bool audit_scan_next(struct audit_scan *);
void audit_scan_clear(struct audit_scan *);

#endif
