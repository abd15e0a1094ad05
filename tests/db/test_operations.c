/* SPDX-License-Identifier: MIT */
/* Grants and keys over the service, against a real server, without FastCGI. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "handlers/operation.h"
#include "tests/db/fixture.h"

#define NEW_GRANT(id) \
	"{\"grantee_id\":\"ann\",\"resource\":{\"type\":\"aws_account\",\"id\":\"" id \
	"\"},\"action\":\"admin\",\"expires_at\":\"2999-01-01T00:00:00Z\",\"metadata\":{\"a\":[1,2.50]}}"

static void
a_grant_is_made(void **state)
{
	(void)state;
	permit();
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, NEW_GRANT("123456789012")), 201);
	assert_non_null(strstr(buf_text(&rs.head), "Location: /v1/grants/"));
	assert_non_null(strstr(buf_text(&rs.head), "ETag: \"1.active\""));
	assert_body("\"metadata\":{\"a\": [1, 2.50]}");
	assert_body("\"audit_enabled\":true");
	assert_sql(
	    "SELECT count(*) FROM grantd.grants g JOIN grantd.audit_log l ON l.resource_id = g.id"
	    " AND l.hash = g.audit_head WHERE l.action = 'CreateGrant'",
	    "1");
}

/* Its session is audited from the start where a rule that permits it says so, and not otherwise. */
static void
a_rule_decides_whether_it_is_audited(void **state)
{
	(void)state;
	permit();
	sql("UPDATE grantd.policy_rules SET audit_session = false");
	sql("UPDATE grantd.tenants SET policy_version = policy_version + 1");
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, NEW_GRANT("123456789012")), 201);
	assert_body("\"audit_enabled\":false");
	add_rule(FORBID, "permit (principal, action == Action::\"CreateGrant\", resource);", "x");
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, NEW_GRANT("123456789012")), 201);
	assert_body("\"audit_enabled\":true");
}

static void
a_bad_grant_is_refused_with_its_member(void **state)
{
	static const struct {
		const char *body, *member;
	} bad[] = {
		{ "{}", "grantee_id" },
		{ NEW_GRANT("12345678901"), "resource.id" },
		{ "{\"grantee_id\":\"a\\nb\"}", "grantee_id" },
		{ "{\"grantee_id\":\"ann\",\"resource\":{\"type\":\"aws_thing\",\"id\":\"1\"}}",
		    "resource.type" },
		{ "{\"audit_enabled\":true}", "audit_enabled" },
		{ "{\"grantee_id\":\"ann\",\"resource\":{\"type\":\"aws_account\",\"id\":\"123456789012\"},"
		  "\"action\":\"x\",\"expires_at\":\"2001-01-01T00:00:00Z\"}",
		    "expires_at" },
	};
	size_t i;

	(void)state;
	permit();
	for (i = 0; i < COUNT_OF(bad); i++) {
		assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, bad[i].body), 422);
		assert_string_equal(member("member"), bad[i].member);
	}
	assert_sql("SELECT count(*) FROM grantd.grants", "1");
	assert_sql("SELECT count(*) FROM grantd.audit_log", "0");
}

static void
the_first_answer_is_given_again(void **state)
{
	char first[4096], path[64];

	(void)state;
	permit();
	idempotency_key = "order-1";
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, NEW_GRANT("123456789012")), 201);
	(void)snprintf(first, sizeof(first), "%s", buf_text(&rs.body));
	(void)snprintf(path, sizeof(path), "/v1/grants/%s", member("id"));
	assert_int_equal(request(HTTP_PATCH, path, NULL, "{\"audit_enabled\":false}"), 200);
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, NEW_GRANT("123456789012")), 201);
	assert_string_equal(buf_text(&rs.body), first);
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, NEW_GRANT("123456789013")), 422);
	assert_string_equal(member("code"), "idempotency_mismatch");
	assert_sql("SELECT count(*) FROM grantd.grants", "2");
	sql("UPDATE grantd.idempotency_keys SET created_at = created_at - interval '25 hours'");
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, NEW_GRANT("123456789013")), 201);
	assert_sql("SELECT count(*) FROM grantd.grants", "3");
	assert_sql("SELECT count(*) FROM grantd.idempotency_keys", "1");
	idempotency_key = "a b";
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, NEW_GRANT("123456789013")), 400);
	assert_string_equal(member("parameter"), "Idempotency-Key");
}

