/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_STATEMENT_H
#define GRANTD_DB_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libpq-fe.h>

#include "base/uuid.h"
#include "db/db.h"

/* For db/ and ctl/ alone: what a verb is made of. */

#define DB_PARAMS_MAX 32

enum rows_expected { ROWS_NONE, ROWS_ZERO_OR_ONE, ROWS_ONE, ROWS_ANY };

/* A statement is a constant: no SQL is ever made at run time. */
struct statement {
	const char *name; /* also the name of the prepared statement */
	const char *sql;  /* schema-qualified, parameters cast where the type is not plain */
	int params;
	int columns;
	enum rows_expected rows; /* anything else is BROKEN, zero for one NOT_FOUND */
};

/* Text parameters, in order. Sticky: one that could not be put fails the statement. Values are copied or borrowed until the send. */
struct db_params {
	const char *value[DB_PARAMS_MAX];
	int count;
	bool failed;
	size_t used;        /* of scratch */
	char scratch[1024]; /* printed numbers, UUIDs, hex */
};

#define DB_PARAMS_EMPTY \
	{ \
		.count = 0, .failed = false, .used = 0 \
	}

void db_put_text(struct db_params *,
    const char *); /* NULL is SQL's NULL; borrowed until the send */
void db_put_uuid(struct db_params *, const struct uuid *); /* NULL is NULL */
void db_put_int(struct db_params *, int64_t);
void db_put_int_or_null(struct db_params *, const int64_t *); /* NULL is NULL */
void db_put_bool(struct db_params *, bool);
void db_put_bool_or_null(struct db_params *, const bool *); /* NULL is NULL */
void db_put_time(struct db_params *,
    int64_t); /* microseconds since 1970 in UTC; cast to timestamptz */
void db_put_bytea(struct db_params *, const void *, size_t); /* NULL is NULL */

/* From 1970, from where we count, to 2000, from where PostgreSQL does. */
#define MICROSECONDS_TO_2000 (INT64_C(946684800) * 1000000)

/* A result. Whoever holds it clears it; texts borrow from it. A zeroed one is empty. */
struct db_rows {
	PGresult *result; /* NULL: none */
	char *texts;      /* those of a record, each with its NUL; NULL: none were read */
};

#define DB_ROWS_EMPTY \
	{ \
		.result = NULL, .texts = NULL \
	}

int db_rows_count(const struct db_rows *);
void db_rows_clear(struct db_rows *);

/* Give a result to another holder; the first one is empty then. */
struct db_rows db_rows_take(struct db_rows *);

/*
 * One row being read, column by column in the statement's order. Sticky: a NULL where none may be, or a value that is
 * not of the type, sets `failed`. Values come in binary format, which is that of each type's send function; integers and
 * times are read by the same verb, times as microseconds since 1970 in UTC.
 */
struct db_row {
	const struct db_rows *rows;
	int row;
	int column;
	bool failed;
	/* Of a record, which a function returns in one column: what of it was not read yet. */
	const char *at, *end; /* at NULL: these are columns */
	char *text;           /* where its next text goes; NULL: the record is NULL */
};

struct db_row db_row_at(const struct db_rows *, int row);

/* The fields of the record that is the only column of the first row; a NULL of a record has NULLs for fields. */
struct db_row db_row_of_record(struct db_rows *);
const char *db_get_text(struct db_row *); /* "" where it failed */
const char *db_get_text_or_null(struct db_row *);
bool db_get_bool(struct db_row *);
int64_t db_get_int(struct db_row *);
bool db_get_int_or_null(struct db_row *, int64_t *); /* false: NULL */
struct uuid db_get_uuid(struct db_row *);
bool db_get_uuid_or_null(struct db_row *, struct uuid *);
void db_get_bytea(struct db_row *, void *, size_t exactly);

/*
 * Called with the result of a statement once its exchange came back. May take *rows over by
 * copying it and emptying the original. Returns DONE, or BROKEN where a row is not as it should be.
 */
typedef enum outcome db_reader(struct db_rows *rows, void *into);

/* Queue: the statements that follow in this transaction have DB_PATIENCE_MS. Not for one that begins with DB_ONE_READ or DB_ONE_WRITE. */
void db_queue_patience(struct db *);

/* Queue one statement; `read` may be NULL. */
void db_queue(struct db *, const struct statement *, const struct db_params *, db_reader *read,
    void *into);

#endif
