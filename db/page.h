/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_PAGE_H
#define GRANTD_DB_PAGE_H

#include "db/statement.h"

/*
 * Lists are read in pages, newest first, each beginning after the key (created_at, id) of the last
 * row that was seen. A key is never an offset: rows that are added meanwhile are newer, so none is
 * seen twice and none is skipped.
 */
struct page {
	bool after;                 /* false: the first page */
	union {                     /* of the last row seen: what the list is ordered by, then id */
		int64_t created_at; /* microseconds since 1970 in UTC */
		int64_t ordinal;    /* of rules, which come in the order of their policy */
	};
	struct uuid id;
	int limit; /* rows at most, 1 to PAGE_LIMIT_MOST */
};

#define PAGE_LIMIT_MOST 1000

/* One page. The module whose rows they are reads them, and its rows borrow from here; clear it. */
struct db_list {
	int count;
	bool more; /* there are rows after the last one */
	int limit; /* as asked for */
	struct db_rows rows;
};

#define DB_LIST_EMPTY \
	{ \
		.count = 0, .more = false, .limit = 0, .rows = DB_ROWS_EMPTY \
	}

void db_list_clear(struct db_list *);

/*
 * For db/ alone. A statement that reads a page ends in PAGE_ORDER, has PAGE_AFTER among its
 * conditions, and page_put() puts the three parameters of both. For the first page it puts the
 * greatest key there is: a condition with "OR $1 IS NULL" could not use the index, and neither,
 * under row-level security, could one with coalesce(), which the planner does not know to be
 * leakproof. The forms in _BY are for lists ordered by another time.
 */
#define PAGE_PARAMS 3
#define PAGE_AFTER(row, time, id_) PAGE_AFTER_BY(row, "created_at", time, id_)
#define PAGE_ORDER(row, limit_) PAGE_ORDER_BY(row, "created_at", limit_)
#define PAGE_AFTER_BY(row, column, time, id_) \
	"(" row "." column ", " row ".id) < (" time "::timestamptz, " id_ "::uuid)"
#define PAGE_ORDER_BY(row, column, limit_) \
	" ORDER BY " row "." column " DESC, " row ".id DESC LIMIT " limit_ "::int"

/* Empties the list and begins it. */
void page_put(struct db_params *, const struct page *, struct db_list *);

/* Take the result over; one row more than asked for was read to see whether there are more. */
void page_take(struct db_list *, struct db_rows *);

#endif
