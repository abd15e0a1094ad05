/* SPDX-License-Identifier: MIT */
/*
 * Parameters into statements, in text format, and columns out of rows, in binary format: what the send functions of
 * PostgreSQL's types make (src/backend/utils/adt), numbers with the highest byte first.
 */
#include "config.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/time_text.h"
#include "db/statement.h"

static void
put(struct db_params *p, const char *value)
{
	if (p->count == DB_PARAMS_MAX)
		p->failed = true;
	else
		p->value[p->count++] = value;
}

/* `size` bytes of scratch that live as long as *p; NULL, and p->failed, when there is no room. */
static char *
scratch(struct db_params *p, size_t size)
{
	char *place = p->scratch + p->used;

	if (size > sizeof(p->scratch) - p->used) {
		p->failed = true;
		return NULL;
	}
	p->used += size;
	return place;
}

void
db_put_text(struct db_params *p, const char *text)
{
	put(p, text);
}

void
db_put_uuid(struct db_params *p, const struct uuid *u)
{
	char *text = NULL;

	if (u != NULL && (text = scratch(p, UUID_TEXT_LEN + 1)) != NULL)
		uuid_print(u, text);
	put(p, text);
}

void
db_put_int(struct db_params *p, int64_t value)
{
	char *text = scratch(p, 21);

	if (text != NULL)
		(void)snprintf(text, 21, "%" PRId64, value);
	put(p, text);
}

void
db_put_int_or_null(struct db_params *p, const int64_t *value)
{
	if (value != NULL)
		db_put_int(p, *value);
	else
		put(p, NULL);
}

void
db_put_bool(struct db_params *p, bool value)
{
	put(p, value ? "true" : "false");
}

void
db_put_bool_or_null(struct db_params *p, const bool *value)
{
	if (value != NULL)
		db_put_bool(p, *value);
	else
		put(p, NULL);
}

void
db_put_time(struct db_params *p, int64_t t)
{
	char *text = scratch(p, TIME_TEXT_LEN + 1);

	if (text != NULL && !time_print(t, text))
		p->failed = true;
	put(p, text);
}

void
db_put_bytea(struct db_params *p, const void *bytes, size_t len)
{
	char *text = bytes != NULL ? scratch(p, len * 2 + 3) : NULL;

	if (text != NULL) {
		text[0] = '\\';
		text[1] = 'x';
		hex_print(bytes, len, text + 2);
	}
	put(p, text);
}

/* From pg_type.dat: PostgreSQL never changes them. */
enum { TYPE_TIMESTAMPTZ = 1184, TYPE_RECORD = 2249, TYPE_JSONB = 3802 };

#define JSONB_VERSION 1 /* the byte before the text, jsonb_send() */

/* A value as it came; bytes NULL: it is NULL. */
struct value {
	const char *bytes;
	int len;
	Oid type;
};

int
db_rows_count(const struct db_rows *rows)
{
	return rows->result == NULL ? 0 : PQntuples(rows->result);
}

void
db_rows_clear(struct db_rows *rows)
{
	PQclear(rows->result);
	free(rows->texts);
	*rows = (struct db_rows)DB_ROWS_EMPTY;
}

struct db_rows
db_rows_take(struct db_rows *rows)
{
	struct db_rows taken = *rows;

	*rows = (struct db_rows)DB_ROWS_EMPTY;
	return taken;
}

struct db_row
db_row_at(const struct db_rows *rows, int row)
{
	return (struct db_row){ .rows = rows, .row = row };
}

static int32_t
int32_at(const char *bytes)
{
	uint32_t big;

	memcpy(&big, bytes, sizeof(big));
	return (int32_t)be32toh(big);
}

static int64_t
int64_at(const char *bytes)
{
	uint64_t big;

	memcpy(&big, bytes, sizeof(big));
	return (int64_t)be64toh(big);
}

/* record_send(): the number of fields, then each one's type, length (-1: NULL) and bytes. */
struct db_row
db_row_of_record(struct db_rows *rows)
{
	struct db_row row = { .rows = rows };
	int len;

	if (db_rows_count(rows) != 1 || PQnfields(rows->result) != 1) {
		row.failed = true;
		return row;
	}
	len = PQgetlength(rows->result, 0, 0);
	row.at = PQgetvalue(rows->result, 0, 0);
	row.end = row.at + len;
	if (PQgetisnull(rows->result, 0, 0))
		return row;
	/* Each field has eight bytes before it here, which is more than its NUL. */
	free(rows->texts);
	rows->texts = malloc((size_t)len + 1);
	row.text = rows->texts;
	row.failed = len < 4 || rows->texts == NULL;
	row.at += 4;
	return row;
}

