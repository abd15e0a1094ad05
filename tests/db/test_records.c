/* SPDX-License-Identifier: MIT */
/* The verbs that manage keys and grants, as a worker has them, against a real server; started as test_exchange is. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "base/time_text.h"
#include "db/grant_create.h"
#include "db/key.h"
#include "db/key_record.h"
#include "tests/db/admin.h"

#define TENANT "11111111-1111-4111-8111-111111111113"
#define OTHER_TENANT "22222222-2222-4222-8222-222222222224"
#define HOUR INT64_C(3600000000)

static struct settings settings;
static struct db *db;
static struct uuid tenant;
static const uint8_t hash[API_KEY_HASH_LEN] = { 7, 8, 9 };

static struct change_by
entry(const char *action)
{
	return (struct change_by){
		.entry = new_id(),
		.key_hash = hash,
		.key_version = 1,
		.policy_version = 1,
		.action = action,
		.context = "{\"request_id\": \"r\"}",
	};
}

/* One exchange, of what is named after the outcome. */
#define CHANGE(outcome_, ...) \
	do { \
		db_begin(db, DB_ONE_WRITE); \
		__VA_ARGS__; \
		assert_int_equal(db_commit(db), outcome_); \
	} while (0)

static int
setup(void **state)
{
	char error[SETTINGS_ERROR_MAX];

	(void)state;
	tenant = uuid(TENANT);
	if (!admin_open() || !settings_load(&settings, NULL, error))
		return -1;
	db = db_open(&settings, DB_WORKER);
	return db == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	db_close(db);
	remove_tenants(TENANT, OTHER_TENANT);
	admin_close();
	settings_clear(&settings);
	return 0;
}

static int
each_setup(void **state)
{
	(void)state;
	remove_tenants(TENANT, OTHER_TENANT);
	sql("INSERT INTO grantd.tenants (id, name) VALUES ('" TENANT "', 'A'), ('" OTHER_TENANT
	    "', 'B')");
	sql("INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash) VALUES"
	    " ('" TENANT "', gen_random_uuid(), 'aaaaaaaa', 'caller', '{admin}',"
	    " '\\x0708090000000000000000000000000000000000000000000000000000000000')");
	return 0;
}

/* Begin a transaction as a request of the tenant's does. */
static void
begin(enum db_access access)
{
	struct key k = KEY_EMPTY;

	db_begin(db, access);
	db_key_authenticate(db, hash, &k);
	assert_int_equal(db_exchange(db), DONE);
	assert_true(k.found);
	key_clear(&k);
}

static struct key_new
key_new(const uint8_t key_hash[API_KEY_HASH_LEN])
{
	return (struct key_new){
		.id = new_id(),
		.key_name = "bbbbbbbb",
		.name = "new",
		.roles = "operator auditor",
		.hash = key_hash,
	};
}

static struct grant_new
grant_new(void)
{
	return (struct grant_new){
		.id = new_id(),
		.grantee_id = "alice",
		.resource_type = "aws_account",
		.resource_id = "123456789012",
		.action = "read",
		.expires_at = time_now() + HOUR,
		.metadata = "{\"a\": [1, \"\xC3\xBC\"]}",
	};
}

static void
a_worker_makes_and_revokes_keys(void **state)
{
	const uint8_t other_hash[API_KEY_HASH_LEN] = { 1 };
	struct key_record made = KEY_RECORD_EMPTY, revoked = KEY_RECORD_EMPTY;
	struct key_new n = key_new(other_hash);
	struct change_by create = entry("CreateApiKey"), revoke = entry("RevokeApiKey");

	(void)state;
	CHANGE(DONE, db_key_create(db, &tenant, &n, &create, &made));
	assert_int_equal(made.change, CHANGE_DONE);
	assert_true(made.found && uuid_equal(&made.id, &n.id));
	assert_string_equal(made.roles, "operator auditor");
	assert_string_equal(made.status, "active");
	assert_false(made.has_expires_at || made.has_revoked_at || made.has_last_used_at);
	assert_int_equal(made.version, 1);
	CHANGE(DONE, db_key_revoke(db, &tenant, &n.id, &revoke, &revoked));
	assert_int_equal(revoked.change, CHANGE_DONE);
	assert_true(revoked.found && revoked.has_revoked_at);
	assert_string_equal(revoked.status, "revoked");
	assert_int_equal(revoked.version, 2);
	revoke = entry("RevokeApiKey");
	CHANGE(DONE, db_key_revoke(db, &tenant, &n.id, &revoke, &revoked));
	assert_int_equal(revoked.change, CHANGE_SAME);
	assert_int_equal(revoked.version, 2);
	CHANGE(DONE, db_key_create(db, &tenant, &n, &create, &made));
	assert_int_equal(made.change, CHANGE_MADE);
	assert_true(made.found && !made.has_revoked_at && made.version == 1);
	assert_string_equal(
	    sql("SELECT string_agg(action, ' ' ORDER BY sequence) FROM grantd.audit_log"
		" WHERE tenant_id = '" TENANT "'"),
	    "CreateApiKey RevokeApiKey");
	assert_chains_hold();
	key_record_clear(&made);
	key_record_clear(&revoked);
}

