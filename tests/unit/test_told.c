/* SPDX-License-Identifier: MIT */
/* What entries tell of rows, and what is found to be different. */
#include "config.h"

#include "unit.h"

#include "base/words.h"
#include "db/told_rules.h"

#define AT INT64_C(1767225600000000) /* 2026-01-01 */
#define RULE "e1aaaaaa-0000-7000-8000-000000000000"
#define OTHER_RULE "e2aaaaaa-0000-7000-8000-000000000000"

static struct told told;
static struct told_rules rules;
static struct told_count count;
static char last[256]; /* the last difference: its kind, column, entry, what was told and found */

static void
differs(void *context, const struct difference *d)
{
	(void)context;
	(void)snprintf(last, sizeof(last), "%d %s %s %lld %.*s %.*s", (int)d->kind, d->table,
	    d->column != NULL ? d->column : "-", (long long)d->sequence, (int)d->told.len,
	    d->told.text != NULL ? d->told.text : "", (int)d->found.len,
	    d->found.text != NULL ? d->found.text : "");
}

static const struct told_sink sink = { .count = &count, .differs = differs };

static int
begin(void **state)
{
	static const struct uuid id;

	(void)state;
	told_begin(&told, &told_tables[OWNER_GRANT], &id);
	told_rules_begin(&rules);
	count = (struct told_count){ .rows = 0 };
	last[0] = '\0';
	return 0;
}

static int
end(void **state)
{
	(void)state;
	told_clear(&told);
	told_rules_clear(&rules);
	return 0;
}

static struct told_entry
entry(const char *action, const char *outcome, int64_t sequence, const char *text)
{
	struct audit_row row = {
		.action = action,
		.outcome = outcome,
		.sequence = sequence,
		.metadata = text,
		.created_at = AT + sequence,
	};
	struct told_entry e;

	assert_true(told_entry_read(&e, &row));
	return e;
}

static void
take(const char *action, const char *outcome, int64_t sequence, const char *text)
{
	struct told_entry e = entry(action, outcome, sequence, text);

	told_take(&told, &e, &sink);
	assert_false(told.failed);
}

static void
take_rule(const char *action, int64_t sequence, const char *text)
{
	struct told_entry e = entry(action, "done", sequence, text);
	struct uuid id;

	assert_true(told_rule_id(&e, &id));
	told_rules_take(&rules, &id, &e, &sink);
	assert_false(rules.failed);
}

#define MADE \
	"{\"before\":null,\"after\":{\"request_id\":null,\"grantee_id\":\"x\",\"resource_type\":\"t\"," \
	"\"resource_id\":\"r\",\"action\":\"a\",\"audit_enabled\":true,\"expires_at\":\"e\",\"metadata\":{\"k\": 1}," \
	"\"version\":1}}"
#define ROW(status, audited, revoked, updated, version) \
	"{\"id\" : \"i\", \"request_id\" : null, \"grantee_id\" : \"x\", \"resource_type\" : \"t\"," \
	" \"resource_id\" : \"r\", \"action\" : \"a\", \"status\" : " status \
	", \"audit_enabled\" : " audited \
	", \"expires_at\" : \"e\", \"granted_at\" : \"2026-01-01T00:00:00.000001Z\", \"revoked_at\" : " revoked \
	", \"metadata\" : {\"k\": 1}, \"created_at\" : \"2026-01-01T00:00:00.000001Z\", \"updated_at\" : \"" \
	"2026-01-01T00:00:00.00000" updated "Z\", \"version\" : " version "}"

static void
a_row_is_what_was_set_last(void **state)
{
	(void)state;
	take("CreateGrant", "done", 1, MADE);
	told_compare(&told, ROW("\"active\"", "true", "null", "1", "1"), &sink);
	assert_int_equal(count.differences, 0);
	take("UpdateGrant", "done", 2,
	    "{\"before\":{\"audit_enabled\":true,\"version\":1},\"after\":{\"audit_enabled\":false,\"version\":2}}");
	take("UpdateGrant", "denied", 3,
	    "{\"before\":{\"audit_enabled\":false,\"version\":2},\"after\":{\"audit_enabled\":true}}");
	told_compare(&told, ROW("\"active\"", "false", "null", "2", "2"), &sink);
	take("RevokeGrant", "done", 4,
	    "{\"before\":{\"status\":\"active\",\"version\":2},\"after\":{\"status\":\"revoked\",\"version\":3}}");
	told_compare(&told,
	    ROW("\"revoked\"", "false", "\"2026-01-01T00:00:00.000004Z\"", "4", "3"), &sink);
	assert_int_equal(count.differences, 0);
	assert_int_equal(count.rows, 3);
	assert_int_equal(count.untold, 0);
	told_compare(&told, ROW("\"revoked\"", "true", "\"2026-01-01T00:00:00.000004Z\"", "4", "3"),
	    &sink);
	assert_int_equal(count.differences, 1);
	assert_string_equal(last, "0 grants audit_enabled 2 false true");
}

static void
what_an_entry_found_is_compared(void **state)
{
	(void)state;
	take("CreateGrant", "done", 1, MADE);
	take("UpdateGrant", "done", 2,
	    "{\"before\":{\"audit_enabled\":false,\"version\":1},\"after\":{\"audit_enabled\":true,\"version\":2}}");
	assert_int_equal(count.differences, 1);
	assert_string_equal(last, "3 grants audit_enabled 2 true false");
	take("UpdateGrant", "denied", 3,
	    "{\"before\":{\"audit_enabled\":true,\"version\":9},\"after\":null}");
	assert_int_equal(count.differences, 2);
	assert_string_equal(last, "3 grants version 3 2 9");
}

