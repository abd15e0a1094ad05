/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/page.h"

const struct uuid page_id_least = { { 0 } };
const struct uuid page_id_greatest = {
	{ 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
	    0xFF },
};

void
db_list_clear(struct db_list *list)
{
	db_rows_clear(&list->rows);
	*list = (struct db_list)DB_LIST_EMPTY;
}

void
db_list_take(struct db_list *list, struct db_rows *rows)
{
	list->count = db_rows_count(rows);
	list->rows = db_rows_take(rows);
}

bool
page_go_on(struct page *page, const struct db_list *list)
{
	if (!list->more)
		return false;
	page->after = true;
	page->key = list->next;
	return true;
}

void
page_put_limit(struct db_params *p, const struct page *page)
{
	if (page->limit < 1 || page->limit > PAGE_LIMIT_MOST)
		p->failed = true;
	db_put_int(p, (int64_t)page->limit + 1);
}

void
page_put(struct db_params *p, const struct page *page)
{
	if (page->after)
		db_put_time(p, page->key.created_at);
	else
		db_put_text(p, "infinity");
	db_put_uuid(p, page->after ? &page->key.id : &page_id_greatest);
	page_put_limit(p, page);
}

void
page_put_number(struct db_params *p, const struct page *page, const struct page_key *first)
{
	const struct page_key *key = page->after ? &page->key : first;

	db_put_int(p, key->number);
	db_put_uuid(p, &key->id);
	page_put_limit(p, page);
}

/* One row. False: it is not as it should be. */
static bool
take_row(struct db_list *list, struct db_row *row)
{
	struct page_key key;
	bool wanted, last;

	if (!list->row(row, &key))
		return false;
	wanted = db_get_bool(row);
	last = db_get_bool(row);
	if (wanted && list->count == list->limit) {
		list->more = true;
		return !row->failed;
	}
	if (wanted)
		list->count++;
	list->more = last;
	list->next = key;
	return !row->failed;
}

/*
 * Every row is looked at here, so that reading it again cannot fail. The page ends with its limit, or where no more may be
 * looked at; what the statement has behind that is read again with the next one.
 */
static enum outcome
read_rows(struct db_rows *rows, void *into)
{
	struct db_list *list = into;
	int i;

	for (i = 0; i < db_rows_count(rows) && !list->more; i++) {
		struct db_row row = db_row_at(rows, i);

		if (!take_row(list, &row)) {
			list->count = 0;
			return BROKEN;
		}
	}
	list->rows = db_rows_take(rows);
	return DONE;
}

void
page_queue(struct db *db, const struct statement *st, const struct db_params *p,
    const struct page *page, page_row *row, struct db_list *list)
{
	db_list_clear(list);
	list->limit = page->limit;
	list->row = row;
	db_queue(db, st, p, read_rows, list);
}
