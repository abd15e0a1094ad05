/* SPDX-License-Identifier: MIT */
/* The hash of an audit entry, computed in C, is the one that the database computes; started as test_exchange is. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "db/audit_row.h"
#include "tests/db/admin.h"

/* A table of the log's form in which anything may stand. */
#define CREATE_TABLE \
	"CREATE TEMPORARY TABLE a (tenant_id uuid, id uuid, actor_id text, actor_type text," \
	" action text, resource_type text, resource_id uuid, outcome text, metadata jsonb," \
	" reasoning text, created_at timestamptz, sequence bigint, previous_hash bytea, hash bytea," \
	" record json)"

/* Texts of every length to 60 of characters of 1 to 4 bytes, among them those that a netstring is written with. */
#define RANDOM_TEXT(seed) \
	"(SELECT coalesce(string_agg(substr(E'aZ09:,-\\\\\"\\n\\t üß€漢\\U0001F600\\u0301'," \
	" 1 + (hashint8(i * 7919 + " seed " * 31 + p) & 65535) % 19, 1), ''), '')" \
	" FROM generate_series(1, (hashint8(i + " seed ") & 65535) % 61) p)"

#define INSERT_RANDOM \
	"INSERT INTO a SELECT gen_random_uuid(), gen_random_uuid(), " RANDOM_TEXT("1") ", " RANDOM_TEXT("2") ", " RANDOM_TEXT("3") ", " RANDOM_TEXT("4") ", gen_random_uuid(), " RANDOM_TEXT( \
	    "5") ", jsonb_build_object(" RANDOM_TEXT("6") ", " RANDOM_TEXT("7") ", 'n', i * 1.10, 'list', jsonb_build_array(i, NULL, true, '{}'::jsonb))," \
										" CASE i % 3 WHEN 0 THEN NULL ELSE " RANDOM_TEXT( \
										    "8") " END," \
											 " '1900-01-01'::timestamptz + i * interval '1 year 40 days 3.141593 seconds'," \
											 " hashint8(i)::bigint * hashint8(i + 1), sha256(i::text::bytea), NULL" \
											 " FROM generate_series(1, 400) i"

#define INSERT_EDGES \
	"INSERT INTO a VALUES (gen_random_uuid(), gen_random_uuid(), '', '', '', ''," \
	" gen_random_uuid(), '', '{}', '', '1970-01-01 00:00:00Z', 0, '\\x" ZERO_HASH "', NULL)," \
	" (gen_random_uuid(), gen_random_uuid(), '-', '-,', '1:-,', '0:,', gen_random_uuid(), '-', '{}'," \
	" NULL, '1969-12-31 23:59:59.999999Z', 9223372036854775807, '\\x" ZERO_HASH "', NULL)," \
	" (gen_random_uuid(), gen_random_uuid(), 'a', 'b', 'c', 'd', gen_random_uuid(), 'e'," \
	" '{\"b\": 1.000, \"a\": \"\\u00fc\\\\\\\"\"}', '-', '9999-12-31 23:59:59.999999Z'," \
	" -9223372036854775808, '\\x" ZERO_HASH "', NULL)"

#define ZERO_HASH "0000000000000000000000000000000000000000000000000000000000000000"

/* Each of them in the second form too: a record is text, kept as it was written. */
#define INSERT_SECOND_FORM \
	"INSERT INTO a SELECT tenant_id, gen_random_uuid(), actor_id, actor_type, action, resource_type," \
	" resource_id, outcome, NULL, reasoning, created_at, sequence, previous_hash, NULL," \
	" ('{\"b\" : 1.0, \"b\":  ' || metadata::text || ',\"before\":null,\"after\":{}}')::json FROM a"

/* As grantd.audit_append() has it. */
#define HASH_SECOND_FORM \
	"UPDATE a SET hash = sha256('grantd-audit-2'::bytea || previous_hash || uuid_send(tenant_id)" \
	" || uuid_send(id) || uuid_send(resource_id) || int8send(sequence) || timestamptz_send(created_at)" \
	" || grantd.audit_text(resource_type) || grantd.audit_text(actor_id) || grantd.audit_text(actor_type)" \
	" || grantd.audit_text(action) || grantd.audit_text(outcome) || grantd.audit_text(reasoning)" \
	" || convert_to(record::text, 'UTF8')) WHERE record IS NOT NULL"

#define HASH_ALL \
	"UPDATE a SET hash = grantd.audit_hash(previous_hash, tenant_id, id, resource_type," \
	" resource_id, sequence, actor_id, actor_type, action, outcome, metadata, reasoning, created_at) WHERE record IS NULL"

static int
setup(void **state)
{
	(void)state;
	if (!admin_open())
		return -1;
	sql("SET TimeZone = 'UTC'");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	admin_close();
	return 0;
}

