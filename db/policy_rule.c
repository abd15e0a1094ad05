/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/policy_sql.h"

static const struct statement rule_get = {
	.name = "rule_get",
	.params = 3,
	.columns = RULE_COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT " RULE_COLUMN_LIST " FROM grantd.policy_rules r"
	       " WHERE r.tenant_id = $1 AND r.policy_id = $2 AND r.id = $3",
};

static const struct statement rule_change = {
	.name = "rule_change",
	.params = CHANGE_PARAMS + 7,
	.columns = 1 + RULE_COLUMNS,
	.rows = ROWS_ONE,
	.sql = "SELECT c.state, " RULE_COLUMNS_OF(
	    "(c.rule)") " FROM grantd.change_rule(" CHANGE_ARGUMENTS
			", $9, $10, $11, $12, $13, $14, $15) c",
};

bool
rule_from_row(struct rule_record *r, struct db_row *row)
{
	r->policy_id = db_get_uuid(row);
	r->id = db_get_uuid(row);
	r->is.text = db_get_text(row);
	r->is.notice = db_get_text_or_null(row);
	r->is.audit_session = db_get_bool(row);
	r->is.has_ordinal = true;
	r->is.ordinal = db_get_int(row);
	r->created_at = db_get_int(row);
	r->updated_at = db_get_int(row);
	r->version = db_get_int(row);
	r->found = !row->failed;
	return r->found;
}

static enum outcome
rule_read(struct db_rows *rows, void *into)
{
	struct rule_record *r = into;
	struct db_row row = db_row_at(rows, 0);

	if (db_rows_count(rows) == 0)
		return DONE;
	if (!rule_from_row(r, &row))
		return BROKEN;
	r->rows = db_rows_take(rows);
	return DONE;
}

void
db_policy_rule_get(struct db *db, const struct uuid *tenant, const struct uuid *policy,
    const struct uuid *id, struct rule_record *r)
{
	struct db_params p = DB_PARAMS_EMPTY;

	rule_record_clear(r);
	db_put_uuid(&p, tenant);
	db_put_uuid(&p, policy);
	db_put_uuid(&p, id);
	db_queue(db, &rule_get, &p, rule_read, r);
}

static enum outcome
rule_change_read(struct db_rows *rows, void *into)
{
	struct rule_record *r = into;
	struct db_row row = db_row_at(rows, 0);

	r->change = change_from_row(&row);
	if (row.failed || (change_has_row(r->change) && !rule_from_row(r, &row)))
		return BROKEN;
	r->rows = db_rows_take(rows);
	return DONE;
}

void
db_policy_rule_change(struct db *db, const struct uuid *tenant, const struct uuid *policy,
    const struct uuid *id, const struct rule_settings *is, const struct change_by *by,
    struct rule_record *changed)
{
	static const struct rule_settings none = { .text = NULL };
	struct db_params p = DB_PARAMS_EMPTY;

	if (is == NULL)
		is = &none;
	rule_record_clear(changed);
	change_put(&p, tenant, by);
	db_put_text(&p, by->action);
	db_put_uuid(&p, policy);
	db_put_uuid(&p, id);
	db_put_text(&p, is->text);
	db_put_text(&p, is->notice);
	db_put_bool(&p, is->audit_session);
	db_put_int_or_null(&p, is->has_ordinal ? &is->ordinal : NULL);
	db_queue(db, &rule_change, &p, rule_change_read, changed);
}

void
rule_record_clear(struct rule_record *r)
{
	db_rows_clear(&r->rows);
	*r = (struct rule_record)RULE_RECORD_EMPTY;
}
