/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>

#include <json-c/json.h>

#include "policy/rule.h"
#include "policy/rule_json.h"
#include "tests/unit/unit.h"

#define ANY \
	{ \
		.type = "any" \
	}

static const struct rule_parts any = {
	.effect = "permit",
	.principal = ANY,
	.action_type = "any",
	.action_ids = "[]",
	.resource = ANY,
	.conditions = "",
};

static void
read_ok(struct rule *rule, const char *text)
{
	struct rule_fault f = { .line = 0 };

	if (rule_read(rule, text, strlen(text), &f) != RULE_DONE)
		fail_msg("%s: %u:%u %s", text, f.line, f.column, f.message);
	assert_string_equal(rule->text, text);
}

static void
reads_a_text_into_parts(void **state)
{
	struct rule r;

	(void)state;
	read_ok(&r,
	    "// whose\n@id(\"x\") forbid (principal is ApiKey in Role :: \"a\\\"b\", action in "
	    "[Action::\"read\", Action::\"UpdateGrant\"], resource == Grant::\"\\u{e9}\") // head\n"
	    "when { true } unless { false } // tail\n;\n");
	assert_string_equal(r.parts.effect, "forbid");
	assert_string_equal(r.parts.principal.type, "is_in");
	assert_string_equal(r.parts.principal.is_type, "ApiKey");
	assert_string_equal(r.parts.principal.entity_type, "Role");
	assert_string_equal(r.parts.principal.entity_id, "a\"b");
	assert_string_equal(r.parts.action_type, "in");
	assert_string_equal(r.parts.action_ids, "[\"read\",\"UpdateGrant\"]");
	assert_string_equal(r.parts.resource.type, "eq");
	assert_null(r.parts.resource.is_type);
	assert_string_equal(r.parts.resource.entity_type, "Grant");
	assert_string_equal(r.parts.resource.entity_id, "\xc3\xa9");
	assert_string_equal(r.parts.conditions, "when { true } unless { false }");
	rule_clear(&r);
	read_ok(&r, "permit (principal is ApiKey, action, resource in Tenant::\"\");");
	assert_string_equal(r.parts.principal.type, "is");
	assert_string_equal(r.parts.principal.entity_type, "ApiKey");
	assert_null(r.parts.principal.is_type);
	assert_string_equal(r.parts.resource.entity_id, "");
	rule_clear(&r);
}

/* What does not parse, or cannot be kept in parts, with the place that is told. */
static void
refuses_with_the_place(void **state)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *expected; /* a part of it */
	} cases[] = {
		{ "", 1, 1, "permit" },
		{ "permit (principal, action, resource)\nwehn { true };", 2, 1, "`when`" },
		{ "permit (principal, action, resource); permit (principal, action, resource);", 1,
		    39, "the end of the text" },
		{ "permit (principal == ?principal, action, resource);", 1, 22, "an entity" },
		{ "permit (principal, action, resource) when { \xc3\xa9 };", 1, 45, "" },
		{ "\n  permit (principal, action == App::Action::\"x\", resource);", 2, 3,
		    "Action" },
		{ "permit (principal == Role::\"a\\0b\", action, resource);", 1, 1, "U+0000" },
		{ "permit (principal, action, resource == Grant::\"\\u{0}\");", 1, 1, "U+0000" },
		{ "permit (principal, action == Action::\"\\0\", resource);", 1, 1, "U+0000" },
	};
	struct rule_fault f;
	struct rule r;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(rule_read(&r, cases[i].text, strlen(cases[i].text), &f),
		    RULE_REFUSED);
		if (f.line != cases[i].line || f.column != cases[i].column ||
		    strstr(f.expected, cases[i].expected) == NULL || f.message[0] == '\0')
			fail_msg("%s: %u:%u expected %s: %s", cases[i].text, f.line, f.column,
			    f.expected, f.message);
		assert_null(r.set);
	}
	assert_int_equal(rule_read(&r, "permit (principal, action, resource);\0", 38, &f),
	    RULE_REFUSED);
}

static void
refuses_what_is_too_long(void **state)
{
	static const char rule[] = "permit (principal, action, resource);";
	static char text[RULE_TEXT_MAX + 1];
	struct rule_fault f;
	struct rule r;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, rule, sizeof(rule) - 1);
	assert_int_equal(rule_read(&r, text, RULE_TEXT_MAX, &f), RULE_DONE);
	rule_clear(&r);
	assert_int_equal(rule_read(&r, text, RULE_TEXT_MAX + 1, &f), RULE_REFUSED);
}

