/* SPDX-License-Identifier: MIT */
/* The database's domains have the words and limits of base/, which parameters are checked by. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/field.h"
#include "base/resource.h"
#include "base/words.h"
#include "db/grant_create.h"
#include "db/policy_rule.h"
#include "tests/db/admin.h"

/* Is the expression, whose value is of the domain, within it? */
static bool
is_within(const char *expression, const char *domain)
{
	char text[256];
	PGresult *r;
	bool within;

	(void)snprintf(text, sizeof(text), "SELECT (%s)::grantd.%s", expression, domain);
	r = PQexec(admin, text);
	within = PQresultStatus(r) == PGRES_TUPLES_OK;
	if (!within)
		assert_string_equal(PQresultErrorField(r, PG_DIAG_SQLSTATE), "23514");
	PQclear(r);
	return within;
}

static void
domains_have_the_words(void **state)
{
	static const struct {
		const char *domain;
		const char *const *words;
	} cases[] = {
		{ "grant_status", status_words },
		{ "event_kind", activity_kind_words },
		{ "event_outcome", activity_outcome_words },
		{ "outcome", audit_outcome_words },
		{ "chain_owner", chain_owner_words },
		{ "resource_type", resource_types },
	};
	char text[512], count[64];
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		for (n = 0; cases[i].words[n] != NULL; n++) {
			(void)snprintf(text, sizeof(text), "'%s'", cases[i].words[n]);
			if (!is_within(text, cases[i].domain))
				fail_msg("%s: %s", cases[i].domain, text);
		}
		(void)snprintf(count, sizeof(count), "%s %zu", cases[i].domain, n);
		(void)snprintf(text, sizeof(text),
		    "SELECT '%s ' || count(*) FROM pg_constraint c, "
		    "regexp_matches(pg_get_constraintdef(c.oid), '''[a-z_0-9]+''', 'g') "
		    "WHERE contypid = 'grantd.%s'::regtype",
		    cases[i].domain, cases[i].domain);
		assert_sql(text, count);
	}
}

static void
domains_have_the_limits(void **state)
{
	static const struct {
		const char *domain;
		int most;
	} cases[] = {
		{ "display_name", FIELD_NAME_MOST },
		{ "identifier", FIELD_IDENTIFIER_MOST },
		{ "resource_identifier", FIELD_RESOURCE_ID_MOST },
		{ "reason", FIELD_REASON_MOST },
		{ "service_name", FIELD_SERVICE_MOST },
		{ "event_name", FIELD_NAME_MOST },
		{ "rule_text", RULE_TEXT_MAX },
		{ "notice", RULE_NOTICE_MAX },
		{ "idempotency_key", IDEMPOTENCY_KEY_MOST },
	};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		(void)snprintf(text, sizeof(text), "repeat('a', %d)", cases[i].most);
		if (!is_within(text, cases[i].domain))
			fail_msg("%s is less than %d", cases[i].domain, cases[i].most);
		(void)snprintf(text, sizeof(text), "repeat('a', %d)", cases[i].most + 1);
		if (is_within(text, cases[i].domain))
			fail_msg("%s is more than %d", cases[i].domain, cases[i].most);
	}
}

static void
roles_have_the_limits(void **state)
{
	char text[64];

	(void)state;
	(void)snprintf(text, sizeof(text), "ARRAY[repeat('a', %d)]", FIELD_ROLE_MOST);
	assert_true(is_within(text, "role_names"));
	(void)snprintf(text, sizeof(text), "ARRAY[repeat('a', %d)]", FIELD_ROLE_MOST + 1);
	assert_false(is_within(text, "role_names"));
	(void)snprintf(text, sizeof(text), "array_fill('a'::text, ARRAY[%d])", FIELD_ROLES_MOST);
	assert_true(is_within(text, "role_names"));
	(void)snprintf(text, sizeof(text), "array_fill('a'::text, ARRAY[%d])",
	    FIELD_ROLES_MOST + 1);
	assert_false(is_within(text, "role_names"));
}

static int
setup(void **state)
{
	(void)state;
	return admin_open() ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	admin_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(domains_have_the_words),
		cmocka_unit_test(domains_have_the_limits),
		cmocka_unit_test(roles_have_the_limits),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
