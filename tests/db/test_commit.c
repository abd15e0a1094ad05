/* SPDX-License-Identifier: MIT */
/* A connection that is lost anywhere in a change: what is answered must be what was done. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/log.h"
#include "tests/db/fixture.h"
#include "tests/db/relay.h"

#define ENTRIES "SELECT count(*) FROM grantd.audit_log"
/* Those that repeat are counted: some in entries that follow, some in none yet. */
#define REFUSALS \
	"SELECT (SELECT count(*) + coalesce(sum((record->>'repeated')::bigint), 0) FROM grantd.audit_log)" \
	" + (SELECT coalesce(sum(repeated), 0) FROM grantd.refusals)"
#define NEW_GRANT \
	"{\"grantee_id\":\"ann\",\"resource\":{\"type\":\"aws_account\",\"id\":\"123456789012\"}," \
	"\"action\":\"x\",\"expires_at\":\"2999-01-01T00:00:00Z\"}"

static long
count(const char *text)
{
	return strtol(sql(text), NULL, 10);
}

/* ---- what is asked for ---- */

static char target[64];     /* what it is about, where each time another row is */
static unsigned long times; /* requests so far, for ids of their own */

static void
next_target(void)
{
	(void)snprintf(target, sizeof(target), "%08lx-0000-4000-8000-000000000000", ++times);
}

static void
another_grant(void)
{
	char text[512];

	next_target();
	(void)snprintf(text, sizeof(text),
	    "INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id,"
	    " action, expires_at) VALUES ('" TENANT "', '%s', 'ann', 'aws_account',"
	    " '123456789012', 'admin', now() + interval '1 hour')",
	    target);
	sql(text);
}

static void
another_key(void)
{
	char text[512];

	next_target();
	(void)snprintf(text, sizeof(text),
	    "INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash) VALUES"
	    " ('" TENANT "', '%s', '%08lx', 'k', '{x}', sha256('%s'))",
	    target, times, target);
	sql(text);
}

static void
one_rule(void)
{
	sql("DELETE FROM grantd.policy_rules WHERE id <> '" PERMIT "'");
}

static void
name_request(void)
{
	next_target();
	idempotency_key = target;
}

/* "/v1/grants/", the target, and what is behind it. */
static int
send_to_target(enum http_method method, const char *before, const char *behind, const char *body)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s%s%s", before, target, behind);
	return request(method, path, NULL, body);
}

static int
update_grant(void)
{
	const bool on = count("SELECT audit_enabled::int FROM grantd.grants WHERE id = '" GRANT
			      "'") == 0;
	int status = switch_auditing(on);

	if (status == 200 &&
	    strstr(buf_text(&rs.body), on ? "\"audit_enabled\":true" : "\"audit_enabled\":false") ==
		NULL)
		fail_msg("%d %s", on, buf_text(&rs.body));
	return status;
}

static int
create_grant(void)
{
	return request(HTTP_POST, "/v1/grants", NULL, NEW_GRANT);
}

static int
revoke_grant(void)
{
	return send_to_target(HTTP_DELETE, "/v1/grants/", "", NULL);
}

static int
create_api_key(void)
{
	return request(HTTP_POST, "/v1/api-keys", NULL, "{\"name\":\"n\",\"roles\":[\"x\"]}");
}

static int
rotate_api_key(void)
{
	return send_to_target(HTTP_POST, "/v1/api-keys/", "/rotate", "{}");
}

static int
create_rule(void)
{
	return request(HTTP_POST, "/v1/policies/" POLICY "/rules", NULL,
	    "{\"policy_text\":\"permit (principal, action, resource);\"}");
}

static int
record_activity(void)
{
	char body[512];

	next_target();
	(void)snprintf(body, sizeof(body),
	    "{\"events\":[{\"id\":\"%s\",\"occurred_at\":\"2026-11-23T02:31:45Z\","
	    "\"service\":\"s3\",\"name\":\"GetObject\",\"kind\":\"read\",\"outcome\":\"success\"}]}",
	    target);
	return request(HTTP_POST, "/v1/grants/" GRANT "/activity", NULL, body);
}

static int
denied(void)
{
	return switch_auditing(true);
}

