/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/inspect.h"

/*
 * By catalogs alone: a cast to regclass is an error where the schema may not be used. Superusers
 * count as members of every role for pg_has_role(), so memberships are followed by hand.
 */
static const struct statement inspect = {
	.name = "inspect",
	.params = 0,
	.columns = 16,
	.rows = ROWS_ONE,
	.sql =
	    "WITH RECURSIVE ours AS (SELECT oid, rolname, rolsuper OR rolbypassrls OR rolcanlogin"
	    "  AS strong FROM pg_roles"
	    "  WHERE rolname IN ('grantd_owner', 'grantd_app', 'grantd_auth')),"
	    " members AS (SELECT o.rolname AS of_role, m.member FROM pg_auth_members m"
	    "  JOIN ours o ON o.oid = m.roleid"
	    "  UNION SELECT x.of_role, m.member FROM pg_auth_members m JOIN members x"
	    "  ON m.roleid = x.member),"
	    " workers AS (SELECT r.oid, r.rolname, r.rolsuper OR r.rolbypassrls AS strong"
	    "  FROM pg_roles r JOIN members x ON x.member = r.oid AND x.of_role = 'grantd_app'"
	    "  WHERE r.rolcanlogin),"
	    " tables AS (SELECT c.oid, c.relname, c.relowner, c.relkind,"
	    "  c.relrowsecurity AND c.relforcerowsecurity AS forced, c.relname = 'tenants'"
	    "  OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid"
	    "   AND a.attname = 'tenant_id' AND NOT a.attisdropped) AS of_tenants"
	    "  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	    "  WHERE n.nspname = 'grantd' AND c.relkind IN ('r', 'p') AND NOT c.relispartition)"
	    " SELECT session_user, current_setting('server_version'),"
	    " current_setting('server_version_num')::int >= 150000, pg_is_in_recovery(),"
	    " coalesce((SELECT pg_has_role(session_user, o.oid, 'MEMBER') FROM ours o"
	    "  WHERE o.rolname = 'grantd_owner'), false),"
	    " EXISTS (SELECT FROM workers WHERE rolname = session_user),"
	    " EXISTS (SELECT FROM tables WHERE relname = 'schema_version'),"
	    " (SELECT string_agg(w, ', ') FROM unnest(ARRAY['grantd_owner', 'grantd_app',"
	    "  'grantd_auth']) w WHERE w NOT IN (SELECT rolname FROM ours)),"
	    " (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM ours WHERE strong),"
	    " (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM workers),"
	    " (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM workers WHERE strong),"
	    " (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM workers w WHERE EXISTS"
	    "  (SELECT FROM tables t WHERE t.relowner = w.oid) OR EXISTS (SELECT FROM members x"
	    "   WHERE x.member = w.oid AND x.of_role = 'grantd_owner')),"
	    " (SELECT string_agg(relname, ', ' ORDER BY relname) FROM tables"
	    "  WHERE of_tenants AND NOT forced),"
	    " (SELECT string_agg(relname, ', ' ORDER BY relname) FROM tables WHERE relowner NOT IN"
	    "  (SELECT oid FROM ours WHERE rolname = 'grantd_owner')),"
	    " EXISTS (SELECT FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid"
	    "  WHERE t.relname = 'audit_log' AND g.tgname = 'audit_log_is_append_only'"
	    "  AND g.tgenabled IN ('O', 'A')),"
	    " coalesce((SELECT has_table_privilege(o.oid, t.oid, 'UPDATE, DELETE, TRUNCATE')"
	    "  OR has_any_column_privilege(o.oid, t.oid, 'UPDATE') FROM ours o, tables t"
	    "  WHERE o.rolname = 'grantd_app' AND t.relname = 'audit_log'), false)",
};

static const struct statement inspect_version = {
	.name = "inspect_version",
	.params = 0,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT version FROM grantd.schema_version",
};

static enum outcome
inspect_read(struct db_rows *rows, void *into)
{
	struct inspection *x = into;
	struct db_row row = db_row_at(rows, 0);

	x->login = db_get_text(&row);
	x->server = db_get_text(&row);
	x->new_enough = db_get_bool(&row);
	x->standby = db_get_bool(&row);
	x->is_owner = db_get_bool(&row);
	x->is_worker = db_get_bool(&row);
	x->has_schema = db_get_bool(&row);
	x->missing_roles = db_get_text_or_null(&row);
	x->strong_roles = db_get_text_or_null(&row);
	x->workers = db_get_text_or_null(&row);
	x->strong_workers = db_get_text_or_null(&row);
	x->owning_workers = db_get_text_or_null(&row);
	x->unforced_tables = db_get_text_or_null(&row);
	x->strange_tables = db_get_text_or_null(&row);
	x->append_only = db_get_bool(&row);
	x->app_may_change_log = db_get_bool(&row);
	if (row.failed)
		return BROKEN;
	x->rows = db_rows_take(rows);
	return DONE;
}

static enum outcome
inspect_version_read(struct db_rows *rows, void *into)
{
	struct db_row row = db_row_at(rows, 0);
	int64_t *version = into;

	*version = db_get_int(&row);
	return row.failed ? BROKEN : DONE;
}

void
db_inspect(struct db *db, struct inspection *x)
{
	inspection_clear(x);
	db_queue(db, &inspect, &(struct db_params)DB_PARAMS_EMPTY, inspect_read, x);
}

void
db_inspect_version(struct db *db, int64_t *version)
{
	db_queue(db, &inspect_version, &(struct db_params)DB_PARAMS_EMPTY, inspect_version_read,
	    version);
}

void
inspection_clear(struct inspection *x)
{
	db_rows_clear(&x->rows);
	*x = (struct inspection)INSPECTION_EMPTY;
}
