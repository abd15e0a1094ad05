/* SPDX-License-Identifier: MIT */
/* Opening a connection: once, with all of the session pinned, and with patience when the database is away. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/connection.h"

#define BACKOFF_FIRST_MS 100
#define BACKOFF_MOST_MS 2000

/*
 * Pinned on every session: names are looked up nowhere but in pg_catalog unless qualified, and no statement,
 * lock or forgotten transaction lasts for ever. A worker that is killed has its transaction undone within a
 * second even where the rest of it, COMMIT included, had been sent already and waits for a lock.
 * $4 says whether until the transaction's end only.
 */
static const struct statement session_settings = {
	.name = "session_settings",
	.params = 4,
	.columns = 7,
	.rows = ROWS_ONE,
	.sql =
	    "SELECT pg_catalog.set_config('search_path', '', $4::boolean),"
	    " pg_catalog.set_config('timezone', 'UTC', $4::boolean),"
	    " pg_catalog.set_config('statement_timeout', $1, $4::boolean),"
	    " pg_catalog.set_config('lock_timeout', $2, $4::boolean),"
	    " pg_catalog.set_config('idle_in_transaction_session_timeout', $3, $4::boolean),"
	    " pg_catalog.set_config('client_connection_check_interval', '1s', $4::boolean),"
	    " pg_catalog.set_config('default_transaction_isolation', 'read committed', $4::boolean)",
};

/* The same as SET ROLE, with the choice between session and transaction as a parameter. */
static const struct statement owner_role = {
	.name = "owner_role",
	.params = 1,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT pg_catalog.set_config('role', 'grantd_owner', $1::boolean)",
};

static const struct statement schema_version = {
	.name = "schema_version",
	.params = 0,
	.columns = 2,
	.rows = ROWS_ONE,
	.sql = "SELECT version, statement_timestamp() FROM grantd.schema_version",
};

static void
queue_owner_role(struct db *db, bool local)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_bool(&p, local);
	db_queue(db, &owner_role, &p, NULL, NULL);
}

void
db_queue_session_settings(struct db *db, bool local)
{
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_int(&p, db->settings->statement_timeout);
	db_put_int(&p, db->settings->lock_timeout);
	db_put_int(&p, db->settings->request_timeout);
	db_put_bool(&p, local);
	db_queue(db, &session_settings, &p, NULL, NULL);
	if (db->session == DB_OWNER)
		queue_owner_role(db, local);
}

/* What a server says of itself: the version of its schema, and its time. */
struct found {
	int64_t version, now;
};

static enum outcome
schema_version_read(struct db_rows *rows, void *into)
{
	struct db_row row = db_row_at(rows, 0);
	struct found *found = into;

	found->version = db_get_int(&row);
	found->now = db_get_int(&row);
	return row.failed ? BROKEN : DONE;
}

/* Refuse a schema that this build does not know, in words for the operator. */
static enum outcome
check_schema(struct db *db)
{
	enum outcome rc;
	struct found found = { 0, 0 };

	db_queue(db, &schema_version, &(struct db_params)DB_PARAMS_EMPTY, schema_version_read,
	    &found);
	rc = db_exchange(db);
	if (rc == DONE && found.version == DB_SCHEMA_VERSION) {
		db_clock_saw(db, found.now);
		return DONE;
	}
	if (rc == DONE)
		(void)snprintf(db->message, sizeof(db->message),
		    "the database has version %lld of the schema and this build needs %d",
		    (long long)found.version, DB_SCHEMA_VERSION);
	else if (rc == BROKEN)
		(void)snprintf(db->message, sizeof(db->message),
		    "the database has no schema for grantd that this role may read; this build "
		    "needs version %d",
		    DB_SCHEMA_VERSION);
	return UNAVAILABLE;
}

/* libpq quotes pieces of a connection string that it cannot parse, and one of them may be a password. */
static bool
conninfo_is_valid(struct db *db)
{
	PQconninfoOption *options;

	if (db->settings->database[0] == '\0')
		return true;
	options = PQconninfoParse(db->settings->database, NULL);
	if (options == NULL) {
		db_note(db, "GRANTD_DATABASE is not a connection string");
		return false;
	}
	PQconninfoFree(options);
	return true;
}

