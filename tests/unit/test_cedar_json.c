/* SPDX-License-Identifier: MIT */
/* Cedar's JSON format for entities and contexts. */
#include "config.h"

#include "cedar_world.h"

#define UID "\"uid\":{\"type\":\"U\",\"id\":\"a\"}"
#define ENTITY(attributes) "[{" UID ",\"attrs\":{" attributes "},\"parents\":[]}]"

static void
begin(struct world *w, const char *condition)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "permit (principal, action, resource) when { %s };",
	    condition);
	cedar_set_free(w->set);
	w->set = compiled(text);
	cedar_request_begin(w->rq, w->set);
	cedar_request_principal(w->rq,
	    cedar_entity_json(w->rq, S("{\"type\":\"U\",\"id\":\"a\"}")));
	cedar_request_action(w->rq,
	    cedar_entity_json(w->rq, S("{\"__entity\":{\"type\":\"Action\",\"id\":\"v\"}}")));
	cedar_request_resource(w->rq, cedar_entity(w->rq, S("R"), S("r")));
}

static bool
allows(struct world *w)
{
	struct cedar_result result;

	assert_true(cedar_authorize(w->rq, 0, SIZE_MAX, &result));
	return result.decision == CEDAR_ALLOW;
}

static const struct {
	const char *value, *condition;
} values[] = {
	{ "true", "principal.v" },
	{ "-9223372036854775808", "principal.v == -9223372036854775808" },
	{ "9223372036854775807", "principal.v == 9223372036854775807" },
	{ "\"\\ud83d\\ude00\\u0000\"", "principal.v == \"\\u{1f600}\\0\"" },
	{ "[2,1,2]", "principal.v == [1, 2]" },
	{ "[[],{}]", "principal.v.containsAll([{}, []])" },
	{ "{\"a\":{\"b\":1}}", "principal.v == {a: {b: 1}} && principal.v has a.b" },
	{ "{\"__entity\":{\"type\":\"A::B\",\"id\":\"\"}}", "principal.v == A::B::\"\"" },
	{ "{\"type\":\"U\",\"id\":\"a\"}", "principal.v == {type: \"U\", id: \"a\"}" },
	{ "{\"__entity\":{\"type\":\"U\",\"id\":\"b\"},\"x\":1}",
	    "principal.v.x == 1 && principal.v[\"__entity\"].id == \"b\"" },
	{ "{\"__entity\":{\"type\":\"U\"}}", "principal.v has \"__entity\"" },
	{ "{\"__extn\":{\"fn\":\"ip\",\"arg\":\"::1\"}}", "principal.v.isLoopback()" },
	{ "{\"__extn\":{\"fn\":\"offset\",\"args\":[{\"__extn\":{\"fn\":\"datetime\",\"arg\":\"1970-01-01\"}},"
	  "{\"__extn\":{\"fn\":\"duration\",\"arg\":\"1d\"}}]}}",
	    "principal.v == datetime(\"1970-01-02\")" },
	{ "{\"__extn\":{\"fn\":\"decimal\",\"arg\":\"1.0\",\"args\":3}}",
	    "principal.v == decimal(\"1.0\")" },
	{ "{\"__extn\":{\"fn\":\"decimal\"}}", "principal.v == {\"__extn\": {fn: \"decimal\"}}" },
	{ "{\"__expr\":1}", "principal.v[\"__expr\"] == 1" },
	{ "{\"a\\u0000b\":1,\"a\":2,\"\\u0000\":3}",
	    "principal.v == {\"a\\0b\": 1, a: 2, \"\\0\": 3}" },
};

static void
values_and_escapes(void **state)
{
	struct world *w = *state;
	char json[600];
	size_t i;

	for (i = 0; i < COUNT_OF(values); i++) {
		begin(w, values[i].condition);
		(void)snprintf(json, sizeof(json), ENTITY("\"v\":%s"), values[i].value);
		if (!cedar_request_entities_json(w->rq, S(json)))
			fail_msg("%s: %s", json, cedar_request_fault(w->rq));
		if (!allows(w))
			fail_msg("%s: %s", json, values[i].condition);
	}
}

