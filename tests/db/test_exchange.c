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

/* Decided on a new key and a tenant whose policies never changed. */
static struct change_by
by_key(void)
{
	return (struct change_by){
		.entry = new_id(),
		.key_hash = hash,
		.key_version = 1,
		.policy_version = 1,
		.action = "UpdateGrant",
		.context = "{\"request_id\": \"r\", \"rules\": []}",
	};
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

static enum outcome
switch_audit_by(struct db *db, bool on, const struct change_by *by, struct grant *changed)
{
	const struct uuid tenant = uuid(TENANT), id = uuid(GRANT);

	db_begin(db, DB_ONE_WRITE);
	db_grant_set_audit(db, &tenant, &id, on, by, changed);
	return db_commit(db);
}

static enum outcome
switch_audit(struct db *db, bool on, struct grant *changed)
{
	const struct change_by by = by_key();

	return switch_audit_by(db, on, &by, changed);
}

/* A change that was decided upon what is no longer so is not made. */
static void
what_was_decided_on_another_state_changes_nothing(void **state)
{
	struct db *db = *state;
	struct grant g = GRANT_EMPTY;
	const int64_t seen = 2, is = 1;
	const uint8_t unknown[KEY_HASH_LEN] = { 9 };
	struct change_by by = by_key();

	by.key_version = 2;
	assert_int_equal(switch_audit_by(db, true, &by, &g), DONE);
	assert_int_equal(g.change, CHANGE_STALE);
	by = by_key();
	by.policy_version = 2;
	assert_int_equal(switch_audit_by(db, true, &by, &g), DONE);
	assert_int_equal(g.change, CHANGE_STALE);
	by = by_key();
	by.target_version = &seen;
	assert_int_equal(switch_audit_by(db, true, &by, &g), DONE);
	assert_int_equal(g.change, CHANGE_STALE);
	by = by_key();
	by.key_hash = unknown;
	assert_int_equal(switch_audit_by(db, true, &by, &g), DONE);
	assert_int_equal(g.change, CHANGE_KEY);
	assert_string_equal(sql("SELECT count(*) FROM grantd.audit_log"), "0");
	assert_string_equal(sql("SELECT audit_enabled FROM grantd.grants"), "f");
	by = by_key();
	by.target_version = &is;
	assert_int_equal(switch_audit_by(db, true, &by, &g), DONE);
	assert_int_equal(g.change, CHANGE_DONE);
	grant_clear(&g);
}

/* A key and a grant, at the cost of one statement; without the key nothing is told of the grant. */
static void
a_look_shows_key_and_grant(void **state)
{
	struct db *db = *state;
	struct key k = KEY_EMPTY;
	struct grant g = GRANT_EMPTY;
	struct grant_look look = { &k, &g };
	const struct uuid tenant = uuid(TENANT), other = uuid(OTHER_TENANT), id = uuid(GRANT);
	const struct uuid none = new_id(), key = uuid(KEY);
	const uint8_t unknown[KEY_HASH_LEN] = { 9 };

	db_begin(db, DB_ONE_READ);
	db_grant_look(db, &tenant, hash, &id, &look);
	assert_int_equal(db_commit(db), DONE);
	assert_true(k.found && uuid_equal(&k.tenant, &tenant) && uuid_equal(&k.id, &key));
	assert_string_equal(k.name, "test");
	assert_string_equal(k.roles, "operator auditor");
	assert_int_equal(k.version, 1);
	assert_int_equal(k.policy_version, 1);
	assert_true(g.found && uuid_equal(&g.id, &id) && !g.audit_enabled && !g.has_revoked_at);
	assert_string_equal(g.grantee_id, "ann");
	assert_string_equal(g.status, "active");
	assert_string_equal(g.metadata, "{}");
	assert_int_equal(g.version, 1);
	db_begin(db, DB_ONE_READ);
	db_grant_look(db, &tenant, hash, &none, &look);
	assert_int_equal(db_commit(db), DONE);
	assert_true(k.found && !g.found);
	db_begin(db, DB_ONE_READ);
	db_grant_look(db, &tenant, unknown, &id, &look);
	assert_int_equal(db_commit(db), DONE);
	assert_false(k.found || g.found);
	db_begin(db, DB_ONE_READ);
	db_grant_look(db, &other, hash, &id, &look);
	assert_int_equal(db_commit(db), DONE);
	assert_false(k.found || g.found);
	key_clear(&k);
	grant_clear(&g);
}

/* A call that is repeated finds the entry of the first one, and the row as that left it. */
static void
a_repeated_call_finds_its_entry(void **state)
{
	struct db *db = *state;
	struct grant g = GRANT_EMPTY;
	struct change_by by = by_key();

	assert_int_equal(switch_audit_by(db, true, &by, &g), DONE);
	assert_int_equal(g.change, CHANGE_DONE);
	assert_int_equal(switch_audit_by(db, true, &by, &g), DONE);
	assert_int_equal(g.change, CHANGE_MADE);
	assert_true(g.found && g.audit_enabled && g.version == 2);
	assert_int_equal(switch_audit(db, false, &g), DONE);
	by.policy_version = 7; /* what has changed meanwhile does not undo it */
	assert_int_equal(switch_audit_by(db, true, &by, &g), DONE);
	assert_int_equal(g.change, CHANGE_MADE);
	assert_true(g.found && g.audit_enabled && g.version == 2);
	assert_string_equal(sql("SELECT count(*) FROM grantd.audit_log"), "2");
	assert_string_equal(sql("SELECT audit_enabled FROM grantd.grants"), "f");
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
		" AND g.updated_at = l.created_at AND l.actor_id = '" KEY "'"
		" FROM grantd.grants g, grantd.audit_log l"),
	    "t");
	assert_string_equal(
	    sql("SELECT (record->'before'->>'audit_enabled') || ' ' ||"
		" (record->'after'->>'audit_enabled') || ' ' || (record->>'request_id')"
		" FROM grantd.audit_log"),
	    "false true r");
	assert_int_equal(switch_audit(db, true, &g), DONE);
	assert_int_equal(g.change, CHANGE_SAME);
	assert_true(g.found && g.audit_enabled && g.version == 2);
	assert_string_equal(sql("SELECT count(*) FROM grantd.audit_log"), "1");
	assert_int_equal(switch_audit(db, false, &g), DONE);
	assert_true(g.found && !g.audit_enabled && g.version == 3);
	assert_chains_hold();
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
		.sql = "SELECT grantd.note_key_use($1, $2, 0)",
		.params = 2,
	};
	static const struct statement odd_read = {
		.name = "odd_read",
		.columns = 2,
		.rows = ROWS_ANY,
		.sql = "SELECT 1",
	};
	static const enum db_access both[] = { DB_READ_WRITE, DB_ONE_WRITE };
	const struct uuid tenant = uuid(TENANT);
	struct db_params none = DB_PARAMS_EMPTY;
	size_t i;

	for (i = 0; i < COUNT_OF(both); i++) {
		struct db_params p = DB_PARAMS_EMPTY;

		sql("UPDATE grantd.api_keys SET last_used_at = NULL");
		db_put_uuid(&p, &tenant);
		db_put_bytea(&p, hash, sizeof(hash));
		db_begin(db, both[i]);
		db_queue(db, &odd, &p, NULL, NULL);
		assert_int_equal(db_commit(db), COMMIT_UNKNOWN);
		assert_string_equal(sql("SELECT last_used_at IS NOT NULL FROM grantd.api_keys"),
		    "t");
	}
	db_begin(db, DB_READ_ONLY);
	db_queue(db, &odd_read, &none, NULL, NULL);
	assert_int_equal(db_commit(db), BROKEN);
}