/* Rotate the key that is `old`, with an overlap in seconds; the new one is like no other. */
static void
rotate(const struct uuid *old, int64_t version, int64_t overlap, const struct change_by *by,
    const struct uuid *old_entry, struct key_rotated *rotated)
{
	static uint8_t number;
	static char name[9];
	const uint8_t other_hash[API_KEY_HASH_LEN] = { 2, ++number };
	struct key_new n = key_new(other_hash);
	const struct key_rotation how = { .old = old,
		.old_version = version,
		.overlap = overlap,
		.old_entry = *old_entry };

	(void)snprintf(name, sizeof(name), "%08u", (unsigned)number);
	n.key_name = name;
	n.name = n.roles = "";
	CHANGE(DONE, db_key_rotate(db, &tenant, &how, &n, by, rotated));
}

static void
a_retired_key_ends_after_the_overlap_or_sooner(void **state)
{
	const uint8_t other_hash[API_KEY_HASH_LEN] = { 2 };
	struct key_record k = KEY_RECORD_EMPTY;
	struct key_rotated r = { .made = KEY_RECORD_EMPTY, .retired = KEY_RECORD_EMPTY };
	struct key_new n = key_new(other_hash);
	struct change_by e = entry("CreateApiKey");
	const struct uuid entries[] = { new_id(), new_id(), new_id() };
	const uint8_t third_hash[API_KEY_HASH_LEN] = { 4 };

	(void)state;
	CHANGE(DONE, db_key_create(db, &tenant, &n, &e, &k));
	e = entry("RotateApiKey");
	rotate(&n.id, 1, 60, &e, &entries[0], &r);
	assert_int_equal(r.made.change, CHANGE_DONE);
	assert_true(r.made.found && r.made.version == 1 && uuid_equal(&r.retired.id, &n.id));
	assert_string_equal(r.made.name, "new");
	assert_string_equal(r.made.roles, "operator auditor");
	assert_true(
	    r.retired.has_expires_at && r.retired.expires_at == r.made.created_at + 60 * 1000000);
	e = entry("RotateApiKey");
	rotate(&n.id, 1, 3600, &e, &entries[1], &r);
	assert_int_equal(r.made.change, CHANGE_STALE);
	rotate(&n.id, 2, 3600, &e, &entries[1], &r);
	assert_int_equal(r.made.change, CHANGE_REPLACED);
	/* One that ends in half an hour anyway, and one that ends at once. */
	n = key_new(third_hash);
	n.key_name = "ZZZZZZZZ";
	n.has_expires_at = true;
	n.expires_at = k.created_at + INT64_C(1800000000);
	e = entry("CreateApiKey");
	CHANGE(DONE, db_key_create(db, &tenant, &n, &e, &k));
	e = entry("RotateApiKey");
	rotate(&n.id, 1, 3600, &e, &entries[1], &r);
	assert_int_equal(r.made.change, CHANGE_DONE);
	assert_true(r.retired.expires_at == n.expires_at);
	n.id = r.made.id;
	e = entry("RotateApiKey");
	rotate(&n.id, 1, 0, &e, &entries[2], &r);
	assert_int_equal(r.made.change, CHANGE_DONE);
	assert_true(r.retired.expires_at == r.made.created_at);
	assert_string_equal(
	    sql("SELECT count(*) FROM grantd.audit_log WHERE action = 'RotateApiKey'"
		" AND tenant_id = '" TENANT "'"),
	    "6");
	assert_chains_hold();
	key_record_clear(&k);
	key_record_clear(&r.made);
}

