/* SPDX-License-Identifier: MIT */
/* The cache of compiled policies: exact versions, and a bound that a thousand tenants do not pass. */
#include "config.h"

#include "cedar/cedar.h"
#include "policy/cache.h"
#include "tests/unit/rows.h"

#define TENANTS 1000
#define RULES 100

/* Rows as db_policy_load() reads them. */
static struct policy_rules
rules_made(int count)
{
	static const Oid types[] = { OID_INT8, OID_BOOL, OID_TIMESTAMPTZ, OID_UUID, OID_INT4,
		OID_UUID, OID_TEXT, OID_TEXT, OID_BOOL };
	static const char policy[16] = "policy";
	PGresult *r = rows_new(types, COUNT_OF(types));
	char text[512], id[16] = "rule";
	int i;

	for (i = 0; i < count; i++) {
		memcpy(id + 12, &i, sizeof(i));
		rows_put_int8(r, i, 0, 1);
		rows_put(r, i, 1, "\0", 1);
		rows_put_int8(r, i, 2, 0);
		rows_put(r, i, 3, policy, sizeof(policy));
		rows_put_int4(r, i, 4, 0);
		rows_put(r, i, 5, id, sizeof(id));
		(void)snprintf(text, sizeof(text),
		    "permit (principal in Role::\"r%d\","
		    " action == Action::\"UpdateGrant\", resource) when { resource.resource_type =="
		    " \"aws_account\" && context.audit_enabled && resource.grantee_id like \"*%d\" };",
		    i % 10, i);
		rows_put_text(r, i, 6, text);
		rows_put_text(r, i, 7, "Only for some.");
		rows_put(r, i, 8, "\1", 1);
	}
	return (
	    struct policy_rules){ .version = 1, .count = (size_t)count, .rows = { .result = r } };
}

static struct uuid
tenant_at(unsigned n)
{
	struct uuid u = { { 1 } };

	memcpy(u.octet + 12, &n, sizeof(n));
	return u;
}

/* Each with a program of its own, as if no two tenants had the same rules. */
static void
add(struct policy_cache *cache, unsigned n, int64_t version, const struct policy_rules *rules)
{
	struct uuid tenant = tenant_at(n);
	struct policy_set *set;

	assert_int_equal(policy_set_compile(rules, NULL, &set), DONE);
	assert_true(policy_cache_put(cache, &tenant, version, set));
}

static const struct policy_set *
get(struct policy_cache *cache, unsigned n, int64_t version)
{
	struct uuid tenant = tenant_at(n);

	return policy_cache_get(cache, &tenant, version);
}

static void
only_the_version_that_is_asked_for(void **state)
{
	struct policy_cache *cache = policy_cache_new((size_t)1 << 30);
	struct policy_rules rules = rules_made(1);

	(void)state;
	assert_null(get(cache, 1, 1));
	add(cache, 1, 1, &rules);
	assert_non_null(get(cache, 1, 1));
	assert_null(get(cache, 1, 2));
	assert_null(get(cache, 2, 1));
	add(cache, 1, 2, &rules);
	assert_null(get(cache, 1, 1));
	assert_non_null(get(cache, 1, 2));
	policy_rules_clear(&rules);
	policy_cache_free(cache);
}

/* All are kept where they fit, also past the table's first size. */
static void
a_thousand_tenants_are_found(void **state)
{
	struct policy_cache *cache = policy_cache_new((size_t)1 << 30);
	struct policy_rules rules = rules_made(1);
	unsigned n;

	(void)state;
	for (n = 0; n < TENANTS; n++)
		add(cache, n, n + 1, &rules);
	for (n = 0; n < TENANTS; n++)
		assert_non_null(get(cache, n, n + 1));
	policy_rules_clear(&rules);
	policy_cache_free(cache);
}

/* The default of GRANTD_POLICY_MEMORY. */
static void
the_bound_holds(void **state)
{
	const size_t bound = (size_t)64 << 20;
	struct policy_cache *cache = policy_cache_new(bound);
	struct policy_rules rules = rules_made(RULES);
	unsigned n, kept = 0;

	(void)state;
	for (n = 0; n < TENANTS; n++) {
		add(cache, n, 1, &rules);
		assert_non_null(get(cache, 0, 1)); /* in use all the time, so never the oldest */
		assert_true(policy_cache_memory(cache) <= bound);
	}
	for (n = 0; n < TENANTS; n++)
		kept += get(cache, n, 1) != NULL;
	print_message("# %u of %d tenants with %d rules each are kept in %zu MiB\n", kept, TENANTS,
	    RULES, bound >> 20);
	assert_true(kept > 1);
	policy_rules_clear(&rules);
	policy_cache_free(cache);
}

/* One that is larger than the bound is used all the same, alone. */
static void
a_set_past_the_bound_is_alone(void **state)
{
	struct policy_cache *cache = policy_cache_new(1024);
	struct policy_rules rules = rules_made(RULES);

	(void)state;
	add(cache, 1, 1, &rules);
	assert_non_null(get(cache, 1, 1));
	add(cache, 2, 1, &rules);
	assert_null(get(cache, 1, 1));
	assert_non_null(get(cache, 2, 1));
	policy_rules_clear(&rules);
	policy_cache_free(cache);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_version_that_is_asked_for),
		cmocka_unit_test(a_thousand_tenants_are_found),
		cmocka_unit_test(the_bound_holds),
		cmocka_unit_test(a_set_past_the_bound_is_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
