/* SPDX-License-Identifier: MIT */
/*
 * Exchanges and verbs against a real server. tests/db/run starts the cluster, installs the schema, and says where:
 * GRANTD_DATABASE connects as a worker, GRANTD_TEST_ADMIN as the superuser.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "db/connection.h"
#include "db/grant.h"
#include "db/key.h"
#include "tests/db/admin.h"

#define TENANT "11111111-1111-4111-8111-111111111111"
#define OTHER_TENANT "22222222-2222-4222-8222-222222222222"
#define KEY "33333333-3333-4333-8333-333333333333"
#define GRANT "44444444-4444-4444-8444-444444444444"

static struct settings settings;
static const uint8_t hash[KEY_HASH_LEN] = { 1, 2, 3 };

static int
setup(void **state)
{
	char error[SETTINGS_ERROR_MAX];

	(void)state;
	if (!admin_open() || !settings_load(&settings, NULL, error))
		return -1;
	sql("TRUNCATE grantd.tenants CASCADE");
	sql("INSERT INTO grantd.tenants (id, name) VALUES ('" TENANT "', 'one'),"
	    " ('" OTHER_TENANT "', 'two')");
	sql("INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash) VALUES"
	    " ('" TENANT "', '" KEY "', 'aaaaaaaa', 'test', '{operator,auditor}',"
	    " '\\x0102030000000000000000000000000000000000000000000000000000000000')");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	admin_close();
	settings_clear(&settings);
	return 0;
}

static int
each_setup(void **state)
{
	sql("SET session_replication_role = replica");
	sql("DELETE FROM grantd.audit_log");
	sql("SET session_replication_role = origin");
	sql("DELETE FROM grantd.grants");
	sql("INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id,"
	    " action, expires_at) VALUES ('" TENANT "', '" GRANT "', 'ann', 'aws_account',"
	    " '123456789012', 'admin', now() + interval '1 hour')");
	*state = db_open(&settings, DB_WORKER);
	return *state == NULL;
}

static int
each_teardown(void **state)
{
	db_close(*state);
	return 0;
}

static struct audit_entry
entry(void)
{
	struct audit_entry e = {
		.actor_id = KEY,
		.actor_type = "api_key",
		.action = "UpdateGrant",
		.reasoning = NULL,
		.context = "{\"request_id\": \"r\", \"rules\": []}",
	};

	assert_true(uuid_make_v7(&e.id));
	return e;
}

static void
authenticates_in_its_tenant(void **state)
{
	struct db *db = *state;
	struct key k = KEY_EMPTY;
	struct grant g = GRANT_EMPTY;
	const struct uuid tenant = uuid(TENANT), id = uuid(GRANT);

	db_begin(db, DB_READ_ONLY);
	db_key_authenticate(db, hash, &k);
	db_grant_get(db, &tenant, &id, &g);
	db_queue_commit(db);
	assert_int_equal(db_exchange(db), DONE);
	assert_true(k.found);
	assert_string_equal(k.name, "test");
	assert_string_equal(k.roles, "operator auditor");
	assert_true(g.found);
	assert_string_equal(g.grantee_id, "ann");
	assert_string_equal(g.status, "active");
	assert_false(g.audit_enabled);
	assert_false(g.has_revoked_at);
	assert_int_equal(g.version, 1);
	key_clear(&k);
	grant_clear(&g);
}

static void
shows_nothing_without_a_credential(void **state)
{
	struct db *db = *state;
	struct key k = KEY_EMPTY;
	struct grant g = GRANT_EMPTY;
	const struct uuid tenant = uuid(TENANT), id = uuid(GRANT);
	const uint8_t unknown[KEY_HASH_LEN] = { 9 };

	db_begin(db, DB_READ_ONLY);
	db_key_authenticate(db, unknown, &k);
	db_grant_get(db, &tenant, &id, &g);
	db_queue_commit(db);
	assert_int_equal(db_exchange(db), DONE);
	assert_false(k.found);
	assert_false(g.found);
}

/* `stamp` NULL: the one that the key has. */
static enum outcome
switch_audit_stamped(struct db *db, bool on, const char *stamp, struct grant *changed)
{
	enum outcome rc;
	struct key k = KEY_EMPTY;
	const struct uuid tenant = uuid(TENANT), id = uuid(GRANT);
	struct audit_entry e = entry();

	db_begin(db, DB_READ_WRITE);
	db_key_authenticate(db, hash, &k);
	rc = db_exchange(db);
	assert_int_equal(rc, DONE);
	db_grant_set_audit(db, &tenant, &id, on, stamp != NULL ? stamp : k.stamp, &e, changed);
	rc = db_commit(db);
	key_clear(&k);
	return rc;
}

static enum outcome
switch_audit(struct db *db, bool on, struct grant *changed)
{
	return switch_audit_stamped(db, on, NULL, changed);
}

/* A change that was decided upon what is no longer so is not made. */
static void
another_stamp_changes_nothing(void **state)
{
	struct db *db = *state;
	struct grant g = GRANT_EMPTY;

	assert_int_equal(switch_audit_stamped(db, true, KEY " 1 2", &g), DONE);
	assert_false(g.found);
	assert_string_equal(sql("SELECT count(*) FROM grantd.audit_log"), "0");
	assert_int_equal(switch_audit_stamped(db, true, KEY " 1 1", &g), DONE);
	assert_true(g.found);
	grant_clear(&g);
}

