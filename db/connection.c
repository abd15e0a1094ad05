/* SPDX-License-Identifier: MIT */
/* Opening a connection: once, with all of the session pinned, and with patience when the database is away. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "db/connection.h"
#include "db/conninfo.h"

/*
 * Waits between attempts, twice as long each time. A database that refuses at once, as one that is being started again does, costs
 * next to nothing and is tried often, so that it is found soon after it is back. An attempt that takes long holds a request
 * up, and rarely gets better a moment later.
 */
#define BACKOFF_FIRST_MS 20
#define BACKOFF_REFUSED_MOST_MS 200
#define BACKOFF_MOST_MS 2000
/* An attempt that failed sooner was refused. */
#define REFUSED_MS 100
/* How often it is logged that there is no database. */
#define LOG_EVERY_MS 1000

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

int
db_backoff(int last_ms, int64_t took_ms)
{
	int most = took_ms < REFUSED_MS ? BACKOFF_REFUSED_MOST_MS : BACKOFF_MOST_MS;
	int next = last_ms == 0 ? BACKOFF_FIRST_MS : last_ms * 2;

	return next < most ? next : most;
}

/* With jitter, so that the workers of a fleet do not come back all at once. */
static void
back_off(struct db *db, int64_t began)
{
	int64_t now = clock_monotonic_ms();
	unsigned char jitter;

	if (getentropy(&jitter, sizeof(jitter)) != 0)
		jitter = 128;
	db->backoff_ms = db_backoff(db->backoff_ms, now - began);
	db->next_try_ms = now + db->backoff_ms / 2 + (int64_t)db->backoff_ms * jitter / 512;
	if (now >= db->next_log_ms) {
		db->next_log_ms = now + LOG_EVERY_MS;
		log_error("no database: %s", db->message);
	}
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
	char sentence[CONNINFO_SENTENCE_MAX], said[DB_MESSAGE_MAX];

	if (!conninfo_check(db->settings->database, sentence)) {
		db_note(db, sentence);
		return UNAVAILABLE;
	}
	db->conn = open_connection(db);
	if (db->conn == NULL || PQstatus(db->conn) != CONNECTION_OK ||
	    PQsetnonblocking(db->conn, 1) != 0 || PQenterPipelineMode(db->conn) != 1) {
		conninfo_hide(db->settings->database,
		    db->conn == NULL ? "out of memory" : PQerrorMessage(db->conn), said,
		    sizeof(said));
		db_note(db, said);
		return UNAVAILABLE;
	}
	PQsetNoticeReceiver(db->conn, hear, db);
	if (db->settings->pooler == POOLER_NONE) {
		db_queue_session_settings(db, false);
		if (db_exchange(db) != DONE)
			return UNAVAILABLE;
	}
	return db->session == DB_LOGIN ? DONE : db_check_session(db);
}

enum outcome
db_connect(struct db *db)
{
	enum outcome rc;
	int64_t now;

	if (db->conn != NULL)
		return DONE;
	if ((now = clock_monotonic_ms()) < db->next_try_ms)
		return UNAVAILABLE;
	metrics_wait(WAIT_CONNECTION, now);
	rc = open_session(db);
	metrics_wait(WAIT_NOTHING, 0);
	metrics_add(METRIC_CONNECTIONS + (rc == DONE ? CONNECTION_OPENED : CONNECTION_FAILED), 1);
	if (rc == DONE) {
		metrics_set(GAUGE_BACKEND, (uint64_t)PQbackendPID(db->conn));
		db->backoff_ms = 0;
		db->next_log_ms = 0;
		log_info("connected to the database");
		return DONE;
	}
	db_disconnect(db);
	db->sticky = DONE;
	back_off(db, now);
	return UNAVAILABLE;
}

void
db_disconnect(struct db *db)
{
	PQfinish(db->conn);
	metrics_set(GAUGE_BACKEND, 0);
	db->conn = NULL;
	db->server = 0;
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

const char *
db_message(const struct db *db)
{
	return db->message;
}
