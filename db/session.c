/* SPDX-License-Identifier: MIT */
/*
 * What a session is to be like: which settings are pinned, and what it is refused or not ready for. docs/operating.md has
 * the whole list, "Settings of the database", with the settings that are left alone.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "db/connection.h"

/*
 * Role, database, the operator's connection string, and behind a pooler another client, may have set these to anything. Names
 * are looked up nowhere but in pg_catalog unless qualified; literals and parameters mean one thing; row-level security
 * filters and does not fail; an error does not end the session, as nobody would know what became of it then; a
 * warning with a commit is heard. No statement, lock or forgotten transaction lasts for ever. A worker that is killed
 * has its transaction undone within a second even where the rest of it, COMMIT included, had been sent already and
 * waits for a lock. $4 says whether until the transaction's end only, $5 whether commits may be less durable than `on`.
 */
static const struct statement session_settings = {
	.name = "session_settings",
	.params = 5,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql =
	    "SELECT pg_catalog.count(pg_catalog.set_config(name, value, $4::boolean)) FROM (VALUES"
	    " ('search_path', ''),"
	    " ('client_encoding', 'UTF8'),"
	    " ('standard_conforming_strings', 'on'),"
	    " ('transform_null_equals', 'off'),"
	    " ('array_nulls', 'on'),"
	    " ('quote_all_identifiers', 'off'),"
	    " ('timezone', 'UTC'),"
	    " ('datestyle', 'ISO, MDY'),"
	    " ('intervalstyle', 'postgres'),"
	    " ('bytea_output', 'hex'),"
	    " ('extra_float_digits', '1'),"
	    " ('row_security', 'on'),"
	    " ('exit_on_error', 'off'),"
	    " ('client_min_messages', 'warning'),"
	    " ('statement_timeout', $1),"
	    " ('lock_timeout', $2),"
	    " ('idle_in_transaction_session_timeout', $3),"
	    " ('client_connection_check_interval', '1s'),"
	    " ('default_transaction_isolation', 'read committed'),"
	    " ('synchronous_commit', CASE WHEN $5::boolean"
	    "  OR pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) 'remote_apply'"
	    "  THEN pg_catalog.current_setting('synchronous_commit') ELSE 'on' END)"
	    ") AS pinned (name, value)",
};

/* Until the end of the transaction. */
static const struct statement session_patience = {
	.name = "session_patience",
	.params = 0,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT pg_catalog.set_config('statement_timeout', '" TEXT_OF(
	    DB_PATIENCE_MS) "', true)",
};

/* The same as SET ROLE, with the choice between session and transaction as a parameter. */
static const struct statement owner_role = {
	.name = "owner_role",
	.params = 1,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT pg_catalog.set_config('role', 'grantd_owner', $1::boolean)",
};

/*
 * What role, database and server say of commits, whatever this session was told since; and triggers, which guard the
 * audit log and revoked keys.
 */
static const struct statement session_state = {
	.name = "session_state",
	.params = 0,
	.columns = 6,
	.rows = ROWS_ONE,
	.sql = "SELECT v.version, " SERVES_FROM
	       ", (SELECT s.reset_val FROM pg_catalog.pg_settings s"
	       " WHERE s.name OPERATOR(pg_catalog.=) 'synchronous_commit'),"
	       " pg_catalog.current_setting('session_replication_role'),"
	       " pg_catalog.statement_timestamp(), pg_catalog.pg_postmaster_start_time()"
	       " FROM grantd.schema_version v",
};

/*
 * Could a change be made here? Rights are those that db/catalog.expected has for grantd_app, which this session needs, and for
 * grantd_auth, as which the functions run.
 */