static int
read_grant(void)
{
	return request(HTTP_GET, "/v1/grants/" GRANT, NULL, NULL);
}

static const struct change_case {
	const char *name;
	void (*before)(void); /* each request; NULL: nothing */
	int (*send)(void);
	int good;            /* the status of what is done */
	long effects;        /* how many more of these there are then: */
	const char *count;   /* entries, or what else tells */
	bool unknown;        /* no entry tells, so that a doubt stays one */
	const char *matches; /* what has to be 't' at the end */
} cases[] = {
	{ "UpdateGrant", NULL, update_grant, 200, 1, ENTRIES, false,
	    "SELECT version = 1 + audit_length AND audit_enabled = (audit_length % 2 = 1)"
	    " FROM grantd.grants" },
	{ "CreateGrant", NULL, create_grant, 201, 1, ENTRIES, false,
	    "SELECT (SELECT count(*) FROM grantd.grants) = 1 + (" ENTRIES ")" },
	{ "CreateGrant with a name", name_request, create_grant, 201, 1, ENTRIES, false,
	    "SELECT (SELECT count(*) FROM grantd.grants) = 1 + (" ENTRIES ")"
	    " AND (SELECT count(*) FROM grantd.idempotency_keys) = (" ENTRIES ")" },
	{ "RevokeGrant", another_grant, revoke_grant, 204, 1, ENTRIES, false,
	    "SELECT (SELECT count(*) FROM grantd.grants WHERE status = 'revoked'"
	    " AND version = 2 AND audit_length = 1) = (" ENTRIES ")" },
	{ "CreateApiKey", NULL, create_api_key, 201, 1, ENTRIES, false,
	    "SELECT (SELECT count(*) FROM grantd.api_keys) = 1 + (" ENTRIES ")" },
	{ "RotateApiKey", another_key, rotate_api_key, 201, 2, ENTRIES, false,
	    "SELECT 2 * (SELECT count(*) FROM grantd.api_keys WHERE version = 2) = (" ENTRIES ")" },
	{ "CreatePolicyRule", one_rule, create_rule, 201, 1, ENTRIES, false,
	    "SELECT audit_length = (" ENTRIES ") FROM grantd.policies" },
	{ "RecordActivity", NULL, record_activity, 200, 1,
	    "SELECT count(*) FROM grantd.activity_event", true,
	    "SELECT (SELECT sum(events) FROM grantd.activity_count)"
	    " = (SELECT count(*) FROM grantd.activity_event)" },
	{ "a refusal", NULL, denied, 403, 1, REFUSALS, false,
	    "SELECT NOT audit_enabled AND version = 1 AND (SELECT bool_and(outcome = 'denied')"
	    " FROM grantd.audit_log) FROM grantd.grants" },
	{ "GetGrant", NULL, read_grant, 200, 0, ENTRIES, false, "SELECT true" },
};

/* ---- what is answered ---- */

/* Is the answer true of what was done? Of one that is not, all that there is to know is told. */
static void
check_answer(const struct change_case *c, const char *how, size_t bytes, int status, long effects)
{
	const char *body = buf_text(&rs.body);
	bool unknown = strstr(body, "\"commit_unknown\"") != NULL;
	bool right;

	if (status == c->good)
		right = effects == c->effects;
	else if (status == 503 && unknown)
		right = effects == 0 || effects == c->effects;
	else /* a refusal's entry changes nothing that was asked for */
		right = status == 503 && strstr(body, "\"unavailable\"") != NULL &&
		    (effects == 0 || c->good == 403);
	if (!right)
		fail_msg("%s, %s %zu: %d, %ld done, %s", c->name, how, bytes, status, effects,
		    body);
}

/* One connection is lost, and the next one is not: then everything can be found out, where an entry tells. */
static void
check_settled(const struct change_case *c, const char *how, size_t bytes, int status)
{
	if (status != c->good && !(c->unknown && status == 503))
		fail_msg("%s, %s %zu: %d %s", c->name, how, bytes, status, buf_text(&rs.body));
}