/* Every combination of scope types, actions, conditions and hard ids: the text made says what the parts say. */
static void
parts_make_the_text_that_says_them(void **state)
{
	static const struct rule_scope scopes[] = {
		ANY,
		{ "eq", NULL, "ApiKey", "plain" },
		{ "in", NULL, "A::B::C_9", "quote\" backslash\\ {}() ; //" },
		{ "in", NULL, "Role", "line\nbreak\ttab\x7f" },
		{ "in", NULL, "Role", "\xf0\x9f\x94\x92 \xe2\x80\xa8" },
		{ "is", NULL, "ApiKey", NULL },
		{ "is_in", "ApiKey", "Role", "" },
	};
	static const struct {
		const char *type, *ids;
	} actions[] = { { "any", "[]" }, { "eq", "[\"UpdateGrant\"]" }, { "in", "[]" },
		{ "in", "[\"read\"]" }, { "in", "[\"a/b\",\"c\\\"d\"]" } };
	static const char *const conditions[] = { "", "when { true }",
		"unless { \"http://x\" == \"\\\"\" }",
		"when {\n\t// why\n\tcontext has reason\n}" };
	struct rule_fault f;
	struct rule r;
	size_t p, a, q, c;

	(void)state;
	for (p = 0; p < COUNT_OF(scopes); p++)
		for (a = 0; a < COUNT_OF(actions); a++)
			for (q = 0; q < COUNT_OF(scopes); q++)
				for (c = 0; c < COUNT_OF(conditions); c++) {
					struct rule_parts parts = { "forbid", scopes[p],
						actions[a].type, actions[a].ids, scopes[q],
						conditions[c] };
					const char *expected;

					assert_null(rule_parts_check(&parts, &expected));
					if (rule_make(&r, &parts, NULL, &f) != RULE_DONE)
						fail_msg("%s: %s", r.text, f.message);
					assert_true(rule_says(&r, &parts));
					rule_clear(&r);
				}
}

/* Nothing comes in through a part that is not what its name says. */
static void
nothing_is_smuggled_in(void **state)
{
	static const struct rule_parts cases[] = {
		{ "permit", { "in", NULL, "Role::\"a\", action, resource); //", "b" }, "any", "[]",
		    ANY, "" },
		{ "permit", { "in", NULL, "Role::\"admin\" /*", "b" }, "any", "[]", ANY, "" },
		{ "permit", { "is", NULL, "ApiKey in Role::\"admin\"", NULL }, "any", "[]", ANY,
		    "" },
		{ "permit", { "is", NULL, "ApiKey, action, resource) when { true }; //", NULL },
		    "any", "[]", ANY, "" },
		{ "permit",
		    { "is_in", "ApiKey in Role::\"x\", action, resource); //", "Role", "y" }, "any",
		    "[]", ANY, "" },
		{ "permit", { "eq", NULL, "ApiKey ", "x" }, "any", "[]", ANY, "" },
		{ "permit", ANY, "any", "[]", ANY, "; permit (principal, action, resource)" },
		{ "permit", ANY, "any", "[]", ANY,
		    "when { true }; forbid (principal, action, resource)" },
		{ "permit", ANY, "any", "[]", ANY, "when { true" },
		{ "permit", ANY, "any", "[]", ANY, "when { true } ; //" },
		{ "permit", ANY, "any", "[]", ANY, "} when { true }" },
		{ "permit", ANY, "any", "[]", ANY, ") when { true }" },
		{ "permit", ANY, "any", "[]", { "eq", NULL, "Grant::\"x\") ; //", "y" }, "" },
		{ "@a forbid", ANY, "any", "[]", ANY, "" },
		{ "permit (principal, action, resource); //", ANY, "any", "[]", ANY, "" },
	};
	struct rule_fault f;
	struct rule r;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		if (rule_make(&r, &cases[i], NULL, &f) != RULE_REFUSED)
			fail_msg("case %zu was taken: %s", i, r.text);
		assert_true(r.text[0] != '\0' && f.message[0] != '\0' && f.line > 0);
		rule_clear(&r);
	}
}

