/* SPDX-License-Identifier: MIT */
/*
 * The pipeline against a real server, without FastCGI: what is answered, and what was done. Above all, that nothing is
 * ever done upon a credential or policies that are no longer so, whichever way a change took.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "db/policy_load.h"
#include "tests/db/fixture.h"

static const char
    *meanwhile; /* what somebody else does right before the policies are read; NULL: nothing */

void __real_db_policy_look(struct db *, const struct uuid *, const uint8_t hash[KEY_HASH_LEN],
    struct policy_rules *);
void __wrap_db_policy_look(struct db *, const struct uuid *, const uint8_t hash[KEY_HASH_LEN],
    struct policy_rules *);

void
__wrap_db_policy_look(struct db *db, const struct uuid *tenant, const uint8_t hash[KEY_HASH_LEN],
    struct policy_rules *rules)
{
	if (meanwhile != NULL)
		(void)sql(meanwhile);
	meanwhile = NULL;
	__real_db_policy_look(db, tenant, hash, rules);
}

static int
ask(enum http_method method, const char *grant, const char *body)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/v1/grants/%s", grant);
	return request(method, path, NULL, body);
}

static int
patch(bool on)
{
	return ask(HTTP_PATCH, GRANT,
	    on ? "{\"audit_enabled\": true}" : "{\"audit_enabled\": false}");
}

static void
assert_entries(const char *count)
{
	assert_sql("SELECT count(*) FROM grantd.audit_log", count);
	assert_sql("SELECT audit_length FROM grantd.grants", count);
}

/* How many transactions in one exchange there were is not to be seen from outside, so every case is tried both ways: */
/* the first request of a service is of the ordinary form, those after it are direct. */
static void
a_change_is_made_once(void **state)
{
	(void)state;
	permit();
	assert_int_equal(patch(true), 200);
	assert_non_null(strstr(buf_text(&rs.body), "\"audit_enabled\":true"));
	assert_entries("1");
	assert_int_equal(patch(true), 200);
	assert_entries("1");
	assert_int_equal(patch(false), 200);
	assert_non_null(strstr(buf_text(&rs.body), "\"audit_enabled\":false"));
	assert_non_null(strstr(buf_text(&rs.body), "\"version\":3"));
	assert_int_equal(ask(HTTP_PATCH, GRANT, "{}"), 200);
	assert_entries("2");
	assert_sql("SELECT record->'rules'->0->>'rule_id' FROM grantd.audit_log WHERE sequence = 2",
	    PERMIT);
}

static void
nothing_is_done_without_a_policy(void **state)
{
	(void)state;
	assert_int_equal(patch(true), 403);
	assert_non_null(strstr(buf_text(&rs.body), "\"code\":\"policy_denied\""));
	assert_null(strstr(buf_text(&rs.body), "notices"));
	assert_sql("SELECT audit_enabled FROM grantd.grants", "f");
	assert_sql("SELECT outcome FROM grantd.audit_log", "denied");
}

static void
a_refusal_tells_its_notice_and_is_logged(void **state)
{
	(void)state;
	permit();
	add_rule(FORBID,
	    "forbid (principal, action == Action::\"UpdateGrant\", resource)"
	    " when { context has audit_enabled && !context.audit_enabled &&"
	    " resource.resource_type == \"aws_account\" };",
	    "Grants on whole accounts stay audited.");
	assert_int_equal(patch(true), 200);
	assert_int_equal(patch(false), 403);
	assert_non_null(
	    strstr(buf_text(&rs.body), "\"notices\":[\"Grants on whole accounts stay audited.\"]"));
	assert_sql("SELECT audit_enabled FROM grantd.grants", "t");
	assert_sql("SELECT outcome || ' ' || (record->'after')::text FROM grantd.audit_log"
		   " WHERE sequence = 2",
	    "denied {\"audit_enabled\": false}");
	assert_int_equal(patch(true), 200);
}

/* What the worker knows of the key and the policies is a guess that the database must confirm. */
static void
a_new_policy_holds_from_the_next_request_on(void **state)
{
	(void)state;
	permit();
	assert_int_equal(patch(true), 200);
	assert_int_equal(patch(false), 200);
	add_rule(FORBID, "forbid (principal, action, resource);", "No more.");
	assert_int_equal(patch(true), 403);
	assert_sql("SELECT audit_enabled FROM grantd.grants", "f");
	sql("DELETE FROM grantd.policy_rules WHERE id = '" FORBID "'");
	sql("UPDATE grantd.tenants SET policy_version = policy_version + 1");
	assert_int_equal(patch(true), 200);
	assert_sql("SELECT audit_enabled FROM grantd.grants", "t");
}

static void
a_revoked_key_changes_nothing(void **state)
{
	(void)state;
	permit();
	assert_int_equal(patch(true), 200);
	sql("UPDATE grantd.api_keys SET revoked_at = now()");
	assert_int_equal(patch(false), 401);
	assert_sql("SELECT audit_enabled FROM grantd.grants", "t");
	assert_entries("1");
}

static void
a_key_with_other_roles_is_asked_about_anew(void **state)
{
	(void)state;
	permit();
	assert_int_equal(patch(true), 200);
	sql("UPDATE grantd.api_keys SET roles = '{auditor}', version = version + 1");
	assert_int_equal(patch(false), 403);
	assert_sql("SELECT audit_enabled FROM grantd.grants", "t");
}

static void
another_grant_is_not_found(void **state)
{
	(void)state;
	permit();
	assert_int_equal(ask(HTTP_PATCH, POLICY, "{\"audit_enabled\": true}"), 404);
	assert_int_equal(patch(true), 200);
	assert_int_equal(ask(HTTP_PATCH, POLICY, "{\"audit_enabled\": true}"), 404);
	assert_entries("1");
}