/* The conditions are looked at by the change itself, so a refused row leaves no entry. */
static void
refused_rows_leave_nothing(void **state)
{
	const uint8_t other_hash[API_KEY_HASH_LEN] = { 3 };
	const struct idempotency once = { .key = NULL };
	struct key_record k = KEY_RECORD_EMPTY;
	struct grant g = GRANT_EMPTY;
	struct key_new kn = key_new(other_hash);
	struct grant_new gn = grant_new();
	struct change_by first = entry("CreateApiKey"), second = entry("CreateGrant");
	const struct uuid other = uuid(OTHER_TENANT);

	(void)state;
	kn.has_expires_at = true;
	kn.expires_at = gn.expires_at = time_now() - HOUR;
	CHANGE(DONE, db_key_create(db, &tenant, &kn, &first, &k));
	assert_int_equal(k.change, CHANGE_PAST);
	CHANGE(DONE, db_grant_create(db, &tenant, &gn, &once, &second, &g));
	assert_int_equal(g.change, CHANGE_PAST);
	assert_false(k.found || g.found);
	/* Another tenant is as good as none. */
	gn.expires_at = time_now() + HOUR;
	CHANGE(DONE, db_grant_create(db, &other, &gn, &once, &second, &g));
	assert_int_equal(g.change, CHANGE_KEY);
	assert_false(g.found);
	assert_string_equal(sql("SELECT count(*) FROM grantd.audit_log WHERE tenant_id IN ('" TENANT
				"', '" OTHER_TENANT "')"),
	    "0");
	key_record_clear(&k);
	grant_clear(&g);
}

static void
a_grant_is_made_once(void **state)
{
	const struct idempotency once = { .key = NULL };
	struct grant g = GRANT_EMPTY;
	struct grant_new n = grant_new();
	struct change_by e = entry("CreateGrant");
	const struct uuid request = new_id();

	(void)state;
	n.request_id = &request;
	n.audit_enabled = true;
	CHANGE(DONE, db_grant_create(db, &tenant, &n, &once, &e, &g));
	assert_int_equal(g.change, CHANGE_DONE);
	assert_true(g.found && g.audit_enabled && g.has_request_id);
	assert_true(uuid_equal(&g.request_id, &request) && uuid_equal(&g.id, &n.id));
	assert_true(g.expires_at == n.expires_at && g.granted_at == g.created_at);
	assert_string_equal(g.metadata, "{\"a\": [1, \"\xC3\xBC\"]}");
	assert_string_equal(g.status, "active");
	CHANGE(DONE, db_grant_create(db, &tenant, &n, &once, &e, &g));
	assert_int_equal(g.change, CHANGE_MADE);
	assert_true(g.found && g.version == 1);
	e = entry("CreateGrant");
	CHANGE(CONFLICT, db_grant_create(db, &tenant, &n, &once, &e, &g));
	assert_false(g.found);
	assert_string_equal(sql("SELECT count(*) FROM grantd.audit_log WHERE tenant_id = '" TENANT
				"'"),
	    "1");
	grant_clear(&g);
}

/* What a client asked for once is done once, whatever entry it is asked with. */
static void
a_named_request_is_done_once(void **state)
{
	struct idempotency once = { .key = "k", .body_hash = { 1 } };
	struct grant g = GRANT_EMPTY;
	struct grant_new n = grant_new();
	const struct uuid made = n.id;
	struct change_by e = entry("CreateGrant");

	(void)state;
	CHANGE(DONE, db_grant_create(db, &tenant, &n, &once, &e, &g));
	assert_int_equal(g.change, CHANGE_DONE);
	e = entry("UpdateGrant");
	CHANGE(DONE, db_grant_set_audit(db, &tenant, &made, true, &e, &g));
	assert_int_equal(g.change, CHANGE_DONE);
	e = entry("CreateGrant");
	n.id = new_id();
	CHANGE(DONE, db_grant_create(db, &tenant, &n, &once, &e, &g));
	assert_int_equal(g.change, CHANGE_FIRST);
	assert_true(uuid_equal(&g.id, &made) && !g.audit_enabled && g.version == 1);
	once.body_hash[0] = 2;
	CHANGE(DONE, db_grant_create(db, &tenant, &n, &once, &e, &g));
	assert_int_equal(g.change, CHANGE_MISMATCH);
	assert_false(g.found);
	assert_string_equal(sql("SELECT count(*) FROM grantd.grants WHERE tenant_id = '" TENANT
				"'"),
	    "1");
	assert_chains_hold();
	grant_clear(&g);
}

