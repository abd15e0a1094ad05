/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_CONNECTION_H
#define GRANTD_DB_CONNECTION_H

#include <stdint.h>

#include "db/statement.h"

/* For db/ alone: what db.c (exchanges) and connection.c (opening and closing) share. */

#define DB_PENDING_MAX 48
#define DB_PREPARED_MAX 96
#define DB_MESSAGE_MAX 512

/* The oldest version whose workers the schema serves, of the row v of schema_version: older schemas have no column for it. */
#define SERVES_FROM \
	"coalesce((pg_catalog.to_jsonb(v) OPERATOR(pg_catalog.->>) 'serves_from')::pg_catalog.int4, v.version)"

/* A command that was sent and whose result is not read yet. */
struct db_pending {
	const struct statement *statement;
	db_reader *read; /* NULL: the result is only checked */
	void *into;
	bool prepare; /* the Parse of a named statement, not its execution */
};

/* What is known of the database's clock, all in microseconds: see clock.c. */
struct db_clock {
	bool known;
	int64_t offset; /* from our monotonic clock to it */
	int64_t error;  /* by which that may be too much */
	int64_t taken;  /* when it was learned; monotonic */
};

struct db {
	const struct settings *settings;
	enum db_session session;
	PGconn *conn; /* NULL: closed */
	/* When the server that `conn` leads to was started, which tells it from others; 0: not known. */
	int64_t server;
	/*
	 * A commit was sent here and was not answered in time: kept while that is so, for the server keeps the session anyhow
	 * (it may wait for a standby), and each further write would add another.
	 */
	PGconn *overdue;
	int64_t overdue_server; /* likewise of `overdue` */
	struct db_pending pending[DB_PENDING_MAX];
	int pending_count;
	const struct statement *prepared[DB_PREPARED_MAX]; /* on this connection, by name */
	int prepared_count;
	enum outcome sticky; /* what queueing met; DONE while all is well */
	bool writes;         /* the transaction may; otherwise its COMMIT leaves nothing in doubt */
	bool alone;   /* without BEGIN: what is queued is committed at the end of its exchange */
	bool patient; /* its statements have DB_PATIENCE_MS, whatever the settings are */
	bool warned;  /* the server sent a warning since the transaction began */
	bool ended;   /* the server has said that it ends the session */
	bool commit_queued;  /* COMMIT of one that may write is among the pending */
	int64_t sent, heard; /* when the last exchange was, in monotonic microseconds */
	struct db_clock clock;
	int64_t next_try_ms; /* no connection attempt before; monotonic */
	int backoff_ms;      /* the last wait; 0 after a success */
	int64_t next_log_ms; /* no failed attempt is logged before; monotonic */
	char message[DB_MESSAGE_MAX];
	/* The message that was logged last of a database that is not ready; "": none. */
	char unready[DB_MESSAGE_MAX];
};

/* Open the connection if it is closed: DONE, or UNAVAILABLE with the reason logged and in db->message. */
MUST_CHECK enum outcome db_connect(struct db *);
void db_disconnect(struct db *);

/*
 * How long to wait before the next attempt, but for jitter, after one that failed and took so long; `last_ms` is the wait before
 * it, 0 where there was none.
 */
int db_backoff(int last_ms, int64_t took_ms);

/*
 * The outcome for an error's SQLSTATE and the function of the server that reported it (PG_DIAG_SOURCE_FUNCTION), which may be NULL. NULL and
 * "" as SQLSTATE (libpq made the error itself) mean that the connection is gone.
 */
enum outcome outcome_from_error(const char *sqlstate, const char *routine);

/* Queue the settings that every session has; `local`: until the end of the transaction. */
void db_queue_session_settings(struct db *, bool local);

/* Queue BEGIN, with the session's settings where it is a pooler's; and COMMIT, whose tag is checked. */
void db_queue_begin(struct db *, enum db_access);
void db_queue_end(struct db *);

/* Is a new session one that changes can be trusted to? DONE, or UNAVAILABLE with the reason in db->message. */
MUST_CHECK enum outcome db_check_session(struct db *);

/* Remember a message of libpq's or the server's: its first line, bounded. */
void db_note(struct db *, const char *message);

#endif