static void
same_as_the_database(void **state)
{
	struct buf work = BUF_EMPTY;
	struct db_rows rows = DB_ROWS_EMPTY;
	uint8_t hash[AUDIT_HASH_LEN];
	struct audit_row e;
	int i, seconds = 0;

	(void)state;
	sql(CREATE_TABLE);
	sql(INSERT_RANDOM);
	sql(INSERT_EDGES);
	sql(INSERT_SECOND_FORM);
	sql(HASH_ALL);
	sql(HASH_SECOND_FORM);
	rows.result = sql_rows_binary("SELECT " AUDIT_ROW_COLUMN_LIST " FROM a");
	assert_int_equal(db_rows_count(&rows), 806);
	for (i = 0; i < 806; i++) {
		struct db_row row = db_row_at(&rows, i);

		assert_true(audit_row_read(&e, &row));
		seconds += e.second_form;
		assert_true(audit_row_hash(&e, &work, hash));
		assert_memory_equal(hash, e.hash, sizeof(hash));
	}
	assert_int_equal(seconds, 403);
	buf_clear(&work);
	db_rows_clear(&rows);
}

/* The form itself, so that the two cannot change together unseen. */
static void
as_specified(void **state)
{
	struct audit_row e = {
		.tenant = uuid("11111111-1111-4111-8111-111111111111"),
		.id = uuid("22222222-2222-7222-8222-222222222222"),
		.actor_id = "alice",
		.actor_type = "api_key",
		.action = "UpdateGrant",
		.resource_type = "grant",
		.resource_id = uuid("33333333-3333-4333-8333-333333333333"),
		.outcome = "done",
		.metadata = "{\"after\": {\"audit_enabled\": true}}",
		.reasoning = NULL,
		.created_at = INT64_C(1795401105123456),
		.sequence = 1,
	};
	struct buf work = BUF_EMPTY;
	uint8_t hash[AUDIT_HASH_LEN];
	char text[AUDIT_HASH_LEN * 2 + 1];

	(void)state;
	assert_true(audit_row_hash(&e, &work, hash));
	hex_print(hash, sizeof(hash), text);
	assert_string_equal(text,
	    "4d4dedaac1e7124fccdec84970f94063683fe93faac35f2a8c8bc6c38b431ca9");
	assert_int_equal(work.len, 318);
	e.second_form = true;
	assert_true(audit_row_hash(&e, &work, hash));
	hex_print(hash, sizeof(hash), text);
	assert_string_equal(text,
	    "737909731fabb92a8f8e535acae85c9b3ff3a0468dc266df5c4f074d657c21fa");
	assert_int_equal(work.len,
	    14 + 32 + 3 * 16 + 2 * 8 + 6 * 4 + strlen("grantaliceapi_keyUpdateGrantdone") +
		strlen(e.metadata));
	buf_clear(&work);
}

/* A row that is not as the log's are is refused, and not taken for an entry. */
static void
strange_rows_are_refused(void **state)
{
	static const char *const changes[] = { "actor_id = NULL", "tenant_id = NULL",
		"sequence = NULL", "hash = '\\x00'", "previous_hash = NULL", "created_at = NULL" };
	struct db_rows rows = DB_ROWS_EMPTY;
	struct audit_row e;
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(changes); i++) {
		struct db_row row;

		(void)snprintf(text, sizeof(text), "BEGIN; UPDATE a SET %s", changes[i]);
		sql(text);
		rows.result = sql_rows_binary("SELECT " AUDIT_ROW_COLUMN_LIST " FROM a LIMIT 1");
		row = db_row_at(&rows, 0);
		assert_false(audit_row_read(&e, &row));
		db_rows_clear(&rows);
		sql("ROLLBACK");
	}
}

/* One that tells nothing is read, and its hash does not hold: so whoever verifies a chain is told where it breaks. */
static void
what_tells_nothing_does_not_hold(void **state)
{
	struct db_rows rows = DB_ROWS_EMPTY;
	struct buf work = BUF_EMPTY;
	uint8_t hash[AUDIT_HASH_LEN];
	struct audit_row e;
	int i;

	(void)state;
	sql("BEGIN");
	sql("UPDATE a SET metadata = NULL, record = NULL");
	rows.result = sql_rows_binary("SELECT " AUDIT_ROW_COLUMN_LIST " FROM a");
	assert_true(db_rows_count(&rows) > 0);
	for (i = 0; i < db_rows_count(&rows); i++) {
		struct db_row row = db_row_at(&rows, i);

		assert_true(audit_row_read(&e, &row) && audit_row_hash(&e, &work, hash));
		assert_memory_not_equal(hash, e.hash, sizeof(hash));
	}
	sql("ROLLBACK");
	buf_clear(&work);
	db_rows_clear(&rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_the_database),
		cmocka_unit_test(as_specified),
		cmocka_unit_test(strange_rows_are_refused),
		cmocka_unit_test(what_tells_nothing_does_not_hold),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