static void
begin(const struct change_case *c)
{
	if (c->send == denied)
		add_rule(PERMIT, "permit (principal, action == Action::\"GetGrant\", resource);",
		    "x");
	else
		permit();
	if (c->send == record_activity) {
		assert_int_equal(switch_auditing(true), 200);
		assert_int_equal(c->send(), 200);
	}
}

/* A request with its session cut at a byte. False: it came to its end before that byte. */
static bool
send_cut(const struct change_case *c, enum relay_order order, size_t bytes, int cuts, bool late,
    const char *how)
{
	long before;
	int status;
	bool done;

	if (c->before != NULL)
		c->before();
	if (read_grant() != 200) {
		fixture_restart(); /* it waits before it tries to connect again */
		assert_int_equal(read_grant(), 200);
	}
	before = count(c->count);
	relay_arm(order, bytes, cuts, late);
	status = c->send();
	done = relay_done() > 0;
	relay_settle();
	relay_arm(RELAY_PASS, 0, 0, false);
	check_answer(c, how, bytes, status, count(c->count) - before);
	if (cuts == 1)
		check_settled(c, how, bytes, status);
	return done;
}

#define WHOLE 1 /* UpdateGrant: the others' exchanges have its form */

/*
 * Each request is cut some bytes later than the one before, until it has no such byte any more. With a step of 1 it is every byte
 * of some, and of all where GRANTD_TEST_EVERY_BYTE is set, which takes minutes.
 */
static void
sweep(enum relay_order order, size_t step, int cuts, bool late, const char *how)
{
	const char *every = getenv("GRANTD_TEST_EVERY_BYTE");
	size_t i, bytes, by;

	for (i = 0; i < COUNT_OF(cases); i++) {
		const struct change_case *c = &cases[i];
		void *none = NULL;

		if (i > 0)
			assert_true(each_teardown(&none) == 0 && each_setup(&none) == 0);
		begin(c);
		assert_int_equal(read_grant(), 200);
		by = every != NULL || (step == 1 && i < WHOLE) ? 1 : step == 1 ? 29 : step;
		for (bytes = 0; send_cut(c, order, bytes, cuts, late, how); bytes += by)
			assert_true(bytes < 100000);
		print_message("# %s: %s to %zu\n", c->name, how, bytes);
		assert_true(bytes > 100);
		assert_sql(c->matches, "t");
		assert_chains_hold();
	}
}

static void
requests_are_cut_at_every_byte(void **state)
{
	(void)state;
	sweep(RELAY_CUT_REQUEST, 1, 1, false, "cut after bytes of the request");
}

static void
answers_are_cut_at_every_byte(void **state)
{
	(void)state;
	sweep(RELAY_CUT_ANSWER, 1, 1, false, "cut after bytes of the answer");
}

/* The worker asks again while the server still acts on what it was sent first: it is done once all the same. */
static void
both_calls_at_once_are_one(void **state)
{
	(void)state;
	sweep(RELAY_CUT_REQUEST, 127, 1, true, "cut early after bytes of the request");
}

static void
both_calls_at_once_are_one_in_the_answer(void **state)
{
	(void)state;
	sweep(RELAY_CUT_ANSWER, 127, 1, true, "cut early after bytes of the answer");
}

/* What is lost again and again may stay unknown, and is never said to be what it is not. */
static void
a_fault_that_lasts_is_no_lie(void **state)
{
	(void)state;
	sweep(RELAY_CUT_REQUEST, 193, 4, false, "cut every time after bytes of the request");
}

static void
a_fault_of_answers_that_lasts_is_no_lie(void **state)
{
	(void)state;
	sweep(RELAY_CUT_ANSWER, 193, 4, false, "cut every time after bytes of the answer");
}