static const struct {
	const char *json, *fault;
} bad_entities[] = {
	{ "{}", "entities are an array" },
	{ "[1]", "an entity is an object with `uid`, `attrs` and `parents`" },
	{ "[{\"attrs\":{},\"parents\":[]}]",
	    "an entity is an object with `uid`, `attrs` and `parents`" },
	{ "[{" UID ",\"parents\":[]}]", "an entity has no object `attrs`" },
	{ "[{" UID ",\"attrs\":[],\"parents\":[]}]", "an entity has no object `attrs`" },
	{ "[{" UID ",\"attrs\":{}}]", "an entity has no array `parents`" },
	{ "[{" UID ",\"attrs\":{},\"parents\":[],\"tags\":null}]", "`tags` is no object" },
	{ "[{\"uid\":\"U::\\\"a\\\"\",\"attrs\":{},\"parents\":[]}]",
	    "an entity is written as {\"type\": ..., \"id\": ...}, both strings" },
	{ "[{\"uid\":{\"type\":\"U \",\"id\":\"a\"},\"attrs\":{},\"parents\":[]}]",
	    "an entity's type is no valid name" },
	{ "[{\"uid\":{\"type\":\"\",\"id\":\"a\"},\"attrs\":{},\"parents\":[]}]",
	    "an entity's type is no valid name" },
	{ "[{\"uid\":{\"type\":\"A::if\",\"id\":\"a\"},\"attrs\":{},\"parents\":[]}]",
	    "an entity's type is no valid name" },
	{ "[{\"uid\":{\"type\":\"A:B\",\"id\":\"a\"},\"attrs\":{},\"parents\":[]}]",
	    "an entity's type is no valid name" },
	{ ENTITY("\"v\":null"), "`null` is no value" },
	{ ENTITY("\"v\":[null]"), "`null` is no value" },
	{ ENTITY("\"v\":1.0"), "a number is no integer of 64 bits" },
	{ ENTITY("\"v\":1e3"), "a number is no integer of 64 bits" },
	{ ENTITY("\"v\":-0"), "a number is no integer of 64 bits" },
	{ ENTITY("\"v\":9223372036854775808"), "a number is no integer of 64 bits" },
	{ ENTITY("\"v\":-9223372036854775809"), "a number is no integer of 64 bits" },
	{ ENTITY("\"v\":1,\"v\":1"),
	    "the JSON is not valid at byte 45: expected each member once" },
	{ ENTITY("\"v\":\"\\ud800\""),
	    "the JSON is not valid at byte 44: expected a pair of surrogates" },
	{ ENTITY("\"v\":{\"__expr\":\"1\"}"), "`__expr` is not supported" },
	{ ENTITY("\"v\":{\"__extn\":{\"fn\":\"contains\",\"args\":[[1],1]}}"),
	    "`__extn` names a function that does not exist" },
	{ ENTITY("\"v\":{\"__extn\":{\"fn\":\"ip \",\"arg\":\"::1\"}}"),
	    "`__extn` names a function that does not exist" },
	{ ENTITY("\"v\":{\"__extn\":{\"fn\":\"ip\",\"arg\":\"x\"}}"), "a text is no ip" },
	{ ENTITY("\"v\":{\"__extn\":{\"fn\":\"ip\",\"arg\":1}}"),
	    "`ip` takes an argument of another type" },
	{ ENTITY("\"v\":{\"__extn\":{\"fn\":\"ip\",\"args\":[]}}"),
	    "`ip` takes another number of arguments" },
	{ ENTITY("\"v\":{\"__extn\":{\"fn\":\"ip\",\"args\":[1,2,3]}}"),
	    "`ip` takes another number of arguments" },
	{ "[{" UID ",\"attrs\":{},\"parents\":[{\"type\":\"U\",\"id\":\"a\"}]}]",
	    "an entity is its own ancestor" },
	{ "[{" UID ",\"attrs\":{},\"parents\":[{\"type\":\"U\",\"id\":\"b\"}]},"
	  "{\"uid\":{\"type\":\"U\",\"id\":\"b\"},\"attrs\":{},\"parents\":[{\"type\":\"U\",\"id\":\"a\"}]}]",
	    "an entity is its own ancestor" },
	{ "[{\"uid\":{\"type\":\"N::Action\",\"id\":\"a\"},\"attrs\":{},\"parents\":[{\"type\":\"U\",\"id\":\"b\"}]}]",
	    "an action has a parent that is no action" },
	{ "[{" UID ",\"attrs\":{\"v\":1},\"parents\":[]},{" UID
	  ",\"attrs\":{\"v\":2},\"parents\":[]}]",
	    "an entity is given twice, with differences" },
	{ "[{" UID ",\"attrs\":{},\"parents\":[]},{" UID
	  ",\"attrs\":{},\"parents\":[],\"tags\":{\"t\":1}}]",
	    "an entity is given twice, with differences" },
	{ "[{" UID ",\"attrs\":{},\"parents\":[]},{" UID
	  ",\"attrs\":{},\"parents\":[{\"type\":\"G\",\"id\":\"\"}]}]",
	    "an entity is given twice, with differences" },
};

