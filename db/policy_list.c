/* SPDX-License-Identifier: MIT */
/* Lists of policies, and of the rules of one. */
#include "config.h"

#include "db/policy_sql.h"

/* $1 to $3 of page_put(), $4 tenant. */
static const struct statement policy_list = {
	.name = "policy_list",
	.params = PAGE_PARAMS + 1,
	.columns = POLICY_COLUMNS + PAGE_COLUMNS,
	.rows = ROWS_ANY,
	.sql = PAGE_RANGE(POLICY_COLUMN_LIST,
	    "grantd.policies p WHERE p.tenant_id = $4 AND p.deleted_at IS NULL AND " PAGE_AFTER(
		"p"),
	    PAGE_ORDER("p"), "$3"),
};

/* $1 to $3 of page_put_number(), $4 tenant, $5 policy. */
static const struct statement rule_list = {
	.name = "rule_list",
	.params = PAGE_PARAMS + 2,
	.columns = RULE_COLUMNS + PAGE_COLUMNS,
	.rows = ROWS_ANY,
	.sql = PAGE_RANGE(RULE_COLUMN_LIST,
	    "grantd.policy_rules r WHERE r.tenant_id = $4 AND r.policy_id = $5"
	    " AND (r.ordinal, r.id) > ($1::bigint, $2::uuid)",
	    "r.ordinal, r.id", "$3"),
};

static bool
policy_row(struct db_row *row, struct page_key *key)
{
	struct policy p = POLICY_EMPTY;
	bool ok = policy_from_row(&p, row);

	key->created_at = p.created_at;
	key->id = p.id;
	return ok;
}

static bool
rule_row(struct db_row *row, struct page_key *key)
{
	struct rule_record r = RULE_RECORD_EMPTY;
	bool ok = rule_from_row(&r, row);

	key->ordinal = r.is.ordinal;
	key->id = r.id;
	return ok;
}

void
db_policy_list(struct db *db, const struct uuid *tenant, const struct page *page,
    struct db_list *list)
{
	struct db_params p = DB_PARAMS_EMPTY;

	page_put(&p, page);
	db_put_uuid(&p, tenant);
	page_queue(db, &policy_list, &p, page, policy_row, list);
}

struct policy
policy_at(const struct db_list *list, int i)
{
	struct policy p = POLICY_EMPTY;
	struct db_row row = db_row_at(&list->rows, i);

	(void)policy_from_row(&p, &row);
	return p;
}

void
db_policy_rule_list(struct db *db, const struct uuid *tenant, const struct uuid *policy,
    const struct page *page, struct db_list *list)
{
	static const struct page_key first = { .ordinal = INT64_MIN };
	struct db_params p = DB_PARAMS_EMPTY;

	page_put_number(&p, page, &first);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, policy);
	page_queue(db, &rule_list, &p, page, rule_row, list);
}

struct rule_record
rule_record_at(const struct db_list *list, int i)
{
	struct rule_record r = RULE_RECORD_EMPTY;
	struct db_row row = db_row_at(&list->rows, i);

	(void)rule_from_row(&r, &row);
	return r;
}
