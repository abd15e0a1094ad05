/* SPDX-License-Identifier: MIT */
/*
 * Memory: none from the heap in the steady state, a bound that holds, and every
 * allocation failing in turn (the sanitizers see what is left behind).  The
 * program is linked with the three allocators wrapped.
 */
#include "config.h"

#include "cedar_world.h"

#include <limits.h>

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);

static unsigned long calls;              /* allocations so far */
static unsigned long budget = ULONG_MAX; /* those that may still succeed */

static bool
spend(void)
{
	calls++;
	if (budget == 0)
		return false;
	budget -= budget != ULONG_MAX;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	return spend() ? __real_malloc(size) : NULL;
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return spend() ? __real_calloc(count, size) : NULL;
}

void *
__wrap_realloc(void *old, size_t size)
{
	return spend() ? __real_realloc(old, size) : NULL;
}

static const char policies[] =
    "@notice(\"a\\n\") permit (principal in Org::\"o\", action in [Action::\"read\"], resource is Doc)"
    " when { principal.roles.contains(\"writer\") && context.source_ip.isInRange(ip(\"192.0.2.0/24\")) };"
    "permit (principal, action, resource) when { [principal.level, 1] == [7, 1] && {a: principal}.a == principal };"
    "forbid (principal, action, resource) when { principal.name like \"B*\" || User::\"bob\" in Team::\"x\" };";

static void
no_heap_in_the_steady_state(void **state)
{
	struct cedar_set *set = compiled(policies);
	struct cedar_request *rq = cedar_request_new(0);
	struct cedar_result result;
	unsigned long before = 0;
	size_t held = 0;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		if (i == 3) {
			before = calls;
			held = cedar_request_memory(rq);
		}
		begin_world(rq, set);
		assert_true(cedar_authorize(rq, 0, SIZE_MAX, &result));
		assert_int_equal(result.decision, CEDAR_ALLOW);
		assert_int_equal(result.determining_count, 2);
	}
	assert_int_equal(calls, before);
	assert_int_equal(cedar_request_memory(rq), held);
	cedar_request_free(rq);
	cedar_set_free(set);
}

/* Everything once. True: it worked; false: memory ran out somewhere, and all said so. */
static bool
try_all(void)
{
	struct cedar_set *set = cedar_set_new(0);
	struct cedar_request *rq = cedar_request_new(0);
	struct cedar_result result;
	bool good = set != NULL && rq != NULL;
	char *text = NULL;

	good = good && cedar_set_add_text(set, S(policies)) && cedar_set_seal(set);
	if (good) {
		begin_world(rq, set);
		cedar_request_entities_json(rq,
		    S("[{\"uid\":{\"type\":\"U\",\"id\":\"x\"},\"attrs\":{\"a\":[1,{}]},\"parents\":[]}]"));
		good = cedar_authorize(rq, 0, SIZE_MAX, &result);
		assert_int_equal(result.decision, good ? CEDAR_ALLOW : CEDAR_DENY);
		assert_int_equal(good, cedar_request_fault(rq) == NULL);
		text = cedar_policy_format(set, 0, NULL);
		good = good && text != NULL;
	}
	free(text);
	cedar_request_free(rq);
	cedar_set_free(set);
	return good;
}

static void
every_allocation_may_fail(void **state)
{
	unsigned long allowed;
	bool good = false;

	(void)state;
	for (allowed = 0; !good; allowed++) {
		assert_in_range(allowed, 0, 1000);
		budget = allowed;
		good = try_all();
		budget = ULONG_MAX;
	}
	assert_in_range(allowed, 5, 1000);
}

/* Some of everything that the parser makes. */
static const char everything[] =
    "@a @b(\"\\n\") permit (principal is App :: User in Team::\"\\x41\", action in [Action::\"a\", "
    "Action::\"b\", Action::\"c\"], resource == Doc::\"d\") when { if principal has a.b then 1 + 2 - -3 == 4 * 5 "
    "else !(context[\"k\\t\"].x like \"a*b\\*\") } unless { [1, \"\\u{41}\", ip(\"::1\")].contains({a: 1, \"b\\n\": "
    "principal.getTag(\"t\")}) || principal is A::B in [A::\"x\"] || --context.n < 9 };";