static struct value
next_field(struct db_row *r)
{
	struct value v = { .bytes = NULL };

	if (r->failed || r->text == NULL)
		return v;
	if (r->end - r->at < 8) {
		r->failed = true;
		return v;
	}
	v.type = (Oid)int32_at(r->at);
	v.len = int32_at(r->at + 4);
	r->at += 8;
	if (v.len == -1)
		return v;
	if (v.len < 0 || v.len > r->end - r->at) {
		r->failed = true;
		return v;
	}
	v.bytes = r->at;
	r->at += v.len;
	return v;
}

static struct value
next_value(struct db_row *r)
{
	const PGresult *result = r->rows->result;
	int column = r->column++;

	if (r->at != NULL)
		return next_field(r);
	if (r->row >= db_rows_count(r->rows) || column >= PQnfields(result) ||
	    PQfformat(result, column) != 1) {
		r->failed = true;
		return (struct value){ .bytes = NULL };
	}
	if (PQgetisnull(result, r->row, column))
		return (struct value){ .bytes = NULL };
	return (struct value){
		.bytes = PQgetvalue(result, r->row, column),
		.len = PQgetlength(result, r->row, column),
		.type = PQftype(result, column),
	};
}

/* A value of exactly so many bytes; NULL, and `failed`, where it is none. */
static const char *
next_bytes(struct db_row *r, int exactly)
{
	struct value v = next_value(r);

	if (v.bytes != NULL && v.len == exactly)
		return v.bytes;
	r->failed = true;
	return NULL;
}

const char *
db_get_text_or_null(struct db_row *r)
{
	struct value v = next_value(r);
	char *copy = r->text;

	if (v.bytes == NULL)
		return NULL;
	if (v.type == TYPE_JSONB && (v.len < 1 || v.bytes[0] != JSONB_VERSION)) {
		r->failed = true;
		return NULL;
	}
	if (v.type == TYPE_JSONB) {
		v.bytes++;
		v.len--;
	}
	if (r->at == NULL)
		return v.bytes; /* libpq has put a NUL behind it */
	memcpy(copy, v.bytes, (size_t)v.len);
	copy[v.len] = '\0';
	r->text += v.len + 1;
	return copy;
}

const char *
db_get_text(struct db_row *r)
{
	const char *text = db_get_text_or_null(r);

	if (text == NULL) {
		r->failed = true;
		return "";
	}
	return text;
}

bool
db_get_bool(struct db_row *r)
{
	const char *byte = next_bytes(r, 1);

	return byte != NULL && byte[0] != 0;
}

bool
db_get_int_or_null(struct db_row *r, int64_t *value)
{
	struct value v = next_value(r);

	*value = 0;
	if (v.bytes == NULL)
		return false;
	if (v.len == 8)
		*value = int64_at(v.bytes);
	else if (v.len == 4)
		*value = int32_at(v.bytes);
	else
		r->failed = true;
	if (v.type == TYPE_TIMESTAMPTZ &&
	    (*value == INT64_MIN || __builtin_add_overflow(*value, MICROSECONDS_TO_2000, value)))
		r->failed = true; /* an infinity, which no time of ours is */
	return true;
}

int64_t
db_get_int(struct db_row *r)
{
	int64_t value;

	if (!db_get_int_or_null(r, &value))
		r->failed = true;
	return value;
}

bool
db_get_uuid_or_null(struct db_row *r, struct uuid *u)
{
	struct value v = next_value(r);

	memset(u, 0, sizeof(*u));
	if (v.bytes == NULL)
		return false;
	if (v.len == (int)sizeof(u->octet))
		memcpy(u->octet, v.bytes, sizeof(u->octet));
	else
		r->failed = true;
	return true;
}

struct uuid
db_get_uuid(struct db_row *r)
{
	struct uuid u;

	if (!db_get_uuid_or_null(r, &u))
		r->failed = true;
	return u;
}

void
db_get_bytea(struct db_row *r, void *bytes, size_t exactly)
{
	const char *from = next_bytes(r, (int)exactly);

	memset(bytes, 0, exactly);
	if (from != NULL)
		memcpy(bytes, from, exactly);
}
