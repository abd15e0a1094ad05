/* SPDX-License-Identifier: MIT */
/* A connection that dies at its COMMIT: what is answered must be what was done. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/db/fixture.h"
#include "tests/db/relay.h"

static int
patch(bool on)
{
	return request(HTTP_PATCH, "/v1/grants/" GRANT, NULL,
	    on ? "{\"audit_enabled\":true}" : "{\"audit_enabled\":false}");
}

static void
assert_state(const char *audit_enabled, const char *entries)
{
	assert_sql("SELECT audit_enabled FROM grantd.grants", audit_enabled);
	assert_sql("SELECT count(*) FROM grantd.audit_log", entries);
	assert_sql("SELECT audit_length FROM grantd.grants", entries);
	assert_int_equal(relay_armed(), RELAY_PASS);
}

/* The first change of a worker takes two exchanges: the row is locked before the change is sent. */
static void
a_lost_answer_is_found_out(void **state)
{
	(void)state;
	permit();
	assert_int_equal(request(HTTP_GET, "/v1/grants/" GRANT, NULL, NULL), 200);
	relay_arm(RELAY_DROP_ANSWER);
	assert_int_equal(patch(true), 200);
	assert_body("\"audit_enabled\":true");
	assert_body("\"version\":2");
	assert_state("t", "1");
}

static void
a_lost_commit_changed_nothing(void **state)
{
	(void)state;
	add_rule(PERMIT,
	    "permit (principal, action, resource) when { resource.status == \"active\" };", "x");
	relay_arm(RELAY_DROP_COMMIT);
	assert_int_equal(patch(true), 503);
	assert_string_equal(member("code"), "unavailable");
	assert_state("f", "0");
	assert_int_equal(patch(true), 200);
	assert_state("t", "1");
}

/* Later ones are one exchange, where the policies allow it. */
static void
a_lost_answer_of_one_exchange_is_found_out(void **state)
{
	(void)state;
	permit();
	assert_int_equal(patch(true), 200);
	relay_arm(RELAY_DROP_ANSWER);
	assert_int_equal(patch(false), 200);
	assert_body("\"audit_enabled\":false");
	assert_state("f", "2");
}

/* What was sent all at once may still arrive, for all that is known here: the answer must not say that it did not. */
static void
a_lost_exchange_is_not_known(void **state)
{
	(void)state;
	permit();
	assert_int_equal(patch(true), 200);
	relay_arm(RELAY_DROP_COMMIT);
	assert_int_equal(patch(false), 503);
	assert_string_equal(member("code"), "commit_unknown");
	assert_state("t", "1");
	assert_int_equal(patch(false), 200);
	assert_state("f", "2");
}

/* What was made is unknown to a client that did not name its request; one that did gets it. */
static void
a_lost_creation_is_found_by_its_name(void **state)
{
	static const char body[] =
	    "{\"grantee_id\":\"ann\",\"resource\":{\"type\":\"aws_account\","
	    "\"id\":\"123456789012\"},\"action\":\"x\",\"expires_at\":\"2999-01-01T00:00:00Z\"}";

	(void)state;
	permit();
	relay_arm(RELAY_DROP_ANSWER);
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, body), 503);
	assert_string_equal(member("code"), "commit_unknown");
	assert_sql("SELECT count(*) FROM grantd.grants", "2");
	idempotency_key = "once";
	relay_arm(RELAY_DROP_ANSWER);
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, body), 201);
	assert_int_equal(request(HTTP_POST, "/v1/grants", NULL, body), 201);
	assert_sql("SELECT count(*) FROM grantd.grants", "3");
}

/* What was done is not denied because the policies, or anything else, keep the first answer from being given again. */
static void
a_creation_that_is_refused_when_repeated_is_not_denied(void **state)
{
	static const char body[] =
	    "{\"grantee_id\":\"ann\",\"resource\":{\"type\":\"aws_account\","
	    "\"id\":\"123456789012\"},\"action\":\"x\",\"expires_at\":\"2999-01-01T00:00:00Z\"}";

	(void)state;
	permit();
	sql("CREATE FUNCTION public.forbid_more() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
	    " $$BEGIN UPDATE grantd.policies SET enabled = false;"
	    " UPDATE grantd.tenants SET policy_version = policy_version + 1; RETURN NULL; END$$");
	sql("CREATE TRIGGER forbid_more AFTER INSERT ON grantd.idempotency_keys"
	    " FOR EACH ROW EXECUTE FUNCTION public.forbid_more()");
	idempotency_key = "once";
	relay_arm(RELAY_DROP_ANSWER);
	(void)request(HTTP_POST, "/v1/grants", NULL, body);
	sql("DROP FUNCTION public.forbid_more() CASCADE");
	assert_string_equal(member("code"), "commit_unknown");
	assert_sql("SELECT count(*) FROM grantd.grants", "2");
}

/* A read is simply asked again. */
static void
a_lost_read_is_asked_again(void **state)
{
	(void)state;
	permit();
	assert_int_equal(request(HTTP_GET, "/v1/grants/" GRANT, NULL, NULL), 200);
	relay_arm(RELAY_DROP_COMMIT);
	assert_int_equal(request(HTTP_GET, "/v1/grants/" GRANT, NULL, NULL), 200);
	assert_int_equal(relay_armed(), RELAY_PASS);
}

/* Nothing tells whether events were stored: the client is told to send them again, and then learns it. */
static void
lost_events_are_not_known(void **state)
{
	static const char events[] =
	    "{\"events\":[{\"id\":\"00000000-0000-4000-8000-000000000001\","
	    "\"occurred_at\":\"2026-11-23T02:31:45Z\",\"service\":\"s3\",\"name\":\"GetObject\","
	    "\"kind\":\"read\",\"outcome\":\"success\"}]}";

	(void)state;
	permit();
	assert_int_equal(switch_auditing(true), 200);
	relay_arm(RELAY_DROP_ANSWER);
	assert_int_equal(request(HTTP_POST, "/v1/grants/" GRANT "/activity", NULL, events), 503);
	assert_string_equal(member("code"), "commit_unknown");
	assert_int_equal(request(HTTP_POST, "/v1/grants/" GRANT "/activity", NULL, events), 200);
	assert_body("\"accepted\":0,\"duplicates\":1");
	sql("DELETE FROM grantd.activity_event");
	relay_arm(RELAY_DROP_COMMIT);
	assert_int_equal(request(HTTP_POST, "/v1/grants/" GRANT "/activity", NULL, events), 503);
	assert_string_equal(member("code"), "commit_unknown");
	assert_int_equal(request(HTTP_POST, "/v1/grants/" GRANT "/activity", NULL, events), 200);
	assert_body("\"accepted\":1,\"duplicates\":0");
}

static int
setup(void **state)
{
	const char *database = getenv("GRANTD_DATABASE");
	char through[512];

	(void)snprintf(through, sizeof(through), "%s host=%s", database, relay_start());
	if (setenv("GRANTD_DATABASE", through, 1) != 0)
		return -1;
	return fixture_setup(state);
}

static int
teardown(void **state)
{
	relay_stop();
	return fixture_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lost_answer_is_found_out),
		TEST(a_lost_commit_changed_nothing),
		TEST(a_lost_answer_of_one_exchange_is_found_out),
		TEST(a_lost_exchange_is_not_known),
		TEST(a_lost_creation_is_found_by_its_name),
		TEST(a_creation_that_is_refused_when_repeated_is_not_denied),
		TEST(a_lost_read_is_asked_again),
		TEST(lost_events_are_not_known),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
