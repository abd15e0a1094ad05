/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "db/audit_strays.h"
#include "db/statement.h"

/* From kind to kind by the index, whatever lies between them. */
static const struct statement strange_kinds = {
	.name = "strange_kinds",
	.params = 1,
	.columns = 3,
	.rows = ROWS_ANY,
	.sql = "WITH RECURSIVE kind AS ((SELECT a.resource_type AS name FROM grantd.audit_log a"
	       "  WHERE a.tenant_id = $1 ORDER BY a.resource_type LIMIT 1)"
	       " UNION ALL SELECT (SELECT a.resource_type FROM grantd.audit_log a"
	       "  WHERE a.tenant_id = $1 AND a.resource_type > kind.name"
	       "  ORDER BY a.resource_type LIMIT 1) FROM kind WHERE kind.name IS NOT NULL)"
	       " SELECT a.id, a.sequence, to_json(kind.name)::text FROM kind CROSS JOIN LATERAL"
	       " (SELECT x.id, x.sequence FROM grantd.audit_log x WHERE x.tenant_id = $1"
	       "  AND x.resource_type = kind.name ORDER BY x.resource_id, x.sequence LIMIT 1) a"
	       " WHERE kind.name NOT IN ('tenant', 'api_key', 'grant', 'policy')",
};

static const struct statement strange_tenants = {
	.name = "strange_tenants",
	.params = 0,
	.columns = 2,
	.rows = ROWS_ANY,
	.sql = "SELECT s.kind, s.tenant FROM grantd.find_strays() s",
};

static enum outcome
kinds_read(struct db_rows *rows, void *into)
{
	const struct told_sink *sink = into;
	int i;

	for (i = 0; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);
		struct difference d = { .kind = ENTRY_STRANGE, .table = "audit_log" };

		d.id = db_get_uuid(&row);
		d.sequence = db_get_int(&row);
		d.column = "resource_type";
		d.found = json_raw_of(db_get_text(&row));
		if (row.failed)
			return BROKEN;
		told_differs(sink, &d);
	}
	return DONE;
}

static enum outcome
tenants_read(struct db_rows *rows, void *into)
{
	const struct told_sink *sink = into;
	int i;

	for (i = 0; i < db_rows_count(rows); i++) {
		struct db_row row = db_row_at(rows, i);
		struct difference d = { .kind = TENANT_STRANGE };

		d.table = db_get_text(&row);
		d.id = db_get_uuid(&row);
		if (row.failed)
			return BROKEN;
		told_differs(sink, &d);
	}
	return DONE;
}

enum outcome
audit_strange_kinds(struct db *db, const struct uuid *tenant, struct told_sink *sink)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, tenant);
	db_queue(db, &strange_kinds, &p, kinds_read, sink);
	return db_exchange(db);
}

enum outcome
audit_strange_tenants(struct db *db, struct told_sink *sink)
{
	db_begin(db, DB_READ_ONLY);
	db_queue(db, &strange_tenants, &(struct db_params)DB_PARAMS_EMPTY, tenants_read, sink);
	return db_commit(db);
}
