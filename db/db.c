/* SPDX-License-Identifier: MIT */
/*
 * Exchanges: what verbs queued goes out in one piece, and the results come back in the same order.
 *
 * In libpq's pipeline mode (PostgreSQL manual, 34.5) every command gives its results and then NULL, and the whole ends
 * with a PGRES_PIPELINE_SYNC. After an error the commands up to the sync come back as
 * PGRES_PIPELINE_ABORTED, so the first error is the one that tells.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "db/connection.h"

static const struct statement begin_read = {
	.name = "begin_read",
	.sql = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
	.rows = ROWS_NONE,
};
static const struct statement begin_snapshot = {
	.name = "begin_snapshot",
	.sql = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	.rows = ROWS_NONE,
};
/* Not READ WRITE: who has made role or database read-only is to be heeded. */
static const struct statement begin_write = {
	.name = "begin_write",
	.sql = "BEGIN ISOLATION LEVEL READ COMMITTED",
	.rows = ROWS_NONE,
};
static const struct statement commit = { .name = "commit", .sql = "COMMIT", .rows = ROWS_NONE };
static const struct statement rollback = {
	.name = "rollback",
	.sql = "ROLLBACK",
	.rows = ROWS_NONE,
};

/* Of a session of the same role, the server tells it. */
static const struct statement overdue_waits = {
	.name = "overdue_waits",
	.params = 1,
	.columns = 1,
	.rows = ROWS_ONE,
	.sql = "SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a"
	       " WHERE a.pid OPERATOR(pg_catalog.=) $1::integer"
	       " AND a.wait_event OPERATOR(pg_catalog.=) 'SyncRep')",
};

static bool
is_prepared(const struct db *db, const struct statement *st)
{
	int i;

	for (i = 0; i < db->prepared_count; i++)
		if (db->prepared[i] == st)
			return true;
	return false;
}

static bool
push(struct db *db, struct db_pending pending)
{
	if (db->pending_count == DB_PENDING_MAX)
		return false;
	db->pending[db->pending_count++] = pending;
	return true;
}

/* A named statement is parsed once for each connection; without names (under a pooler) each time. */
static bool
send_statement(struct db *db, const struct statement *st, const struct db_params *p)
{
	if (db->settings->pooler != POOLER_NONE || db->prepared_count == DB_PREPARED_MAX)
		return PQsendQueryParams(db->conn, st->sql, p->count, NULL, p->value, NULL, NULL,
			   1) == 1;
	if (!is_prepared(db, st)) {
		if (PQsendPrepare(db->conn, st->name, st->sql, 0, NULL) != 1 ||
		    !push(db, (struct db_pending){ .statement = st, .prepare = true }))
			return false;
		db->prepared[db->prepared_count++] = st;
	}
	return PQsendQueryPrepared(db->conn, st->name, p->count, p->value, NULL, NULL, 1) == 1;
}

void
db_queue(struct db *db, const struct statement *st, const struct db_params *p, db_reader *read,
    void *into)
{
	if (db->sticky != DONE)
		return;
	if (db->conn == NULL) {
		db->sticky = LOST;
	} else if (p->failed || p->count != st->params) {
		log_error("statement %s: its parameters do not fit", st->name);
		db->sticky = BROKEN;
	} else if (!send_statement(db, st, p) ||
	    !push(db, (struct db_pending){ .statement = st, .read = read, .into = into })) {
		db_note(db, PQerrorMessage(db->conn));
		db->sticky = PQstatus(db->conn) == CONNECTION_OK ? BROKEN : LOST;
	}
}

