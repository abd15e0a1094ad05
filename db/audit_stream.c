/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "db/audit_stream.h"
#include "db/page.h"
#include "db/told.h"

/* Rows of an exchange; in statements a sub-select, for the sake of the plan: see db/page.h. */
#define BATCH 1000
#define BATCH_TEXT PAGE_TEXT(BATCH)

static const struct statement chain_entries = {
	.name = "chain_entries",
	.params = 4,
	.columns = AUDIT_ROW_COLUMNS,
	.rows = ROWS_ANY,
	.sql = "SELECT " AUDIT_ROW_COLUMN_LIST " FROM grantd.audit_log a"
	       " WHERE a.tenant_id = $1 AND a.resource_type = $4"
	       " AND (a.resource_id, a.sequence) > ($2::uuid, $3::bigint)"
	       " ORDER BY a.resource_id, a.sequence LIMIT (SELECT " BATCH_TEXT ")",
};

/* These and the rows that carry chains have no sequence in their keys, and count as 0. */
static const struct statement chain_cuts = {
	.name = "chain_cuts",
	.params = 4,
	.columns = 7,
	.rows = ROWS_ANY,
	/* An entry of an older archive may be in a later one; that of the last one is always in the log. */
	.sql = "SELECT c.resource_id, c.sequence, c.hash, c.archive, c.told::text, c.seal, EXISTS ("
	       "  SELECT FROM grantd.audit_archives r JOIN grantd.audit_archives n"
	       "   ON n.tenant_id = r.tenant_id AND n.created_at >= r.created_at"
	       "  JOIN grantd.audit_log l ON l.tenant_id = n.tenant_id AND l.id = n.entry"
	       "  WHERE r.tenant_id = $1 AND r.id = c.archive AND l.action = 'ArchiveAuditLog'"
	       "   AND l.record #>> '{archive,id}' = n.id::text"
	       "   AND l.record #>> '{archive,sha256}' = encode(n.digest, 'hex'))"
	       " FROM grantd.audit_cuts c WHERE c.tenant_id = $1 AND c.resource_type = $4"
	       " AND (c.resource_id, 0) > ($2::uuid, $3::bigint)"
	       " ORDER BY c.resource_id LIMIT (SELECT " BATCH_TEXT ")",
};

#define CARRIERS_OF(name_, columns_, list, table, tenant_column) \
	static const struct statement name_ = { \
		.name = #name_, \
		.params = 3, \
		.columns = (columns_), \
		.rows = ROWS_ANY, \
		.sql = "SELECT c.id, c.audit_length, c.audit_head" list " FROM " table " c" \
		       " WHERE c." tenant_column " = $1 AND (c.id, 0) > ($2::uuid, $3::bigint)" \
		       " ORDER BY c.id LIMIT (SELECT " BATCH_TEXT ")", \
	}
#define HEADS(name_, table, tenant_column) CARRIERS_OF(name_, 3, "", table, tenant_column)
HEADS(head_grants, "grantd.grants", "tenant_id");
HEADS(head_api_keys, "grantd.api_keys", "tenant_id");
HEADS(head_policies, "grantd.policies", "tenant_id");
HEADS(head_tenants, "grantd.tenants", "id");

/* With what else is in the row. */
#define CARRIERS(name_, columns_, table, tenant_column) \
	CARRIERS_OF(name_, 4, ", " TOLD_ROW(columns_), table, tenant_column)
CARRIERS(chain_grants, TOLD_GRANTS, "grantd.grants", "tenant_id");
CARRIERS(chain_api_keys, TOLD_API_KEYS, "grantd.api_keys", "tenant_id");
CARRIERS(chain_policies, TOLD_POLICIES, "grantd.policies", "tenant_id");
CARRIERS(chain_tenants, TOLD_TENANTS, "grantd.tenants", "id");

static const struct statement chain_rules = {
	.name = "chain_rules",
	.params = 3,
	.columns = 3,
	.rows = ROWS_ANY,
	.sql = "SELECT c.policy_id, c.id, " TOLD_ROW(
	    TOLD_POLICY_RULES) " FROM grantd.policy_rules c"
			       " WHERE c.tenant_id = $1 AND (c.policy_id, c.id) > ($2::uuid, $3::uuid)"
			       " ORDER BY c.policy_id, c.id LIMIT (SELECT " BATCH_TEXT ")",
};

