/* SPDX-License-Identifier: MIT */
/* Tenants with the same rules share what these compile to, and nothing else. */
#include "config.h"

#include "policy/cache.h"
#include "policy/decide.h"
#include "policy/share.h"
#include "tests/unit/unit.h"

#define BOUND ((size_t)64 << 20) /* the default of GRANTD_POLICY_MEMORY */
#define TENANTS 10000

#define RULE(text_) \
	{ \
		.text = (text_), .audit_session = true \
	}

/* What a new tenant starts with, and one more. */
static const struct policy_rule usual[] = {
	RULE("permit (principal in Role::\"admin\", action, resource);"),
	RULE("permit (principal in Role::\"auditor\", action in Action::\"read\", resource);"),
	RULE("permit (principal in Role::\"operator\", action in [Action::\"read\", "
	     "Action::\"UpdateGrant\"], resource);"),
	RULE("permit (principal in Role::\"collector\", action == Action::\"RecordActivity\", "
	     "resource);"),
	RULE("forbid (principal, action == Action::\"UpdateGrant\", resource) when { "
	     "context has audit_enabled && !context.audit_enabled && "
	     "resource.resource_type == \"aws_account\" };"),
};

#define USUAL COUNT_OF(usual)

/* A tenant with the usual rules, under ids and notices of its own. */
struct tenant {
	struct uuid id;
	char notice[32];
	struct policy_rule rule[USUAL];
};

static struct tenant
tenant_at(unsigned n)
{
	struct tenant t = { .id = { { 1 } } };
	size_t i;

	memcpy(t.id.octet + 12, &n, sizeof(n));
	memcpy(t.rule, usual, sizeof(usual));
	(void)snprintf(t.notice, sizeof(t.notice), "Notice of tenant %u.", n);
	for (i = 0; i < USUAL; i++) {
		t.rule[i].id = t.rule[i].policy_id = t.id;
		t.rule[i].id.octet[1] = (uint8_t)i;
	}
	return t;
}

/* Its rules compiled; every set takes copies, so the texts may go. */
static struct policy_set *
compiled(struct tenant *t, size_t count, struct policy_share *share)
{
	struct policy_set *set;
	size_t i;

	for (i = 0; i < count; i++)
		t->rule[i].notice = t->notice;
	assert_int_equal(policy_set_compile_list(t->rule, count, false, share, &set), DONE);
	assert_non_null(set);
	return set;
}

static void
put(struct policy_cache *cache, unsigned n, int64_t version)
{
	struct tenant t = tenant_at(n);

	assert_true(policy_cache_put(cache, &t.id, version,
	    compiled(&t, USUAL, policy_cache_share(cache))));
}

static const struct policy_set *
get(struct policy_cache *cache, unsigned n, int64_t version)
{
	struct tenant t = tenant_at(n);

	return policy_cache_get(cache, &t.id, version);
}

/* ---- decisions ---- */

static struct decision
ask(const struct policy_set *set, const char *role, const char *action)
{
	static const struct uuid tenant = { .octet = { 7 } }, key = { .octet = { 8 } };
	struct policy_question q = {
		.tenant = &tenant,
		.key = &key,
		.key_name = "k",
		.roles = role,
		.action = action,
		.write = true,
		.request_id = "r",
	};
	struct decider *decider = decider_new();
	struct decision d;

	assert_non_null(decider);
	policy_decide(decider, set, &q, &d);
	decider_free(decider);
	return d;
}

/* The rule with this number decides, and it is this tenant's: by its id, and in its words. */
static void
permits_as_its_own(const struct policy_set *set, unsigned n, uint8_t number, const char *role,
    const char *action)
{
	struct decision d = ask(set, role, action);
	struct tenant t = tenant_at(n);

	assert_int_equal(d.verdict, VERDICT_ALLOWED);
	assert_int_equal(d.rules, 1);
	assert_true(uuid_equal(&d.rule[0]->id, &t.rule[number].id));
	assert_true(uuid_equal(&d.rule[0]->policy_id, &t.id));
	assert_string_equal(d.rule[0]->notice, t.notice);
	assert_false(d.rule[0]->forbid);
	assert_true(d.audit_session);
}

/* ---- tests ---- */

static void
ten_thousand_tenants_fit(void **state)
{
	struct policy_cache *cache = policy_cache_new(BOUND);
	size_t one, all;
	unsigned n;

	(void)state;
	assert_non_null(cache);
	put(cache, 0, 1);
	one = policy_cache_memory(cache);
	for (n = 1; n < TENANTS; n++)
		put(cache, n, 1);
	all = policy_cache_memory(cache);
	for (n = 0; n < TENANTS; n++) {
		assert_non_null(get(cache, n, 1));
		assert_ptr_equal(get(cache, n, 1)->program, get(cache, 0, 1)->program);
	}
	print_message("# the first tenant takes %zu bytes with the tables, each further one %zu\n",
	    one, (all - one) / (TENANTS - 1));
	print_message("# the program they share takes %zu\n", get(cache, 0, 1)->program->memory);
	assert_true(all <= BOUND);
	permits_as_its_own(get(cache, 0, 1), 0, 0, "admin", "RevokeGrant");
	permits_as_its_own(get(cache, TENANTS - 1, 1), TENANTS - 1, 2, "operator", "UpdateGrant");
	policy_cache_free(cache);
}

