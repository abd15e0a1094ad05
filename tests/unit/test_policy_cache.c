/* SPDX-License-Identifier: MIT */
/* The cache of compiled policies: exact versions, and a bound that a thousand tenants do not pass. */
#include "config.h"

#include "policy/cache.h"
#include "tests/unit/unit.h"

#define TENANTS 1000
#define RULES 100

struct rules {
	size_t count;
	struct policy_rule rule[RULES];
	char text[RULES][256];
};

static const struct rules *
rules_made(size_t count)
{
	static struct rules r;
	size_t i;

	r = (struct rules){ .count = count };
	for (i = 0; i < count; i++) {
		(void)snprintf(r.text[i], sizeof(r.text[i]),
		    "permit (principal in Role::\"r%zu\","
		    " action == Action::\"UpdateGrant\", resource) when { resource.resource_type =="
		    " \"aws_account\" && context.audit_enabled && resource.grantee_id like \"*%zu\" };",
		    i % 10, i);
		r.rule[i] = (struct policy_rule){
			.id = { .octet = { 2, (uint8_t)i } },
			.text = r.text[i],
			.notice = "Only for some.",
			.audit_session = true,
		};
	}
	return &r;
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
add(struct policy_cache *cache, unsigned n, int64_t version, const struct rules *r)
{
	struct uuid tenant = tenant_at(n);
	struct policy_set *set = policy_set_compile_list(r->rule, r->count, NULL);

	assert_non_null(set);
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
	const struct rules *rules = rules_made(1);

	(void)state;
	assert_null(get(cache, 1, 1));
	add(cache, 1, 1, rules);
	assert_non_null(get(cache, 1, 1));
	assert_null(get(cache, 1, 2));
	assert_null(get(cache, 2, 1));
	add(cache, 1, 2, rules);
	assert_null(get(cache, 1, 1));
	assert_non_null(get(cache, 1, 2));
	policy_cache_free(cache);
}

/* All are kept where they fit, also past the table's first size. */
static void
a_thousand_tenants_are_found(void **state)
{
	struct policy_cache *cache = policy_cache_new((size_t)1 << 30);
	const struct rules *rules = rules_made(1);
	unsigned n;

	(void)state;
	for (n = 0; n < TENANTS; n++)
		add(cache, n, n + 1, rules);
	for (n = 0; n < TENANTS; n++)
		assert_non_null(get(cache, n, n + 1));
	policy_cache_free(cache);
}

/* The default of GRANTD_POLICY_MEMORY. */
static void
the_bound_holds(void **state)
{
	const size_t bound = (size_t)64 << 20;
	struct policy_cache *cache = policy_cache_new(bound);
	const struct rules *rules = rules_made(RULES);
	unsigned n, kept = 0;

	(void)state;
	for (n = 0; n < TENANTS; n++) {
		add(cache, n, 1, rules);
		assert_non_null(get(cache, 0, 1)); /* in use all the time, so never the oldest */
		assert_true(policy_cache_memory(cache) <= bound);
	}
	for (n = 0; n < TENANTS; n++)
		kept += get(cache, n, 1) != NULL;
	print_message("# %u of %d tenants with %d rules each are kept in %zu MiB\n", kept, TENANTS,
	    RULES, bound >> 20);
	assert_true(kept > 1);
	policy_cache_free(cache);
}

/* One that is larger than the bound is used all the same, alone. */
static void
a_set_past_the_bound_is_alone(void **state)
{
	struct policy_cache *cache = policy_cache_new(1024);
	const struct rules *rules = rules_made(RULES);

	(void)state;
	add(cache, 1, 1, rules);
	assert_non_null(get(cache, 1, 1));
	add(cache, 2, 1, rules);
	assert_null(get(cache, 1, 1));
	assert_non_null(get(cache, 2, 1));
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