static void
grants_are_listed_page_by_page(void **state)
{
	char cursor[128], query[192];
	int i, rows = 0;

	(void)state;
	permit();
	sql("INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,"
	    " expires_at) SELECT '" TENANT "', gen_random_uuid(), 'g' || n % 3, 'aws_account',"
	    " '123456789012', 'a', now() + interval '1 hour' FROM generate_series(1, 7) n");
	assert_int_equal(request(HTTP_GET, "/v1/grants", "limit=3", NULL), 200);
	for (i = 0; i < 5; i++) {
		const char *at = buf_text(&rs.body);

		while ((at = strstr(at, "\"grantee_id\"")) != NULL)
			rows++, at++;
		if (strstr(buf_text(&rs.body), "\"has_more\":false") != NULL)
			break;
		(void)snprintf(cursor, sizeof(cursor), "%s", member("next_cursor"));
		(void)snprintf(query, sizeof(query), "limit=3&cursor=%s", cursor);
		assert_int_equal(request(HTTP_GET, "/v1/grants", query, NULL), 200);
	}
	assert_int_equal(rows, 8);
	assert_int_equal(i, 2);
	assert_int_equal(request(HTTP_GET, "/v1/grants", "grantee_id=ann&status=active", NULL),
	    200);
	assert_body("\"next_cursor\":null");
	assert_body(GRANT);
	assert_int_equal(request(HTTP_GET, "/v1/grants", "status=gone", NULL), 400);
	assert_string_equal(member("parameter"), "status");
	assert_int_equal(request(HTTP_GET, "/v1/grants", "cursor=AAAA", NULL), 400);
	assert_string_equal(member("parameter"), "cursor");
}

static void
a_grant_is_revoked_once(void **state)
{
	(void)state;
	permit();
	assert_int_equal(request(HTTP_DELETE, "/v1/grants/" GRANT, NULL, NULL), 204);
	assert_int_equal(request(HTTP_DELETE, "/v1/grants/" GRANT, NULL, NULL), 204);
	assert_sql("SELECT count(*) FROM grantd.audit_log", "1");
	assert_int_equal(request(HTTP_GET, "/v1/grants/" GRANT, NULL, NULL), 200);
	assert_body("\"status\":\"revoked\"");
	assert_int_equal(request(HTTP_DELETE, "/v1/grants/" POLICY, NULL, NULL), 404);
}

/* A key that was made works, until it is revoked; one that was rotated works as long as was said. */
static void
a_key_lives(void **state)
{
	static char made[128], rotated[128];
	char id[64], path[96];

	(void)state;
	permit();
	assert_int_equal(request(HTTP_POST, "/v1/api-keys", NULL,
			     "{\"name\":\"ci\",\"roles\":[\"operator\",\"auditor\"]}"),
	    201);
	(void)snprintf(made, sizeof(made), "%s", member("raw_key"));
	(void)snprintf(id, sizeof(id), "%s", member("id"));
	key = made;
	assert_int_equal(request(HTTP_GET, "/v1/api-keys", NULL, NULL), 200);
	assert_body("\"name\":\"ci\"");
	assert_no_body("raw_key");
	assert_no_body(made);

	(void)snprintf(path, sizeof(path), "/v1/api-keys/%s/rotate", id);
	assert_int_equal(request(HTTP_POST, path, NULL, "{\"overlap\":0}"), 201);
	assert_body("\"name\":\"ci\"");
	(void)snprintf(rotated, sizeof(rotated), "%s", member("raw_key"));
	assert_int_equal(request(HTTP_GET, "/v1/api-keys", NULL, NULL), 401);
	key = rotated;
	assert_int_equal(request(HTTP_GET, "/v1/api-keys", "status=expired", NULL), 200);
	assert_body(id);

	(void)snprintf(path, sizeof(path), "/v1/api-keys/%s", id);
	assert_int_equal(request(HTTP_DELETE, path, NULL, NULL), 204);
	assert_int_equal(request(HTTP_DELETE, path, NULL, NULL), 204);
	(void)snprintf(path, sizeof(path), "/v1/api-keys/%s/rotate", id);
	assert_int_equal(request(HTTP_POST, path, NULL, "{}"), 409);
	assert_sql("SELECT string_agg(action || ':' || (SELECT count(*) FROM grantd.audit_log m"
		   " WHERE m.action = l.action), ' ' ORDER BY action) FROM (SELECT DISTINCT action"
		   " FROM grantd.audit_log) l",
	    "CreateApiKey:1 RevokeApiKey:1 RotateApiKey:2");
	assert_sql("SELECT count(*) FROM grantd.audit_log WHERE record::text LIKE '%grd\\_%'", "0");
}

