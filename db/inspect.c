/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/connection.h"
#include "db/inspect.h"

/*
 * By catalogs alone: a cast to regclass is an error where the schema may not be used. Superusers
 * count as members of every role for pg_has_role(), so memberships are followed by hand: those of our roles, and of
 * roles of the server's that let their members do what workers must not.
 */
#define WORKERS \
	"WITH RECURSIVE ours AS (SELECT oid, rolname, rolsuper OR rolbypassrls OR rolcanlogin" \
	"  OR rolcreaterole OR rolreplication AS strong FROM pg_roles" \
	"  WHERE rolname IN ('grantd_owner', 'grantd_app', 'grantd_auth'))," \
	" groups AS (SELECT oid, rolname FROM ours UNION ALL SELECT oid, rolname FROM pg_roles" \
	"  WHERE rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files'," \
	"   'pg_write_server_files', 'pg_execute_server_program'))," \
	" members AS (SELECT g.rolname AS of_role, m.member FROM pg_auth_members m" \
	"  JOIN groups g ON g.oid = m.roleid" \
	"  UNION SELECT x.of_role, m.member FROM pg_auth_members m JOIN members x" \
	"  ON m.roleid = x.member)," \
	" workers AS (SELECT r.oid, r.rolname, r.rolsuper OR r.rolbypassrls AS strong," \
	"  r.rolcreaterole, r.rolreplication" \
	"  FROM pg_roles r JOIN members x ON x.member = r.oid AND x.of_role = 'grantd_app'" \
	"  WHERE r.rolcanlogin)"

static const struct statement inspect = {
	.name = "inspect",
	.params = 0,
	.columns = 16,
	.rows = ROWS_ONE,
	.sql = WORKERS
	", tables AS (SELECT c.relname, c.relowner FROM pg_class c JOIN pg_namespace n"
	"  ON n.oid = c.relnamespace WHERE n.nspname = 'grantd' AND c.relkind IN ('r', 'p'))"
	" SELECT session_user, current_database(), current_setting('server_version'),"
	" current_setting('server_version_num')::int / 10000, pg_is_in_recovery(),"
	" coalesce((SELECT pg_has_role(session_user, o.oid, 'MEMBER') FROM ours o"
	"  WHERE o.rolname = 'grantd_owner'), false),"
	" EXISTS (SELECT FROM workers WHERE rolname = session_user),"
	" EXISTS (SELECT FROM tables WHERE relname = 'schema_version'),"
	" (SELECT string_agg(w, ', ') FROM unnest(ARRAY['grantd_owner', 'grantd_app',"
	"  'grantd_auth']) w WHERE w NOT IN (SELECT rolname FROM ours)),"
	" (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM ours WHERE strong),"
	" (SELECT string_agg(o.rolname || ' of ' || r.rolname, ', ' ORDER BY o.rolname, r.rolname)"
	"  FROM pg_auth_members m JOIN ours o ON o.oid = m.member JOIN pg_roles r"
	"  ON r.oid = m.roleid),"
	" (SELECT string_agg(DISTINCT r.rolname, ', ') FROM members x JOIN pg_roles r"
	"  ON r.oid = x.member WHERE x.of_role = 'grantd_auth' AND NOT r.rolsuper AND NOT EXISTS"
	"  (SELECT FROM members y WHERE y.member = x.member AND y.of_role = 'grantd_owner')),"
	" (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM workers),"
	" (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM workers WHERE strong),"
	" (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM workers w WHERE EXISTS"
	"  (SELECT FROM tables t WHERE t.relowner = w.oid) OR EXISTS (SELECT FROM members x"
	"   WHERE x.member = w.oid AND x.of_role = 'grantd_owner')),"
	" (SELECT string_agg(y.word, ', ') FROM (SELECT w.rolname || ' is a member of '"
	"  || x.of_role FROM workers w JOIN members x ON x.member = w.oid"
	"  WHERE x.of_role NOT IN ('grantd_app', 'grantd_owner') UNION"
	"  SELECT rolname || ' has CREATEROLE' FROM workers WHERE rolcreaterole UNION"
	"  SELECT rolname || ' has REPLICATION' FROM workers WHERE rolreplication) y (word))",
};

/*
 * What of a role's settings makes commits less durable, or a worker unfit. What the configuration file says is known by what
 * this session began with, unless role or database say otherwise for itself.
 */
