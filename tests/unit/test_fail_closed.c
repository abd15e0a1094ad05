/* SPDX-License-Identifier: MIT */
/* Rules that fail in evaluation: what is decided then, and what is told of it. */
#include "config.h"

#include "base/buf.h"
#include "base/time_text.h"
#include "db/policy_rule.h"
#include "policy/decide.h"
#include "policy/instants.h"
#include "tests/unit/unit.h"

struct ground {
	struct decider *decider;
	struct policy_set *set;
};

static int
lay_ground(void **state)
{
	static struct ground g;

	g = (struct ground){ .decider = decider_new() };
	*state = &g;
	return g.decider == NULL;
}

static int
clear_ground(void **state)
{
	struct ground *g = *state;

	decider_free(g->decider);
	policy_set_free(g->set);
	return 0;
}

/* Rules by priority, from high to low: {1}, {2} and so on. */
static void
compile(struct ground *g, bool failing_forbid_denies, const char *const text[], size_t count,
    const int64_t *priority)
{
	struct policy_rule rule[8];
	size_t i;

	for (i = 0; i < count; i++)
		rule[i] = (struct policy_rule){
			.priority = priority != NULL ? priority[i] : 0,
			.id = { .octet = { (uint8_t)(i + 1) } },
			.text = text[i],
			.notice = "N",
		};
	policy_set_free(g->set);
	assert_int_equal(policy_set_compile_list(rule, count, failing_forbid_denies, NULL, &g->set),
	    DONE);
}

static struct decision
ask(struct ground *g, const char *metadata)
{
	static const struct uuid tenant = { .octet = { 7 } }, key = { .octet = { 8 } };
	struct grant grant = GRANT_EMPTY;
	struct decision d;
	struct policy_question q = {
		.tenant = &tenant,
		.key = &key,
		.key_name = "k",
		.roles = "admin",
		.action = "UpdateGrant",
		.write = true,
		.grant = &grant,
		.request_id = "r",
	};

	grant.grantee_id = grant.resource_type = grant.resource_id = grant.action = "x";
	grant.status = "active";
	grant.metadata = metadata;
	policy_decide(g->decider, g->set, &q, &d);
	return d;
}

#define PERMIT "permit (principal, action, resource);"
#define FORBID(condition) "forbid (principal, action, resource) when { " condition " };"

/* What metadata may hold and Cedar may not: whoever puts it there does not get around a rule. */
static void
what_nobody_can_read_is_forbidden(void **state)
{
	static const char *const rules[] = {
		PERMIT,
		FORBID(
		    "resource.metadata has tags && resource.metadata.tags.contains(\"production\")")
	};
	static const struct {
		const char *metadata;
		enum verdict verdict;
		bool failed;
	} table[] = {
		{ "{}", VERDICT_ALLOWED, false },
		{ "{\"tags\":[]}", VERDICT_ALLOWED, false },
		{ "{\"tags\":[\"a\"],\"other\":null}", VERDICT_ALLOWED, false },
		{ "{\"tags\":[\"production\"],\"other\":1.5}", VERDICT_DENIED, false },
		{ "{\"tags\":null}", VERDICT_DENIED, true },
		{ "{\"tags\":[\"production\",null]}", VERDICT_DENIED, true },
		{ "{\"tags\":[\"a\",1]}", VERDICT_DENIED, true },
		{ "{\"tags\":[[\"a\"]]}", VERDICT_DENIED, true },
		{ "{\"tags\":0.5}", VERDICT_DENIED, true },
		{ "{\"tags\":9223372036854775808}", VERDICT_DENIED, true },
		{ "no JSON", VERDICT_DENIED, true },
		{ "[]", VERDICT_DENIED, true },
	};
	struct ground *g = *state;
	struct buf many = BUF_EMPTY;
	struct decision d;
	size_t i;

	compile(g, false, rules, 2, NULL);
	for (i = 0; i < COUNT_OF(table); i++) {
		d = ask(g, table[i].metadata);
		if (d.verdict != table[i].verdict || d.failed_forbid != table[i].failed)
			fail_msg("%s", table[i].metadata);
		assert_int_equal(d.forbidden, d.verdict == VERDICT_DENIED);
		if (!d.forbidden)
			continue;
		assert_int_equal(d.rules, 1);
		assert_int_equal(d.rule[0]->id.octet[0], 2);
		assert_int_equal(d.failures, table[i].failed);
	}
	buf_adds(&many, "{\"tags\":[\"production\"");
	for (i = 0; i < 64; i++)
		buf_addf(&many, ",\"t%zu\"", i);
	buf_adds(&many, "]}");
	d = ask(g, buf_text(&many));
	assert_int_equal(d.verdict, VERDICT_DENIED);
	assert_true(d.failed_forbid);
	buf_clear(&many);
}