static const struct statement *const heads_of[CHAIN_KINDS] = {
	[OWNER_TENANT] = &head_tenants,
	[OWNER_API_KEY] = &head_api_keys,
	[OWNER_GRANT] = &head_grants,
	[OWNER_POLICY] = &head_policies,
};

static const struct statement *const carriers_of[CHAIN_KINDS] = {
	[OWNER_TENANT] = &chain_tenants,
	[OWNER_API_KEY] = &chain_api_keys,
	[OWNER_GRANT] = &chain_grants,
	[OWNER_POLICY] = &chain_policies,
};

static enum outcome
stream_take(struct db_rows *rows, void *into)
{
	struct stream *s = into;

	db_rows_clear(&s->rows);
	s->rows = db_rows_take(rows);
	s->next = 0;
	s->ended = db_rows_count(&s->rows) < BATCH;
	return DONE;
}

static void
begin(struct stream *s, const struct statement *statement, const struct uuid *after)
{
	stream_end(s);
	s->statement = statement;
	s->ended = false;
	if (after == NULL)
		return;
	s->after = *after;
	s->after_sequence = INT64_MAX;
	memset(&s->after_rule, 0xff, sizeof(s->after_rule));
}

void
stream_entries(struct stream *s, const struct uuid *after)
{
	begin(s, &chain_entries, after);
}

void
stream_cuts(struct stream *s, const struct uuid *after)
{
	begin(s, &chain_cuts, after);
}

void
stream_rules(struct stream *s, const struct uuid *after)
{
	begin(s, &chain_rules, after);
}

void
stream_carriers(struct stream *s, enum chain_owner kind, const struct uuid *after)
{
	begin(s, carriers_of[kind], after);
}

void
stream_heads(struct stream *s, enum chain_owner kind)
{
	begin(s, heads_of[kind], NULL);
}

void
stream_end(struct stream *s)
{
	db_rows_clear(&s->rows);
	*s = (struct stream){
		.rows = DB_ROWS_EMPTY,
		.ended = true,
		.after_sequence = INT64_MIN,
	};
}

enum outcome
stream_fill(const struct stream_of *of, struct stream *s)
{
	struct db_params p = DB_PARAMS_EMPTY;

	if (s->ended || s->next < db_rows_count(&s->rows))
		return DONE;
	if (of->batch != NULL)
		of->batch(of->context);
	db_put_uuid(&p, of->tenant);
	db_put_uuid(&p, &s->after);
	if (s->statement == &chain_rules)
		db_put_uuid(&p, &s->after_rule);
	else
		db_put_int(&p, s->after_sequence);
	if (s->statement == &chain_entries || s->statement == &chain_cuts)
		db_put_text(&p, of->resource_type);
	db_queue(of->db, s->statement, &p, stream_take, s);
	return db_exchange(of->db);
}

bool
stream_has_row(const struct stream *s)
{
	return s->next < db_rows_count(&s->rows);
}

void
stream_next(struct stream *s, const struct uuid *id, int64_t sequence)
{
	s->after = *id;
	s->after_sequence = sequence;
	s->next++;
}

bool
stream_entry(const struct stream *s, struct audit_row *e, enum outcome *rc)
{
	struct db_row row = db_row_at(&s->rows, s->next);

	if (!stream_has_row(s))
		return false;
	if (!audit_row_read(e, &row))
		*rc = BROKEN;
	return *rc == DONE;
}

bool
stream_carrier(const struct stream *s, struct carrier *c, enum outcome *rc)
{
	struct db_row row = db_row_at(&s->rows, s->next);

	if (!stream_has_row(s))
		return false;
	c->id = db_get_uuid(&row);
	c->length = db_get_int(&row);
	db_get_bytea(&row, c->head, sizeof(c->head));
	c->row = s->statement->columns > row.column ? db_get_text(&row) : NULL;
	if (row.failed)
		*rc = BROKEN;
	return *rc == DONE;
}

bool
stream_cut(const struct stream *s, struct cut *c, enum outcome *rc)
{
	struct db_row row = db_row_at(&s->rows, s->next);

	if (!stream_has_row(s))
		return false;
	c->id = db_get_uuid(&row);
	c->sequence = db_get_int(&row);
	db_get_bytea(&row, c->hash, sizeof(c->hash));
	c->archive = db_get_uuid(&row);
	c->told = db_get_text(&row);
	db_get_bytea(&row, c->seal, sizeof(c->seal));
	c->is_told = db_get_bool(&row);
	if (row.failed)
		*rc = BROKEN;
	return *rc == DONE;
}
