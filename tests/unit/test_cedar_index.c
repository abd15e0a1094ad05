/* SPDX-License-Identifier: MIT */
/*
 * The index only saves work: for random scopes and hierarchies the policies that
 * it leaves out are those whose scope, worked out here from its definition, does
 * not match.
 */
#include "config.h"

#include "cedar_world.h"

#define ENTITIES 8u /* of each of two types, and as many actions */
#define POLICIES 150u
#define ROUNDS 300u

/* A small generator of its own, so that every machine has the same cases. */
static uint32_t seed;

static uint32_t
draw(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static const char *const types[] = { "A", "N::B", "Action" };

/* parents[k][i] has bit j: entity i of kind k has entity j of that kind as a parent; j > i, so there is no cycle. */
static uint32_t parents[3][ENTITIES];

struct side {
	enum cedar_scope_kind kind;
	uint32_t type, of_type, id;
};

static bool
below(uint32_t kind, uint32_t from, uint32_t to)
{
	uint32_t j;

	if (from == to)
		return true;
	for (j = 0; j < ENTITIES; j++)
		if ((parents[kind][from] >> j & 1) != 0 && below(kind, j, to))
			return true;
	return false;
}

static bool
matches(const struct side *s, uint32_t kind, uint32_t id)
{
	bool in = s->of_type == kind && below(kind, id, s->id);

	switch (s->kind) {
	case CEDAR_EQ:
		return s->of_type == kind && s->id == id;
	case CEDAR_IN:
		return in;
	case CEDAR_IS:
		return s->type == kind;
	case CEDAR_IS_IN:
		return s->type == kind && in;
	case CEDAR_ANY:
	default:
		return true;
	}
}

static size_t
write_side(char *out, size_t room, const char *variable, struct side *s, bool action)
{
	s->kind = (enum cedar_scope_kind)draw(action ? 3 : 5);
	s->type = draw(2);
	s->of_type = action ? 2 : draw(2);
	s->id = draw(ENTITIES);
	switch (s->kind) {
	case CEDAR_EQ:
		return (size_t)snprintf(out, room, "%s == %s::\"%u\"", variable, types[s->of_type],
		    s->id);
	case CEDAR_IN:
		return (size_t)snprintf(out, room,
		    action && s->id % 2 != 0 ? "%s in [%s::\"%u\"]" : "%s in %s::\"%u\"", variable,
		    types[s->of_type], s->id);
	case CEDAR_IS:
		return (size_t)snprintf(out, room, "%s is %s", variable, types[s->type]);
	case CEDAR_IS_IN:
		return (size_t)snprintf(out, room, "%s is %s in %s::\"%u\"", variable,
		    types[s->type], types[s->of_type], s->id);
	case CEDAR_ANY:
	default:
		return (size_t)snprintf(out, room, "%s", variable);
	}
}

static struct side sides[POLICIES][3];

static struct cedar_set *
random_policies(void)
{
	static char text[POLICIES * 160];
	size_t len = 0;
	uint32_t i;

	for (i = 0; i < POLICIES; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len, "permit (");
		len += write_side(text + len, sizeof(text) - len, "principal", &sides[i][0], false);
		len += (size_t)snprintf(text + len, sizeof(text) - len, ", ");
		len += write_side(text + len, sizeof(text) - len, "action", &sides[i][1], true);
		len += (size_t)snprintf(text + len, sizeof(text) - len, ", ");
		len += write_side(text + len, sizeof(text) - len, "resource", &sides[i][2], false);
		len += (size_t)snprintf(text + len, sizeof(text) - len, ");\n");
	}
	return compiled(text);
}

static struct cedar_entity *
entity(struct cedar_request *rq, uint32_t kind, uint32_t i)
{
	static const char ids[] = "01234567";

	return cedar_entity(rq, S(types[kind]), (struct cedar_str){ ids + i, 1 });
}

static void
random_hierarchy(struct cedar_request *rq)
{
	uint32_t kind, i, j;

	memset(parents, 0, sizeof(parents));
	for (kind = 0; kind < 3; kind++)
		for (i = 0; i < ENTITIES; i++)
			for (j = i + 1; j < ENTITIES; j++)
				if (draw(4) == 0) {
					parents[kind][i] |= 1u << j;
					cedar_entity_parent(entity(rq, kind, i),
					    entity(rq, kind, j));
				}
}

static void
only_matching_policies_apply(void **state)
{
	struct cedar_request *rq = cedar_request_new(0);
	struct cedar_result result;
	struct cedar_set *set;
	uint32_t round, i, n, kinds[3], ids[3];

	(void)state;
	seed = 1;
	for (round = 0; round < ROUNDS; round++) {
		set = random_policies();
		cedar_request_begin(rq, set);
		random_hierarchy(rq);
		for (i = 0; i < 3; i++) {
			kinds[i] = i == 1 ? 2 : draw(2);
			ids[i] = draw(ENTITIES);
		}
		cedar_request_principal(rq, entity(rq, kinds[0], ids[0]));
		cedar_request_action(rq, entity(rq, kinds[1], ids[1]));
		cedar_request_resource(rq, entity(rq, kinds[2], ids[2]));
		assert_true(cedar_authorize(rq, 0, SIZE_MAX, &result));
		for (i = n = 0; i < POLICIES; i++) {
			bool all = matches(&sides[i][0], kinds[0], ids[0]) &&
			    matches(&sides[i][1], kinds[1], ids[1]) &&
			    matches(&sides[i][2], kinds[2], ids[2]);

			assert_int_equal(n < result.determining_count && result.determining[n] == i,
			    all);
			n += all;
		}
		cedar_set_free(set);
	}
	cedar_request_free(rq);
}

/* A path of twenty thousand parents, and a fan of as many, are walked without recursion. */
static void
large_hierarchies(void **state)
{
	enum { COUNT = 20000 };
	struct cedar_set *set = compiled(
	    "permit (principal in A::\"19999\", action, resource) when { "
	    "resource in A::\"19999\" && A::\"5\" in [A::\"0\", A::\"19998\"] && !(A::\"19999\" in A::\"0\") };");
	struct cedar_request *rq = cedar_request_new(0);
	static char ids[COUNT][8];
	struct cedar_entity *fan;
	struct cedar_result result;
	size_t i;

	(void)state;
	cedar_request_begin(rq, set);
	fan = cedar_entity(rq, S("B"), S("fan"));
	for (i = 0; i < COUNT; i++)
		(void)snprintf(ids[i], sizeof(ids[i]), "%u", (unsigned)i);
	for (i = 0; i + 1 < COUNT; i++) {
		cedar_entity_parent(cedar_entity(rq, S("A"), S(ids[i])),
		    cedar_entity(rq, S("A"), S(ids[i + 1])));
		cedar_entity_parent(fan, cedar_entity(rq, S("A"), S(ids[i])));
	}
	cedar_request_principal(rq, cedar_entity(rq, S("A"), S("0")));
	cedar_request_action(rq, cedar_entity(rq, S("Action"), S("a")));
	cedar_request_resource(rq, fan);
	assert_true(cedar_authorize(rq, 0, SIZE_MAX, &result));
	assert_int_equal(result.decision, CEDAR_ALLOW);
	cedar_request_free(rq);
	cedar_set_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_matching_policies_apply),
		cmocka_unit_test(large_hierarchies),
	};

	return cmocka_run_group_tests_name("cedar_index", tests, NULL, NULL);
}
