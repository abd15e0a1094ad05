/* SPDX-License-Identifier: MIT */
/*
 * The pipeline against a real server, without FastCGI: what is answered, and what was done. Above all, that nothing is
 * ever done upon a credential or policies that are no longer so, whichever way a change took.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "base/api_key.h"
#include "base/hex.h"
#include "base/settings.h"
#include "handlers/dispatch.h"
#include "http/request.h"
#include "http/response.h"

#define TENANT "11111111-1111-4111-8111-111111111111"
#define OTHER_TENANT "22222222-2222-4222-8222-222222222222"
#define GRANT "44444444-4444-4444-8444-444444444444"
#define POLICY "55555555-5555-7555-8555-555555555555"
#define PERMIT "66666666-6666-7666-8666-666666666666"
#define FORBID "77777777-7777-7777-8777-777777777777"

static PGconn *admin;
static struct settings settings;
static struct service *service;
static struct response rs;
static char key[API_KEY_TEXT_MAX];

/* Run SQL as the superuser, and give back the first column of the first row; static memory. */
static const char *
sql(const char *text)
{
	static char value[4096];
	PGresult *r = PQexec(admin, text);

	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", text, PQerrorMessage(admin));
	value[0] = '\0';
	if (PQntuples(r) > 0)
		(void)snprintf(value, sizeof(value), "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	return value;
}

#define assert_sql(text, value) assert_string_equal(sql(text), value)

static enum body_end
read_body(void *source, size_t max, struct buf *to)
{
	const char *text = source;

	if (strlen(text) > max)
		return BODY_TOO_LARGE;
	buf_adds(to, text);
	return BODY_WHOLE;
}

/* Send a request about a grant and give back the status; the response is in rs. */
static int
ask(enum http_method method, const char *grant, const char *body)
{
	char path[64], text[128];
	struct request rq = { .method = method, .path = path, .query = "", .remote_addr = "127.0.0.1",
		.duplicate = -1, .read_body = read_body, .body_source = text };

	(void)snprintf(path, sizeof(path), "/v1/grants/%s", grant);
	(void)snprintf(text, sizeof(text), "%s", body);
	rq.header[HEADER_API_KEY] = key;
	rq.header[HEADER_TENANT_ID] = TENANT;
	rq.header[HEADER_CONTENT_TYPE] = "application/json";
	response_begin(&rs, NULL);
	dispatch(service, &rq, &rs);
	assert_false(response_failed(&rs));
	return rs.status;
}

static int
patch(bool on)
{
	return ask(HTTP_PATCH, GRANT, on ? "{\"audit_enabled\": true}" : "{\"audit_enabled\": false}");
}

static void
make_key(void)
{
	uint8_t hash[API_KEY_HASH_LEN];
	char name[API_KEY_NAME_LEN + 1], hex[2 * API_KEY_HASH_LEN + 1], text[512];

	assert_true(api_key_make(key) && api_key_check(key, strlen(key), name) &&
	    api_key_hash(key, strlen(key), hash));
	hex_print(hash, sizeof(hash), hex);
	(void)snprintf(text, sizeof(text),
	    "INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash)"
	    " VALUES ('" TENANT "', gen_random_uuid(), '%s', 'test', '{operator}', '\\x%s')", name, hex);
	sql(text);
}

static void
add_rule(const char *id, const char *effect, const char *text, const char *notice)
{
	char *command = PQescapeLiteral(admin, text, strlen(text));
	char statement[1024];

	(void)snprintf(statement, sizeof(statement),
	    "INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal, effect,"
	    " principal_scope_type, action_scope_type, action_ids, resource_scope_type, conditions,"
	    " policy_text, notice) SELECT '" TENANT "', '" POLICY "', '%s', count(*), '%s', 'any', 'any',"
	    " '{}', 'any', '', %s, '%s' FROM grantd.policy_rules",
	    id, effect, command, notice);
	PQfreemem(command);
	sql(statement);
	sql("UPDATE grantd.tenants SET policy_version = policy_version + 1");
}

static int
setup(void **state)
{
	char error[SETTINGS_ERROR_MAX];

	(void)state;
	admin = PQconnectdb(getenv("GRANTD_TEST_ADMIN"));
	if (PQstatus(admin) != CONNECTION_OK || !settings_load(&settings, NULL, error))
		return -1;
	PQclear(PQexec(admin, "SET client_min_messages = error"));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	PQfinish(admin);
	settings_clear(&settings);
	return 0;
}

static int
each_setup(void **state)
{
	(void)state;
	sql("SET session_replication_role = replica");
	sql("TRUNCATE grantd.tenants, grantd.audit_log CASCADE");
	sql("SET session_replication_role = origin");
	sql("INSERT INTO grantd.tenants (id, name) VALUES ('" TENANT "', 'one'),"
	    " ('" OTHER_TENANT "', 'two')");
	sql("INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id,"
	    " action, expires_at) VALUES ('" TENANT "', '" GRANT "', 'ann', 'aws_account',"
	    " '123456789012', 'admin', now() + interval '1 hour')");
	sql("INSERT INTO grantd.policies (tenant_id, id, name) VALUES ('" TENANT "', '" POLICY "', 'p')");
	make_key();
	service = service_open(&settings);
	return service == NULL;
}

static int
each_teardown(void **state)
{
	(void)state;
	service_close(service);
	response_clear(&rs);
	return 0;
}

static void
permit(void)
{
	add_rule(PERMIT, "permit", "permit (principal in Role::\"operator\", action, resource);", "x");
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
	assert_sql("SELECT metadata->'rules'->0->>'rule_id' FROM grantd.audit_log WHERE sequence = 2",
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
	add_rule(FORBID, "forbid", "forbid (principal, action == Action::\"UpdateGrant\", resource)"
	    " when { context has audit_enabled && !context.audit_enabled &&"
	    " resource.resource_type == \"aws_account\" };", "Grants on whole accounts stay audited.");
	assert_int_equal(patch(true), 200);
	assert_int_equal(patch(false), 403);
	assert_non_null(strstr(buf_text(&rs.body),
	    "\"notices\":[\"Grants on whole accounts stay audited.\"]"));
	assert_sql("SELECT audit_enabled FROM grantd.grants", "t");
	assert_sql("SELECT outcome || ' ' || (metadata->'after')::text FROM grantd.audit_log"
	    " WHERE sequence = 2", "denied {\"audit_enabled\": false}");
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
	add_rule(FORBID, "forbid", "forbid (principal, action, resource);", "No more.");
	assert_int_equal(patch(true), 403);
	assert_sql("SELECT audit_enabled FROM grantd.grants", "f");
	sql("DELETE FROM grantd.policy_rules WHERE effect = 'forbid'");
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
	add_rule(FORBID, "forbid", "forbid (principal, action, resource) wehn { true };", "x");
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
	sql("INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal, effect,"
	    " principal_scope_type, action_scope_type, action_ids, resource_scope_type, conditions,"
	    " policy_text) VALUES ('" TENANT "', '88888888-8888-7888-8888-888888888888', '" FORBID "', 0,"
	    " 'forbid', 'any', 'any', '{}', 'any', '', 'forbid (principal, action, resource);')");
	assert_int_equal(patch(true), 200);
	sql("UPDATE grantd.policies SET priority = 1 WHERE name = 'q'");
	sql("UPDATE grantd.tenants SET policy_version = policy_version + 1");
	assert_int_equal(patch(false), 403);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, each_setup, each_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_change_is_made_once),
		TEST(nothing_is_done_without_a_policy),
		TEST(a_refusal_tells_its_notice_and_is_logged),
		TEST(a_new_policy_holds_from_the_next_request_on),
		TEST(a_revoked_key_changes_nothing),
		TEST(a_key_with_other_roles_is_asked_about_anew),
		TEST(another_grant_is_not_found),
		TEST(a_broken_rule_refuses_everything),
		TEST(the_higher_priority_decides),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
