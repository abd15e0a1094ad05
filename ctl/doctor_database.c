/* SPDX-License-Identifier: MIT */
/* grantctl doctor: the database, its schema, and the roles. */
#include "config.h"

#include "ctl/doctor.h"
#include "db/inspect.h"

#define INSTALL "psql -X -f db/install.sql, as a role that may create roles and a schema"

static void
check_server(struct examination *x, const struct inspection *in)
{
	if (!in->new_enough)
		found_problem(x, "database", "use PostgreSQL 15 or later", "this is PostgreSQL %s",
		    in->server);
	else if (in->standby)
		found_problem(x, "database",
		    "name the primary too, and say target_session_attrs=read-write",
		    "this server is a standby, which cannot be written to");
	else
		found_well(x, "database", "PostgreSQL %s, connected as %s", in->server, in->login);
}

static void
check_schema(struct examination *x, struct db *db, const struct inspection *in)
{
	int64_t version = 0;

	if (!in->has_schema) {
		found_problem(x, "schema", INSTALL,
		    "there is no schema for grantd in this database");
		return;
	}
	db_begin(db, DB_READ_ONLY);
	db_inspect_version(db, &version);
	if (db_commit(db) != DONE)
		found_problem(x, "schema",
		    "GRANT grantd_owner TO the role that grantctl connects as",
		    "its version cannot be read: %s", db_message(db));
	else if (version < DB_SCHEMA_VERSION)
		found_problem(x, "schema", INSTALL, "it has version %lld and this program needs %d",
		    (long long)version, DB_SCHEMA_VERSION);
	else if (version > DB_SCHEMA_VERSION)
		found_problem(x, "schema", "use the grantd and grantctl that belong to it",
		    "it has version %lld and this program knows %d", (long long)version,
		    DB_SCHEMA_VERSION);
	else
		found_well(x, "schema", "version %lld", (long long)version);
}

static void
check_login(struct examination *x, const struct inspection *in)
{
	if (in->is_owner)
		found_well(x, "this role", "%s may act as grantd_owner", in->login);
	else if (in->is_worker)
		found_well(x, "this role",
		    "%s is a worker's; grantctl's other commands need a member of "
		    "grantd_owner",
		    in->login);
	else
		found_problem(x, "this role", "let a superuser run: GRANT grantd_owner TO the role",
		    "%s is no member of grantd_owner, which grantctl acts as", in->login);
}

static void
check_groups(struct examination *x, const struct inspection *in)
{
	if (in->missing_roles != NULL)
		found_problem(x, "roles", INSTALL, "these do not exist: %s", in->missing_roles);
	else if (in->strong_roles != NULL)
		found_problem(x, "roles", "ALTER ROLE ... NOSUPERUSER NOBYPASSRLS NOLOGIN",
		    "these have rights that they must not have: %s", in->strong_roles);
	else
		found_well(x, "roles",
		    "grantd_owner, grantd_app and grantd_auth have no rights beyond theirs");
}

static void
check_workers(struct examination *x, const struct inspection *in)
{
	if (in->workers == NULL)
		found_problem(x, "workers' roles",
		    "CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app",
		    "no role that can log in is a member of grantd_app");
	else if (in->strong_workers != NULL)
		found_problem(x, "workers' roles", "ALTER ROLE ... NOSUPERUSER NOBYPASSRLS",
		    "row-level security does not bind: %s", in->strong_workers);
	else if (in->owning_workers != NULL)
		found_problem(x, "workers' roles",
		    "REVOKE grantd_owner FROM the role, and give what it owns to grantd_owner",
		    "these own tables of grantd, or may act as their owner: %s",
		    in->owning_workers);
	else
		found_well(x, "workers' roles",
		    "%s: no superuser, bound by row-level security, owning nothing", in->workers);
}

static void
check_tables(struct examination *x, const struct inspection *in)
{
	if (in->strange_tables != NULL)
		found_problem(x, "tables", "ALTER TABLE ... OWNER TO grantd_owner",
		    "these do not belong to grantd_owner: %s", in->strange_tables);
	if (in->unforced_tables != NULL)
		found_problem(x, "row-level security",
		    "ALTER TABLE ... ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
		    "it is not forced on: %s", in->unforced_tables);
	else
		found_well(x, "row-level security", "forced on every table with rows of tenants");
}

static void
check_log(struct examination *x, const struct inspection *in)
{
	if (!in->append_only)
		found_problem(x, "audit log",
		    "ALTER TABLE grantd.audit_log ENABLE TRIGGER audit_log_is_append_only; then grantctl "
		    "audit verify",
		    "the trigger that refuses changes of entries is not enabled");
	else if (in->app_may_change_log)
		found_problem(x, "audit log",
		    "REVOKE UPDATE, DELETE, TRUNCATE ON grantd.audit_log FROM grantd_app",
		    "workers may change or remove entries");
	else
		found_well(x, "audit log", "entries can be added and not changed");
}

static void
examine(struct examination *x, struct db *db)
{
	struct inspection in = INSPECTION_EMPTY;

	db_begin(db, DB_READ_ONLY);
	db_inspect(db, &in);
	if (db_commit(db) != DONE) {
		found_problem(x, "database",
		    "start it, or correct PGHOST, PGPORT, PGUSER, ... or GRANTD_DATABASE",
		    "it cannot be used: %s", db_message(db));
		return;
	}
	check_server(x, &in);
	check_schema(x, db, &in);
	check_groups(x, &in);
	if (in.has_schema) {
		check_login(x, &in);
		check_workers(x, &in);
		check_tables(x, &in);
		check_log(x, &in);
	}
	inspection_clear(&in);
}

void
examine_database(struct examination *x, const struct settings *s)
{
	struct db *db = db_open(s, DB_LOGIN);

	if (db == NULL) {
		x->failed = true;
		return;
	}
	examine(x, db);
	db_close(db);
}