static void
faults_are_told(void **state)
{
	struct world *w = *state;
	struct cedar_result result;
	size_t i;

	for (i = 0; i < COUNT_OF(bad_entities); i++) {
		begin(w, "true");
		assert_false(cedar_request_entities_json(w->rq, S(bad_entities[i].json)));
		if (strcmp(cedar_request_fault(w->rq), bad_entities[i].fault) != 0)
			fail_msg("%s: %s", bad_entities[i].json, cedar_request_fault(w->rq));
		assert_false(cedar_authorize(w->rq, 0, SIZE_MAX, &result));
		assert_int_equal(result.decision, CEDAR_DENY);
	}
}

static void
equal_twins_and_ancestors(void **state)
{
	struct world *w = *state;

	begin(w,
	    "principal in G::\"c\" && principal in G::\"d\" && !(G::\"c\" in principal) && principal.v == 1");
	assert_true(cedar_request_entities_json(w->rq,
	    S("["
	      "{" UID
	      ",\"attrs\":{\"v\":1},\"parents\":[{\"type\":\"G\",\"id\":\"b\"},{\"type\":\"G\",\"id\":\"d\"}]},"
	      "{\"uid\":{\"type\":\"G\",\"id\":\"b\"},\"attrs\":{},\"parents\":[{\"type\":\"G\",\"id\":\"c\"}]},"
	      "{" UID
	      ",\"attrs\":{\"v\":1},\"parents\":[{\"type\":\"G\",\"id\":\"d\"},{\"type\":\"G\",\"id\":\"b\"},"
	      "{\"type\":\"G\",\"id\":\"d\"}],\"tags\":{}}]")));
	assert_true(allows(w));
}

static void
contexts(void **state)
{
	static const char *const bad[] = { "null", "[]", "1",
		"{\"__entity\":{\"type\":\"U\",\"id\":\"a\"}}", "{\"a\":1.5}", "",
		"{\"__extn\":{\"fn\":\"ip\",\"arg\":\"::1\"}}", "{\"a\":null}", "{\"a\":1,\"a\":1}",
		"{\"a\":1}}", "{\"__expr\":\"\"}" };
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT_OF(bad); i++) {
		begin(w, "true");
		if (cedar_request_context_json(w->rq, S(bad[i])))
			fail_msg("%s", bad[i]);
		assert_non_null(cedar_request_fault(w->rq));
	}
	begin(w, "context == {a: {b: U::\"a\"}} && context.a.b == principal");
	assert_true(cedar_request_context_json(w->rq,
	    S("{\"a\":{\"b\":{\"__entity\":{\"type\":\"U\",\"id\":\"a\"}}}}")));
	assert_true(allows(w));
}

static void
nesting(void **state)
{
	struct world *w = *state;
	char json[600];
	size_t depth, i;

	for (depth = CEDAR_NESTING_MAX - 1; depth <= CEDAR_NESTING_MAX; depth++) {
		size_t len = (size_t)snprintf(json, sizeof(json), "{\"a\":");

		for (i = 0; i < depth; i++)
			json[len++] = '[';
		for (i = 0; i < depth; i++)
			json[len++] = ']';
		(void)snprintf(json + len, sizeof(json) - len, "}");
		begin(w, "true");
		assert_int_equal(cedar_request_context_json(w->rq, S(json)),
		    depth < CEDAR_NESTING_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_and_escapes, set_up_world, tear_down_world),
		cmocka_unit_test_setup_teardown(faults_are_told, set_up_world, tear_down_world),
		cmocka_unit_test_setup_teardown(equal_twins_and_ancestors, set_up_world,
		    tear_down_world),
		cmocka_unit_test_setup_teardown(contexts, set_up_world, tear_down_world),
		cmocka_unit_test_setup_teardown(nesting, set_up_world, tear_down_world),
	};

	return cmocka_run_group_tests_name("cedar_json", tests, NULL, NULL);
}