/* A rule that does not parse cannot be stored by the API; one that someone stored all the same refuses everything. */
static void
a_broken_rule_refuses_everything(void **state)
{
	(void)state;
	permit();
	assert_int_equal(patch(true), 200);
	add_rule(FORBID, "forbid (principal, action, resource) wehn { true };", "x");
	assert_int_equal(patch(false), 403);
	assert_int_equal(ask(HTTP_GET, GRANT, ""), 403);
	assert_sql("SELECT audit_enabled FROM grantd.grants", "t");
}

static void
the_higher_priority_decides(void **state)
{
	(void)state;
	permit();
	sql("INSERT INTO grantd.policies (tenant_id, id, name, priority) VALUES ('" TENANT "',"
	    " '88888888-8888-7888-8888-888888888888', 'q', -1)");
	sql("INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal,"
	    " policy_text) VALUES ('" TENANT "', '88888888-8888-7888-8888-888888888888', '" FORBID
	    "', 0, 'forbid (principal, action, resource);')");
	assert_int_equal(patch(true), 200);
	sql("UPDATE grantd.policies SET priority = 1 WHERE name = 'q'");
	sql("UPDATE grantd.tenants SET policy_version = policy_version + 1");
	assert_int_equal(patch(false), 403);
}

/* What the server closed while it lay idle is replaced before anything is sent: not even what nothing could tell of is in doubt. */
static void
a_connection_closed_while_idle_is_not_noticed(void **state)
{
	static const char terminate[] =
	    "SELECT bool_and(pg_terminate_backend(pid, 60000)) FROM pg_stat_activity"
	    " WHERE usename = 'grantd_worker' AND datname = current_database()";
	static const char events[] =
	    "{\"events\":[{\"id\":\"00000000-0000-4000-8000-000000000001\","
	    "\"occurred_at\":\"2026-11-23T02:31:45Z\",\"service\":\"s3\",\"name\":\"GetObject\","
	    "\"kind\":\"read\",\"outcome\":\"success\"}]}";

	(void)state;
	permit();
	assert_int_equal(patch(true), 200);
	assert_sql(terminate, "t");
	assert_int_equal(request(HTTP_POST, "/v1/grants/" GRANT "/activity", NULL, events), 200);
	assert_body("\"accepted\":1");
	assert_sql(terminate, "t");
	assert_int_equal(patch(false), 200);
	assert_entries("2");
	assert_sql(terminate, "t");
	assert_int_equal(request(HTTP_GET, "/v1/grants/" GRANT, NULL, NULL), 200);
}

/* A policy that is changed after it was read, and before the rules are: what was read must not be written back. */
static void
a_policy_changed_between_two_reads_is_looked_at_anew(void **state)
{
	(void)state;
	permit();
	fixture_restart();
	meanwhile = "WITH p AS (UPDATE grantd.policies SET name = 'theirs', version = version + 1"
		    " WHERE id = '" POLICY "' RETURNING tenant_id) UPDATE grantd.tenants t"
		    " SET policy_version = policy_version + 1 FROM p WHERE t.id = p.tenant_id"
		    " RETURNING t.id";
	assert_int_equal(request(HTTP_PATCH, "/v1/policies/" POLICY, NULL, "{\"priority\": 7}"),
	    200);
	assert_null(meanwhile);
	assert_sql("SELECT name || priority FROM grantd.policies WHERE id = '" POLICY "'",
	    "theirs7");
}

/* However often and with however much a key is refused, the log grows by little; and it says how often that was. */
static void
many_refusals_are_counted(void **state)
{
	static char body[4096];
	int i, at;

	(void)state;
	at = snprintf(body, sizeof(body),
	    "{\"grantee_id\": \"ann\", \"resource\": {\"type\": \"aws_account\", \"id\": \"123456789012\"},"
	    " \"action\": \"a\", \"expires_at\": \"2100-01-01T00:00:00Z\", \"metadata\": {\"x\": \"");
	memset(body + at, 'x', 3000);
	(void)snprintf(body + at + 3000, sizeof(body) - (size_t)at - 3000, "\"}}");
	for (i = 0; i < 30; i++) {
		if (i % 7 == 0)
			fixture_restart(); /* another worker */
		assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, body), 403);
		assert_body("\"policy_denied\"");
	}
	assert_sql("SELECT count(*) FROM grantd.audit_log", "10");
	assert_sql("SELECT sum(repeated) FROM grantd.refusals", "20");
	assert_sql("SELECT max(octet_length(record::text)) < 1024 FROM grantd.audit_log", "t");
	assert_sql(
	    "SELECT DISTINCT (record -> 'after' ->> 'left_out') || (record -> 'after' ->> 'action')"
	    " FROM grantd.audit_log",
	    "[\"metadata\"]a");
	sql("UPDATE grantd.refusals SET called_at = called_at - interval '11 minutes'");
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, body), 403);
	assert_sql(
	    "SELECT count(*) || ' ' || sum((record ->> 'repeated')::int) FROM grantd.audit_log",
	    "11 20");
	assert_chains_hold();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_is_made_once),
		TEST(nothing_is_done_without_a_policy),
		TEST(a_refusal_tells_its_notice_and_is_logged),
		TEST(a_new_policy_holds_from_the_next_request_on),
		TEST(a_revoked_key_changes_nothing),
		TEST(a_key_with_other_roles_is_asked_about_anew),
		TEST(a_policy_changed_between_two_reads_is_looked_at_anew),
		TEST(another_grant_is_not_found),
		TEST(a_broken_rule_refuses_everything),
		TEST(the_higher_priority_decides),
		TEST(a_connection_closed_while_idle_is_not_noticed),
		TEST(many_refusals_are_counted),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