static void
a_change_is_nobody_elses(void **state)
{
	struct policy_cache *cache = policy_cache_new(BOUND);
	struct tenant changed = tenant_at(1);

	(void)state;
	put(cache, 1, 1);
	put(cache, 2, 1);
	changed.rule[0].text = "forbid (principal in Role::\"admin\", action, resource);";
	assert_true(policy_cache_put(cache, &changed.id, 2,
	    compiled(&changed, USUAL, policy_cache_share(cache))));
	assert_null(get(cache, 1, 1));
	assert_int_equal(ask(get(cache, 1, 2), "admin", "RevokeGrant").verdict, VERDICT_DENIED);
	assert_true(ask(get(cache, 1, 2), "admin", "RevokeGrant").rule[0]->forbid);
	permits_as_its_own(get(cache, 1, 2), 1, 2, "operator", "UpdateGrant");
	permits_as_its_own(get(cache, 2, 1), 2, 0, "admin", "RevokeGrant");
	permits_as_its_own(get(cache, 2, 1), 2, 2, "operator", "UpdateGrant");
	policy_cache_free(cache);
}

/* With room for two of them, of whom one goes when a third comes. */
static void
what_others_use_outlives_its_first_tenant(void **state)
{
	struct policy_cache *cache = policy_cache_new(BOUND);
	size_t two;

	(void)state;
	put(cache, 1, 1);
	put(cache, 2, 1);
	two = policy_cache_memory(cache);
	policy_cache_free(cache);
	cache = policy_cache_new(two);
	put(cache, 1, 1);
	put(cache, 2, 1);
	put(cache, 3, 1);
	assert_int_equal(policy_cache_memory(cache), two);
	assert_null(get(cache, 1, 1));
	permits_as_its_own(get(cache, 2, 1), 2, 0, "admin", "RevokeGrant");
	permits_as_its_own(get(cache, 3, 1), 3, 3, "collector", "RecordActivity");
	policy_cache_free(cache);
}

/* Ids, notices and flags may differ. */
static void
the_same_texts_are_one_program(void **state)
{
	struct policy_share *share = policy_share_new();
	struct tenant one = tenant_at(1), two = tenant_at(2);
	struct policy_set *a, *b, *alone;

	(void)state;
	two.rule[0].audit_session = false;
	a = compiled(&one, USUAL, share);
	b = compiled(&two, USUAL, share);
	alone = compiled(&one, USUAL, NULL);
	assert_ptr_equal(a->program, b->program);
	assert_ptr_not_equal(a->program, alone->program);
	assert_int_equal(alone->memory, a->memory + a->program->memory);
	assert_false(ask(b, "admin", "RevokeGrant").audit_session);
	policy_set_free(a);
	policy_set_free(alone);
	assert_false(ask(b, "admin", "RevokeGrant").audit_session);
	policy_set_free(b);
	policy_share_free(share);
}

/* As a list is after a change of any kind but of its texts' words. */
static void
other_lists_are_other_programs(void **state)
{
	struct policy_share *share = policy_share_new();
	struct tenant plain = tenant_at(1), order = plain, priority = plain, split = plain;
	struct policy_set *set[5];
	size_t i, j;

	(void)state;
	order.rule[0] = plain.rule[1];
	order.rule[1] = plain.rule[0];
	priority.rule[0].priority = 1;
	split.rule[0].priority = 1;
	split.rule[1].priority = 1;
	set[0] = compiled(&plain, USUAL, share);
	set[1] = compiled(&order, USUAL, share);
	set[2] = compiled(&priority, USUAL, share);
	set[3] = compiled(&split, USUAL, share);
	set[4] = compiled(&plain, USUAL - 1, share); /* its last one disabled */
	for (i = 0; i < COUNT_OF(set); i++)
		for (j = 0; j < i; j++)
			assert_ptr_not_equal(set[i]->program, set[j]->program);
	for (i = 0; i < COUNT_OF(set); i++)
		policy_set_free(set[i]);
	policy_share_free(share);
}

/* The permit wins where it is asked first. */
static void
a_priority_decides_for_its_tenant_alone(void **state)
{
	struct policy_share *share = policy_share_new();
	struct tenant equal = tenant_at(1), above = tenant_at(2);
	struct policy_set *a, *b;

	(void)state;
	equal.rule[1].text = "forbid (principal, action, resource);";
	above.rule[1].text = equal.rule[1].text;
	above.rule[0].priority = 1;
	a = compiled(&equal, 2, share);
	b = compiled(&above, 2, share);
	assert_int_equal(a->program->layers, 1);
	assert_int_equal(b->program->layers, 2);
	assert_int_equal(ask(a, "admin", "RevokeGrant").verdict, VERDICT_DENIED);
	permits_as_its_own(b, 2, 0, "admin", "RevokeGrant");
	policy_set_free(a);
	policy_set_free(b);
	policy_share_free(share);
}

