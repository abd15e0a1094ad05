/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/page.h"

void
db_list_clear(struct db_list *list)
{
	db_rows_clear(&list->rows);
	*list = (struct db_list)DB_LIST_EMPTY;
}

void
page_put(struct db_params *p, const struct page *page, struct db_list *list)
{
	db_list_clear(list);
	list->limit = page->limit;
	if (page->after) {
		db_put_time(p, page->created_at);
		db_put_uuid(p, &page->id);
	} else {
		db_put_text(p, "infinity");
		db_put_text(p, "ffffffff-ffff-ffff-ffff-ffffffffffff");
	}
	if (page->limit < 1 || page->limit > PAGE_LIMIT_MOST)
		p->failed = true;
	db_put_int(p, (int64_t)page->limit + 1);
}

void
page_take(struct db_list *list, struct db_rows *rows)
{
	list->count = db_rows_count(rows);
	list->more = list->count > list->limit;
	if (list->more)
		list->count = list->limit;
	list->rows = *rows;
	rows->result = NULL;
}
