/* SPDX-License-Identifier: MIT */
/* Values out of rows and records in binary format, also where the bytes are not those that a server sends. */
#include "config.h"

#include "db/statement.h"
#include "tests/unit/rows.h"

/* A record as record_send() makes it, or not quite. */
struct record {
	char bytes[1024];
	int len;
};

static void
add(struct record *r, const void *bytes, size_t len)
{
	assert_true((size_t)r->len + len <= sizeof(r->bytes));
	memcpy(r->bytes + r->len, bytes, len);
	r->len += (int)len;
}

static void
add_int4(struct record *r, int32_t value)
{
	const uint32_t big = htobe32((uint32_t)value);

	add(r, &big, sizeof(big));
}

/* `len` is what the field says that it is long. */
static void
add_field(struct record *r, Oid type, int32_t len, const void *bytes, size_t really)
{
	add_int4(r, (int32_t)type);
	add_int4(r, len);
	add(r, bytes, really);
}

static struct record
record_new(int fields)
{
	struct record r = { .len = 0 };

	add_int4(&r, fields);
	return r;
}

/* The result of a statement whose only column is this record; NULL: it is NULL. */
static struct db_rows
rows_of(const struct record *record)
{
	const Oid type = OID_RECORD;
	struct db_rows rows = { .result = rows_new(&type, 1) };

	rows_put(rows.result, 0, 0, record != NULL ? record->bytes : NULL,
	    record != NULL ? record->len : -1);
	return rows;
}

static void
a_record_is_read_field_by_field(void **state)
{
	static const uint8_t id[16] = { 0x11, 0x22, [15] = 0xFF };
	const uint64_t big = htobe64((uint64_t)-5), time = htobe64(UINT64_C(1000001));
	const uint32_t small = htobe32((uint32_t)-7);
	struct record record = record_new(10);
	struct db_rows rows;
	struct db_row row;
	const char *first, *second, *json, *empty;
	struct uuid u, none;
	int64_t n;

	(void)state;
	add_field(&record, OID_TEXT, 4, "done", 4);
	add_field(&record, OID_UUID, 16, id, 16);
	add_field(&record, OID_UUID, -1, "", 0);
	add_field(&record, OID_INT8, 8, &big, 8);
	add_field(&record, OID_INT4, 4, &small, 4);
	add_field(&record, OID_TIMESTAMPTZ, 8, &time, 8);
	add_field(&record, OID_BOOL, 1, "\1", 1);
	add_field(&record, OID_JSONB, 3, "\1{}", 3);
	add_field(&record, OID_TEXT, 0, "", 0);
	add_field(&record, OID_TEXT, 3, "\xE2\x82\xAC", 3);
	rows = rows_of(&record);
	row = db_row_of_record(&rows);
	first = db_get_text(&row);
	u = db_get_uuid(&row);
	assert_false(db_get_uuid_or_null(&row, &none));
	assert_int_equal(db_get_int(&row), -5);
	assert_int_equal(db_get_int(&row), -7);
	assert_true(db_get_int_or_null(&row, &n));
	assert_true(n == MICROSECONDS_TO_2000 + 1000001);
	assert_true(db_get_bool(&row));
	json = db_get_text(&row);
	empty = db_get_text_or_null(&row);
	second = db_get_text(&row);
	assert_false(row.failed);
	/* Every text ends with its own NUL, whatever follows it in the record. */
	assert_string_equal(first, "done");
	assert_string_equal(json, "{}");
	assert_string_equal(empty, "");
	assert_string_equal(second, "\xE2\x82\xAC");
	assert_memory_equal(u.octet, id, sizeof(id));
	/* There is no eleventh. */
	assert_null(db_get_text_or_null(&row));
	assert_true(row.failed);
	db_rows_clear(&rows);
}

/* As many texts as fit, and each as short as can be: what is copied has room. */
static void
many_texts_have_room(void **state)
{
	struct record record = record_new(100);
	struct db_rows rows;
	struct db_row row;
	const char *text[100];
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		add_field(&record, OID_TEXT, i % 2, "x", (size_t)(i % 2));
	rows = rows_of(&record);
	row = db_row_of_record(&rows);
	for (i = 0; i < 100; i++)
		text[i] = db_get_text(&row);
	assert_false(row.failed);
	for (i = 0; i < 100; i++)
		assert_string_equal(text[i], i % 2 == 0 ? "" : "x");
	db_rows_clear(&rows);
}