/* Without a write for each request. */
static void
the_use_of_a_key_is_noted(void **state)
{
	(void)state;
	permit();
	assert_int_equal(request(HTTP_GET, "/v1/grants/" GRANT, NULL, NULL), 200);
	assert_sql(
	    "SELECT last_used_at > statement_timestamp() - interval '1 minute' FROM grantd.api_keys",
	    "t");
	sql("UPDATE grantd.api_keys SET last_used_at = NULL");
	assert_int_equal(request(HTTP_GET, "/v1/grants/" GRANT, NULL, NULL), 200);
	assert_sql("SELECT last_used_at IS NULL FROM grantd.api_keys", "t");
}

static void
a_bad_key_is_refused_with_its_member(void **state)
{
	(void)state;
	permit();
	assert_int_equal(request(HTTP_POST, "/v1/api-keys", NULL,
			     "{\"name\":\"ci\",\"roles\":[\"operator\",\"No Role\"]}"),
	    422);
	assert_string_equal(member("member"), "roles[1]");
	assert_int_equal(request(HTTP_POST, "/v1/api-keys", NULL, "{\"name\":\"ci\",\"roles\":[]}"),
	    422);
	assert_string_equal(member("member"), "roles");
	assert_int_equal(
	    request(HTTP_POST, "/v1/api-keys", NULL,
		"{\"name\":\"ci\",\"roles\":[\"a\"],\"expires_at\":\"2001-01-01T00:00:00Z\"}"),
	    422);
	assert_string_equal(member("member"), "expires_at");
	assert_sql("SELECT count(*) FROM grantd.api_keys", "1");
}

/* What is offered at a literal path is offered there alone, whatever placeholder it would fit. */
static void
a_literal_path_is_no_placeholder(void **state)
{
	(void)state;
	permit();
	assert_int_equal(request(HTTP_PATCH, "/v1/policies/evaluate", NULL, "{}"), 405);
	assert_non_null(strstr(buf_text(&rs.head), "Allow: POST, OPTIONS\r\n"));
	assert_int_equal(request(HTTP_OPTIONS, "/v1/policies/evaluate", NULL, NULL), 204);
	assert_non_null(strstr(buf_text(&rs.head), "Allow: POST, OPTIONS\r\n"));
	assert_null(strstr(buf_text(&rs.head), "Accept-Patch"));
	assert_int_equal(request(HTTP_GET, "/v1/policies/" POLICY, NULL, NULL), 200);
}

/* As if it had no end: the new key cannot live as long from now as the old one was meant to. */
static void
a_key_till_the_end_of_time_is_rotated(void **state)
{
	char path[96];

	(void)state;
	permit();
	assert_int_equal(request(HTTP_POST, "/v1/api-keys", NULL,
			     "{\"name\":\"ci\",\"roles\":[\"a\"],"
			     "\"expires_at\":\"9999-12-31T23:59:59.999999Z\"}"),
	    201);
	(void)snprintf(path, sizeof(path), "/v1/api-keys/%s/rotate", member("id"));
	assert_int_equal(request(HTTP_POST, path, NULL, "{}"), 201);
	assert_body("\"expires_at\":\"9999-12-31T23:59:59.999999Z\"");
}

static void
any_role_that_fits_is_taken(void **state)
{
	(void)state;
	permit();
	assert_int_equal(request(HTTP_POST, "/v1/api-keys", NULL,
			     "{\"name\":\"ci\",\"roles\":[\"null\",\"a\"]}"),
	    201);
	assert_body("\"roles\":[\"null\",\"a\"]");
}

