/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "ctl/engine/session.h"
#include "ctl/tenants.h"

static enum status
one(struct ctl *c, enum status (*each)(struct ctl *, const struct tenant *, void *context),
    void *context)
{
	struct tenant t = TENANT_EMPTY;
	enum status st = STATUS_REFUSED;
	const struct uuid *id = args_uuid(&c->args, "tenant");
	enum outcome rc;

	session_begin(c, DB_READ_ONLY, id, &t);
	rc = db_commit(c->db);
	if (session_tenant(c, rc, id, &t))
		st = each(c, &t, context);
	tenant_clear(&t);
	return st;
}

enum status
tenants_each(struct ctl *c, const struct page *after,
    enum status (*each)(struct ctl *, const struct tenant *, void *context), void *context)
{
	struct page page = after != NULL ? *after : (struct page){ .after = false };
	struct db_list list = DB_LIST_EMPTY;
	enum status st;
	enum outcome rc;
	int i;

	if (args_has(&c->args, "tenant"))
		return one(c, each, context);
	page.limit = PAGE_LIMIT_MOST;
	do {
		db_begin(c->db, DB_READ_ONLY);
		db_tenant_list(c->db, &page, &list);
		rc = db_commit(c->db);
		st = rc == DONE ? STATUS_DONE : session_failed(c, rc);
		for (i = 0; st == STATUS_DONE && i < list.count; i++) {
			struct tenant t = tenant_at(&list, i);

			st = each(c, &t, context);
		}
	} while (st == STATUS_DONE && page_go_on(&page, &list));
	db_list_clear(&list);
	return st;
}