/* A NULL of a record has NULLs for fields, however many are asked for. */
static void
a_null_record_has_nulls(void **state)
{
	struct db_rows rows = rows_of(NULL);
	struct db_row row = db_row_of_record(&rows);
	struct uuid u;
	int64_t n;

	(void)state;
	assert_false(db_get_uuid_or_null(&row, &u));
	assert_false(db_get_int_or_null(&row, &n));
	assert_null(db_get_text_or_null(&row));
	assert_false(row.failed);
	assert_string_equal(db_get_text(&row), "");
	assert_true(row.failed);
	db_rows_clear(&rows);
}

/* Every prefix of a good record: none is read beyond its end, and none but the whole is taken for good. */
static void
a_record_that_is_cut_short_fails(void **state)
{
	const uint64_t big = htobe64(UINT64_C(3));
	struct record whole = record_new(3), cut;
	int len;

	(void)state;
	add_field(&whole, OID_TEXT, 4, "done", 4);
	add_field(&whole, OID_INT8, 8, &big, 8);
	add_field(&whole, OID_TEXT, -1, "", 0);
	for (len = 0; len <= whole.len; len++) {
		struct db_rows rows;
		struct db_row row;
		int64_t n;

		cut = (struct record){ .len = len };
		memcpy(cut.bytes, whole.bytes, (size_t)len);
		rows = rows_of(&cut);
		row = db_row_of_record(&rows);
		(void)db_get_text(&row);
		(void)db_get_int_or_null(&row, &n);
		(void)db_get_text_or_null(&row);
		assert_int_equal(row.failed, len < whole.len);
		db_rows_clear(&rows);
	}
}

static void
lengths_that_cannot_be_fail(void **state)
{
	static const int32_t lengths[] = { -2, INT32_MIN, 5, 6, 4096, INT32_MAX };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(lengths); i++) {
		struct record record = record_new(1);
		struct db_rows rows;
		struct db_row row;

		add_field(&record, OID_TEXT, lengths[i], "done", 4);
		rows = rows_of(&record);
		row = db_row_of_record(&rows);
		assert_null(db_get_text_or_null(&row));
		assert_true(row.failed);
		/* And what failed once does not come back. */
		assert_string_equal(db_get_text(&row), "");
		assert_false(db_get_bool(&row));
		db_rows_clear(&rows);
	}
}

/* A value of another size than its type's is none. */
static void
values_of_another_size_fail(void **state)
{
	static const char bytes[32];
	struct uuid u;
	int64_t n;
	uint8_t hash[32];
	int32_t len;

	(void)state;
	for (len = 0; len <= 32; len++) {
		struct record record = record_new(1);
		struct db_rows rows;
		struct db_row row;

		add_field(&record, OID_INT8, len, bytes, (size_t)len);
		rows = rows_of(&record);
		row = db_row_of_record(&rows);
		assert_true(db_get_int_or_null(&row, &n));
		assert_int_equal(row.failed, len != 4 && len != 8);
		row = db_row_of_record(&rows);
		(void)db_get_uuid_or_null(&row, &u);
		assert_int_equal(row.failed, len != 16);
		row = db_row_of_record(&rows);
		assert_false(db_get_bool(&row));
		assert_int_equal(row.failed, len != 1);
		row = db_row_of_record(&rows);
		db_get_bytea(&row, hash, sizeof(hash));
		assert_int_equal(row.failed, len != 32);
		db_rows_clear(&rows);
	}
}