static const struct statement session_ready = {
	.name = "session_ready",
	.params = 0,
	.columns = 3,
	.rows = ROWS_ONE,
	.sql =
	    "WITH needed (kind, name, part, privileges, role) AS (VALUES ('', '', '', '', '')"
#include "db/rights_sql.inc"
	    "), asked AS (SELECT n.*, p.privilege,"
	    "  CASE n.role WHEN 'grantd_app' THEN current_user ELSE n.role END AS who"
	    "  FROM needed n, unnest(string_to_array(n.privileges, ', ')) AS p (privilege)),"
	    " lacking AS (SELECT a.* FROM asked a WHERE NOT CASE a.kind"
	    "  WHEN 'function' THEN EXISTS (SELECT FROM pg_proc f WHERE f.proname = a.name"
	    "   AND f.pronamespace = 'grantd'::regnamespace"
	    "   AND has_function_privilege(a.who, f.oid, a.privilege))"
	    "  WHEN 'table' THEN EXISTS (SELECT FROM pg_class c WHERE c.relname = a.name"
	    "   AND c.relnamespace = 'grantd'::regnamespace"
	    "   AND has_table_privilege(a.who, c.oid, a.privilege))"
	    "  WHEN 'column' THEN EXISTS (SELECT FROM pg_class c JOIN pg_attribute t"
	    "   ON t.attrelid = c.oid WHERE c.relname = a.name AND t.attname = a.part"
	    "   AND c.relnamespace = 'grantd'::regnamespace"
	    "   AND has_column_privilege(a.who, c.oid, t.attnum, a.privilege))"
	    "  WHEN 'schema' THEN has_schema_privilege(a.who, a.name, a.privilege)"
	    "  ELSE true END)"
	    " SELECT pg_is_in_recovery(),"
	    " (SELECT s.reset_val = 'on' FROM pg_settings s"
	    "  WHERE s.name = 'default_transaction_read_only')"
	    "  OR current_setting('default_transaction_read_only') = 'on',"
	    " (SELECT string_agg(format('%s lacks %s on %s %s', l.who, l.privilege, l.kind,"
	    "  concat_ws('.', CASE l.kind WHEN 'schema' THEN NULL ELSE 'grantd' END, l.name,"
	    "   nullif(l.part, ''))), '; ' ORDER BY l.kind DESC, l.name, l.part) FROM lacking l)",
};

void
db_queue_patience(struct db *db)
{
	db_queue(db, &session_patience, &(struct db_params)DB_PARAMS_EMPTY, NULL, NULL);
	db->patient = true;
}

struct state {
	int64_t version;
	int64_t serves_from;
	char synchronous_commit[16];
	char replication_role[16];
	int64_t now, started;
};

void
db_queue_session_settings(struct db *db, bool local)
{
	struct db_params p = DB_PARAMS_EMPTY, role = DB_PARAMS_EMPTY;

	db_put_int(&p, db->settings->statement_timeout);
	db_put_int(&p, db->settings->lock_timeout);
	db_put_int(&p, db->settings->request_timeout);
	db_put_bool(&p, local);
	db_put_bool(&p, db->settings->allow_async_commit == ASYNC_COMMIT_YES);
	db_queue(db, &session_settings, &p, NULL, NULL);
	if (db->session != DB_OWNER)
		return;
	db_put_bool(&role, local);
	db_queue(db, &owner_role, &role, NULL, NULL);
}

static enum outcome
state_read(struct db_rows *rows, void *into)
{
	struct db_row row = db_row_at(rows, 0);
	struct state *s = into;

	s->version = db_get_int(&row);
	s->serves_from = db_get_int(&row);
	(void)snprintf(s->synchronous_commit, sizeof(s->synchronous_commit), "%s",
	    db_get_text(&row));
	(void)snprintf(s->replication_role, sizeof(s->replication_role), "%s", db_get_text(&row));
	s->now = db_get_int(&row);
	s->started = db_get_int(&row);
	return row.failed ? BROKEN : DONE;
}

/* `off`, `local`, `remote_write`: a commit that was acknowledged may be lost with one machine, or with its standby. */
static bool
is_durable(const char *synchronous_commit)
{
	return strcmp(synchronous_commit, "on") == 0 ||
	    strcmp(synchronous_commit, "remote_apply") == 0;
}

/* A schema that is older is this build's to know, one that is newer says itself whom it serves. */
static bool
is_served(const struct state *s)
{
	return s->version >= DB_SCHEMA_OLDEST && s->serves_from <= DB_SCHEMA_VERSION;
}

