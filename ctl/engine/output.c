/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <json-c/json.h>

#include "base/json_build.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"

static enum status
out_of_memory(struct ctl *c)
{
	return session_refuse(c, "out of memory");
}

/* Controls that JSON may have as they are, and terminals may obey (U+007F to U+009F), are printed as escapes. */
static void
print_json(const char *text)
{
	const unsigned char *c;

	for (c = (const unsigned char *)text; *c != '\0'; c++)
		if (*c == 0x7F)
			(void)fputs("\\u007f", stdout);
		else if (c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0)
			(void)printf("\\u%04x", *++c);
		else
			(void)putchar(*c);
	(void)putchar('\n');
}

enum status
output_json(struct ctl *c, struct json_object *value)
{
	struct buf text = BUF_EMPTY;
	enum status st = STATUS_DONE;

	json_print(&text, value);
	if (text.failed)
		st = out_of_memory(c);
	else
		print_json(buf_text(&text));
	buf_wipe(&text); /* it may hold a new key */
	return st;
}

enum status
output_created(struct ctl *c, const struct uuid *id, struct json_object *value)
{
	char text[UUID_TEXT_LEN + 1];

	if (c->json)
		return output_json(c, value);
	uuid_print(id, text);
	(void)puts(text);
	return STATUS_DONE;
}

enum status
output_table(struct ctl *c, struct table *t)
{
	bool printed = table_print(t, stdout);

	table_clear(t);
	return printed ? STATUS_DONE : out_of_memory(c);
}

static enum outcome
read_page(struct ctl *c, const struct listing *l, const struct uuid *tenant, const void *what,
    const struct page *page, struct db_list *list)
{
	enum outcome rc;

	db_begin(c->db, DB_READ_ONLY);
	if (tenant != NULL)
		db_tenant_choose(c->db, tenant);
	l->queue(c->db, what, page, list);
	rc = db_exchange(c->db);
	db_rollback(c->db);
	return rc;
}

/* The array's brackets are the caller's. */
static enum status
print_json_rows(struct ctl *c, const struct listing *l, const struct db_list *list, bool first)
{
	enum status st = STATUS_DONE;
	int i;

	for (i = 0; st == STATUS_DONE && i < list->count; i++) {
		(void)fputs(first && i == 0 ? "" : ",", stdout);
		st = output_json(c, l->json(list, i));
	}
	return st;
}

/* `first`: nothing was printed yet. */
static enum status
print_rows(struct ctl *c, const struct listing *l, const struct db_list *list, bool first,
    struct table *t)
{
	int i;

	if (c->json)
		return print_json_rows(c, l, list, first);
	for (i = 0; i < list->count; i++)
		l->cells(t, list, i);
	return table_print(t, stdout) ? STATUS_DONE : out_of_memory(c);
}

/* A page may have no row and not be the last one. */
static enum status
print_pages(struct ctl *c, const struct listing *l, const struct uuid *tenant, const void *what,
    int64_t limit, struct table *t)
{
	struct db_list list = DB_LIST_EMPTY;
	struct page page = { .after = false };
	enum status st = STATUS_DONE;
	int64_t printed = 0;
	enum outcome rc;

	do {
		page.limit = limit - printed < PAGE_LIMIT_MOST ? (int)(limit - printed) :
								 PAGE_LIMIT_MOST;
		rc = read_page(c, l, tenant, what, &page, &list);
		st = rc == DONE ? print_rows(c, l, &list, printed == 0, t) : session_failed(c, rc);
		printed += list.count;
	} while (st == STATUS_DONE && printed < limit && page_go_on(&page, &list));
	db_list_clear(&list);
	return st;
}

/* Nobody's list is not empty: there is none. */
static bool
has_tenant(struct ctl *c, const struct uuid *tenant)
{
	struct tenant t = TENANT_EMPTY;
	bool has;

	session_begin(c, DB_READ_ONLY, tenant, &t);
	has = session_tenant(c, db_commit(c->db), tenant, &t);
	tenant_clear(&t);
	return has;
}

enum status
output_list(struct ctl *c, const struct listing *l, const struct uuid *tenant, const void *what)
{
	const int64_t *limit = args_number(&c->args, "limit");
	enum status st;
	struct table t;

	if (tenant != NULL && !has_tenant(c, tenant))
		return STATUS_REFUSED;
	table_begin(&t, l->headings, l->columns);
	if (c->json)
		(void)fputs("[", stdout);
	st = print_pages(c, l, tenant, what, limit != NULL ? *limit : INT64_MAX, &t);
	if (c->json && st == STATUS_DONE)
		(void)puts("]");
	table_clear(&t);
	return st;
}