/* A permit that cannot read it permits nothing. */
static void
what_nobody_can_read_permits_nothing(void **state)
{
	static const char *const rules[] = {
		"permit (principal, action, resource) when { !(resource.metadata has team) };",
		"permit (principal, action, resource) unless { resource.metadata.team == \"x\" };",
	};
	struct ground *g = *state;
	struct decision d;

	compile(g, false, rules, 2, NULL);
	assert_int_equal(ask(g, "{}").verdict, VERDICT_ALLOWED);
	assert_int_equal(ask(g, "{\"team\":\"y\"}").verdict, VERDICT_ALLOWED);
	d = ask(g, "{\"team\":null}");
	assert_int_equal(d.verdict, VERDICT_DENIED);
	assert_false(d.forbidden);
	assert_false(d.failed_forbid);
	assert_int_equal(d.failures, 2);
}

/* By its value a number is what it is, and not by how it is written. */
static void
numbers_are_their_values(void **state)
{
	static const char *const rules[] = { PERMIT, FORBID("resource.metadata.cost > 5") };
	static const struct {
		const char *number;
		enum verdict verdict;
	} table[] = {
		{ "150", VERDICT_DENIED },
		{ "150.0", VERDICT_DENIED },
		{ "1.5e2", VERDICT_DENIED },
		{ "1e1", VERDICT_DENIED },
		{ "150.5", VERDICT_DENIED },
		{ "5", VERDICT_ALLOWED },
		{ "5.0", VERDICT_ALLOWED },
		{ "50e-1", VERDICT_ALLOWED },
		{ "-0.0", VERDICT_ALLOWED },
		{ "-1e2", VERDICT_ALLOWED },
		{ "-1e400", VERDICT_DENIED },
	};
	struct ground *g = *state;
	char metadata[64];
	size_t i;

	compile(g, false, rules, 2, NULL);
	for (i = 0; i < COUNT_OF(table); i++) {
		(void)snprintf(metadata, sizeof(metadata), "{\"cost\":%s}", table[i].number);
		if (ask(g, metadata).verdict != table[i].verdict)
			fail_msg("%s", metadata);
	}
}

/* Any other failure of a forbid takes it out, unless the tenant wants it otherwise. */
static void
the_tenant_chooses(void **state)
{
	static const char *const rules[] = { FORBID("context.user_agent like \"*curl*\""), PERMIT,
		FORBID("true"), FORBID("context.reason == \"x\"") };
	struct ground *g = *state;
	struct decision d;

	compile(g, false, rules, 2, NULL);
	d = ask(g, "{}");
	assert_int_equal(d.verdict, VERDICT_ALLOWED);
	assert_int_equal(d.failures, 1);
	assert_int_equal(d.failed[0]->id.octet[0], 1);
	compile(g, true, rules, 2, NULL);
	d = ask(g, "{}");
	assert_int_equal(d.verdict, VERDICT_DENIED);
	assert_true(d.forbidden);
	assert_true(d.failed_forbid);
	assert_int_equal(d.rules, 1);
	assert_int_equal(d.rule[0]->id.octet[0], 1);
	/* All forbids determine it, in their order. */
	compile(g, true, rules, 4, NULL);
	d = ask(g, "{}");
	assert_int_equal(d.rules, 3);
	assert_int_equal(d.rule[0]->id.octet[0], 1);
	assert_int_equal(d.rule[1]->id.octet[0], 3);
	assert_int_equal(d.rule[2]->id.octet[0], 4);
	compile(g, false, rules, 4, NULL);
	d = ask(g, "{}");
	assert_int_equal(d.rules, 1);
	assert_false(d.failed_forbid);
}

/* Priorities go on as ever: what decided before is not asked for its failure. */
static void
a_higher_priority_is_asked_first(void **state)
{
	static const char *const rules[] = { PERMIT, FORBID("context.reason == \"x\"") };
	static const char *const other[] = { FORBID("context.reason == \"x\""), PERMIT };
	static const int64_t priority[] = { 2, 1 };
	struct ground *g = *state;
	struct decision d;

	compile(g, true, rules, 2, priority);
	d = ask(g, "{}");
	assert_int_equal(d.verdict, VERDICT_ALLOWED);
	assert_int_equal(d.failures, 0);
	compile(g, true, other, 2, priority);
	assert_int_equal(ask(g, "{}").verdict, VERDICT_DENIED);
}

