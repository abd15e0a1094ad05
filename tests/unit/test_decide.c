/* SPDX-License-Identifier: MIT */
/* Decisions of a tenant's policies that may not cost what they would. */
#include "config.h"

#include "base/buf.h"
#include "db/policy_rule.h"
#include "policy/decide.h"
#include "tests/unit/unit.h"

#define PERMIT "permit (principal, action, resource);"
#define TEXT_LEN 16000

/* One forbid as long as may be, that searches a grant's metadata again and again: it would never apply. */
static void
make_bomb(struct buf *bomb)
{
	static const char search[] = "resource.metadata.note like \"*aaaaaaab*\" || ";

	buf_adds(bomb, "forbid (principal, action == Action::\"UpdateGrant\", resource) when { ");
	while (bomb->len + sizeof(search) + strlen("false };") < RULE_TEXT_MAX)
		buf_adds(bomb, search);
	buf_adds(bomb, "false };");
}

struct ground {
	struct decider *decider;
	struct policy_set *set;
	struct buf bomb;
};

/* The permit asked first, or the bomb. */
static void
compile(struct ground *g, int64_t permit_priority)
{
	struct policy_rule rules[2] = {
		{ .priority = 0, .id = { .octet = { 1 } }, .text = buf_text(&g->bomb) },
		{ .priority = 0, .id = { .octet = { 2 } }, .text = PERMIT },
	};
	struct policy_rule first = rules[1];

	if (permit_priority > 0) {
		first.priority = permit_priority;
		rules[1] = rules[0];
		rules[0] = first;
	}
	policy_set_free(g->set);
	assert_int_equal(policy_set_compile_list(rules, 2, false, NULL, &g->set), DONE);
}

static int
lay_ground(void **state)
{
	static struct ground g;

	g = (struct ground){ .decider = decider_new(), .bomb = BUF_EMPTY };
	make_bomb(&g.bomb);
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
	buf_clear(&g->bomb);
	return 0;
}

static void
ask(struct ground *g, const char *action, size_t note_len, struct decision *d)
{
	static const struct uuid tenant = { .octet = { 7 } }, key = { .octet = { 8 } };
	static char note[TEXT_LEN + 1];
	struct buf metadata = BUF_EMPTY;
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

	memset(note, 'a', note_len);
	note[note_len] = '\0';
	buf_addf(&metadata, "{\"note\":\"%s\"}", note);
	grant.grantee_id = grant.resource_type = grant.resource_id = grant.action = "x";
	grant.status = "active";
	grant.metadata = buf_text(&metadata);
	policy_decide(g->decider, g->set, &q, d);
	buf_clear(&metadata);
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
