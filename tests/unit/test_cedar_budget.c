/* SPDX-License-Identifier: MIT */
/* What a question costs in steps, and what happens where it may not cost so much. */
#include "config.h"

#include "cedar_world.h"

#define LONG_LEN 4096

static char long_text[LONG_LEN + 1];

/* The world with a long text and a large set in the context, asked all policies. */
static bool
ask_large(struct world *w)
{
	struct cedar_str items[64];
	char names[64][8];
	size_t i;

	begin_world(w->rq, w->set);
	memset(long_text, 'a', LONG_LEN);
	cedar_put_string(cedar_request_context(w->rq), S("long"), S(long_text));
	cedar_put_string(cedar_request_context(w->rq), S("again"), S(long_text));
	for (i = 0; i < COUNT_OF(items); i++) {
		(void)snprintf(names[i], sizeof(names[i]), "item%02zu", i);
		items[i] = S(names[i]);
	}
	cedar_put_strings(cedar_request_context(w->rq), S("set"), items, COUNT_OF(items));
	assert_null(cedar_request_fault(w->rq));
	return cedar_authorize(w->rq, 0, SIZE_MAX, &w->result);
}

static void
compile(struct world *w, const char *condition)
{
	char text[4096];

	(void)snprintf(text, sizeof(text), "permit (principal, action, resource) when { %s };",
	    condition);
	cedar_set_free(w->set);
	w->set = compiled(text);
}

/* What costs, and how much at least. */
static const struct {
	const char *condition;
	uint64_t least;
} costly[] = {
	{ "!false", 2 },
	{ "1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 == 8", 3 },
	{ "principal.level == 7 && principal.name == \"Alice\"", 6 },
	{ "resource has metadata.kind", 2 },
	{ "context.long like \"*b*\"", LONG_LEN / 4 },
	{ "context.long like \"*a*a*a*a*a*b*\"", LONG_LEN / 4 + 6 },
	{ "context.long == context.again", LONG_LEN / 64 },
	{ "[context.long, context.again].isEmpty()", 2 * LONG_LEN / 64 },
	{ "principal.hasTag(context.long)", LONG_LEN / 4 },
	{ "ip(context.long).isIpv4()", LONG_LEN / 4 },
	{ "context.set == context.set", 64 },
	{ "context.set.contains(context.long)", LONG_LEN / 64 * 6 },
	{ "context.set.containsAny([\"x\", \"y\", \"z\"])", 3 * 6 },
	{ "context.set.containsAll(context.set)", 64 * 6 },
	{ "User::\"alice\" in [Team::\"x\", Team::\"y\", Team::\"z\"]", 3 },
	{ "{a: context.set, b: context.set, c: context.set} == {a: context.set, b: context.set, c: context.set}",
	    3 * 64 },
	{ "{a: {b: context.long}} == {a: {b: context.again}}", LONG_LEN / 64 },
};

/* A budget of just what it takes changes nothing; one step less, and nothing is decided. */
static void
exactly_enough_is_enough(void **state)
{
	struct world *w = *state, free_of_charge;
	uint64_t steps;
	size_t i, policy;

	for (i = 0; i < COUNT_OF(costly); i++) {
		compile(w, costly[i].condition);
		cedar_request_budget(w->rq, 0);
		assert_true(ask_large(w));
		free_of_charge = *w;
		steps = cedar_request_steps(w->rq);
		if (steps < costly[i].least)
			fail_msg("%s: %llu steps", costly[i].condition, (unsigned long long)steps);
		cedar_request_budget(w->rq, steps);
		assert_true(ask_large(w));
		assert_false(cedar_request_over_budget(w->rq, &policy));
		assert_int_equal(cedar_request_steps(w->rq), steps);
		assert_int_equal(w->result.decision, free_of_charge.result.decision);
		assert_int_equal(w->result.failure_count, free_of_charge.result.failure_count);
		cedar_request_budget(w->rq, steps - 1);
		if (ask_large(w))
			fail_msg("%s: more is taken than there is", costly[i].condition);
		assert_int_equal(w->result.decision, CEDAR_DENY);
		assert_int_equal(w->result.determining_count, 0);
		assert_true(cedar_request_over_budget(w->rq, &policy));
		assert_true(cedar_request_over_budget(w->rq, NULL));
		assert_int_equal(policy, 0);
		assert_string_equal(cedar_request_fault(w->rq),
		    "the request takes more steps than is allowed");
	}
}

/* Where an entity that is no party has many ancestors, looking through them costs. */
static void
a_walk_costs_its_way(void **state)
{
	struct world *w = *state;
	static char ids[1000][8];
	struct cedar_entity *e, *parent;
	size_t i;

	compile(w, "User::\"root\" in Team::\"elsewhere\"");
	begin_world(w->rq, w->set);
	e = cedar_entity(w->rq, S("User"), S("root"));
	for (i = 0; i < COUNT_OF(ids); i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "%zu", i);
		parent = cedar_entity(w->rq, S("Team"), S(ids[i]));
		cedar_entity_parent(e, parent);
		e = parent;
	}
	assert_true(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	assert_in_range(cedar_request_steps(w->rq), 1000, 4000);
}

/* The steps of all layers count together, and after the budget is spent no layer decides. */
static void
layers_share_a_budget(void **state)
{
	struct world *w = *state;
	size_t policy;

	w->set = compiled("forbid (principal, action, resource) when { context.long like \"*b*\" };"
			  "forbid (principal, action, resource) when { context.long like \"*c*\" };"
			  "permit (principal, action, resource);");
	cedar_request_budget(w->rq, LONG_LEN / 4 * 3 / 2);
	assert_false(ask_large(w));
	assert_true(cedar_request_over_budget(w->rq, &policy));
	assert_int_equal(policy, 1);
	begin_world(w->rq, w->set);
	cedar_put_string(cedar_request_context(w->rq), S("long"), S(long_text));
	assert_true(cedar_authorize(w->rq, 0, 1, &w->result));
	assert_false(cedar_authorize(w->rq, 1, 1, &w->result));
	assert_false(cedar_authorize(w->rq, 2, 1, &w->result));
	assert_int_equal(w->result.decision, CEDAR_DENY);
	/* Begun again, there is a whole budget. */
	begin_world(w->rq, w->set);
	cedar_put_string(cedar_request_context(w->rq), S("long"), S("short"));
	assert_true(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	assert_false(cedar_request_over_budget(w->rq, &policy));
	assert_int_equal(w->result.decision, CEDAR_ALLOW);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(exactly_enough_is_enough, set_up_world,
		    tear_down_world),
		cmocka_unit_test_setup_teardown(a_walk_costs_its_way, set_up_world,
		    tear_down_world),
		cmocka_unit_test_setup_teardown(layers_share_a_budget, set_up_world,
		    tear_down_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
