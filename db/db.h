/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_DB_H
#define GRANTD_DB_DB_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/settings.h"

/*
 * One connection to PostgreSQL, used by one thread of one process; never carried across fork().
 *
 * Verbs (db_grant_get() and the like) only queue a statement and say where its result goes.
 * db_exchange() sends what is queued in one round trip (libpq's pipeline mode) and fills those places. A verb that could
 * not be queued is remembered and turns up as the exchange's outcome, so that callers check once.
 */
struct db;

/* What became of an exchange: as many values as callers react to differently. */
enum outcome {
	DONE,
	NOT_FOUND, /* a row that was asked for by its key is not there */
	CONFLICT,  /* a row with that key is there already (SQLSTATE 23505) */
	RETRY,     /* serialization failure or deadlock: rolled back, may be tried again at once */
	LOST,      /* an open connection died before COMMIT was sent: rolled back */
	/* No connection to be had, a time limit was hit, or the tenant is not served here just now: nothing was changed. */
	UNAVAILABLE,
	/* The schema says that this cannot be done here, or not now; db_message() is its sentence. Nothing was changed. */
	DECLINED,
	COMMIT_UNKNOWN, /* of a transaction that may have written: whether it was committed is not known */
	BROKEN          /* a fault of ours or of the schema; logged; nothing was changed */
};

/*
 * The schema version that this build was made for. It also serves older ones down to DB_SCHEMA_OLDEST, and newer ones that
 * say that they serve it (serves_from in grantd.schema_version), so that an upgrade can be made one after the other.
 */
#define DB_SCHEMA_VERSION 6
#define DB_SCHEMA_OLDEST 6

/* How long a statement may take that reads all of something, and that a person waits for, and no client. */
#define DB_PATIENCE_MS 600000

/* Whom a connection speaks as. */
enum db_session {
	DB_WORKER, /* the login role, a member of grantd_app */
	DB_OWNER, /* grantd_owner, which the login role must be a member of; a superuser too, so that row-level security binds it */
	DB_LOGIN /* the login role, whatever the schema is or lacks: for finding out what is wrong */
};

/* `settings` is borrowed and outlives the result. Connects at first use. NULL: out of memory. */
MUST_CHECK struct db *db_open(const struct settings *settings, enum db_session);
void db_close(struct db *);

enum db_access {
	DB_READ_ONLY,
	DB_SNAPSHOT, /* read only, and all statements see the rows of one moment */
	DB_READ_WRITE,
	/*
	 * One change, or reads of one exchange: a transaction by itself where sessions are our own. Behind a pooler it
	 * still is between BEGIN and COMMIT, since the session's settings come with it. Ends with db_commit() all the same.
	 */
	DB_ONE_READ,
	DB_ONE_WRITE
};

/*
 * Queue the start of a transaction, connecting first where need be. Everything queued until
 * db_commit() or db_rollback() is one transaction. Failure to connect shows in the next db_exchange().
 */
void db_begin(struct db *, enum db_access);

/* Send what is queued and read all results. Anything but DONE has rolled the transaction back, except NOT_FOUND. */
MUST_CHECK enum outcome db_exchange(struct db *);

/*
 * Queue COMMIT, and exchange. A commit that the server warned of is COMMIT_UNKNOWN too: it is made here, and perhaps not
 * where it was to be replicated. DONE only where the server acknowledged the commit with its own tag: it answers the
 * COMMIT of a failed transaction with ROLLBACK (PostgreSQL manual, COMMIT). COMMIT_UNKNOWN only
 * where the COMMIT may have been acted upon, and its answer was lost, or a row that came with it could not be read.
 */
MUST_CHECK enum outcome db_commit(struct db *);

/* Queue COMMIT beside what it commits; the next db_exchange() then answers as db_commit() does. */
void db_queue_commit(struct db *);

/* End a transaction without a trace; drops the connection where that cannot be had. */
void db_rollback(struct db *);

/*
 * Could a change be made, by this connection or a new one? The schema's version, rights, settings, and that the server is no standby
 * and not read-only. DONE or UNAVAILABLE, with the reason in the log when it is another than the last time.
 */
MUST_CHECK enum outcome db_ready(struct db *);

/*
 * The database's clock, which is every worker's on every host: policies see no other. *now_us is what it reads now, in
 * microseconds since 1970, as far as answers of this connection tell; false: none told it within the last minute. No
 * step of this host's own clock moves it.
 */
MUST_CHECK bool db_clock_now(const struct db *, int64_t *now_us);

/* The exchange that went well just now read this time of statement_timestamp(). */
void db_clock_saw(struct db *, int64_t database_us);

/* The last failure in the server's or libpq's words, for operators alone; "" if none. Borrowed. */
const char *db_message(const struct db *);

const char *outcome_name(enum outcome);

#endif