/* A list of one rule that no other n has. */
static struct policy_set *
single(unsigned n, struct policy_share *share)
{
	struct tenant t = tenant_at(n);
	char text[128];

	(void)snprintf(text, sizeof(text), "permit (principal in Role::\"r%u\", action, resource);",
	    n);
	t.rule[0].text = text;
	return compiled(&t, 1, share);
}

#define PROGRAMS 300 /* more than the table first has room for */

/* Freed in another order than they were made. */
static void
all_are_found_and_all_are_freed(void **state)
{
	static struct policy_set *set[2 * PROGRAMS];
	struct policy_share *share = policy_share_new();
	size_t table, n;

	(void)state;
	for (n = 0; n < PROGRAMS; n++)
		set[n] = single((unsigned)n, share);
	for (n = 0; n < PROGRAMS; n++) {
		set[PROGRAMS + n] = single((unsigned)n, share);
		assert_ptr_equal(set[PROGRAMS + n]->program, set[n]->program);
	}
	table = policy_share_memory(share);
	for (n = 0; n < PROGRAMS; n++)
		table -= set[n]->program->memory;
	for (n = 0; n < COUNT_OF(set); n++)
		policy_set_free(set[n * 7 % COUNT_OF(set)]);
	assert_int_equal(policy_share_memory(share), table);
	set[0] = single(0, share);
	assert_int_equal(policy_share_memory(share), table + set[0]->program->memory);
	policy_set_free(set[0]);
	assert_int_equal(policy_share_memory(share), table);
	policy_share_free(share);
}

/* Its memory is counted once and given back, by the share and by the cache. */
static void
what_is_replaced_is_no_longer_counted(void **state)
{
	struct policy_cache *cache = policy_cache_new(BOUND);
	struct tenant t = tenant_at(1);
	size_t one;
	int64_t version;

	(void)state;
	put(cache, 1, 1);
	one = policy_cache_memory(cache);
	for (version = 2; version < 100; version += 2) {
		assert_true(policy_cache_put(cache, &t.id, version,
		    single((unsigned)version, policy_cache_share(cache))));
		assert_true(policy_cache_memory(cache) < one);
		put(cache, 1, version + 1);
		assert_int_equal(policy_cache_memory(cache), one);
	}
	policy_cache_free(cache);
}

/* Programs count against the cache's bound when each tenant has its own. */
static void
programs_are_within_the_bound(void **state)
{
	const size_t bound = (size_t)1 << 20;
	struct policy_cache *cache = policy_cache_new(bound);
	unsigned n, kept = 0;

	(void)state;
	for (n = 0; n < PROGRAMS * 3; n++) {
		struct tenant t = tenant_at(n);

		assert_true(
		    policy_cache_put(cache, &t.id, 1, single(n, policy_cache_share(cache))));
		assert_non_null(get(cache, n, 1));
		assert_true(policy_cache_memory(cache) <= bound);
	}
	for (n = 0; n < PROGRAMS * 3; n++)
		kept += get(cache, n, 1) != NULL;
	assert_in_range(kept, 100, PROGRAMS * 3 - 1);
	policy_cache_free(cache);
}

static void
what_does_not_parse_leaves_nothing(void **state)
{
	struct policy_share *share = policy_share_new();
	const size_t empty = policy_share_memory(share);
	struct tenant t = tenant_at(1);
	struct policy_set *set;

	(void)state;
	t.rule[4].text = "permit (principal, action";
	assert_int_equal(policy_set_compile_list(t.rule, USUAL, false, share, &set), BROKEN);
	assert_null(set);
	assert_int_equal(policy_share_memory(share), empty);
	policy_share_free(share);
}

/* A tenant without rules has a set too, and everything is refused. */
static void
no_rules_are_a_list_as_well(void **state)
{
	struct policy_share *share = policy_share_new();
	struct policy_set *a, *b;

	(void)state;
	assert_int_equal(policy_set_compile_list(NULL, 0, false, share, &a), DONE);
	assert_int_equal(policy_set_compile_list(NULL, 0, false, share, &b), DONE);
	assert_ptr_equal(a->program, b->program);
	policy_set_free(a);
	assert_int_equal(ask(b, "admin", "RevokeGrant").verdict, VERDICT_DENIED);
	policy_set_free(b);
	policy_share_free(share);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_thousand_tenants_fit),
		cmocka_unit_test(a_change_is_nobody_elses),
		cmocka_unit_test(what_others_use_outlives_its_first_tenant),
		cmocka_unit_test(the_same_texts_are_one_program),
		cmocka_unit_test(other_lists_are_other_programs),
		cmocka_unit_test(a_priority_decides_for_its_tenant_alone),
		cmocka_unit_test(all_are_found_and_all_are_freed),
		cmocka_unit_test(what_is_replaced_is_no_longer_counted),
		cmocka_unit_test(programs_are_within_the_bound),
		cmocka_unit_test(what_does_not_parse_leaves_nothing),
		cmocka_unit_test(no_rules_are_a_list_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
