/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_PAGE_H
#define GRANTD_DB_PAGE_H

#include "db/statement.h"

/*
 * Lists are read in pages, each beginning after the key of the last row that the page before looked
 * at. A key is never an offset: most lists come newest first, by (created_at, id), so that rows that
 * are added meanwhile are newer, and none is seen twice and none is skipped.
 *
 * What a page costs does not grow with its list. Either what is asked for is a range of an index that is
 * in the list's order, and the page is the beginning of that range; or a filter goes beyond the index, and
 * then a page looks at PAGE_LOOK rows of the range and no more, however few of them are wanted. It may so be
 * short, or have no row at all, with more to come.
 */
#define PAGE_LOOK 10000
#define PAGE_LIMIT_MOST 1000

/* A place in a list: what it is ordered by, and the id of the row there. */
struct page_key {
	union {
		int64_t created_at; /* microseconds since 1970 in UTC */
		int64_t ordinal;    /* of rules, which come in the order of their policy */
		int64_t number;     /* whatever it is */
	};
	struct uuid id;
};

/* What a page is asked for. */
struct page {
	bool after;          /* false: the first page */
	struct page_key key; /* where the page before ended */
	int limit;           /* rows at most, 1 to PAGE_LIMIT_MOST */
};

/* Read a row in the list's columns and tell its key. False: a column is not as it should be. */
typedef bool page_row(struct db_row *, struct page_key *);

/* One page. The module whose rows they are reads them, and its rows borrow from here; clear it. */
struct db_list {
	int count;
	bool more;            /* there may be rows behind this page */
	struct page_key next; /* where it ended, if so */
	int limit;            /* as asked for */
	page_row *row;
	struct db_rows rows;
};

#define DB_LIST_EMPTY \
	{ \
		.count = 0, .more = false, .limit = 0, .row = NULL, .rows = DB_ROWS_EMPTY \
	}

/* Go on behind that page. False: it was the last one. */
MUST_CHECK bool page_go_on(struct page *, const struct db_list *);

void db_list_clear(struct db_list *);

/* Take over rows that are no page of anything: all there are. */
void db_list_take(struct db_list *, struct db_rows *);

/*
 * For db/ alone: the statements. A list has one for each shape of what may be asked: for each index range, and for each with
 * a filter beyond it. None has "$5 IS NULL OR ...": a prepared statement whose plan has to suit every value is planned for
 * the average tenant, and would read all of a large one and sort it.
 *
 * PAGE_RANGE reads the beginning of an index range. `from` is the table with its alias and WHERE, `order` the order of the
 * index. PAGE_SCAN looks at the beginning of the range and takes what `filter` says is wanted; beside those it takes the last
 * row that it may look at, which is where the next page begins. `inner` are the columns that `columns` needs. The rows'
 * own columns are followed by two (PAGE_COLUMNS): is it wanted, and is it the last that may be looked at?
 *
 * The limits are sub-selects so that the planner does not know them, and takes them for a tenth of the range: for any
 * tenant, it then is the index in the list's order that is cheapest. A limit that it knew to be larger than an average
 * tenant would be as good as none, and the range would be sorted.
 */
#define PAGE_COLUMNS 2
#define PAGE_RANGE(columns, from, order, limit) \
	"SELECT " columns ", true, false FROM " from " ORDER BY " order " LIMIT (SELECT " limit \
	"::int)"
#define PAGE_SCAN(columns, alias, inner, from, filter, order, limit) \
	"SELECT " columns ", " alias ".wanted, " alias ".last FROM " PAGE_LOOKED(alias, inner, \
	    from, filter, order, PAGE_TEXT(PAGE_LOOK)) " ORDER BY " order " LIMIT (SELECT " limit \
						       "::int)"
#define PAGE_LOOKED(alias, inner, from, filter, order, look) \
	"(SELECT " inner ", " filter " AS wanted, row_number() OVER (ORDER BY " order ") = " look \
	" AS last FROM " from " ORDER BY " order " LIMIT (SELECT " look ")) " alias \
	" WHERE " alias ".wanted OR " alias ".last"
#define PAGE_TEXT(number) PAGE_TEXT_(number)
#define PAGE_TEXT_(number) #number

/*
 * The first three parameters of a list, $1 to $3, are those of page_put(): the key to begin after, and how many rows to
 * read, which is one more than asked for. For the first page of a list that is read backwards the key is the greatest
 * there is. A condition with "OR $1 IS NULL" could not use the index, and neither, under row-level security,
 * could one with coalesce(), which the planner does not know to be leakproof.
 */
#define PAGE_PARAMS 3
#define PAGE_AFTER(row) PAGE_AFTER_BY(row, "created_at")
#define PAGE_ORDER(row) PAGE_ORDER_BY(row, "created_at")
#define PAGE_AFTER_BY(row, time) "(" row "." time ", " row ".id) < ($1::timestamptz, $2::uuid)"
#define PAGE_ORDER_BY(row, time) row "." time " DESC, " row ".id DESC"

void page_put(struct db_params *, const struct page *);

/* The same for a list that is ordered by a number; `first` is the key to begin after on the first page. */
void page_put_number(struct db_params *, const struct page *, const struct page_key *first);

/* $3 alone. */
void page_put_limit(struct db_params *, const struct page *);

extern const struct uuid page_id_least, page_id_greatest;

/* Queue the reading of a page. */
void page_queue(struct db *, const struct statement *, const struct db_params *,
    const struct page *, page_row *, struct db_list *);

#endif
