/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_PAGE_H
#define GRANTD_HANDLERS_PAGE_H

#include "db/page.h"
#include "handlers/operation.h"

/*
 * Lists, page by page. A list operation has its first two query parameters from PAGE_QUERY, and .paged; then c->request.page is filled
 * before load() queues the read into c->list. Its other parameters are its filters.
 *
 * A cursor is the place where the page ended, and which list that was: operation, tenant, what the path names, and filters, as a
 * hash. It is in base64url: opaque to clients, and no secret; the hash is against mistakes, not against forgery, by which
 * nobody would see more than he may.
 */
#define PAGE_LIMIT_DEFAULT 50
#define PAGE_CURSOR_LEN 40
#define PAGE_QUERY \
	{ .name = "limit", .type = QUERY_INTEGER, .min = 1, .max = 250 }, \
	{ \
		.name = "cursor", .type = QUERY_TEXT, .min = PAGE_CURSOR_LEN, \
		.max = PAGE_CURSOR_LEN \
	}
enum { PAGE_QUERY_LIMIT, PAGE_QUERY_CURSOR, PAGE_QUERY_OWN };

/* Take the query's limit and cursor into c->request.page. False: the cursor is none of ours, or another list's. */
MUST_CHECK bool page_read(struct call *c);

/* The i-th row as JSON. */
typedef struct json_object *page_item(const struct db_list *, int i);

/* Answer 200 with data, next_cursor (null: this was the last page) and has_more. */
void page_answer(struct call *c, page_item *item);

#endif
