/* SPDX-License-Identifier: MIT */
/* Values that are there and that Cedar has no type for; and the times that policies name. */
#include "config.h"

#include "cedar_world.h"

/* The world, where the plan's metadata has what nobody can read: `odd`, and `deep.odd`. */
static void
ask(struct world *w, const char *condition)
{
	char text[1024];
	struct cedar_record *r;

	(void)snprintf(text, sizeof(text), "forbid (principal, action, resource) when { %s };",
	    condition);
	cedar_set_free(w->set);
	w->set = compiled(text);
	begin_world(w->rq, w->set);
	r = cedar_put_record(cedar_entity_attributes(cedar_entity(w->rq, S("Doc"), S("plan"))),
	    S("more"));
	cedar_put_unheld(r, S("odd"));
	cedar_put_long(r, S("even"), 2);
	r = cedar_put_record(r, S("deep"));
	cedar_put_unheld(r, S("odd"));
	cedar_put_unheld(cedar_entity_tags(cedar_entity(w->rq, S("User"), S("alice"))), S("odd"));
	assert_null(cedar_request_fault(w->rq));
	assert_true(cedar_authorize(w->rq, 0, SIZE_MAX, &w->result));
}

/* Whatever reads it fails, and says so. */
static void
who_reads_it_fails(void **state)
{
	static const char *const readers[] = {
		"resource.more.odd == 1",
		"resource.more.odd != 1",
		"resource.more has odd",
		"!(resource.more has odd)",
		"resource has more.odd",
		"resource has more.odd.further",
		"resource.more.odd.further == 1",
		"resource.more.deep.odd",
		"[resource.more.odd].isEmpty()",
		"resource.more == {even: 2}",
		"resource.more != {even: 2}",
		"{even: 2} == resource.more",
		"resource.more.deep == resource.more.deep",
		"[resource.more].contains({even: 2})",
		"[1, 2].contains(resource.more)",
		"[{even: 2}].containsAny([resource.more])",
		"[resource.more].containsAll([{even: 2}])",
		"{a: {b: resource.more}} == {a: {b: 1}}",
		"principal.hasTag(\"odd\")",
		"principal.getTag(\"odd\") == 1",
		"if resource.more has odd then true else true",
		"true && resource.more has odd",
	};
	struct world *w = *state;
	char text[256];
	size_t i;

	for (i = 0; i < COUNT_OF(readers); i++) {
		ask(w, readers[i]);
		if (w->result.failure_count != 1 || !cedar_failure_unheld(&w->result.failures[0]))
			fail_msg("%s does not fail", readers[i]);
		cedar_failure_message(w->rq, &w->result.failures[0], NULL, text, sizeof(text));
		if (strstr(text, "no type for") == NULL)
			fail_msg("%s: %s", readers[i], text);
	}
	ask(w, "resource.more.odd == 1");
	cedar_failure_message(w->rq, &w->result.failures[0], NULL, text, sizeof(text));
	assert_string_equal(text, "the value of `odd` is one that Cedar has no type for");
}

/* What lies beside it is as ever, and so are other failures. */
static void
who_does_not_is_decided(void **state)
{
	static const struct {
		const char *condition;
		bool holds;
	} others[] = {
		{ "resource.more.even == 2", true },
		{ "resource.more has even", true },
		{ "resource.more has nothing", false },
		{ "resource has more", true },
		{ "resource has more.deep", true },
		{ "resource.metadata == {kind: \"text\"}", true },
		{ "false && resource.more has odd", false },
		{ "true || resource.more has odd", true },
		{ "[resource.more].isEmpty()", false },
		{ "principal.hasTag(\"color\")", true },
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT_OF(others); i++) {
		ask(w, others[i].condition);
		if (w->result.failure_count != 0 ||
		    w->result.determining_count != (size_t)others[i].holds)
			fail_msg("%s", others[i].condition);
	}
	ask(w, "resource.more.even.odd");
	assert_int_equal(w->result.failure_count, 1);
	assert_false(cedar_failure_unheld(&w->result.failures[0]));
}

struct heard {
	size_t count;
	struct {
		bool duration;
		int64_t ms;
	} at[16];
};

static void
hear(void *with, bool duration, int64_t ms)
{
	struct heard *h = with;

	assert_true(h->count < COUNT_OF(h->at));
	h->at[h->count].duration = duration;
	h->at[h->count++].ms = ms;
}

static void
times_are_told_where_they_stand(void **state)
{
	struct world *w = *state;
	struct heard h = { .count = 0 };

	w->set = compiled(
	    "permit (principal, action, resource) when { context.now > datetime(\"1970-01-02\") };"
	    "forbid (principal, action, resource)"
	    " when { if !([{a: datetime(\"1970-01-01\")}].isEmpty() || 1 + 1 == 2)"
	    " then context.now.offset(duration(\"-1s\")) == datetime(\"1970-01-01T00:00:00.001Z\")"
	    " else context.age < duration(\"2h\") }"
	    " unless { datetime(context.text) == context.now || datetime(\"none\") == context.now };");
	cedar_set_times(w->set, hear, &h);
	assert_int_equal(h.count, 5);
	assert_false(h.at[0].duration);
	assert_int_equal(h.at[0].ms, 86400000);
	assert_false(h.at[1].duration);
	assert_int_equal(h.at[1].ms, 0);
	assert_true(h.at[2].duration);
	assert_int_equal(h.at[2].ms, -1000);
	assert_int_equal(h.at[3].ms, 1);
	assert_true(h.at[4].duration);
	assert_int_equal(h.at[4].ms, 7200000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_reads_it_fails, set_up_world, tear_down_world),
		cmocka_unit_test_setup_teardown(who_does_not_is_decided, set_up_world,
		    tear_down_world),
		cmocka_unit_test_setup_teardown(times_are_told_where_they_stand, set_up_world,
		    tear_down_world),
	};

	return cmocka_run_group_tests_name("cedar_unheld", tests, NULL, NULL);
}