static void
a_comment_does_not_swallow_the_end(void **state)
{
	struct rule_parts parts = any;
	struct rule_fault f;
	struct rule r;

	(void)state;
	parts.conditions = "when { true } // always";
	assert_int_equal(rule_make(&r, &parts, NULL, &f), RULE_DONE);
	assert_string_equal(r.parts.conditions, "when { true }");
	rule_clear(&r);
}

static void
annotations_are_kept(void **state)
{
	struct rule_parts parts = any;
	struct rule_fault f;
	struct rule old, made;

	(void)state;
	read_ok(&old, "@id(\"a\\\"b\") @seen permit (principal, action, resource);");
	parts.effect = "forbid";
	assert_int_equal(rule_make(&made, &parts, &old, &f), RULE_DONE);
	assert_string_equal(made.text,
	    "@id(\"a\\\"b\")\n@seen(\"\")\nforbid (principal, action, resource);");
	rule_clear(&made);
	rule_clear(&old);
}

static void
parts_go_with_their_scope(void **state)
{
	static const struct {
		struct rule_parts parts;
		const char *member;
	} cases[] = {
		{ { "permit", { .type = "any", .entity_id = "x" }, "any", "[]", ANY, "" },
		    "principal_entity_id" },
		{ { "permit", { .type = "eq", .entity_id = "x" }, "any", "[]", ANY, "" },
		    "principal_entity_type" },
		{ { "permit", { .type = "in", .entity_type = "x" }, "any", "[]", ANY, "" },
		    "principal_entity_id" },
		{ { "permit", { .type = "is", .entity_type = "x", .entity_id = "y" }, "any", "[]",
		      ANY, "" },
		    "principal_entity_id" },
		{ { "permit", ANY, "any", "[]",
		      { .type = "is_in", .entity_type = "x", .entity_id = "y" }, "" },
		    "resource_is_type" },
		{ { "permit", ANY, "any", "[]", { .type = "is", .is_type = "x" }, "" },
		    "resource_is_type" },
		{ { "permit", ANY, "any", "[\"x\"]", ANY, "" }, "action_ids" },
		{ { "permit", ANY, "eq", "[]", ANY, "" }, "action_ids" },
		{ { "permit", ANY, "eq", "[\"x\",\"y\"]", ANY, "" }, "action_ids" },
	};
	const char *expected;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		const char *member = rule_parts_check(&cases[i].parts, &expected);

		assert_non_null(member);
		assert_string_equal(member, cases[i].member);
	}
}

/* What is stored is the text; what is shown beside it is read from it. */
static void
a_stored_rule_shows_its_parts(void **state)
{
	struct rule_record r = RULE_RECORD_EMPTY;
	struct json_object *object, *value;

	(void)state;
	r.is.text =
	    "forbid (principal in Role::\"a\\\"b\", action in [Action::\"x\", Action::\"y\"],"
	    " resource is Grant) when { true };";
	object = rule_record_json(&r);
	assert_true(json_object_object_get_ex(object, "effect", &value));
	assert_string_equal(json_object_get_string(value), "forbid");
	assert_true(json_object_object_get_ex(object, "principal_entity_id", &value));
	assert_string_equal(json_object_get_string(value), "a\"b");
	assert_true(json_object_object_get_ex(object, "action_ids", &value));
	assert_string_equal(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN),
	    "[\"x\",\"y\"]");
	assert_true(json_object_object_get_ex(object, "resource_entity_type", &value));
	assert_string_equal(json_object_get_string(value), "Grant");
	assert_true(json_object_object_get_ex(object, "resource_entity_id", &value));
	assert_null(value);
	assert_true(json_object_object_get_ex(object, "conditions", &value));
	assert_string_equal(json_object_get_string(value), "when { true }");
	assert_true(json_object_object_get_ex(object, "policy_text", &value));
	assert_string_equal(json_object_get_string(value), r.is.text);
	json_object_put(object);
	r.is.text = "forbid (principal, action, resource)";
	assert_null(rule_record_json(&r));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_text_into_parts),
		cmocka_unit_test(refuses_with_the_place),
		cmocka_unit_test(refuses_what_is_too_long),
		cmocka_unit_test(parts_make_the_text_that_says_them),
		cmocka_unit_test(nothing_is_smuggled_in),
		cmocka_unit_test(a_comment_does_not_swallow_the_end),
		cmocka_unit_test(annotations_are_kept),
		cmocka_unit_test(parts_go_with_their_scope),
		cmocka_unit_test(a_stored_rule_shows_its_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
