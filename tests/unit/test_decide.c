/* SPDX-License-Identifier: MIT */
/* Decisions of a tenant's policies that may not cost what they would. */
#include "config.h"

#include "policy/decide.h"
#include "tests/unit/unit.h"

#define PERMIT "permit (principal, action, resource);"
#define TEXT_LEN 16000

/* One forbid as long as may be, that searches a grant's metadata again and again: it would never apply. */
static char *
make_bomb(void)
{
	static const char search[] = "resource.metadata.note like \"*aaaaaaab*\" || ";
	char *text = calloc(1, 49152 + 1), *at = text;

	assert_non_null(text);
	at += sprintf(at,
	    "forbid (principal, action == Action::\"UpdateGrant\", resource) when { ");
	while (at + sizeof(search) + 8 < text + 49152)
		at = stpcpy(at, search);
	(void)sprintf(at, "false };");
	return text;
}

struct ground {
	struct decider *decider;
	struct policy_set *set;
	char *bomb;
};

/* The permit asked first, or the bomb. */
static void
compile(struct ground *g, int64_t permit_priority)
{
	struct policy_rule rules[2] = {
		{ .priority = 0, .id = { .octet = { 1 } }, .text = g->bomb },
		{ .priority = 0, .id = { .octet = { 2 } }, .text = PERMIT },
	};
	struct policy_rule first = rules[1];

	if (permit_priority > 0) {
		first.priority = permit_priority;
		rules[1] = rules[0];
		rules[0] = first;
	}
	policy_set_free(g->set);
	g->set = policy_set_compile_list(rules, 2);
	assert_non_null(g->set);
}

static int
lay_ground(void **state)
{
	static struct ground g;

	g = (struct ground){ .decider = decider_new(), .bomb = make_bomb() };
	*state = &g;
	compile(&g, 0);
	return g.decider == NULL;
}

static int
clear_ground(void **state)
{
	struct ground *g = *state;

	decider_free(g->decider);
	policy_set_free(g->set);
	free(g->bomb);
	return 0;
}

static void
ask(struct ground *g, const char *action, size_t note_len, struct decision *d)
{
	static const struct uuid tenant = { .octet = { 7 } }, key = { .octet = { 8 } };
	static char metadata[TEXT_LEN + 32];
	struct grant grant = GRANT_EMPTY;
	struct policy_question q = {
		.tenant = &tenant,
		.key = &key,
		.key_name = "k",
		.roles = "admin",
		.action = action,
		.write = true,
		.grant = &grant,
		.request_id = "r",
	};
	char *at = stpcpy(metadata, "{\"note\":\"");

	memset(at, 'a', note_len);
	(void)strcpy(at + note_len, "\"}");
	grant.grantee_id = grant.resource_type = grant.resource_id = grant.action = "x";
	grant.status = "active";
	grant.metadata = metadata;
	policy_decide(g->decider, g->set, &q, d);
}

/* It is refused, though a permit that was not asked yet applies, and the reason is told. */
static void
what_costs_too_much_is_refused(void **state)
{
	struct ground *g = *state;
	struct decision d;

	ask(g, "UpdateGrant", TEXT_LEN, &d);
	assert_int_equal(d.verdict, VERDICT_DENIED);
	assert_true(d.over_budget);
	assert_false(d.forbidden);
	assert_int_equal(d.rules, 0);
	assert_int_equal(d.failures, 1);
	assert_int_equal(d.failed[0]->id.octet[0], 1);
	assert_non_null(strstr(decision_failure(g->decider, 0), "200000 steps"));
	/* Another operation, and a shorter text, are decided as ever. */
	ask(g, "RevokeGrant", TEXT_LEN, &d);
	assert_int_equal(d.verdict, VERDICT_ALLOWED);
	assert_false(d.over_budget);
	ask(g, "UpdateGrant", 100, &d);
	assert_int_equal(d.verdict, VERDICT_ALLOWED);
	assert_false(d.over_budget);
}

static void
a_higher_priority_decides_before(void **state)
{
	struct ground *g = *state;
	struct decision d;

	compile(g, 1);
	ask(g, "UpdateGrant", TEXT_LEN, &d);
	assert_int_equal(d.verdict, VERDICT_ALLOWED);
	assert_false(d.over_budget);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_costs_too_much_is_refused, lay_ground,
		    clear_ground),
		cmocka_unit_test_setup_teardown(a_higher_priority_decides_before, lay_ground,
		    clear_ground),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