/* More than memory allows is no rule that does not parse. */
static void
no_memory_is_told_from_no_rule(void **state)
{
	struct ground *g = *state;
	struct policy_rule rule[64];
	struct buf text = BUF_EMPTY;
	size_t i;

	buf_adds(&text, "permit (principal, action, resource) when { ");
	while (text.len < RULE_TEXT_MAX - 16)
		buf_adds(&text, "1==1||");
	buf_adds(&text, "true };");
	for (i = 0; i < COUNT_OF(rule); i++)
		rule[i] = (struct policy_rule){ .text = buf_text(&text) };
	assert_int_equal(policy_set_compile_list(rule, COUNT_OF(rule), false, NULL, &g->set),
	    UNAVAILABLE);
	assert_null(g->set);
	rule[0].text = "permit";
	assert_int_equal(policy_set_compile_list(rule, 1, false, NULL, &g->set), BROKEN);
	buf_clear(&text);
}

/* ---- when rules change their minds ---- */

static int64_t
us(const char *text)
{
	int64_t t;

	assert_true(time_parse(&t, text, strlen(text)));
	return t;
}

static bool
is_asked(const struct instants *in, const char *text)
{
	size_t i;

	for (i = 0; i < in->count; i++)
		if (in->at[i] == us(text))
			return true;
	return false;
}

static void
every_time_ahead_is_asked(void **state)
{
	static const char *const rules[] = {
		FORBID(
		    "context.now > datetime(\"2027-01-01\") && context.now < datetime(\"2020-01-01\")"),
		FORBID("context.now.durationSince(datetime(\"2026-01-01\")) > duration(\"366d\")"),
	};
	struct ground *g = *state;
	struct instants in;
	size_t i;

	compile(g, false, rules, 2, NULL);
	instants_of(&in, g->set, us("2026-06-01T00:00:00Z"));
	assert_int_equal(in.at[0], us("2026-06-01T00:00:00Z"));
	assert_true(is_asked(&in, "2026-12-31T23:59:59.999Z"));
	assert_true(is_asked(&in, "2027-01-01T00:00:00Z"));
	assert_true(is_asked(&in, "2027-01-01T00:00:00.001Z"));
	assert_true(is_asked(&in, "2027-01-02T00:00:00.001Z"));
	assert_false(is_asked(&in, "2020-01-01T00:00:00Z"));
	for (i = 1; i < in.count; i++)
		assert_true(in.at[i - 1] < in.at[i]);
}

/* Of too many the soonest are asked, and what is named before what is reckoned. */
static void
they_are_bounded(void **state)
{
	struct ground *g = *state;
	struct buf text = BUF_EMPTY;
	struct instants in;
	const char *rule;
	int i;

	buf_adds(&text, "forbid (principal, action, resource) when { ");
	for (i = 99; i > 0; i--)
		buf_addf(&text, "context.now > datetime(\"20%02d-01-01\") || ", i);
	buf_adds(&text, "context.now.toTime() > duration(\"1h\") };");
	rule = buf_text(&text);
	compile(g, false, &rule, 1, NULL);
	instants_of(&in, g->set, us("2000-06-01T00:00:00Z"));
	assert_int_equal(in.count, INSTANTS_MAX);
	assert_true(is_asked(&in, "2001-01-01T00:00:00Z"));
	assert_true(is_asked(&in, "2042-01-01T00:00:00.001Z"));
	assert_false(is_asked(&in, "2001-01-01T01:00:00Z"));
	instants_of(&in, g->set, us("2098-06-01T00:00:00Z"));
	assert_true(is_asked(&in, "2099-01-01T01:00:00.001Z"));
	buf_clear(&text);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, lay_ground, clear_ground)
	const struct CMUnitTest tests[] = {
		T(what_nobody_can_read_is_forbidden),
		T(what_nobody_can_read_permits_nothing),
		T(numbers_are_their_values),
		T(the_tenant_chooses),
		T(a_higher_priority_is_asked_first),
		T(no_memory_is_told_from_no_rule),
		T(every_time_ahead_is_asked),
		T(they_are_bounded),
	};

	return cmocka_run_group_tests_name("fail_closed", tests, NULL, NULL);
}
