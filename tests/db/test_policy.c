/* SPDX-License-Identifier: MIT */
/* The verbs of policies and rules against a real server, as a worker has them; started as test_exchange is. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "db/key.h"
#include "db/policy.h"
#include "db/policy_load.h"
#include "db/policy_rule.h"
#include "tests/db/admin.h"

#define TENANT "11111111-1111-4111-8111-111111111112"
#define OTHER_TENANT "22222222-2222-4222-8222-222222222223"
#define KEY "33333333-3333-4333-8333-333333333334"
#define PERMIT "permit (principal, action, resource);"
#define FORBID \
	"forbid (principal is ApiKey in Role::\"a\\\"b\", action in [Action::\"x\", Action::\"y\"], resource);"

#define POLICY_VERSION "SELECT policy_version FROM grantd.tenants WHERE id = '" TENANT "'"
#define ENTRIES "SELECT count(*) FROM grantd.audit_log WHERE tenant_id = '" TENANT "'"

static struct settings settings;
static struct db *db;
static const uint8_t hash[KEY_HASH_LEN] = { 4, 5, 6 };
static struct uuid tenant;

static const struct rule_settings permit = {
	.text = PERMIT,
	.audit_session = true,
};
static const struct rule_settings forbid = {
	.text = FORBID,
	.has_ordinal = true,
	.ordinal = 7,
	.notice = "No.",
	.audit_session = false,
};

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
	remove_tenants(TENANT, OTHER_TENANT);
	admin_close();
	db_close(db);
	settings_clear(&settings);
	return 0;
}

static int
each_setup(void **state)
{
	(void)state;
	remove_tenants(TENANT, OTHER_TENANT);
	sql("INSERT INTO grantd.tenants (id, name) VALUES ('" TENANT "', 'one'),"
	    " ('" OTHER_TENANT "', 'two')");
	sql("INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash) VALUES"
	    " ('" TENANT "', '" KEY "', 'aaaaaaaa', 'test', '{admin}',"
	    " '\\x0405060000000000000000000000000000000000000000000000000000000000')");
	return 0;
}

/* Decided on the key as it was made, and on the policies as they are now. */
static struct change_by
entry(const char *action)
{
	return (struct change_by){
		.entry = new_id(),
		.key_hash = hash,
		.key_version = 1,
		.policy_version = strtoll(sql(POLICY_VERSION), NULL, 10),
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

/* One transaction that reads as this key. */
#define READ(...) \
	do { \
		struct key k_ = KEY_EMPTY; \
		db_begin(db, DB_READ_ONLY); \
		db_key_authenticate(db, hash, &k_); \
		__VA_ARGS__; \
		assert_int_equal(db_commit(db), DONE); \
		assert_true(k_.found); \
		key_clear(&k_); \
	} while (0)

static struct uuid
make_policy(const char *name, int64_t priority)
{
	struct policy_settings s = { .name = name, .priority = priority, .enabled = true };
	struct policy p = POLICY_EMPTY;
	struct uuid id = new_id();
	struct change_by e = entry("CreatePolicy");

	CHANGE(DONE, db_policy_create(db, &tenant, &id, &s, &e, &p));
	assert_true(p.found);
	assert_string_equal(p.name, name);
	assert_int_equal(p.version, 1);
	policy_clear(&p);
	return id;
}

static struct uuid
make_rule(const struct uuid *policy, const struct rule_settings *is)
{
	struct rule_record r = RULE_RECORD_EMPTY;
	struct uuid id = new_id();
	struct change_by e = entry("CreatePolicyRule");

	CHANGE(DONE, db_policy_rule_change(db, &tenant, policy, &id, is, &e, &r));
	assert_true(r.found);
	assert_true(uuid_equal(&r.id, &id));
	rule_record_clear(&r);
	return id;
}

/* The chains of the tenant's policies are whole: sequence, previous hash, hash, head. */
static void
check_chains(void)
{
	assert_string_equal(
	    sql("SELECT count(*) FROM grantd.policies p WHERE p.tenant_id = '" TENANT "'"
		" AND (SELECT count(*) FILTER (WHERE l.sequence = p.audit_length AND l.hash = p.audit_head)"
		" <> 1 OR count(*) <> p.audit_length FROM grantd.audit_log l WHERE l.tenant_id ="
		" p.tenant_id AND l.resource_type = 'policy' AND l.resource_id = p.id)"),
	    "0");
	assert_chains_hold();
}

/* Has the version moved, which is forwards, since this was asked last? */
static bool
moved(void)
{
	static long long last;
	long long before = last;

	last = strtoll(sql(POLICY_VERSION), NULL, 10);
	return last > before;
}

static void
each_change_moves_the_version_and_is_logged(void **state)
{
	struct policy_settings s = { .name = "renamed", .priority = -3, .enabled = false };
	struct policy p = POLICY_EMPTY;
	struct rule_record r = RULE_RECORD_EMPTY;
	struct rule_settings edited = permit;
	struct change_by e;
	struct uuid policy, rule;

	(void)state;
	sql("UPDATE grantd.tenants SET policy_version = 1");
	(void)moved();
	policy = make_policy("one", 0);
	assert_true(moved());
	rule = make_rule(&policy, &permit);
	assert_true(moved());
	e = entry("UpdatePolicy");
	CHANGE(DONE, db_policy_update(db, &tenant, &policy, &s, &e, &p));
	assert_true(p.found && p.priority == -3 && !p.enabled && p.version == 2 && moved());
	edited.notice = "told";
	e = entry("UpdatePolicyRule");
	CHANGE(DONE, db_policy_rule_change(db, &tenant, &policy, &rule, &edited, &e, &r));
	assert_true(r.found && r.version == 2 && r.is.ordinal == 1 && moved());
	assert_string_equal(r.is.notice, "told");
	e = entry("DeletePolicyRule");
	CHANGE(DONE, db_policy_rule_change(db, &tenant, &policy, &rule, NULL, &e, &r));
	assert_true(r.found && moved());
	e = entry("DeletePolicy");
	CHANGE(DONE, db_policy_delete(db, &tenant, &policy, &e, &p));
	assert_true(p.found && moved());
	assert_string_equal(
	    sql("SELECT string_agg(action, ' ' ORDER BY sequence) FROM grantd.audit_log"
		" WHERE tenant_id = '" TENANT "'"),
	    "CreatePolicy CreatePolicyRule UpdatePolicy"
	    " UpdatePolicyRule DeletePolicyRule DeletePolicy");
	assert_string_equal(sql("SELECT record->'before'->>'policy_text' FROM grantd.audit_log"
				" WHERE tenant_id = '" TENANT "' AND action = 'DeletePolicyRule'"),
	    PERMIT);
	check_chains();
	policy_clear(&p);
	rule_record_clear(&r);
}

static void
what_is_as_asked_changes_nothing(void **state)
{
	struct policy_settings same = { .name = "one", .priority = 5, .enabled = true };
	struct policy p = POLICY_EMPTY;
	struct rule_record r = RULE_RECORD_EMPTY;
	struct change_by e;
	struct uuid policy = make_policy("one", 5), rule = make_rule(&policy, &forbid),
		    none = new_id();

	(void)state;
	(void)moved();
	e = entry("UpdatePolicy");
	CHANGE(DONE, db_policy_update(db, &tenant, &policy, &same, &e, &p));
	assert_int_equal(p.change, CHANGE_SAME);
	assert_true(p.found && p.version == 1);
	e = entry("UpdatePolicyRule");
	CHANGE(DONE, db_policy_rule_change(db, &tenant, &policy, &rule, &forbid, &e, &r));
	assert_int_equal(r.change, CHANGE_SAME);
	assert_true(r.found && r.version == 1);
	CHANGE(DONE, db_policy_rule_change(db, &tenant, &policy, &none, &forbid, &e, &r));
	assert_int_equal(r.change, CHANGE_NONE);
	e = entry("DeletePolicyRule");
	CHANGE(DONE, db_policy_rule_change(db, &tenant, &policy, &none, NULL, &e, &r));
	assert_int_equal(r.change, CHANGE_NONE);
	e = entry("DeletePolicy");
	CHANGE(DONE, db_policy_delete(db, &tenant, &none, &e, &p));
	assert_int_equal(p.change, CHANGE_NONE);
	e = entry("CreatePolicyRule");
	CHANGE(DONE, db_policy_rule_change(db, &tenant, &none, &none, &permit, &e, &r));
	assert_int_equal(r.change, CHANGE_NONE);
	policy_clear(&p);
	rule_record_clear(&r);
	assert_false(moved());
	assert_string_equal(sql(ENTRIES), "2");
}

/* A change that was lost (a failover, a restored backup) and the one made in its stead are told apart. */
static void
a_version_never_comes_back(void **state)
{
	long long lost;

	(void)state;
	sql("UPDATE grantd.tenants SET policy_version = 1");
	(void)make_policy("lost", 0);
	lost = strtoll(sql(POLICY_VERSION), NULL, 10);
	sql("UPDATE grantd.tenants SET policy_version = 1");
	(void)make_policy("made instead", 0);
	assert_true(strtoll(sql(POLICY_VERSION), NULL, 10) > lost);
}

static void
a_rule_is_read_as_it_was_written(void **state)
{
	struct rule_record r = RULE_RECORD_EMPTY;
	struct uuid policy = make_policy("one", 0), rule = make_rule(&policy, &forbid);

	(void)state;
	READ(db_policy_rule_get(db, &tenant, &policy, &rule, &r));
	assert_true(r.found);
	assert_string_equal(r.is.text, FORBID);
	assert_int_equal(r.is.ordinal, 7);
	assert_string_equal(r.is.notice, "No.");
	assert_false(r.is.audit_session);
	rule_record_clear(&r);
}

static void
a_name_is_taken_until_its_policy_is_deleted(void **state)
{
	struct policy_settings s = { .name = "one", .enabled = true };
	struct policy p = POLICY_EMPTY;
	struct change_by e;
	struct uuid first = make_policy("one", 0), second = new_id();

	(void)state;
	e = entry("CreatePolicy");
	CHANGE(CONFLICT, db_policy_create(db, &tenant, &second, &s, &e, &p));
	e = entry("DeletePolicy");
	CHANGE(DONE, db_policy_delete(db, &tenant, &first, &e, &p));
	policy_clear(&p);
	make_policy("one", 0);
	READ(db_policy_get(db, &tenant, &first, &p));
	assert_false(p.found);
	check_chains();
}

static void
rules_are_loaded_in_the_order_of_asking(void **state)
{
	struct policy_rules rules = POLICY_RULES_EMPTY;
	struct policy_settings off = { .name = "off", .enabled = false };
	struct rule_settings early = permit;
	struct uuid low = make_policy("low", 1), high = make_policy("high", 10);
	struct uuid disabled = make_policy("off", 99), want[4];
	struct policy p = POLICY_EMPTY;
	struct policy_rule rule;
	struct change_by e;
	size_t i;

	(void)state;
	early.has_ordinal = true;
	early.ordinal = -5;
	want[2] = make_rule(&low, &permit);
	want[3] = make_rule(&low, &permit);
	want[1] = make_rule(&high, &forbid);
	want[0] = make_rule(&high, &early);
	make_rule(&disabled, &permit);
	e = entry("UpdatePolicy");
	CHANGE(DONE, db_policy_update(db, &tenant, &disabled, &off, &e, &p));
	READ(db_policy_load(db, &tenant, &rules));
	assert_int_equal(rules.count, 4);
	assert_int_equal(rules.version, strtoll(sql(POLICY_VERSION), NULL, 10));
	for (i = 0; i < 4; i++) {
		assert_true(policy_rules_at(&rules, i, &rule));
		assert_true(uuid_equal(&rule.id, &want[i]));
		assert_int_equal(rule.priority, i < 2 ? 10 : 1);
	}
	assert_true(policy_rules_at(&rules, 1, &rule));
	assert_string_equal(rule.notice, "No.");
	assert_false(rule.audit_session);
	policy_rules_clear(&rules);
	policy_clear(&p);
}

static void
a_tenant_without_rules_has_a_version(void **state)
{
	struct policy_rules rules = POLICY_RULES_EMPTY;

	(void)state;
	make_policy("empty", 0);
	READ(db_policy_load(db, &tenant, &rules));
	assert_int_equal(rules.count, 0);
	assert_int_equal(rules.version, strtoll(sql(POLICY_VERSION), NULL, 10));
	policy_rules_clear(&rules);
}

/* With and without a page before, and of a size that does not divide the number of rules. */
static void
rules_are_listed_in_pages(void **state)
{
	struct page page = { .after = false, .limit = 2 };
	struct db_list list = DB_LIST_EMPTY;
	struct uuid policy = make_policy("one", 0), want[5];
	int seen = 0, i;

	(void)state;
	for (i = 0; i < 5; i++)
		want[i] = make_rule(&policy, &permit);
	do {
		READ(db_policy_rule_list(db, &tenant, &policy, &page, &list));
		assert_in_range(list.count, 1, 2);
		for (i = 0; i < list.count; i++) {
			struct rule_record r = rule_record_at(&list, i);

			assert_true(uuid_equal(&r.id, &want[seen++]));
		}
	} while (page_go_on(&page, &list));
	assert_int_equal(seen, 5);
	db_list_clear(&list);
}

static void
another_tenant_sees_and_changes_nothing(void **state)
{
	const struct uuid mine = uuid(TENANT), other = uuid(OTHER_TENANT);
	struct policy p = POLICY_EMPTY;
	struct rule_record r = RULE_RECORD_EMPTY;
	struct uuid policy = make_policy("one", 0), rule = make_rule(&policy, &permit);
	struct change_by e;
	struct key k = KEY_EMPTY;

	(void)state;
	sql("UPDATE grantd.api_keys SET hash = '\\x09' || substr(hash, 2) WHERE tenant_id = '" TENANT
	    "'");
	sql("INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash) VALUES"
	    " ('" OTHER_TENANT "', '" KEY "', 'aaaaaaaa', 'test', '{admin}',"
	    " '\\x0405060000000000000000000000000000000000000000000000000000000000')");
	db_begin(db, DB_READ_ONLY);
	db_key_authenticate(db, hash, &k);
	db_policy_get(db, &mine, &policy, &p);
	db_policy_rule_get(db, &mine, &policy, &rule, &r);
	assert_int_equal(db_commit(db), DONE);
	assert_true(k.found && uuid_equal(&k.tenant, &other));
	assert_false(p.found || r.found);
	e = entry("DeletePolicy");
	CHANGE(DONE, db_policy_delete(db, &mine, &policy, &e, &p));
	assert_int_equal(p.change, CHANGE_KEY);
	e.policy_version = k.policy_version;
	CHANGE(DONE, db_policy_delete(db, &other, &policy, &e, &p));
	assert_int_equal(p.change, CHANGE_NONE);
	assert_false(p.found);
	assert_string_equal(
	    sql("SELECT count(*) FROM grantd.policy_rules WHERE tenant_id = '" TENANT "'"), "1");
	policy_clear(&p);
	key_clear(&k);
}

/* A call that is repeated is answered with the row as its entry left it, one that is gone included. */
static void
a_repeated_call_finds_its_entry(void **state)
{
	struct policy_settings s = { .name = "renamed", .priority = 4, .enabled = true };
	struct rule_settings edited = permit;
	struct change_by create, rename, edit, drop, drop_rule;
	struct policy p = POLICY_EMPTY;
	struct rule_record r = RULE_RECORD_EMPTY;
	struct uuid policy = make_policy("one", 0), rule = new_id();
	int twice;

	(void)state;
	edited.notice = "told";
	create = entry("CreatePolicyRule");
	for (twice = 0; twice < 2; twice++) {
		CHANGE(DONE,
		    db_policy_rule_change(db, &tenant, &policy, &rule, &permit, &create, &r));
		assert_int_equal(r.change, twice == 0 ? CHANGE_DONE : CHANGE_MADE);
		assert_true(r.found && r.is.notice == NULL && r.version == 1);
	}
	edit = entry("UpdatePolicyRule");
	for (twice = 0; twice < 2; twice++) {
		CHANGE(DONE,
		    db_policy_rule_change(db, &tenant, &policy, &rule, &edited, &edit, &r));
		assert_int_equal(r.change, twice == 0 ? CHANGE_DONE : CHANGE_MADE);
		assert_true(r.found && r.version == 2);
		assert_string_equal(r.is.notice, "told");
	}
	CHANGE(DONE, db_policy_rule_change(db, &tenant, &policy, &rule, &permit, &create, &r));
	assert_int_equal(r.change, CHANGE_MADE);
	assert_true(r.found && r.is.notice == NULL && r.version == 1);
	rename = entry("UpdatePolicy");
	for (twice = 0; twice < 2; twice++) {
		CHANGE(DONE, db_policy_update(db, &tenant, &policy, &s, &rename, &p));
		assert_int_equal(p.change, twice == 0 ? CHANGE_DONE : CHANGE_MADE);
		assert_true(p.found && p.priority == 4 && p.version == 2);
		assert_string_equal(p.name, "renamed");
	}
	drop_rule = entry("DeletePolicyRule");
	for (twice = 0; twice < 2; twice++) {
		CHANGE(DONE,
		    db_policy_rule_change(db, &tenant, &policy, &rule, NULL, &drop_rule, &r));
		assert_int_equal(r.change, twice == 0 ? CHANGE_DONE : CHANGE_MADE);
		assert_true(r.found);
	}
	drop = entry("DeletePolicy");
	for (twice = 0; twice < 2; twice++) {
		CHANGE(DONE, db_policy_delete(db, &tenant, &policy, &drop, &p));
		assert_int_equal(p.change, twice == 0 ? CHANGE_DONE : CHANGE_MADE);
		assert_true(p.found);
	}
	CHANGE(DONE, db_policy_update(db, &tenant, &policy, &s, &rename, &p));
	assert_int_equal(p.change, CHANGE_MADE);
	assert_string_equal(p.name, "renamed");
	assert_string_equal(sql(ENTRIES), "6");
	check_chains();
	policy_clear(&p);
	rule_record_clear(&r);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, each_setup)
	const struct CMUnitTest tests[] = {
		TEST(each_change_moves_the_version_and_is_logged),
		TEST(what_is_as_asked_changes_nothing),
		TEST(a_version_never_comes_back),
		TEST(a_rule_is_read_as_it_was_written),
		TEST(a_name_is_taken_until_its_policy_is_deleted),
		TEST(rules_are_loaded_in_the_order_of_asking),
		TEST(a_tenant_without_rules_has_a_version),
		TEST(rules_are_listed_in_pages),
		TEST(another_tenant_sees_and_changes_nothing),
		TEST(a_repeated_call_finds_its_entry),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
