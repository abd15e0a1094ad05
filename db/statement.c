/* SPDX-License-Identifier: MIT */
/* Parameters into statements, and columns out of rows: everything in libpq's text format. */
#include "config.h"

#include <errno.h>
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
db_put_bool(struct db_params *p, bool value)
{
	put(p, value ? "true" : "false");
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
	char *text = scratch(p, len * 2 + 3);

	if (text != NULL) {
		text[0] = '\\';
		text[1] = 'x';
		hex_print(bytes, len, text + 2);
	}
	put(p, text);
}

int
db_rows_count(const struct db_rows *rows)
{
	return rows->result == NULL ? 0 : PQntuples(rows->result);
}

void
db_rows_clear(struct db_rows *rows)
{
	PQclear(rows->result);
	rows->result = NULL;
}

struct db_row
db_row_at(const struct db_rows *rows, int row)
{
	return (struct db_row){ .rows = rows, .row = row, .column = 0, .failed = false };
}

const char *
db_get_text_or_null(struct db_row *r)
{
	int column = r->column++;

	if (r->row >= db_rows_count(r->rows) || column >= PQnfields(r->rows->result)) {
		r->failed = true;
		return NULL;
	}
	if (PQgetisnull(r->rows->result, r->row, column))
		return NULL;
	return PQgetvalue(r->rows->result, r->row, column);
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
	const char *text = db_get_text(r);

	if (strcmp(text, "t") != 0 && strcmp(text, "f") != 0)
		r->failed = true;
	return text[0] == 't';
}

bool
db_get_int_or_null(struct db_row *r, int64_t *value)
{
	const char *text = db_get_text_or_null(r);
	char *end;

	*value = 0;
	if (text == NULL)
		return false;
	errno = 0;
	*value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0')
		r->failed = true;
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
	const char *text = db_get_text_or_null(r);

	memset(u, 0, sizeof(*u));
	if (text == NULL)
		return false;
	if (!uuid_parse(u, text, strlen(text)))
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
	const char *text = db_get_text(r);

	memset(bytes, 0, exactly);
	if (strncmp(text, "\\x", 2) != 0 || strlen(text) != exactly * 2 + 2 ||
	    !hex_parse(bytes, exactly, text + 2, exactly * 2))
		r->failed = true;
}