static const struct statement inspect_settings = {
	.name = "inspect_settings",
	.params = 0,
	.columns = 5,
	.rows = ROWS_ONE,
	.sql = WORKERS
	", roles AS (SELECT oid, rolname FROM workers UNION SELECT oid, rolname FROM pg_roles"
	"  WHERE rolname = session_user),"
	" said AS (SELECT s.setrole, s.setdatabase, split_part(c, '=', 1) AS name,"
	"  lower(split_part(c, '=', 2)) AS value FROM pg_db_role_setting s,"
	"  unnest(s.setconfig) c WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database"
	"   WHERE datname = current_database()))),"
	" own AS (SELECT r.rolname, n.name, (SELECT s.value FROM said s WHERE s.name = n.name"
	"   AND s.setrole IN (0, r.oid) ORDER BY s.setrole <> 0 DESC, s.setdatabase <> 0 DESC"
	"   LIMIT 1) AS value FROM roles r, (VALUES ('synchronous_commit'),"
	"   ('session_replication_role'), ('default_transaction_read_only')) n (name)),"
	" held AS (SELECT o.rolname, o.name, coalesce(o.value, CASE WHEN NOT EXISTS (SELECT"
	"   FROM own m WHERE m.name = o.name AND m.rolname = session_user"
	"   AND m.value IS NOT NULL) THEN s.reset_val END) AS value"
	"  FROM own o JOIN pg_settings s USING (name))"
	" SELECT current_setting('fsync') = 'on', current_setting('full_page_writes') = 'on',"
	" (SELECT string_agg(format('%s for %s', value, rolname), ', ' ORDER BY rolname)"
	"  FROM held WHERE name = 'synchronous_commit'"
	"  AND value NOT IN ('on', 'remote_apply', 'true', 'yes', '1')),"
	" (SELECT string_agg(format('%s for %s', value, rolname), ', ' ORDER BY rolname)"
	"  FROM held WHERE name = 'session_replication_role' AND value <> 'origin'),"
	" (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM held"
	"  WHERE name = 'default_transaction_read_only'"
	"  AND value NOT IN ('off', 'false', 'no', '0'))",
};

static const struct statement inspect_version = {
	.name = "inspect_version",
	.params = 0,
	.columns = 2,
	.rows = ROWS_ONE,
	.sql = "SELECT v.version, " SERVES_FROM " FROM grantd.schema_version v",
};

static enum outcome
inspect_read(struct db_rows *rows, void *into)
{
	struct inspection *x = into;
	struct db_row row = db_row_at(rows, 0);

	x->login = db_get_text(&row);
	x->database = db_get_text(&row);
	x->server = db_get_text(&row);
	x->server_major = (int)db_get_int(&row);
	x->standby = db_get_bool(&row);
	x->is_owner = db_get_bool(&row);
	x->is_worker = db_get_bool(&row);
	x->has_schema = db_get_bool(&row);
	x->missing_roles = db_get_text_or_null(&row);
	x->strong_roles = db_get_text_or_null(&row);
	x->member_roles = db_get_text_or_null(&row);
	x->auth_members = db_get_text_or_null(&row);
	x->workers = db_get_text_or_null(&row);
	x->strong_workers = db_get_text_or_null(&row);
	x->owning_workers = db_get_text_or_null(&row);
	x->able_workers = db_get_text_or_null(&row);
	if (row.failed)
		return BROKEN;
	x->rows = db_rows_take(rows);
	return DONE;
}

static enum outcome
inspect_settings_read(struct db_rows *rows, void *into)
{
	struct inspected_settings *x = into;
	struct db_row row = db_row_at(rows, 0);

	x->fsync = db_get_bool(&row);
	x->full_page_writes = db_get_bool(&row);
	x->async_commit = db_get_text_or_null(&row);
	x->no_triggers = db_get_text_or_null(&row);
	x->read_only = db_get_text_or_null(&row);
	if (row.failed)
		return BROKEN;
	x->rows = db_rows_take(rows);
	return DONE;
}

static enum outcome
inspect_version_read(struct db_rows *rows, void *into)
{
	struct db_row row = db_row_at(rows, 0);
	struct inspected_version *x = into;

	x->version = db_get_int(&row);
	x->serves_from = db_get_int(&row);
	return row.failed ? BROKEN : DONE;
}

void
db_inspect(struct db *db, struct inspection *x)
{
	inspection_clear(x);
	db_queue(db, &inspect, &(struct db_params)DB_PARAMS_EMPTY, inspect_read, x);
}

void
db_inspect_settings(struct db *db, struct inspected_settings *x)
{
	db_queue(db, &inspect_settings, &(struct db_params)DB_PARAMS_EMPTY, inspect_settings_read,
	    x);
}

void
db_inspect_version(struct db *db, struct inspected_version *x)
{
	db_queue(db, &inspect_version, &(struct db_params)DB_PARAMS_EMPTY, inspect_version_read, x);
}

void
inspection_clear(struct inspection *x)
{
	db_rows_clear(&x->rows);
	*x = (struct inspection)INSPECTION_EMPTY;
}