static PGconn *
open_connection(const struct db *db)
{
	const struct settings *s = db->settings;
	char seconds[16];
	/* What the operator's string says comes last, and wins. */
	const char *const keywords[] = { "connect_timeout", "client_encoding",
		"fallback_application_name", "dbname", NULL };
	const char *const values[] = { seconds, "UTF8",
		db->session == DB_WORKER ? "grantd" : "grantctl",
		s->database[0] != '\0' ? s->database : NULL, NULL };

	(void)snprintf(seconds, sizeof(seconds), "%d", (s->connect_timeout + 999) / 1000);
	return PQconnectdbParams(keywords, values, 1);
}

/* Capped exponential, with jitter so that the workers of a fleet do not come back all at once. */
static void
back_off(struct db *db)
{
	unsigned char jitter;

	if (getentropy(&jitter, sizeof(jitter)) != 0)
		jitter = 128;
	db->backoff_ms = db->backoff_ms == 0 ? BACKOFF_FIRST_MS : db->backoff_ms * 2;
	if (db->backoff_ms > BACKOFF_MOST_MS)
		db->backoff_ms = BACKOFF_MOST_MS;
	db->next_try_ms = clock_monotonic_ms() + db->backoff_ms / 2 +
	    (int64_t)db->backoff_ms * jitter / 512;
}

/*
 * What the server says beside its answers. A warning with a commit is that of synchronous replication; an error that nothing
 * was sent for is the end of the session.
 */
static void
hear(void *of, const PGresult *notice)
{
	struct db *db = of;
	const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
	bool ends, warns;

	if (severity == NULL)
		return;
	ends = strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0;
	warns = strcmp(severity, "WARNING") == 0;
	db->ended = db->ended || ends;
	db->warned = db->warned || warns;
	if (ends || warns)
		log_warning("the database warns: %s", message != NULL ? message : "");
}

static enum outcome
open_session(struct db *db)
{
	if (!conninfo_is_valid(db))
		return UNAVAILABLE;
	db->conn = open_connection(db);
	if (db->conn == NULL || PQstatus(db->conn) != CONNECTION_OK ||
	    PQsetnonblocking(db->conn, 1) != 0 || PQenterPipelineMode(db->conn) != 1) {
		db_note(db, db->conn == NULL ? "out of memory" : PQerrorMessage(db->conn));
		return UNAVAILABLE;
	}
	PQsetNoticeReceiver(db->conn, hear, db);
	if (db->settings->pooler == POOLER_NONE) {
		db_queue_session_settings(db, false);
		if (db_exchange(db) != DONE)
			return UNAVAILABLE;
	}
	return db->session == DB_LOGIN ? DONE : check_schema(db);
}

enum outcome
db_connect(struct db *db)
{
	if (db->conn != NULL)
		return DONE;
	if (clock_monotonic_ms() < db->next_try_ms)
		return UNAVAILABLE;
	if (open_session(db) == DONE) {
		db->backoff_ms = 0;
		log_info("connected to the database");
		return DONE;
	}
	db_disconnect(db);
	db->sticky = DONE;
	back_off(db);
	log_error("no database: %s", db->message);
	return UNAVAILABLE;
}

void
db_disconnect(struct db *db)
{
	PQfinish(db->conn);
	db->conn = NULL;
	db->pending_count = 0;
	db->prepared_count = 0;
	db->clock.known = false; /* the next server may be another one */
	db->commit_queued = false;
	db->ended = false;
}

void
db_note(struct db *db, const char *message)
{
	size_t len = strcspn(message, "\n");

	if (len >= sizeof(db->message))
		len = sizeof(db->message) - 1;
	memcpy(db->message, message, len);
	db->message[len] = '\0';
}

struct db *
db_open(const struct settings *settings, enum db_session session)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db != NULL) {
		db->settings = settings;
		db->session = session;
	}
	return db;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	db_disconnect(db);
	PQfinish(db->overdue);
	free(db);
}

enum outcome
db_ready(struct db *db)
{
	bool was_open = db->conn != NULL;

	/* Opening looks at the version too, which shows that the server answers and what it has. */
	if (was_open && check_schema(db) == DONE)
		return DONE;
	db_disconnect(db);
	return db_connect(db);
}

const char *
db_message(const struct db *db)
{
	return db->message;
}