/* With whatever bound: sealed or refused for its sake, and never more held than that. */
static void
sets_keep_to_their_bound(void **state)
{
	bool good = false;
	size_t max;

	(void)state;
	for (max = 1; !good; max += 16) {
		struct cedar_set *set = cedar_set_new(max);

		assert_in_range(max, 1, 1 << 16);
		good = cedar_set_add_text(set, S(everything)) &&
		    cedar_set_add(set, S("id"), S("permit (principal, action, resource);")) &&
		    cedar_set_seal(set);
		assert_in_range(cedar_set_memory(set), 0, max + 1024);
		assert_int_equal(cedar_set_seal(set), good);
		if (cedar_set_error_count(set) > 0)
			assert_string_equal(cedar_set_error(set, 0)->message,
			    "the policies take more memory than is allowed");
		cedar_set_free(set);
	}
	assert_in_range(max, 4096, 1 << 16);
}

/* There may be thousands of sets, most of them small: what one holds is not much more than what it needs. */
static void
small_sets_hold_little(void **state)
{
	struct cedar_set *set = compiled("permit (principal, action, resource);");

	(void)state;
	assert_in_range(cedar_set_memory(set), 1024, 4096);
	cedar_set_free(set);
}

/* A question of a dozen kinds of values, from C and from JSON. */
static void
begin_large(struct cedar_request *rq, const struct cedar_set *set)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k",
		"l" };
	struct cedar_record *r;
	size_t i;

	begin_world(rq, set);
	r = cedar_request_context(rq);
	for (i = 0; i < COUNT_OF(names); i++)
		cedar_put_long(r, S(names[i]), (int64_t)i);
	for (i = 0; i < COUNT_OF(names); i++)
		cedar_entity_parent(cedar_entity(rq, S("Team"), S("a")),
		    cedar_entity(rq, S("Org"), S(names[i])));
	(void)cedar_request_entities_json(rq,
	    S("[{\"uid\":{\"type\":\"U\",\"id\":\"x\"},\"attrs\":{\"a\":[1,{"
	      "\"\\u0000\":{\"__extn\":{\"fn\":\"ip\",\"arg\":\"::1\"}}}],\"b\":{\"__entity\":{\"type\":\"U\",\"id\":\"y\"}},"
	      "\"c\":\"s\"},\"parents\":[{\"type\":\"U\",\"id\":\"z\"}],\"tags\":{\"t\":[\"u\",{}]}}]"));
}

/* A question that does not fit is denied, never answered without the policy that did not fit. */
static void
requests_keep_to_their_bound(void **state)
{
	struct cedar_set *set = compiled(
	    "permit (principal, action, resource);"
	    "forbid (principal, action, resource) when { [context.a, context.b].contains(1) && "
	    "{a: context}.a.b == 1 && U::\"x\" in [U::\"z\"] && U::\"x\" in U::\"z\" && "
	    "ip(if principal.level == 7 then \"::1\" else \"\").isLoopback() };");
	struct cedar_request *rq;
	struct cedar_result result;
	unsigned denied = 0;
	bool good = false;
	size_t max;

	(void)state;
	for (max = 1; !good; max += 16) {
		assert_in_range(max, 1, 1 << 16);
		rq = cedar_request_new(max);
		begin_large(rq, set);
		if (!(good = cedar_authorize(rq, 0, SIZE_MAX, &result))) {
			assert_string_equal(cedar_request_fault(rq),
			    "the request takes more memory than is allowed");
			denied++;
		}
		assert_int_equal(result.decision, CEDAR_DENY);
		assert_int_equal(result.determining_count, good ? 1 : 0);
		assert_in_range(cedar_request_memory(rq), 0, max + 2048);
		cedar_request_free(rq);
	}
	assert_in_range(denied, 100, 1 << 12);
	cedar_set_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_heap_in_the_steady_state),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(sets_keep_to_their_bound),
		cmocka_unit_test(small_sets_hold_little),
		cmocka_unit_test(requests_keep_to_their_bound),
	};

	return cmocka_run_group_tests_name("cedar_memory", tests, NULL, NULL);
}
