/* SPDX-License-Identifier: MIT */
/* Requests built from C values, and what is decided about them. */
#include "config.h"

#include "cedar_world.h"

/* Ask all policies of a text. */
static const struct cedar_result *
ask(struct world *w, const char *text)
{
	cedar_set_free(w->set);
	w->set = compiled(text);
	begin_world(w->rq, w->set);
	assert_null(cedar_request_fault(w->rq));
	assert_true(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	return &w->result;
}

/* What one condition comes to: 't', 'f', or 'e' for an error. */
static char
holds(struct world *w, const char *condition)
{
	char text[512];
	const struct cedar_result *result;

	(void)snprintf(text, sizeof(text), "permit (principal, action, resource) when { %s };",
	    condition);
	result = ask(w, text);
	if (result->failure_count > 0)
		return 'e';
	return result->decision == CEDAR_ALLOW ? 't' : 'f';
}

static void
values_are_what_was_put(void **state)
{
	static const struct {
		const char *condition;
		char holds;
	} cases[] = {
		{ "principal == User::\"alice\" && resource == Doc::\"plan\" && action == Action::\"view\"",
		    't' },
		{ "principal.name == \"Alice\" && principal.level == 7", 't' },
		{ "principal.roles == [\"reader\", \"writer\"]", 't' },
		{ "principal.roles.contains(\"writer\") && !principal.roles.contains(\"admin\")",
		    't' },
		{ "principal.boss == User::\"bob\" && !(principal.boss has name)", 't' },
		{ "principal.boss.name == \"Bob\"", 'e' },
		{ "principal.hasTag(\"color\") && principal.getTag(\"color\") == \"red\"", 't' },
		{ "principal.hasTag(\"co\" )", 'f' },
		{ "principal.getTag(\"size\") == 1", 'e' },
		{ "resource.secret && resource.metadata.kind == \"text\"", 't' },
		{ "resource.metadata == {kind: \"text\"} && resource.metadata != {kind: \"image\"}",
		    't' },
		{ "context.source_ip.isInRange(ip(\"192.0.2.0/24\"))", 't' },
		{ "context.now == datetime(\"2024-01-01\") && context.age == duration(\"1h\")",
		    't' },
		{ "context == {now: context.now, age: context.age, source_ip: context.source_ip}",
		    't' },
		{ "context == {}", 'f' },
		{ "context has nothing", 'f' },
		{ "principal in Org::\"o\" && action in Action::\"read\" && !(resource in Org::\"o\")",
		    't' },
		{ "User::\"bob\" in [User::\"bob\", Org::\"o\"]", 't' },
		{ "Team::\"a\" in Org::\"o\"", 't' },
		{ "principal.boss in Org::\"o\"", 'f' },
		{ "User::\"nobody\" has name", 'f' },
	};
	size_t i;

	for (i = 0; i < COUNT_OF(cases); i++)
		if (holds(*state, cases[i].condition) != cases[i].holds)
			fail_msg("%s", cases[i].condition);
}

/* Records beyond all the small sizes that are treated apart, their fields in no order. */
static void
large_records(void **state)
{
	enum { COUNT = 100 };
	static char names[COUNT][8];
	struct world *w = *state;
	struct cedar_record *r, *again;
	size_t i, count;

	for (i = 0; i < COUNT; i++)
		(void)snprintf(names[i], sizeof(names[i]), "n%u", (unsigned)(i * 37 % COUNT));
	for (count = 1; count <= COUNT; count += 7) {
		(void)ask(w,
		    "permit (principal, action, resource) when { context.r == context.s && context.r.n0 == 0"
		    " && principal.r == context.r && !(context.r has nope) && context.s has n0 && context.r != {} };"
		    "permit (principal, action, resource) when { context.r has n37 && context.r.n37 != 1 };");
		r = cedar_put_record(cedar_request_context(w->rq), S("r"));
		again = cedar_put_record(cedar_request_context(w->rq), S("s"));
		for (i = 0; i < count; i++)
			cedar_put_long(r, S(names[i]), (int64_t)i);
		for (i = count; i-- > 0;)
			cedar_put_long(again, S(names[i]), (int64_t)i);
		r = cedar_put_record(cedar_entity_attributes(
					 cedar_entity(w->rq, S("User"), S("alice"))),
		    S("r"));
		for (i = 0; i < count; i++)
			cedar_put_long(r, S(names[count - 1 - i]), (int64_t)(count - 1 - i));
		assert_true(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
		assert_int_equal(w->result.failure_count, 0);
		assert_int_equal(w->result.determining_count, 1);
		assert_int_equal(w->result.determining[0], 0);
	}
}

static void
sets_in_any_order(void **state)
{
	static const struct {
		const char *condition;
		char holds;
	} cases[] = {
		{ "[1, \"a\", [], {}, principal, [3, 2]] == [[2, 3, 2], principal, {}, \"a\", [], 1, 1]",
		    't' },
		{ "[[1, 2], [1, 3]] == [[1, 3], [1, 4]]", 'f' },
		{ "[{a: 1}, {b: 1}] == [{b: 1}, {a: 1}]", 't' },
		{ "[{a: 1}] == [{b: 1}]", 'f' },
		{ "[{a: 1}] == [{a: 2}]", 'f' },
		{ "[1, 2, 3].containsAll([3, 4])", 'f' },
		{ "[1].containsAny([3, 2, 1])", 't' },
		{ "[1].containsAny([3, 2])", 'f' },
		{ "[1].containsAll([1, 2])", 'f' },
		{ "[ip(\"10.0.0.0/8\"), ip(\"::/8\")].contains(ip(\"10.0.0.0/9\"))", 'f' },
		{ "[ip(\"10.0.0.0/8\"), ip(\"::/8\")].contains(ip(\"::/8\"))", 't' },
		{ "[decimal(\"1.0\"), duration(\"1ms\"), 10000].contains(decimal(\"1.00\"))", 't' },
		{ "[10000, duration(\"10s\")].contains(decimal(\"1.0\"))", 'f' },
		{ "[true, false].contains(context has now) && [context.now].contains(datetime(\"2024-01-01\"))",
		    't' },
	};
	size_t i;

	for (i = 0; i < COUNT_OF(cases); i++)
		if (holds(*state, cases[i].condition) != cases[i].holds)
			fail_msg("%s", cases[i].condition);
}

static void
forbids_overrule_and_failures_do_nothing(void **state)
{
	const struct cedar_result *r;

	r = ask(*state,
	    "permit (principal, action, resource);"
	    "forbid (principal, action, resource) when { principal.nope };"
	    "permit (principal, action, resource) when { 1 == 1 };");
	assert_int_equal(r->decision, CEDAR_ALLOW);
	assert_int_equal(r->determining_count, 2);
	assert_int_equal(r->determining[0], 0);
	assert_int_equal(r->determining[1], 2);
	assert_int_equal(r->failure_count, 1);
	assert_int_equal(r->failures[0].policy, 1);
	r = ask(*state,
	    "permit (principal, action, resource); forbid (principal, action, resource);"
	    "permit (principal, action, resource); forbid (principal is User, action, resource);");
	assert_int_equal(r->decision, CEDAR_DENY);
	assert_int_equal(r->determining_count, 2);
	assert_int_equal(r->determining[0], 1);
	assert_int_equal(r->determining[1], 3);
	r = ask(*state, "");
	assert_int_equal(r->decision, CEDAR_DENY);
	assert_int_equal(r->determining_count + r->failure_count + r->undetermined_count, 0);
}

static void
ranges_are_layers(void **state)
{
	struct world *w = *state;
	size_t first, count;

	(void)ask(w,
	    "permit (principal, action, resource) when { false };"
	    "forbid (principal, action, resource); permit (principal, action, resource);"
	    "permit (principal, action, resource) when { principal.nope };");
	for (first = 0; first <= 5; first++)
		for (count = 0; count <= 5; count++) {
			bool forbids = first <= 1 && first + count > 1,
			     permits = first <= 2 && first + count > 2;

			assert_true(cedar_authorize(w->rq, first, count, &w->result));
			assert_int_equal(w->result.decision,
			    permits && !forbids ? CEDAR_ALLOW : CEDAR_DENY);
			assert_int_equal(w->result.determining_count, forbids || permits);
			assert_int_equal(w->result.failure_count, first <= 3 && first + count > 3);
		}
}

/* More than one word of the candidates' bits, at every border. */
static void
ranges_across_words(void **state)
{
	struct world *w = *state;
	char text[200 * 40] = "";
	size_t first, count, i, len = 0;

	for (i = 0; i < 200; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "permit(principal,action,resource);");
	(void)ask(w, text);
	for (first = 0; first < 200; first += 7)
		for (count = 0; count <= 200; count++) {
			assert_true(cedar_authorize(w->rq, first, count, &w->result));
			assert_int_equal(w->result.determining_count,
			    count < 200 - first ? count : 200 - first);
			for (i = 0; i < w->result.determining_count; i++)
				assert_int_equal(w->result.determining[i], first + i);
		}
}

static void
an_opaque_entity_leaves_policies_undetermined(void **state)
{
	struct world *w = *state;
	struct cedar_entity *plan;

	(void)ask(w,
	    "permit (principal, action, resource) when { resource.secret };"
	    "permit (principal, action, resource) when { principal.level == 7 };"
	    "forbid (principal, action, resource) when { resource has nothing };"
	    "forbid (principal, action, resource) when { false && resource.secret };"
	    "forbid (principal, action, resource) when { resource.hasTag(\"x\") };"
	    "permit (principal, action, resource is Doc) when { resource == Doc::\"plan\" && !(resource in Org::\"o\") };");
	assert_int_equal(w->result.undetermined_count, 0);
	assert_int_equal(w->result.determining_count, 3);
	plan = cedar_entity(w->rq, S("Doc"), S("plan"));
	cedar_entity_opaque(plan, true);
	assert_true(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	assert_int_equal(w->result.decision, CEDAR_ALLOW);
	assert_int_equal(w->result.undetermined_count, 3);
	assert_int_equal(w->result.undetermined[0], 0);
	assert_int_equal(w->result.undetermined[1], 2);
	assert_int_equal(w->result.undetermined[2], 4);
	assert_int_equal(w->result.determining_count, 2);
	assert_int_equal(w->result.failure_count, 0);
	/* Its attributes come later, with one more among them, and the same request is asked again. */
	cedar_entity_opaque(plan, false);
	cedar_put_long(cedar_entity_attributes(plan), S("nothing"), 1);
	assert_true(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	assert_int_equal(w->result.decision, CEDAR_DENY);
	assert_int_equal(w->result.undetermined_count, 0);
	assert_int_equal(w->result.determining_count, 1);
	assert_int_equal(w->result.determining[0], 2);
}

static void
failures_say_what_and_where(void **state)
{
	static const struct {
		const char *condition, *message, *where;
	} cases[] = {
		{ "principal.nope == 1",
		    "the entity has no attribute `nope`; test with `has` first", "nope" },
		{ "context.nope == 1", "the record has no attribute `nope`; test with `has` first",
		    "nope" },
		{ "context[\"n\"] == 1", "the record has no attribute `n`; test with `has` first",
		    "[\"n\"]" },
		{ "User::\"x\".a == 1", "`User::\"x\"` does not exist", "a" },
		{ "principal.getTag(\"x\") == 1",
		    "`User::\"alice\"` has no such tag; test with `hasTag` first",
		    "getTag(\"x\")" },
		{ "1 && true", "expected a Bool, found a Long", "1" },
		{ "true && (if true then principal else 1)", "expected a Bool, found an entity",
		    "if true then principal else 1" },
		{ "9223372036854775807 + principal.level == 1", "the result is beyond 64 bits",
		    "9223372036854775807 + principal.level" },
		{ "ip(\"1.2.3\") == 1", "this text is no IP address or range", "ip(\"1.2.3\")" },
		{ "decimal(\"1\") == 1", "this text is no decimal", "decimal(\"1\")" },
		{ "ip() == 1", "`ip` takes exactly one argument", "ip()" },
		{ "ip(\"::1\").isIpv4(1)", "`isIpv4` takes no argument", "isIpv4(1)" },
		{ "\"a\" < \"b\"", "expected a Long, a datetime or a duration, found a String",
		    "\"a\"" },
		{ "1 < context.now", "expected a Long, found a datetime", "context.now" },
		{ "principal in [User::\"a\", 1]", "expected a set of entities alone, found a Long",
		    "[User::\"a\", 1]" },
		{ "[1].containsAll(2)", "expected a set as the argument, found a Long",
		    "containsAll(2)" },
		{ "principal like \"a\"", "expected a String, found an entity", "principal" },
	};
	struct world *w = *state;
	struct cedar_policy policy;
	struct cedar_place place;
	char text[200];
	size_t i;

	for (i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(holds(w, cases[i].condition), 'e');
		cedar_failure_message(w->rq, &w->result.failures[0], &place, text, sizeof(text));
		assert_string_equal(text, cases[i].message);
		assert_true(cedar_policy(w->set, 0, &policy));
		assert_int_equal(place.len, strlen(cases[i].where));
		assert_memory_equal(policy.text.data + place.offset, cases[i].where, place.len);
		assert_int_equal(place.line, 1);
		assert_int_equal(place.column, place.offset + 1);
		cedar_failure_message(w->rq, &w->result.failures[0], NULL, text, 4);
		assert_int_equal(strlen(text), 3);
	}
}

static void
a_request_with_a_fault_is_denied(void **state)
{
	struct world *w = *state;
	struct cedar_record *r;

	(void)ask(w, "permit (principal, action, resource) when { context has a };");
	r = cedar_request_context(w->rq);
	cedar_put_long(r, S("a"), 1);
	cedar_put_long(r, S("a"), 1);
	assert_false(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	assert_int_equal(w->result.decision, CEDAR_DENY);
	assert_string_equal(cedar_request_fault(w->rq), "a name is given twice in one record");
	begin_world(w->rq, w->set);
	assert_null(cedar_request_fault(w->rq));
	cedar_put_ip(cedar_request_context(w->rq), S("b"), S("1.2.3"));
	assert_string_equal(cedar_request_fault(w->rq), "a text is no IP address");
	assert_null(cedar_entity(w->rq, S("User"), S("x")));
	assert_false(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	cedar_request_begin(w->rq, w->set);
	cedar_request_principal(w->rq, cedar_entity(w->rq, S("User"), S("x")));
	assert_false(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	assert_string_equal(cedar_request_fault(w->rq), "principal, action or resource is missing");
}

static void
nothing_was_said_yet(void **state)
{
	struct world *w = *state;
	struct cedar_str nothing = { NULL, 0 };

	/* A request that was never begun. */
	assert_null(cedar_entity(w->rq, S("User"), S("x")));
	cedar_put_bool(cedar_request_context(w->rq), S("a"), true);
	assert_false(cedar_request_context_json(w->rq, S("{}")));
	assert_false(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	assert_string_equal(cedar_request_fault(w->rq), "the request was never begun");
	/* A set without a text, and one that is not sealed. */
	w->set = cedar_set_new(0);
	cedar_request_begin(w->rq, w->set);
	assert_string_equal(cedar_request_fault(w->rq), "the policy set is not sealed");
	assert_true(cedar_set_seal(w->set));
	begin_world(w->rq, w->set);
	assert_true(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	assert_int_equal(w->result.decision, CEDAR_DENY);
	/* Texts at no address. */
	(void)ask(w, "permit (principal, action, resource) when { context[\"\"] == \"\" };");
	cedar_put_string(cedar_request_context(w->rq), nothing, nothing);
	cedar_request_resource(w->rq, cedar_entity(w->rq, nothing, nothing));
	assert_true(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	assert_int_equal(w->result.decision, CEDAR_ALLOW);
}

static void
a_request_outlives_the_sets_it_asks(void **state)
{
	struct world *w = *state;
	int i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(holds(w, "principal in Org::\"o\" && principal.level > 6"), 't');
		assert_int_equal(holds(w, "principal in Org::\"p\" || principal.hasTag(\"size\")"),
		    'f');
	}
}

/* Cycles come from callers alone; they end all the same. */
static void
cycles_end(void **state)
{
	struct world *w = *state;
	struct cedar_entity *bob, *team;

	(void)ask(w,
	    "permit (principal, action, resource) when { User::\"bob\" in Team::\"x\" };"
	    "permit (principal in User::\"bob\", action, resource);");
	bob = cedar_entity(w->rq, S("User"), S("bob"));
	team = cedar_entity(w->rq, S("Team"), S("a"));
	cedar_entity_parent(bob, team);
	cedar_entity_parent(team, bob);
	cedar_entity_parent(bob, bob);
	assert_true(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
	assert_int_equal(w->result.determining_count, 1);
	assert_int_equal(w->result.determining[0], 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_are_what_was_put, set_up_world,
		    tear_down_world),
		cmocka_unit_test_setup_teardown(large_records, set_up_world, tear_down_world),
		cmocka_unit_test_setup_teardown(sets_in_any_order, set_up_world, tear_down_world),
		cmocka_unit_test_setup_teardown(forbids_overrule_and_failures_do_nothing,
		    set_up_world, tear_down_world),
		cmocka_unit_test_setup_teardown(ranges_are_layers, set_up_world, tear_down_world),
		cmocka_unit_test_setup_teardown(ranges_across_words, set_up_world, tear_down_world),
		cmocka_unit_test_setup_teardown(an_opaque_entity_leaves_policies_undetermined,
		    set_up_world, tear_down_world),
		cmocka_unit_test_setup_teardown(failures_say_what_and_where, set_up_world,
		    tear_down_world),
		cmocka_unit_test_setup_teardown(a_request_with_a_fault_is_denied, set_up_world,
		    tear_down_world),
		cmocka_unit_test_setup_teardown(nothing_was_said_yet, set_up_world,
		    tear_down_world),
		cmocka_unit_test_setup_teardown(a_request_outlives_the_sets_it_asks, set_up_world,
		    tear_down_world),
		cmocka_unit_test_setup_teardown(cycles_end, set_up_world, tear_down_world),
	};

	return cmocka_run_group_tests_name("cedar_authorize", tests, NULL, NULL);
}