static bool
wait_for_socket(struct db *db, short events, int64_t deadline)
{
	struct pollfd fd = { .fd = PQsocket(db->conn), .events = events };
	int64_t left;
	int n;

	do {
		left = deadline - clock_monotonic_ms();
		if (left <= 0)
			return false;
		n = poll(&fd, 1, (int)left);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

/* The next result, waiting for it; false when the connection or the deadline ended the wait. */
static bool
next_result(struct db *db, int64_t deadline, PGresult **result)
{
	int flushed;

	while ((flushed = PQflush(db->conn)) == 1 || PQisBusy(db->conn)) {
		if (!wait_for_socket(db, flushed == 1 ? POLLIN | POLLOUT : POLLIN, deadline)) {
			db_note(db, "the database did not answer in time");
			return false;
		}
		if (PQconsumeInput(db->conn) != 1)
			break;
	}
	*result = PQgetResult(db->conn);
	if (*result == NULL && PQstatus(db->conn) != CONNECTION_OK) {
		db_note(db, PQerrorMessage(db->conn));
		return false;
	}
	return true;
}

/*
 * Does this error tell what became of the transaction? One that is not the end of the session, and that the server itself
 * gave, has undone it. Anything else may come after a commit: the end of a session tells nothing of what was
 * committed, and whoever is between us and the server that commits (a pooler, a node that sends a call on to another one)
 * reports that it is gone (class 08) or was told to end (57P) as an error of whatever statement was asked first.
 */
static bool
is_settled(const PGresult *result)
{
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return severity != NULL && strcmp(severity, "ERROR") == 0 && sqlstate != NULL &&
	    strncmp(sqlstate, "08", 2) != 0 && strncmp(sqlstate, "57P", 3) != 0;
}

static enum outcome
failure(struct db *db, const struct db_pending *p, PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	enum outcome rc = outcome_from_error(sqlstate,
	    PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION));

	db_note(db, message != NULL ? message : PQresultErrorMessage(result));
	log_line(rc == BROKEN ? LEVEL_ERROR : LEVEL_WARNING, "statement %s: %s: %s (SQLSTATE %s)",
	    p->statement->name, outcome_name(rc), db->message,
	    sqlstate != NULL ? sqlstate : "none");
	return db->commit_queued && !is_settled(result) ? COMMIT_UNKNOWN : rc;
}

/* A row that cannot be read does not undo the COMMIT that was sent along with its statement. */
static enum outcome
take_rows(const struct db *db, const struct db_pending *p, PGresult *result)
{
	struct db_rows rows = { .result = result };
	const struct statement *st = p->statement;
	int count = PQntuples(result);
	enum outcome rc = DONE;

	if (PQnfields(result) != st->columns || (st->rows == ROWS_NONE && count != 0) ||
	    ((st->rows == ROWS_ONE || st->rows == ROWS_ZERO_OR_ONE) && count > 1)) {
		log_error("statement %s: %d rows of %d columns", st->name, count,
		    PQnfields(result));
		rc = BROKEN;
	} else if (st->rows == ROWS_ONE && count == 0) {
		rc = NOT_FOUND;
	} else if (p->read != NULL) {
		rc = p->read(&rows, p->into);
		if (rc == BROKEN)
			log_error("statement %s: a row is not as it should be", st->name);
	}
	db_rows_clear(&rows);
	return rc == BROKEN && db->commit_queued && st != &commit ? COMMIT_UNKNOWN : rc;
}

/* A statement that failed to be parsed is not there to be executed next time. */
static void
forget_prepared(struct db *db, const struct statement *st)
{
	int i;

	for (i = 0; i < db->prepared_count; i++)
		if (db->prepared[i] == st)
			db->prepared[i] = db->prepared[--db->prepared_count];
}

static enum outcome
take_result(struct db *db, const struct db_pending *p, PGresult *result)
{
	enum outcome rc;

	switch ((int)PQresultStatus(result)) {
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
		if (p->prepare) {
			PQclear(result);
			return DONE;
		}
		return take_rows(db, p, result);
	case PGRES_PIPELINE_ABORTED:
		if (p->prepare)
			forget_prepared(db, p->statement);
		PQclear(result);
		return DONE;
	default:
		if (p->prepare)
			forget_prepared(db, p->statement);
		rc = failure(db, p, result);
		PQclear(result);
		return rc;
	}
}

/* NOT_FOUND gives way to a real failure; between failures the first one tells. */
static enum outcome
worse(enum outcome first, enum outcome next)
{
	return first == DONE || (first == NOT_FOUND && next != DONE) ? next : first;
}

/* All results of one pending command, with the NULL behind them. */
static bool
take_command(struct db *db, const struct db_pending *p, int64_t deadline, enum outcome *rc)
{
	PGresult *result;

	for (;;) {
		if (!next_result(db, deadline, &result))
			return false;
		if (result == NULL)
			return true;
		*rc = worse(*rc, take_result(db, p, result));
		if (PQstatus(db->conn) != CONNECTION_OK)
			return false;
	}
}

/*
 * The end of the exchange, where a statement that stands alone is committed. So an error may come here that belongs to
 * the commit, as of a constraint that is deferred to it.
 */
static bool
take_sync(struct db *db, int64_t deadline, enum outcome *rc)
{
	static const struct statement at_commit = { .name = "(commit)" };
	const struct db_pending p = { .statement = &at_commit };
	ExecStatusType status;
	PGresult *result;

	do {
		if (!next_result(db, deadline, &result))
			return false;
		status = PQresultStatus(result);
		if (result != NULL && status != PGRES_PIPELINE_SYNC)
			*rc = worse(*rc, failure(db, &p, result));
		PQclear(result);
		if (PQstatus(db->conn) != CONNECTION_OK)
			return false;
	} while (status != PGRES_PIPELINE_SYNC);
	return true;
}

/* How the exchange ended, for the metrics. */
static enum outcome
count_exchange(const struct db *db, enum outcome rc, int64_t ended)
{
	static const int faults[] = {
		[DONE] = -1,
		[NOT_FOUND] = -1,
		[CONFLICT] = FAULT_CONFLICT,
		[RETRY] = FAULT_RETRY,
		[LOST] = FAULT_LOST,
		[UNAVAILABLE] = FAULT_UNAVAILABLE,
		[DECLINED] = -1,
		[COMMIT_UNKNOWN] = FAULT_UNKNOWN,
		[BROKEN] = FAULT_BROKEN,
	};

	metrics_wait(WAIT_NOTHING, 0);
	metrics_time(METRIC_EXCHANGE_TIME, ended - db->sent);
	if (faults[rc] >= 0)
		metrics_add(METRIC_EXCHANGE_FAULTS + faults[rc], 1);
	return rc;
}

/* The connection is beyond use; what was under way on it is over, or open if it was a COMMIT. */
static enum outcome
give_up(struct db *db, enum outcome rc, int64_t deadline)
{
	bool committing = db->commit_queued;
	int64_t ended = clock_monotonic_us();
	bool late = ended / 1000 >= deadline;

	metrics_add(METRIC_CONNECTIONS + CONNECTION_LOST, 1);
	if (rc == DONE || rc == NOT_FOUND) {
		rc = committing ? COMMIT_UNKNOWN : late ? UNAVAILABLE : LOST;
		log_warning("%s: %s", outcome_name(rc), db->message);
	}
	if (committing && late && db->overdue == NULL) {
		db->overdue = db->conn;
		db->overdue_server = db->server;
		db->conn = NULL;
	}
	db_disconnect(db);
	return count_exchange(db, rc, ended);
}

static enum outcome
exchange(struct db *db)
{
	int64_t deadline, most;
	enum outcome rc = DONE;
	int i;

	db->sent = clock_monotonic_us();
	/*
	 * The server ends a statement first; this is for a server that no longer answers, and for a commit that waits for a standby.
	 * Of several statements the slowest two may take all of their time.
	 */
	most = (int64_t)(db->patient ? DB_PATIENCE_MS : db->settings->statement_timeout) *
	    (db->alone ? 1 : 2);
	deadline = db->sent / 1000 + most + 1000;
	metrics_wait(WAIT_DATABASE, db->sent / 1000);
	if (PQpipelineSync(db->conn) != 1) {
		db_note(db, PQerrorMessage(db->conn));
		return give_up(db, DONE, deadline);
	}
	for (i = 0; i < db->pending_count; i++)
		if (!take_command(db, &db->pending[i], deadline, &rc))
			return give_up(db, rc, deadline);
	if (!take_sync(db, deadline, &rc))
		return give_up(db, rc, deadline);
	/* Committed here, but not as durably as was asked for: synchronous replication was not waited for. */
	if (rc == DONE && db->commit_queued && db->warned)
		rc = COMMIT_UNKNOWN;
	db->heard = clock_monotonic_us();
	db->pending_count = 0;
	db->commit_queued = false;
	return count_exchange(db, rc, db->heard);
}

enum outcome
db_exchange(struct db *db)
{
	enum outcome rc = db->sticky;

	if (rc != DONE) {
		/* Something was not sent: what was must not be acted upon. */
		db->sticky = DONE;
		db_disconnect(db);
		return rc;
	}
	rc = exchange(db);
	if (rc == LOST)
		db_disconnect(db);
	else if (rc != DONE && rc != NOT_FOUND)
		db_rollback(db);
	return rc;
}

/*
 * Has the server, or whatever is between us, closed the connection while it lay idle? What is sent into one that is closed is
 * lost without a doubt, but nobody could tell that afterwards from a change that was made: so it is asked before. On
 * an idle connection nothing else comes, but for notices. A server says why it ends a session before it closes it, so that
 * the end of the stream may be behind that, or not be there yet.
 */
static bool
was_closed(struct db *db)
{
	struct pollfd fd = { .fd = PQsocket(db->conn), .events = POLLIN };

	while (poll(&fd, 1, 0) > 0) {
		if (PQconsumeInput(db->conn) != 1)
			return true;
		(void)PQisBusy(db->conn); /* reads what came: hear() is told */
		if (db->ended || PQstatus(db->conn) != CONNECTION_OK)
			return true;
	}
	return false;
}

static enum outcome
waits_read(struct db_rows *rows, void *into)
{
	struct db_row row = db_row_at(rows, 0);
	bool *waits = into;

	*waits = db_get_bool(&row);
	return row.failed ? BROKEN : DONE;
}

/*
 * Does the session that was left behind wait for a standby, as far as its server tells? One that we merely do not hear any more, as the
 * network was cut, keeps nobody from going on. Behind a pooler nobody knows which session it was.
 */
static bool
waits_for_standby(struct db *db)
{
	struct db_params p = DB_PARAMS_EMPTY;
	bool waits = true;

	if (db->settings->pooler != POOLER_NONE)
		return true;
	db_put_int(&p, PQbackendPID(db->overdue));
	db_queue(db, &overdue_waits, &p, waits_read, &waits);
	return db_exchange(db) != DONE || waits;
}

/*
 * Does a commit that was sent before still wait for its end? Then the next one would, but on another server: one that hangs may
 * have been replaced.
 */
static bool
is_overdue(struct db *db)
{
	if (db->overdue == NULL)
		return false;
	if (db->overdue_server == db->server && PQconsumeInput(db->overdue) == 1 &&
	    PQisBusy(db->overdue) && waits_for_standby(db))
		return true;
	PQfinish(db->overdue);
	db->overdue = NULL;
	return false;
}

void
db_queue_begin(struct db *db, enum db_access access)
{
	static const struct statement *const begin[] = {
		[DB_READ_ONLY] = &begin_read,
		[DB_SNAPSHOT] = &begin_snapshot,
		[DB_READ_WRITE] = &begin_write,
		[DB_ONE_READ] = &begin_read,
		[DB_ONE_WRITE] = &begin_write,
	};
	const struct db_params none = DB_PARAMS_EMPTY;

	db_queue(db, begin[access], &none, NULL, NULL);
	if (db->settings->pooler != POOLER_NONE)
		db_queue_session_settings(db, true);
}

void
db_begin(struct db *db, enum db_access access)
{
	db->sticky = DONE;
	db->writes = access == DB_READ_WRITE || access == DB_ONE_WRITE;
	db->alone = (access == DB_ONE_READ || access == DB_ONE_WRITE) &&
	    db->settings->pooler == POOLER_NONE;
	db->warned = false;
	db->patient = false;
	/* A connection is clean only when proven so. */
	if (db->conn != NULL &&
	    (db->pending_count != 0 || PQtransactionStatus(db->conn) != PQTRANS_IDLE ||
		was_closed(db))) {
		metrics_add(METRIC_CONNECTIONS + CONNECTION_LOST, 1);
		db_disconnect(db);
	}
	if (db_connect(db) != DONE) {
		db->sticky = UNAVAILABLE;
		return;
	}
	if (db->writes && is_overdue(db)) {
		db_note(db, "an earlier commit has not ended yet");
		db->sticky = UNAVAILABLE;
		return;
	}
	if (!db->alone)
		db_queue_begin(db, access);
}

static enum outcome
commit_read(struct db_rows *rows, void *into)
{
	(void)into;
	return strcmp(PQcmdStatus(rows->result), "COMMIT") == 0 ? DONE : BROKEN;
}

void
db_queue_end(struct db *db)
{
	const struct db_params none = DB_PARAMS_EMPTY;

	db_queue(db, &commit, &none, commit_read, NULL);
}

void
db_queue_commit(struct db *db)
{
	/* Outside a transaction COMMIT succeeds too, and would say that something was done. */
	if (db->sticky == DONE && db->pending_count == 0 &&
	    (db->conn == NULL || PQtransactionStatus(db->conn) == PQTRANS_IDLE))
		db->sticky = BROKEN;
	if (!db->alone)
		db_queue_end(db);
	db->commit_queued = db->writes && db->sticky == DONE;
}

enum outcome
db_commit(struct db *db)
{
	db_queue_commit(db);
	return db_exchange(db);
}

void
db_rollback(struct db *db)
{
	const struct db_params none = DB_PARAMS_EMPTY;

	if (db->conn == NULL || db->sticky != DONE || db->pending_count != 0) {
		db_disconnect(db);
		db->sticky = DONE;
		return;
	}
	if (PQtransactionStatus(db->conn) == PQTRANS_IDLE)
		return;
	db_queue(db, &rollback, &none, NULL, NULL);
	if (db->sticky != DONE || exchange(db) != DONE || db->conn == NULL ||
	    PQtransactionStatus(db->conn) != PQTRANS_IDLE)
		db_disconnect(db);
	db->sticky = DONE;
}