#define TERMINATE \
	"SELECT bool_and(pg_terminate_backend(pid, 60000)) FROM pg_stat_activity" \
	" WHERE usename = 'grantd_worker' AND datname = current_database()"

/* One that the server closed while it lay idle is not used: nothing was sent that could be lost. */
static void
a_connection_closed_while_idle_is_replaced(void **state)
{
	struct db *db = *state;
	struct grant g = GRANT_EMPTY;

	assert_int_equal(switch_audit(db, true, &g), DONE);
	assert_string_equal(sql(TERMINATE), "t");
	assert_int_equal(switch_audit(db, false, &g), DONE);
	assert_int_equal(g.change, CHANGE_DONE);
	assert_string_equal(sql(TERMINATE), "t");
	db_begin(db, DB_READ_ONLY);
	assert_int_equal(db_commit(db), DONE);
	grant_clear(&g);
}

/* One that goes in the middle is lost, and what was done in its transaction with it. */
static void
a_lost_connection_is_lost_once(void **state)
{
	struct db *db = *state;
	const struct uuid tenant = uuid(TENANT), id = uuid(GRANT);
	struct change_by by = by_key();
	struct grant g = GRANT_EMPTY;

	db_begin(db, DB_READ_WRITE);
	db_grant_set_audit(db, &tenant, &id, true, &by, &g);
	assert_int_equal(db_exchange(db), DONE);
	assert_string_equal(sql(TERMINATE), "t");
	db_grant_set_audit(db, &tenant, &id, false, &by, &g);
	assert_int_equal(db_exchange(db), LOST);
	assert_int_equal(switch_audit(db, true, &g), DONE);
	assert_int_equal(g.change, CHANGE_DONE);
	assert_string_equal(sql("SELECT count(*) FROM grantd.audit_log"), "1");
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

	sql("UPDATE grantd.schema_version SET version = version + 1000, serves_from = version + 1000");
	assert_int_equal(db_ready(db), UNAVAILABLE);
	assert_non_null(strstr(db_message(db), "has version 100"));
	sql("UPDATE grantd.schema_version SET version = version - 1000, serves_from = version - 1000");
	db->next_try_ms = 0;
	assert_int_equal(db_ready(db), DONE);
}