/* Pages of a list that grows while it is read: no row twice, none of those that were there left out. */
static void
pages_stand_still_while_rows_come(void **state)
{
	const struct grant_filter any = { .status = NULL, .grantee_id = NULL };
	struct db_list list = DB_LIST_EMPTY;
	struct page page = { .after = false, .limit = 7 };
	int seen = 0, old = 0, i;
	struct grant g;

	(void)state;
	sql("INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,"
	    " expires_at, created_at) SELECT '" TENANT "', gen_random_uuid(), 'old', 'aws_account',"
	    " '123456789012', 'x', '2999-01-01', '2020-01-01'::timestamptz + n / 10 * interval '1 us'"
	    " FROM generate_series(1, 100) n");
	do {
		begin(DB_READ_ONLY);
		db_grant_list(db, &tenant, &any, &page, &list);
		assert_int_equal(db_commit(db), DONE);
		for (i = 0; i < list.count; i++) {
			g = grant_at(&list, i);
			assert_true(!page.after || g.created_at < page.key.created_at ||
			    (g.created_at == page.key.created_at &&
				memcmp(&g.id, &page.key.id, sizeof(g.id)) < 0));
			old += strcmp(g.grantee_id, "old") == 0;
		}
		seen += list.count;
		sql("INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id,"
		    " action, expires_at) VALUES ('" TENANT
		    "', gen_random_uuid(), 'new', 'aws_account',"
		    " '123456789012', 'x', '2999-01-01')");
	} while (page_go_on(&page, &list));
	assert_int_equal(old, 100);
	assert_int_equal(seen, 100);
	db_list_clear(&list);
}

static void
limits_out_of_range_are_refused(void **state)
{
	struct db_list list = DB_LIST_EMPTY;
	struct page page = { .after = false, .limit = 0 };

	(void)state;
	begin(DB_READ_ONLY);
	db_key_list(db, &tenant, NULL, &page, &list);
	assert_int_equal(db_exchange(db), BROKEN);
	page.limit = PAGE_LIMIT_MOST + 1;
	begin(DB_READ_ONLY);
	db_key_list(db, &tenant, NULL, &page, &list);
	assert_int_equal(db_exchange(db), BROKEN);
}

static void
keys_are_listed_without_others(void **state)
{
	struct db_list list = DB_LIST_EMPTY;
	const struct page page = { .after = false, .limit = 10 };
	struct key_record k;

	(void)state;
	sql("INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash, revoked_at) VALUES"
	    " ('" TENANT "', gen_random_uuid(), 'cccccccc', 'gone', '{x}', sha256('c'), now()),"
	    " ('" OTHER_TENANT
	    "', gen_random_uuid(), 'dddddddd', 'theirs', '{x}', sha256('d'), NULL)");
	begin(DB_READ_ONLY);
	db_key_list(db, &tenant, NULL, &page, &list);
	assert_int_equal(db_commit(db), DONE);
	assert_int_equal(list.count, 2);
	begin(DB_READ_ONLY);
	db_key_list(db, &tenant, "revoked", &page, &list);
	assert_int_equal(db_commit(db), DONE);
	assert_int_equal(list.count, 1);
	k = key_record_at(&list, 0);
	assert_string_equal(k.name, "gone");
	db_list_clear(&list);
}

static void
a_worker_cannot_find_keys_by_hash(void **state)
{
	struct key_place place;

	(void)state;
	begin(DB_READ_ONLY);
	db_key_find(db, hash, &place);
	assert_int_equal(db_exchange(db), BROKEN);
	assert_false(place.found);
}

/* What is added while chains are walked is not seen: the walk is of one moment. */
static void
a_snapshot_is_of_one_moment(void **state)
{
	struct grant g = GRANT_EMPTY;
	const struct uuid id = new_id();
	char insert[512], text[UUID_TEXT_LEN + 1];

	(void)state;
	begin(DB_SNAPSHOT);
	uuid_print(&id, text);
	(void)snprintf(insert, sizeof(insert),
	    "INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,"
	    " expires_at) VALUES ('" TENANT "', '%s', 'x', 'aws_account', '123456789012', 'x',"
	    " '2999-01-01')",
	    text);
	sql(insert);
	db_grant_get(db, &tenant, &id, &g);
	assert_int_equal(db_exchange(db), DONE);
	assert_false(g.found);
	db_rollback(db);
	begin(DB_READ_ONLY);
	db_grant_get(db, &tenant, &id, &g);
	assert_int_equal(db_commit(db), DONE);
	assert_true(g.found);
	grant_clear(&g);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, each_setup)
	const struct CMUnitTest tests[] = {
		TEST(a_worker_makes_and_revokes_keys),
		TEST(a_retired_key_ends_after_the_overlap_or_sooner),
		TEST(refused_rows_leave_nothing),
		TEST(a_grant_is_made_once),
		TEST(a_named_request_is_done_once),
		TEST(pages_stand_still_while_rows_come),
		TEST(limits_out_of_range_are_refused),
		TEST(keys_are_listed_without_others),
		TEST(a_worker_cannot_find_keys_by_hash),
		TEST(a_snapshot_is_of_one_moment),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