/* PgBouncer reports that a server is gone against the first statement of what it had sent on, all of which was done. */
static void
a_pooler_whose_server_goes_has_done_it(void **state)
{
	static const enum relay_order orders[] = { RELAY_CRASH, RELAY_CRASH_PLAIN };
	char text[16];
	int pooled, i, n = 0;

	(void)state;
	permit();
	for (pooled = 0; pooled <= 1; pooled++) {
		fixture_pooler(pooled == 1);
		for (i = 0; i < 2; i++) {
			assert_int_equal(read_grant(), 200);
			relay_arm(orders[i], 0, 1, false);
			assert_int_equal(create_grant(), 201);
			assert_int_equal(relay_done(), 1);
			assert_int_equal(read_grant(), 200);
			relay_arm(orders[i], 0, 1, false);
			assert_int_equal(update_grant(), 200);
			assert_int_equal(relay_done(), 1);
			relay_settle();
			n++;
			(void)snprintf(text, sizeof(text), "%d", n);
			assert_sql("SELECT count(*) - 1 FROM grantd.grants", text);
			assert_sql("SELECT audit_length FROM grantd.grants WHERE id = '" GRANT "'",
			    text);
			assert_sql(ENTRIES " WHERE action = 'CreateGrant'", text);
			assert_sql(ENTRIES " WHERE action = 'UpdateGrant'", text);
		}
	}
	relay_arm(RELAY_PASS, 0, 0, false);
}

/* Committed, but not where it was to be replicated: whether it lasts is asked, and not taken for granted. */
static void
a_commit_that_is_warned_of_is_asked_about(void **state)
{
	int pooled;

	(void)state;
	permit();
	for (pooled = 0; pooled <= 1; pooled++) {
		fixture_pooler(pooled == 1);
		assert_int_equal(read_grant(), 200);
		relay_arm(RELAY_WARN, 0, 1, false);
		assert_int_equal(update_grant(), 200);
		assert_int_equal(relay_done(), 1);
		assert_int_equal(relay_exchanges(), 2);
		assert_sql(ENTRIES, pooled == 0 ? "1" : "3");
		relay_arm(RELAY_WARN, 0, 1000, false);
		assert_int_equal(update_grant(), 503);
		assert_string_equal(member("code"), "commit_unknown");
		assert_sql(ENTRIES, pooled == 0 ? "2" : "4");
		/* A read has nothing that could be lost. */
		assert_int_equal(read_grant(), 200);
		relay_arm(RELAY_PASS, 0, 0, false);
	}
	assert_int_equal(switch_auditing(true), 200);
	relay_arm(RELAY_WARN, 0, 1, false);
	assert_int_equal(record_activity(), 503);
	assert_string_equal(member("code"), "commit_unknown");
	relay_arm(RELAY_PASS, 0, 0, false);
	assert_sql("SELECT count(*) FROM grantd.activity_event", "1");
}

/* Another's change comes between the commit and the moment at which the worker asks what became of its own. */
static void
a_repeat_tells_the_state_of_its_own_entry(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	permit();
	assert_int_equal(read_grant(), 200);
	relay_arm(RELAY_HOLD, 0, 1, false);
	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fixture_after_fork();
		relay_await_hold();
		status = switch_auditing(false);
		relay_release();
		_exit(status == 200 ? 0 : 1);
	}
	(void)alarm(120); /* only a hang takes so long */
	assert_int_equal(switch_auditing(true), 200);
	(void)alarm(0);
	assert_body("\"audit_enabled\":true");
	assert_body("\"version\":2");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(relay_done(), 1);
	relay_arm(RELAY_PASS, 0, 0, false);
	assert_sql("SELECT audit_enabled::text || ' ' || version FROM grantd.grants", "false 3");
	assert_sql(ENTRIES, "2");
	assert_chains_hold();
}

/* What was done is not denied because the policies, or anything else, would not let it be done again. */
static void
a_change_that_is_refused_when_repeated_is_found(void **state)
{
	(void)state;
	permit();
	assert_int_equal(read_grant(), 200);
	sql("CREATE FUNCTION public.forbid_more() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
	    " $$BEGIN UPDATE grantd.policies SET enabled = false;"
	    " UPDATE grantd.tenants SET policy_version = policy_version + 1; RETURN NULL; END$$");
	sql("CREATE TRIGGER forbid_more AFTER INSERT ON grantd.audit_log"
	    " FOR EACH ROW EXECUTE FUNCTION public.forbid_more()");
	relay_arm(RELAY_CUT_ANSWER, 0, 1, false);
	(void)create_grant();
	assert_int_equal(relay_done(), 1);
	relay_arm(RELAY_PASS, 0, 0, false);
	sql("DROP FUNCTION public.forbid_more() CASCADE");
	assert_int_equal(rs.status, 201);
	assert_sql("SELECT count(*) FROM grantd.grants", "2");
	assert_int_equal(create_grant(), 403);
}