/* What comes later may leave out what was there, and has made nothing. */
static void
only_the_first_entry_makes_the_row(void **state)
{
	(void)state;
	take("CreateGrant", "done", 1, MADE);
	take("X", "done", 2, "{\"before\":null,\"after\":{\"version\":2}}");
	told_compare(&told, ROW("\"active\"", "true", "null", "2", "2"), &sink);
	assert_int_equal(count.differences, 0);
}

/* Nothing is said of what no entry tells. */
static void
what_is_not_told_is_counted(void **state)
{
	(void)state;
	take("X", "done", 1, "{\"n\":1}");
	take("UpdateGrant", "done", 2,
	    "{\"before\":{\"audit_enabled\":false},\"after\":{\"audit_enabled\":true,\"version\":2}}");
	told_compare(&told, ROW("\"active\"", "true", "null", "2", "2"), &sink);
	assert_int_equal(count.differences, 0);
	assert_int_equal(count.untold, told_tables[OWNER_GRANT].columns - 3);
}

/* A hash is compared by its digest, which nobody is shown. */
static void
a_hash_is_not_shown(void **state)
{
	static const struct uuid id;
	size_t column = 0;

	(void)state;
	told_begin(&told, &told_tables[OWNER_API_KEY], &id);
	take("CreateApiKey", "done", 1, "{\"after\":{\"hash_digest\":\"aa\"}}");
	while (strcmp(told.table->column[column].name, "hash") != 0)
		column++;
	assert_int_equal(column, 3);
	told_compare(&told,
	    "{\"id\":\"i\",\"key_name\":\"k\",\"name\":\"n\",\"roles\":[],\"hash\":\"bb\"}", &sink);
	assert_string_equal(last, "0 api_keys hash 1  ");
}

#define RULE_MADE(id, text) \
	"{\"before\":null,\"after\":{\"rule_id\":\"" id "\",\"ordinal\":1,\"policy_text\":\"" text \
	"\",\"notice\":null,\"audit_session\":true,\"version\":1}}"
#define RULE_ROW(text) \
	"{\"id\":\"i\",\"ordinal\":1,\"policy_text\":\"" text \
	"\",\"notice\":null,\"audit_session\":true,\"created_at\":\"2026-01-01T00:00:00.000002Z\"," \
	"\"updated_at\":\"2026-01-01T00:00:00.000002Z\",\"version\":1}"

static void
rules_come_and_go(void **state)
{
	struct uuid first, second;
	size_t next = 0;

	(void)state;
	assert_true(uuid_parse(&first, RULE, strlen(RULE)));
	assert_true(uuid_parse(&second, OTHER_RULE, strlen(OTHER_RULE)));
	take_rule("CreatePolicyRule", 2, RULE_MADE(OTHER_RULE, "b"));
	take_rule("CreatePolicyRule", 3, RULE_MADE(RULE, "a"));
	take_rule("DeletePolicyRule", 4,
	    "{\"before\":{\"rule_id\":\"" RULE
	    "\",\"policy_text\":\"a\",\"version\":1},\"after\":null}");
	assert_int_equal(count.differences, 0);
	told_rules_compare(&rules, &next, &first, RULE_ROW("a"), &sink);
	assert_string_equal(last, "1 policy_rules - 0  ");
	told_rules_compare(&rules, &next, &second, RULE_ROW("b"), &sink);
	told_rules_left(&rules, next, &sink);
	assert_int_equal(count.differences, 1);
	told_rules_left(&rules, 0, &sink);
	assert_string_equal(last, "2 policy_rules - 2  ");
}

/* The entry that ends a policy counts its rules. */
static void
a_policy_ends_with_its_rules(void **state)
{
	static const struct uuid policy;
	struct told_entry e;

	(void)state;
	take_rule("CreatePolicyRule", 2, RULE_MADE(RULE, "a"));
	take_rule("CreatePolicyRule", 3, RULE_MADE(OTHER_RULE, "a"));
	e = entry("UpdatePolicy", "done", 4,
	    "{\"before\":{\"version\":1},\"after\":{\"version\":2}}");
	told_rules_end(&rules, &policy, &e, &sink);
	assert_int_equal(rules.count, 2);
	e = entry("DeletePolicy", "done", 5,
	    "{\"before\":{\"rules\":1,\"version\":2},\"after\":null}");
	told_rules_end(&rules, &policy, &e, &sink);
	assert_int_equal(rules.count, 0);
	assert_string_equal(last, "3 policies rules 5 2 1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_row_is_what_was_set_last, begin, end),
		cmocka_unit_test_setup_teardown(what_an_entry_found_is_compared, begin, end),
		cmocka_unit_test_setup_teardown(only_the_first_entry_makes_the_row, begin, end),
		cmocka_unit_test_setup_teardown(what_is_not_told_is_counted, begin, end),
		cmocka_unit_test_setup_teardown(a_hash_is_not_shown, begin, end),
		cmocka_unit_test_setup_teardown(rules_come_and_go, begin, end),
		cmocka_unit_test_setup_teardown(a_policy_ends_with_its_rules, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