/* Refuse, in words for the operator, what changes could not be trusted to. */
static enum outcome
judge(struct db *db, const struct state *s)
{
	if (!is_served(s))
		(void)snprintf(db->message, sizeof(db->message),
		    "the database has version %lld of the schema and this build needs %d",
		    (long long)s->version, DB_SCHEMA_VERSION);
	else if (!is_durable(s->synchronous_commit) &&
	    db->settings->allow_async_commit != ASYNC_COMMIT_YES)
		(void)snprintf(db->message, sizeof(db->message),
		    "synchronous_commit is %s for this role, so that a change that was answered "
		    "could be lost; set it to on, or allow that by GRANTD_ALLOW_ASYNC_COMMIT=yes",
		    s->synchronous_commit);
	else if (strcmp(s->replication_role, "origin") != 0)
		(void)snprintf(db->message, sizeof(db->message),
		    "session_replication_role is %s for this role, so that triggers do not guard "
		    "the audit log and revoked keys; reset it",
		    s->replication_role);
	else
		return DONE;
	return UNAVAILABLE;
}

enum outcome
db_check_session(struct db *db)
{
	struct state found = { 0 };
	bool pooled = db->settings->pooler != POOLER_NONE;
	enum outcome rc;

	/* Behind a pooler these are no session of ours: what another client left in it must not matter. */
	if (pooled)
		db_queue_begin(db, DB_READ_ONLY);
	db_queue(db, &session_state, &(struct db_params)DB_PARAMS_EMPTY, state_read, &found);
	if (pooled)
		db_queue_end(db);
	rc = db_exchange(db);
	if (rc == DONE) {
		db_clock_saw(db, found.now);
		db->server = found.started;
		return judge(db, &found);
	}
	if (rc == BROKEN) {
		char said[DB_MESSAGE_MAX];

		memcpy(said, db->message, sizeof(said));
		(void)snprintf(db->message, sizeof(db->message),
		    "the database %.64s has no schema for grantd that this role may read; this build "
		    "needs version %d: %.300s",
		    PQdb(db->conn), DB_SCHEMA_VERSION, said);
	}
	return UNAVAILABLE;
}

struct readiness {
	struct db *db;
	bool ready;
};

/* The reason why not goes to the message, which is bounded. */
static enum outcome
ready_read(struct db_rows *rows, void *into)
{
	struct readiness *r = into;
	struct db_row row = db_row_at(rows, 0);
	bool standby = db_get_bool(&row), read_only = db_get_bool(&row);
	const char *lacking = db_get_text_or_null(&row);

	if (row.failed)
		return BROKEN;
	r->ready = !standby && !read_only && lacking == NULL;
	if (standby)
		db_note(r->db, "this server is a standby, which cannot be written to");
	else if (read_only)
		db_note(r->db,
		    "default_transaction_read_only is on, so that nothing can be written");
	else if (lacking != NULL)
		db_note(r->db, lacking);
	return DONE;
}

static enum outcome
ask_ready(struct db *db)
{
	struct readiness r = { .db = db };
	struct state found = { 0 };
	enum outcome rc;

	db_begin(db, DB_READ_ONLY);
	db_queue(db, &session_state, &(struct db_params)DB_PARAMS_EMPTY, state_read, &found);
	db_queue(db, &session_ready, &(struct db_params)DB_PARAMS_EMPTY, ready_read, &r);
	rc = db_commit(db);
	if (rc != DONE)
		return rc;
	if (judge(db, &found) != DONE || !r.ready)
		return UNAVAILABLE;
	return DONE;
}

/* Health checks come every second or so; the log has each reason once until it changes. */
static void
tell_unready(struct db *db)
{
	if (strcmp(db->unready, db->message) == 0)
		return;
	memcpy(db->unready, db->message, sizeof(db->unready));
	log_error("not ready: %s", db->message);
}

enum outcome
db_ready(struct db *db)
{
	bool was_open = db->conn != NULL;
	enum outcome rc = ask_ready(db);

	/* A connection that was open and is no good is not the last word. */
	if (rc != DONE && was_open) {
		db_disconnect(db);
		rc = ask_ready(db);
	}
	if (rc == DONE)
		db->unready[0] = '\0';
	else
		tell_unready(db);
	return rc == DONE ? DONE : UNAVAILABLE;
}
