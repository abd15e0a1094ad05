/* SPDX-License-Identifier: MIT */
/* grantctl doctor: the database, its schema, and the roles. */
#include "config.h"

#include "ctl/doctor.h"
#include "db/inspect.h"

#define INSTALL "psql -X -f db/install.sql, as a role that may create roles and a schema"

static void
check_server(struct examination *x, const struct inspection *in)
{
	if (in->server_major < 15)
		found_problem(x, "database", "use PostgreSQL 15 or later", "this is PostgreSQL %s",
		    in->server);
	else if (in->standby)
		found_problem(x, "database",
		    "name the primary too, and say target_session_attrs=read-write",
		    "this server is a standby, which cannot be written to");
	else
		found_well(x, "database", "%s, in PostgreSQL %s, connected as %s", in->database,
		    in->server, in->login);
}

/* Is it this program's version, so that its objects can be compared? */
static bool
check_schema(struct examination *x, struct db *db, const struct inspection *in)
{
	struct inspected_version is = { 0 };

	if (!in->has_schema) {
		found_problem(x, "schema", INSTALL, "the database %s has no schema for grantd",
		    in->database);
		return false;
	}
	db_begin(db, DB_READ_ONLY);
	db_inspect_version(db, &is);
	if (db_commit(db) != DONE)
		found_problem(x, "schema",
		    "GRANT grantd_owner TO the role that grantctl connects as",
		    "its version cannot be read: %s", db_message(db));
	else if (is.version < DB_SCHEMA_VERSION)
		found_problem(x, "schema", INSTALL, "it has version %lld and this program needs %d",
		    (long long)is.version, DB_SCHEMA_VERSION);
	else if (is.serves_from > DB_SCHEMA_VERSION)
		found_problem(x, "schema", "use the grantd and grantctl that belong to it",
		    "it has version %lld and this program knows %d", (long long)is.version,
		    DB_SCHEMA_VERSION);
	else if (is.version > DB_SCHEMA_VERSION)
		found_well(x, "schema", "version %lld, which serves grantd of version %d too",
		    (long long)is.version, DB_SCHEMA_VERSION);
	else
		found_well(x, "schema", "version %lld", (long long)is.version);
	return is.version == DB_SCHEMA_VERSION;
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
		found_problem(x, "roles",
		    "ALTER ROLE ... NOSUPERUSER NOBYPASSRLS NOLOGIN NOCREATEROLE NOREPLICATION",
		    "these have rights that they must not have: %s", in->strong_roles);
	else if (in->member_roles != NULL)
		found_problem(x, "roles", "REVOKE the one role FROM the other",
		    "these have the rights of others: %s", in->member_roles);
	else if (in->auth_members != NULL)
		found_problem(x, "roles", "REVOKE grantd_auth FROM the role",
		    "these may act as grantd_auth, whom no tenant's rows are hidden from: %s",
		    in->auth_members);
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
	else if (in->able_workers != NULL)
		found_problem(x, "workers' roles",
		    "REVOKE ... FROM the role, ALTER ROLE ... NOCREATEROLE NOREPLICATION",
		    "more than a worker may be: %s", in->able_workers);
	else
		found_well(x, "workers' roles",
		    "%s: no superuser, bound by row-level security, owning nothing", in->workers);
}

static void
check_server_settings(struct examination *x, const struct inspected_settings *in)
{
	if (!in->fsync || !in->full_page_writes)
		found_problem(x, "durability", "set it to on in postgresql.conf",
		    "%s is off: a crash of the machine can damage or lose everything",
		    in->fsync ? "full_page_writes" : "fsync");
	else
		found_well(x, "durability", "fsync and full_page_writes are on");
}

static void
check_role_settings(struct examination *x, const struct settings *s,
    const struct inspected_settings *in)
{
	bool allowed = s->allow_async_commit == ASYNC_COMMIT_YES;

	if (in->async_commit != NULL && !allowed)
		found_problem(x, "settings of roles",
		    "ALTER ROLE ... SET synchronous_commit = on; or allow that by "
		    "GRANTD_ALLOW_ASYNC_COMMIT=yes",
		    "synchronous_commit is %s: a change that was answered could be lost",
		    in->async_commit);
	if (in->no_triggers != NULL)
		found_problem(x, "settings of roles",
		    "ALTER ROLE ... RESET session_replication_role",
		    "session_replication_role is %s: triggers do not guard the audit log",
		    in->no_triggers);
	if (in->read_only != NULL)
		found_problem(x, "settings of roles",
		    "ALTER ROLE ... or DATABASE ... RESET default_transaction_read_only",
		    "default_transaction_read_only is on, so that nothing can be written, for: %s",
		    in->read_only);
	if ((in->async_commit == NULL || allowed) && in->no_triggers == NULL &&
	    in->read_only == NULL)
		found_well(x, "settings of roles", "%s",
		    in->async_commit == NULL ?
			"synchronous_commit is on, triggers fire, and writing is allowed" :
			"synchronous_commit is below on, which GRANTD_ALLOW_ASYNC_COMMIT allows");
}

static void
check_settings(struct examination *x, const struct settings *s, struct db *db)
{
	struct inspected_settings in = { .rows = DB_ROWS_EMPTY };

	db_begin(db, DB_READ_ONLY);
	db_inspect_settings(db, &in);
	if (db_commit(db) == DONE) {
		check_server_settings(x, &in);
		check_role_settings(x, s, &in);
	} else {
		not_checked(x, "durability", "%s", db_message(db));
	}
	db_rows_clear(&in.rows);
}

static void
examine(struct examination *x, const struct settings *s, struct db *db)
{
	struct inspection in = INSPECTION_EMPTY;
	bool comparable;

	db_begin(db, DB_READ_ONLY);
	db_inspect(db, &in);
	if (db_commit(db) != DONE) {
		found_problem(x, "database",
		    "start it, or correct PGHOST, PGPORT, PGUSER, ... or GRANTD_DATABASE",
		    "it cannot be used: %s", db_message(db));
		return;
	}
	check_server(x, &in);
	check_settings(x, s, db);
	comparable = check_schema(x, db, &in);
	check_groups(x, &in);
	if (in.has_schema) {
		check_login(x, &in);
		check_workers(x, &in);
	}
	if (comparable)
		examine_catalog(x, db, in.server_major);
	else
		not_checked(x, "objects", "the schema is not known to be of version %d",
		    DB_SCHEMA_VERSION);
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
	examine(x, s, db);
	db_close(db);
}