/* A database that comes back is found soon, and one that does not answer is not asked all the time. */
static void
waits_have_bounds(void **state)
{
	int quick = 0, slow = 0, last;
	int i;

	(void)state;
	assert_int_equal(db_backoff(0, 1), db_backoff(0, 3000));
	assert_true(db_backoff(0, 1) <= 20);
	for (i = 0; i < 20; i++) {
		last = quick;
		quick = db_backoff(last, 1);
		assert_true(quick >= last);
		last = slow;
		slow = db_backoff(last, 3000);
		assert_true(slow >= last);
	}
	assert_int_equal(quick, 200);
	assert_int_equal(slow, 2000);
	/* Refused after it was silent: it has begun to come back. */
	assert_int_equal(db_backoff(slow, 1), 200);
}

/*
 * Whatever number of attempts failed, the first that is made once the database takes connections again is served, and the
 * one after a lost connection waits for nothing.
 */
static void
the_first_attempt_that_can_succeeds(void **state)
{
	struct db *db = *state;
	struct settings away = *db->settings;
	const struct settings *here = db->settings;
	int attempts;

	assert_int_equal(db_ready(db), DONE);
	away.database = (char *)(uintptr_t) "host=/nonexistent";
	db->settings = &away;
	db_disconnect(db);
	for (attempts = 0; attempts < 50; attempts++) {
		db->next_try_ms = 0;
		assert_int_equal(db_connect(db), UNAVAILABLE);
		assert_true(db->next_try_ms > 0 && db->backoff_ms > 0);
	}
	/* Before its time no attempt is made, as many requests as may come. */
	db->settings = here;
	db->next_try_ms = INT64_MAX;
	assert_int_equal(db_connect(db), UNAVAILABLE);
	db->next_try_ms = 0;
	assert_int_equal(db_connect(db), DONE);
	assert_int_equal(db->backoff_ms, 0);
	assert_string_equal(sql(TERMINATE), "t");
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
		TEST(what_was_decided_on_another_state_changes_nothing),
		TEST(a_look_shows_key_and_grant),
		TEST(a_repeated_call_finds_its_entry),
		TEST(a_failed_transaction_does_not_commit),
		TEST(an_unreadable_row_does_not_undo_a_commit),
		TEST(a_connection_closed_while_idle_is_replaced),
		TEST(a_lost_connection_is_lost_once),
		TEST(a_held_row_is_unavailable),
		TEST(an_unknown_schema_is_refused),
		TEST(waits_have_bounds),
		TEST(the_first_attempt_that_can_succeeds),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
