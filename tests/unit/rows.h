/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_UNIT_ROWS_H
#define GRANTD_TESTS_UNIT_ROWS_H

/* Results as libpq has them of a statement whose columns come in binary format, without a server. */

#include <endian.h>

#include <libpq-fe.h>

#include "tests/unit/unit.h"

/* From pg_type.dat. */
enum {
	OID_BOOL = 16,
	OID_INT8 = 20,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_TIMESTAMPTZ = 1184,
	OID_RECORD = 2249,
	OID_UUID = 2950,
	OID_JSONB = 3802
};

#define ROWS_COLUMNS_MAX 16

/* No rows yet, of columns with these types. PQclear() it. */
static inline PGresult *
rows_new(const Oid types[], int columns)
{
	PGresAttDesc attributes[ROWS_COLUMNS_MAX] = { { .name = NULL } };
	PGresult *r = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	static char name[] = "column";
	int i;

	assert_non_null(r);
	assert_true(columns <= ROWS_COLUMNS_MAX);
	for (i = 0; i < columns; i++)
		attributes[i] = (PGresAttDesc){ .name = name,
			.format = 1,
			.typid = types[i],
			.typlen = -1,
			.atttypmod = -1 };
	assert_int_equal(PQsetResultAttrs(r, columns, attributes), 1);
	return r;
}

/* Set a value; `len` -1: NULL. A row behind the last one is new. */
static inline void
rows_put(PGresult *r, int row, int column, const void *bytes, int len)
{
	char copy[4096];

	assert_true(len <= (int)sizeof(copy));
	if (len > 0)
		memcpy(copy, bytes, (size_t)len);
	assert_int_equal(PQsetvalue(r, row, column, len < 0 ? NULL : copy, len), 1);
}

static inline void
rows_put_int8(PGresult *r, int row, int column, int64_t value)
{
	const uint64_t big = htobe64((uint64_t)value);

	rows_put(r, row, column, &big, sizeof(big));
}

static inline void
rows_put_int4(PGresult *r, int row, int column, int32_t value)
{
	const uint32_t big = htobe32((uint32_t)value);

	rows_put(r, row, column, &big, sizeof(big));
}

static inline void
rows_put_text(PGresult *r, int row, int column, const char *text)
{
	rows_put(r, row, column, text, text != NULL ? (int)strlen(text) : -1);
}

#endif
