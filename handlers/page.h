/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_PAGE_H
#define GRANTD_HANDLERS_PAGE_H

#include "db/page.h"
#include "handlers/operation.h"

/*
 * Lists, page by page. A list operation has its first two query parameters from PAGE_QUERY, and .paged; then c->page is filled
 * before load() queues the read into c->list.
 *
 * A cursor is the key of the last row that was shown, in base64url: opaque to clients, and no secret.
 */
#define PAGE_LIMIT_DEFAULT 50
#define PAGE_CURSOR_LEN 32
#define PAGE_QUERY \
	{ .name = "limit", .type = QUERY_INTEGER, .min = 1, .max = 250 }, \
	{ \
		.name = "cursor", .type = QUERY_TEXT, .min = PAGE_CURSOR_LEN, \
		.max = PAGE_CURSOR_LEN \
	}
enum { PAGE_QUERY_LIMIT, PAGE_QUERY_CURSOR, PAGE_QUERY_OWN };

/* What a list is ordered by: a time or an ordinal, then the id. */
struct page_key {
	int64_t number;
	struct uuid id;
};

/* Take c->query's limit and cursor into c->page. False: the cursor is none of ours. */
MUST_CHECK bool page_read(struct call *c);

/* The i-th row as JSON, and its key. */
typedef struct json_object *page_item(const struct db_list *, int i, struct page_key *key);

/* Answer 200 with data, next_cursor (null: this was the last page) and has_more. */
void page_answer(struct call *c, page_item *item);

#endif