static void
a_change_and_its_entry_are_one(void **state)
{
	struct db *db = *state;
	struct grant g = GRANT_EMPTY;

	assert_int_equal(switch_audit(db, true, &g), DONE);
	assert_true(g.found);
	assert_true(g.audit_enabled);
	assert_int_equal(g.version, 2);
	assert_string_equal(sql("SELECT count(*) FROM grantd.audit_log"), "1");
	assert_string_equal(
	    sql("SELECT g.audit_length = 1 AND g.audit_head = l.hash AND l.sequence = 1"
		" AND l.hash = grantd.audit_hash(l.previous_hash, l.tenant_id, l.id, l.resource_type,"
		" l.resource_id, l.sequence, l.actor_id, l.actor_type, l.action, l.outcome, l.metadata,"
		" l.reasoning, l.created_at) AND g.updated_at = l.created_at"
		" FROM grantd.grants g, grantd.audit_log l"),
	    "t");
	assert_string_equal(
	    sql("SELECT metadata->'before'->>'audit_enabled' || ' ' ||"
		" (metadata->'after'->>'audit_enabled') || ' ' || (metadata->>'request_id')"
		" FROM grantd.audit_log"),
	    "false true r");
	assert_int_equal(switch_audit(db, true, &g), DONE);
	assert_false(g.found);
	assert_string_equal(sql("SELECT count(*) FROM grantd.audit_log"), "1");
	assert_int_equal(switch_audit(db, false, &g), DONE);
	assert_true(g.found && !g.audit_enabled && g.version == 3);
	assert_string_equal(sql("SELECT b.previous_hash = a.hash FROM grantd.audit_log a,"
				" grantd.audit_log b WHERE a.sequence = 1 AND b.sequence = 2"),
	    "t");
	grant_clear(&g);
}

/* PostgreSQL answers a COMMIT outside a transaction with success, and a failed one is rolled back at once. */
static void
a_failed_transaction_does_not_commit(void **state)
{
	struct db *db = *state;
	static const struct statement bad = {
		.name = "bad",
		.columns = 1,
		.rows = ROWS_ONE,
		.sql = "SELECT 1 / 0",
	};
	struct db_params none = DB_PARAMS_EMPTY;
	struct grant g = GRANT_EMPTY;

	db_begin(db, DB_READ_WRITE);
	db_queue(db, &bad, &none, NULL, NULL);
	assert_int_equal(db_exchange(db), BROKEN);
	assert_int_equal(db_commit(db), BROKEN);
	assert_int_equal(switch_audit(db, true, &g), DONE);
	grant_clear(&g);
}

/* What was sent with its COMMIT is done, however little is understood of what came back. */
static void
an_unreadable_row_does_not_undo_a_commit(void **state)
{
	struct db *db = *state;
	static const struct statement odd = {
		.name = "odd",
		.columns = 2,
		.rows = ROWS_ANY,
		.sql = "UPDATE grantd.grants SET audit_enabled = true RETURNING id",
	};
	static const struct statement odd_read = {
		.name = "odd_read",
		.columns = 2,
		.rows = ROWS_ANY,
		.sql = "SELECT 1",
	};
	struct db_params none = DB_PARAMS_EMPTY;
	struct key k = KEY_EMPTY;

	db_begin(db, DB_READ_WRITE);
	db_key_authenticate(db, hash, &k);
	db_queue(db, &odd, &none, NULL, NULL);
	assert_int_equal(db_commit(db), COMMIT_UNKNOWN);
	assert_string_equal(sql("SELECT audit_enabled FROM grantd.grants"), "t");
	db_begin(db, DB_READ_ONLY);
	db_queue(db, &odd_read, &none, NULL, NULL);
	assert_int_equal(db_commit(db), BROKEN);
	key_clear(&k);
}

static void
a_lost_connection_is_lost_once(void **state)
{
	struct db *db = *state;
	struct grant g = GRANT_EMPTY;

	assert_int_equal(switch_audit(db, true, &g), DONE);
	sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
	    " WHERE usename = 'grantd_worker'");
	db_begin(db, DB_READ_ONLY);
	assert_int_equal(db_exchange(db), LOST);
	assert_int_equal(switch_audit(db, false, &g), DONE);
	assert_true(g.found);
	grant_clear(&g);
}

static void
a_held_row_is_unavailable(void **state)
{
	struct db *db = *state;
	struct grant g = GRANT_EMPTY;

	sql("BEGIN");
	sql("SELECT 1 FROM grantd.grants FOR UPDATE");
	assert_int_equal(switch_audit(db, true, &g), UNAVAILABLE);
	sql("ROLLBACK");
	assert_string_equal(sql("SELECT count(*) FROM grantd.audit_log"), "0");
	assert_int_equal(switch_audit(db, true, &g), DONE);
	grant_clear(&g);
}

static void
an_unknown_schema_is_refused(void **state)
{
	struct db *db = *state;

	sql("UPDATE grantd.schema_version SET version = version + 1000");
	assert_int_equal(db_ready(db), UNAVAILABLE);
	assert_non_null(strstr(db_message(db), "has version 100"));
	sql("UPDATE grantd.schema_version SET version = version - 1000");
	db->next_try_ms = 0;
	assert_int_equal(db_ready(db), DONE);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, each_setup, each_teardown)
	const struct CMUnitTest tests[] = {
		TEST(authenticates_in_its_tenant),
		TEST(shows_nothing_without_a_credential),
		TEST(a_change_and_its_entry_are_one),
		TEST(another_stamp_changes_nothing),
		TEST(a_failed_transaction_does_not_commit),
		TEST(an_unreadable_row_does_not_undo_a_commit),
		TEST(a_lost_connection_is_lost_once),
		TEST(a_held_row_is_unavailable),
		TEST(an_unknown_schema_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
