/* SPDX-License-Identifier: MIT */
/* Lists of policies, and of the rules of one. */
#include "config.h"

#include "db/policy_sql.h"

/* A tenant's policies are few: they have no index by time. */
static const struct statement policy_list = {
	.name = "policy_list",
	.params = PAGE_PARAMS + 1,
	.columns = POLICY_COLUMNS,
	.rows = ROWS_ANY,
	.sql = "SELECT " POLICY_COLUMN_LIST " FROM grantd.policies p WHERE p.tenant_id = $4"
	       " AND p.deleted_at IS NULL AND " PAGE_AFTER("p", "$1", "$2") PAGE_ORDER("p", "$3"),
};

static const struct statement rule_list = {
	.name = "rule_list",
	.params = 5,
	.columns = RULE_COLUMNS,
	.rows = ROWS_ANY,
	.sql = "SELECT " RULE_COLUMN_LIST " FROM grantd.policy_rules r WHERE r.tenant_id = $1"
	       " AND r.policy_id = $2 AND ($3::bigint IS NULL"
	       " OR (r.ordinal, r.id) > ($3::bigint, $4::uuid))"
	       " ORDER BY r.ordinal, r.id LIMIT $5::int",
};

/* Every row is looked at here, so that policy_at() cannot fail. */
static enum outcome
policy_list_read(struct db_rows *rows, void *into)
{
	int i;

	for (i = 0; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);
		struct policy p = POLICY_EMPTY;

		if (!policy_from_row(&p, &row))
			return BROKEN;
	}
	page_take(into, rows);
	return DONE;
}

void
db_policy_list(struct db *db, const struct uuid *tenant, const struct page *page,
    struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	page_put(&p, page, list);
	db_put_uuid(&p, tenant);
	db_queue(db, &policy_list, &p, policy_list_read, list);
}

struct policy
policy_at(const struct db_list *list, int i)
{
	struct policy p = POLICY_EMPTY;
	struct db_row row = db_row_at(&list->rows, i);

	(void)policy_from_row(&p, &row);
	return p;
}

/* Every row is looked at here, so that rule_record_at() cannot fail. */
static enum outcome
rule_list_read(struct db_rows *rows, void *into)
{
	int i;

	for (i = 0; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);
		struct rule_record r = RULE_RECORD_EMPTY;

		if (!rule_from_row(&r, &row))
			return BROKEN;
	}
	page_take(into, rows);
	return DONE;
}

void
db_policy_rule_list(struct db *db, const struct uuid *tenant, const struct uuid *policy,
    const struct page *page, struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_list_clear(list);
	list->limit = page->limit;
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, policy);
	if (page->after)
		db_put_int(&p, page->ordinal);
	else
		db_put_text(&p, NULL);
	db_put_uuid(&p, page->after ? &page->id : NULL);
	if (page->limit < 1 || page->limit > PAGE_LIMIT_MOST)
		p.failed = true;
	db_put_int(&p, (int64_t)page->limit + 1);
	db_queue(db, &rule_list, &p, rule_list_read, list);
}

struct rule_record
rule_record_at(const struct db_list *list, int i)
{
	struct rule_record r = RULE_RECORD_EMPTY;
	struct db_row row = db_row_at(&list->rows, i);

	(void)rule_from_row(&r, &row);
	return r;
}