/* jsonb_send() puts its version before the text. */
static void
json_of_another_version_fails(void **state)
{
	static const struct {
		const char *bytes;
		int32_t len;
		const char *text; /* NULL: it fails */
	} cases[] = { { "\1{}", 3, "{}" }, { "\1", 1, "" }, { "\2{}", 3, NULL }, { "{}", 2, NULL },
		{ "", 0, NULL } };
	const Oid type = OID_JSONB;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		struct record record = record_new(1);
		struct db_rows rows, plain = { .result = rows_new(&type, 1) };
		struct db_row row, column;

		add_field(&record, OID_JSONB, cases[i].len, cases[i].bytes, (size_t)cases[i].len);
		rows_put(plain.result, 0, 0, cases[i].bytes, cases[i].len);
		rows = rows_of(&record);
		row = db_row_of_record(&rows);
		column = db_row_at(&plain, 0);
		assert_string_equal(db_get_text(&row), cases[i].text != NULL ? cases[i].text : "");
		assert_string_equal(db_get_text(&column),
		    cases[i].text != NULL ? cases[i].text : "");
		assert_int_equal(row.failed, cases[i].text == NULL);
		assert_int_equal(column.failed, cases[i].text == NULL);
		db_rows_clear(&rows);
		db_rows_clear(&plain);
	}
}

static void
columns_are_read_in_order(void **state)
{
	static const Oid types[] = { OID_INT8, OID_INT4, OID_TIMESTAMPTZ, OID_TEXT, OID_TEXT };
	struct db_rows rows = { .result = rows_new(types, COUNT_OF(types)) };
	struct db_row row;
	int64_t n;

	(void)state;
	rows_put_int8(rows.result, 0, 0, INT64_MIN);
	rows_put_int4(rows.result, 0, 1, INT32_MIN);
	rows_put_int8(rows.result, 0, 2, -MICROSECONDS_TO_2000);
	rows_put_text(rows.result, 0, 3, "text");
	rows_put_text(rows.result, 0, 4, NULL);
	row = db_row_at(&rows, 0);
	assert_true(db_get_int(&row) == INT64_MIN);
	assert_int_equal(db_get_int(&row), INT32_MIN);
	assert_true(db_get_int_or_null(&row, &n));
	assert_int_equal(n, 0); /* 1970 */
	assert_string_equal(db_get_text(&row), "text");
	assert_null(db_get_text_or_null(&row));
	assert_false(row.failed);
	assert_null(db_get_text_or_null(&row)); /* there is no sixth */
	assert_true(row.failed);
	row = db_row_at(&rows, 1); /* nor a second row */
	assert_int_equal(db_get_int(&row), 0);
	assert_true(row.failed);
	db_rows_clear(&rows);
}

/* Neither end of time is a time. */
static void
infinite_times_fail(void **state)
{
	static const int64_t ends[] = { INT64_MAX, INT64_MIN };
	const Oid type = OID_TIMESTAMPTZ;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ends); i++) {
		struct db_rows rows = { .result = rows_new(&type, 1) };
		struct db_row row;

		rows_put_int8(rows.result, 0, 0, ends[i]);
		row = db_row_at(&rows, 0);
		(void)db_get_int(&row);
		assert_true(row.failed);
		db_rows_clear(&rows);
	}
}

/* A result that is not one record is none, and neither is a column in text format. */
static void
other_results_fail(void **state)
{
	static const Oid types[] = { OID_RECORD, OID_RECORD };
	struct db_rows rows = { .result = rows_new(types, 1) };
	PGresAttDesc text = { .name = NULL };
	struct db_row row;
	static char name[] = "text";

	(void)state;
	row = db_row_of_record(&rows);
	assert_true(row.failed);
	db_rows_clear(&rows);
	row = db_row_of_record(&rows);
	assert_true(row.failed);
	rows.result = rows_new(types, 2);
	rows_put(rows.result, 0, 0, "\0\0\0\0", 4);
	row = db_row_of_record(&rows);
	assert_true(row.failed);
	db_rows_clear(&rows);
	rows.result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	text.name = name;
	assert_int_equal(PQsetResultAttrs(rows.result, 1, &text), 1);
	rows_put_text(rows.result, 0, 0, "t");
	row = db_row_at(&rows, 0);
	assert_false(db_get_bool(&row));
	assert_true(row.failed);
	db_rows_clear(&rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_read_field_by_field),
		cmocka_unit_test(many_texts_have_room),
		cmocka_unit_test(a_null_record_has_nulls),
		cmocka_unit_test(a_record_that_is_cut_short_fails),
		cmocka_unit_test(lengths_that_cannot_be_fail),
		cmocka_unit_test(values_of_another_size_fail),
		cmocka_unit_test(json_of_another_version_fails),
		cmocka_unit_test(columns_are_read_in_order),
		cmocka_unit_test(infinite_times_fail),
		cmocka_unit_test(other_results_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