static void
a_type_that_cannot_be_stored_is_refused(void **state)
{
	char type[1025], body[1200];

	(void)state;
	permit();
	(void)snprintf(type, sizeof(type), "A%01023d", 0);
	(void)snprintf(body, sizeof(body),
	    "{\"policy_text\":\"permit (principal, action, resource is %s);\"}", type);
	assert_int_equal(request(HTTP_POST, "/v1/policies/" POLICY "/rules", "allow_unknown=true",
			     body),
	    201);
	(void)snprintf(body, sizeof(body),
	    "{\"policy_text\":\"permit (principal is %sA, action, resource);\"}", type);
	assert_int_equal(request(HTTP_POST, "/v1/policies/" POLICY "/rules", "allow_unknown=true",
			     body),
	    422);
	assert_string_equal(member("code"), "invalid_policy");
	assert_int_equal(
	    request(HTTP_POST, "/v1/policies/" POLICY "/rules", "allow_unknown=true",
		"{\"policy_text\":\"permit (principal == A :: B::\\\"x\\\", action, resource);\"}"),
	    201);
	assert_string_equal(member("principal_entity_type"), "A::B");
}

/* An entry of a refusal says what it was about, whosever chain it is in. */
static void
a_refusal_names_what_it_was_about(void **state)
{
	(void)state;
	permit();
	add_rule(FORBID, "forbid (principal, action == Action::\"UpdatePolicyRule\", resource);",
	    "x");
	assert_int_equal(request(HTTP_PATCH, "/v1/policies/" POLICY "/rules/" PERMIT, NULL,
			     "{\"notice\":\"y\"}"),
	    403);
	assert_sql("SELECT (record->'after')::jsonb FROM grantd.audit_log WHERE outcome = 'denied'",
	    "{\"notice\": \"y\", \"ruleId\": \"" PERMIT "\", \"policyId\": \"" POLICY "\"}");
}

/* Many writes look at the tenant's row to see that it is there (foreign keys): a refusal waits for none of them. */
static void
a_refusal_is_logged_beside_other_writes(void **state)
{
	(void)state;
	sql("BEGIN");
	sql("SELECT id FROM grantd.tenants FOR KEY SHARE");
	assert_int_equal(request(HTTP_POST, "/v1/policies", NULL, "{\"name\":\"p2\"}"), 403);
	sql("ROLLBACK");
	assert_sql("SELECT count(*) FROM grantd.audit_log WHERE outcome = 'denied'", "1");
}

/* The description that is served names every operation by its id, method and path, and no other. */
static void
the_description_is_of_these_operations(void **state)
{
	struct json_object *api, *paths, *path, *op, *id;
	size_t i, described = 0;

	(void)state;
	assert_int_equal(request(HTTP_GET, "/v1/openapi.json", NULL, NULL), 200);
	api = json_tokener_parse(buf_text(&rs.body));
	assert_true(json_object_object_get_ex(api, "paths", &paths));
	for (i = 0; i < OPERATION_COUNT; i++) {
		const char *name = http_method_name(operations[i]->method);
		char method[16];
		size_t at;

		for (at = 0; at < sizeof(method) - 1 && name[at] != '\0'; at++)
			method[at] = (char)(name[at] | 0x20);
		method[at] = '\0';
		if (!json_object_object_get_ex(paths, operations[i]->path, &path) ||
		    !json_object_object_get_ex(path, method, &op) ||
		    !json_object_object_get_ex(op, "operationId", &id))
			fail_msg("%s %s is not described", method, operations[i]->path);
		assert_string_equal(json_object_get_string(id), operations[i]->id);
	}
	json_object_object_foreach(paths, where, offered)
	{
		(void)where;
		json_object_object_foreach(offered, method, value)
		{
			(void)value;
			described += strcmp(method, "options") != 0;
		}
	}
	assert_int_equal(described, OPERATION_COUNT);
	json_object_put(api);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_grant_is_made),
		TEST(a_rule_decides_whether_it_is_audited),
		TEST(a_bad_grant_is_refused_with_its_member),
		TEST(the_first_answer_is_given_again),
		TEST(grants_are_listed_page_by_page),
		TEST(a_grant_is_revoked_once),
		TEST(a_key_lives),
		TEST(the_use_of_a_key_is_noted),
		TEST(a_bad_key_is_refused_with_its_member),
		TEST(a_literal_path_is_no_placeholder),
		TEST(a_key_till_the_end_of_time_is_rotated),
		TEST(any_role_that_fits_is_taken),
		TEST(a_type_that_cannot_be_stored_is_refused),
		TEST(a_refusal_names_what_it_was_about),
		TEST(a_refusal_is_logged_beside_other_writes),
		TEST(the_description_is_of_these_operations),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
