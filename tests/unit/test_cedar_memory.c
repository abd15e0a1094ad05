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

static unsigned long calls;		/* allocations so far */
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

static void
sets_keep_to_their_bound(void **state)
{
	bool good = false;
	size_t max;

	(void)state;
	for (max = 1; !good; max += 512) {
		struct cedar_set *set = cedar_set_new(max);

		assert_in_range(max, 1, 1 << 16);
		good = cedar_set_add_text(set, S(policies)) && cedar_set_seal(set);
		assert_in_range(cedar_set_memory(set), 0, max + 1024);
		cedar_set_free(set);
	}
	assert_in_range(max, 4096, 1 << 16);
}

/* A question that does not fit is denied, never answered without the policy that did not fit. */
static void
requests_keep_to_their_bound(void **state)
{
	struct cedar_set *set = compiled("permit (principal, action, resource);"
	    "forbid (principal, action, resource) when { [context.a, context.a, 1, 2, 3].contains(1) };");
	struct cedar_request *rq;
	struct cedar_result result;
	unsigned denied = 0;
	size_t max;

	(void)state;
	for (max = 1; max < 12000; max += 16) {
		rq = cedar_request_new(max);
		cedar_request_begin(rq, set);
		cedar_request_principal(rq, cedar_entity(rq, S("U"), S("a")));
		cedar_request_action(rq, cedar_entity(rq, S("Action"), S("a")));
		cedar_request_resource(rq, cedar_entity(rq, S("R"), S("a")));
		cedar_put_long(cedar_request_context(rq), S("a"), 1);
		if (!cedar_authorize(rq, 0, SIZE_MAX, &result)) {
			assert_string_equal(cedar_request_fault(rq),
			    "the request takes more memory than is allowed");
			denied++;
		}
		assert_int_equal(result.decision, CEDAR_DENY);
		assert_in_range(cedar_request_memory(rq), 0, max + 2048);
		cedar_request_free(rq);
	}
	assert_in_range(denied, 1, 12000 / 16 - 1);
	cedar_set_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_heap_in_the_steady_state),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(sets_keep_to_their_bound),
		cmocka_unit_test(requests_keep_to_their_bound),
	};

	return cmocka_run_group_tests_name("cedar_memory", tests, NULL, NULL);
}