/* A commit that the database refuses: nothing is changed, and the answer says so. */
static void
a_commit_that_is_refused_changed_nothing(void **state)
{
	int pooled;

	(void)state;
	permit();
	sql("CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
	    " $$BEGIN RAISE EXCEPTION 'not at the commit either'; END$$");
	sql("CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON grantd.audit_log"
	    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.refuse()");
	for (pooled = 0; pooled <= 1; pooled++) {
		fixture_pooler(pooled == 1);
		assert_int_equal(update_grant(), 500);
		assert_body("nothing was changed");
		assert_int_equal(update_grant(), 500); /* with all that is known by now */
		assert_int_equal(create_grant(), 500);
		assert_int_equal(create_rule(), 500);
		assert_int_equal(read_grant(), 200);
	}
	sql("DROP FUNCTION public.refuse() CASCADE");
	assert_sql(ENTRIES, "0");
	assert_sql("SELECT count(*) FROM grantd.grants WHERE NOT audit_enabled AND version = 1",
	    "1");
	assert_sql("SELECT count(*) FROM grantd.policy_rules", "1");
	assert_int_equal(update_grant(), 200);
	assert_sql(ENTRIES, "1");
}

/* A node that a call was sent on to was told to end, which comes as an error of that call. */
static void
the_end_of_a_session_elsewhere_tells_nothing(void **state)
{
	(void)state;
	permit();
	sql("CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
	    " $$BEGIN RAISE EXCEPTION 'terminating connection' USING ERRCODE = 'admin_shutdown'; END$$");
	sql("CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON grantd.audit_log"
	    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.refuse()");
	assert_int_equal(update_grant(), 503);
	assert_body("commit_unknown");
	sql("DROP FUNCTION public.refuse() CASCADE");
	assert_int_equal(update_grant(), 200);
	assert_sql(ENTRIES, "1");
}

/* Nothing tells whether events were stored: the client is told to send them again, and then learns it. */
static void
lost_events_are_sent_again(void **state)
{
	(void)state;
	permit();
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record_activity(), 200);
	relay_arm(RELAY_CUT_ANSWER, 0, 1, false);
	assert_int_equal(record_activity(), 503);
	assert_string_equal(member("code"), "commit_unknown");
	relay_arm(RELAY_PASS, 0, 0, false);
	times--; /* the same batch */
	assert_int_equal(record_activity(), 200);
	assert_body("\"accepted\":0,\"duplicates\":1");
	relay_arm(RELAY_CUT_REQUEST, 0, 1, false);
	assert_int_equal(record_activity(), 503);
	assert_string_equal(member("code"), "commit_unknown");
	relay_arm(RELAY_PASS, 0, 0, false);
	times--;
	assert_int_equal(record_activity(), 200);
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
	/* Thousands of requests are cut: what each is warned of would drown what fails. */
	return log_open(NULL, LEVEL_ERROR) ? fixture_setup(state) : -1;
}

static int
teardown(void **state)
{
	relay_stop();
	return fixture_teardown(state);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(requests_are_cut_at_every_byte),
		TEST(answers_are_cut_at_every_byte),
		TEST(both_calls_at_once_are_one),
		TEST(both_calls_at_once_are_one_in_the_answer),
		TEST(a_fault_that_lasts_is_no_lie),
		TEST(a_fault_of_answers_that_lasts_is_no_lie),
		TEST(a_pooler_whose_server_goes_has_done_it),
		TEST(a_commit_that_is_warned_of_is_asked_about),
		TEST(a_repeat_tells_the_state_of_its_own_entry),
		TEST(a_change_that_is_refused_when_repeated_is_found),
		TEST(a_commit_that_is_refused_changed_nothing),
		TEST(the_end_of_a_session_elsewhere_tells_nothing),
		TEST(lost_events_are_sent_again),
	};

	if (argc > 1) /* those whose name holds this */
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, setup, teardown);
}
