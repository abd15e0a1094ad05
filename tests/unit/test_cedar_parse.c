/* SPDX-License-Identifier: MIT */
/* What is refused, where and with which words; and what is known of a policy that is not. */
#include "config.h"

#include "cedar_world.h"

#define SCOPE "permit (principal, action, resource)"

static const struct refusal {
	const char *text;
	unsigned line, column;
	const char *found, *message;
} refusals[] = {
	{ "permit (principal, action, resource)", 1, 37, "the end of the text",
	    "expected `when`, `unless` or `;`, found the end of the text" },
	{ "permit (principal, action, resource) wehn { true };", 1, 38, "the word `wehn`",
	    "expected `when`, `unless` or `;`, found the word `wehn`" },
	{ "allow (principal, action, resource);", 1, 1, "the word `allow`",
	    "expected a policy: `permit`, `forbid` or an annotation, found the word `allow`" },
	{ "@id(\"x\")\npermitt (principal, action, resource);", 2, 1, "the word `permitt`",
	    "expected `permit`, `forbid` or `@`, found the word `permitt`" },
	{ "permit (action, principal, resource);", 1, 9, "the word `action`",
	    "expected `principal`, found the word `action`" },
	{ "permit (principal != User::\"a\", action, resource);", 1, 19, "`!=`",
	    "expected `==`, `in`, `is` or `,`, found `!=`" },
	{ "permit (principal == \"a\", action, resource);", 1, 22, "the string `\"a\"`",
	    "expected an entity such as `User::\"alice\"`, found the string `\"a\"`" },
	{ "permit (principal == ?principal, action, resource);", 1, 22,
	    "the template slot `?principal`",
	    "templates are not supported, so a slot cannot stand here; expected an entity such as `User::\"alice\"`" },
	{ "permit (principal, action == User::\"a\", resource);", 1, 30, "`User::\"a\"`",
	    "this entity is no action, as its type does not end in `Action`; "
	    "expected an action such as `Action::\"view\"`" },
	{ SCOPE " when { };", 1, 45, "`}`",
	    "expected a value: a literal, `principal`, `action`, `resource`, `context`, an entity such as "
	    "`User::\"alice\"`, a function call, `(`, `[` or `{`, found `}`" },
	{ SCOPE "\r\nwhen { true\r\n&& };", 3, 4, "`}`", NULL },
	{ SCOPE "\rwhen { \"\xC3\xA9\xE2\x82\xAC\" = 1 };", 2, 13, "`=`",
	    "a single `=` has no meaning; equality is `==`; expected an operator or `}`" },
	{ SCOPE " when { a == b };", 1, 45, "`a`", NULL },
	{ SCOPE " when { 1 < 2 < 3 };", 1, 51, "`<`",
	    "comparisons cannot be chained without parentheses" },
	{ SCOPE " when { !!!!!true };", 1, 49, "`!`",
	    "there can be at most four of these in a row" },
	{ SCOPE " when { !-1 };", 1, 46, "`-`", "`!` and `-` can be mixed only with parentheses" },
	{ SCOPE " when { true && if true then 1 else 2 };", 1, 53, "`if`",
	    "an `if` inside an operator needs parentheses around it" },
	{ SCOPE " when { 9223372036854775808 };", 1, 45, "`9223372036854775808`",
	    "this number is beyond 64 bits; "
	    "expected a number from -9223372036854775808 to 9223372036854775807" },
	{ SCOPE " when { 1_000 };", 1, 46, "the word `_000`",
	    "a number is written with decimal digits alone; expected an operator or `}`" },
	{ SCOPE " when { \"abc };", 1, 45, "`\"abc };`", NULL },
	{ SCOPE " when { \"a\\qb\" == 1 };", 1, 47, "`\\q`", NULL },
	{ SCOPE " when { \"a\" like \"\\q\" };", 1, 55, "`\\q`", NULL },
	{ SCOPE " when { /* no */ true };", 1, 45, "`/`",
	    "there are no `/* */` comments; a comment runs from `//` to its line's end; "
	    "expected a value: a literal, `principal`, `action`, `resource`, `context`, an entity such as "
	    "`User::\"alice\"`, a function call, `(`, `[` or `{`" },
	{ SCOPE " when { {a: 1, \"\\x61\": 2} };", 1, 52, "`\"\\x61\": 2`",
	    "this key stands in the record already" },
	{ SCOPE " when { [1 2] };", 1, 48, "the number `2`",
	    "expected an operator, `,` or `]`, found the number `2`" },
	{ SCOPE " when { {a: 1 b: 2} };", 1, 51, "the word `b`",
	    "expected an operator, `,` or `}`, found the word `b`" },
	{ SCOPE " when { if true 1 else 2 };", 1, 53, "the number `1`",
	    "expected an operator or `then`, found the number `1`" },
	{ SCOPE " when { if true then 1 };", 1, 60, "`}`",
	    "expected an operator or `else`, found `}`" },
	{ "permit (principal, action in [Action::\"a\" Action::\"b\"], resource);", 1, 43,
	    "the word `Action`", "expected `,` or `]`, found the word `Action`" },
	{ "permit (principal, action, context);", 1, 28, "the word `context`",
	    "expected `resource`, found the word `context`" },
	{ SCOPE " when { nope(1) };", 1, 45, "`nope`",
	    "there is no such function; expected `decimal`, `ip`, `datetime` or `duration`" },
	{ SCOPE " when { contains(1) };", 1, 45, "`contains`",
	    "this is a method, called as in `value.method()`" },
	{ SCOPE " when { context(1) };", 1, 45, "`context`",
	    "a variable cannot be called; expected `decimal`, `ip`, `datetime` or `duration`" },
	{ SCOPE " when { \"1.2.3.4\".ip() };", 1, 55, "`ip`",
	    "this is a function, called as in `function(value)`" },
	{ SCOPE " when { [1].contains() };", 1, 49, "`contains()`",
	    "this method takes exactly one argument" },
	{ SCOPE " when { [1].isEmpty(1) };", 1, 49, "`isEmpty(1)`",
	    "this method takes no argument" },
	{ SCOPE " when { principal is User::\"a\" };", 1, 58, "`User::\"a\"`",
	    "an entity cannot stand after `is`; expected an entity type, as in `User` or `App::User`" },
	{ SCOPE " when { principal.if };", 1, 55, "the reserved word `if`", NULL },
	{ "@a @b @a(\"\") " SCOPE ";", 1, 8, "`a`", "this annotation is there already" },
	{ SCOPE " when { \"a\n", 1, 45, "`\"a...`", NULL },
	{ "\xEF\xBB\xBF" SCOPE ";", 1, 1, "`\xEF\xBB\xBF`", NULL },
	{ SCOPE "; " SCOPE " when { \xff };", 1, 83, "", "the text is not valid UTF-8 here" },
	{ "permit(principal, action, resource) when { aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa };",
	    1, 44, "`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...`", NULL },
};

static void
refusals_tell_place_and_reason(void **state)
{
	const struct cedar_error *error;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(refusals); i++) {
		const struct refusal *r = &refusals[i];
		struct cedar_set *set = cedar_set_new(0);

		assert_false(cedar_set_add_text(set, S(r->text)));
		assert_false(cedar_set_seal(set));
		assert_int_equal(cedar_set_error_count(set), 1);
		error = cedar_set_error(set, 0);
		assert_null(cedar_set_error(set, 1));
		if (error->place.line != r->line || error->place.column != r->column ||
		    strcmp(error->found, r->found) != 0 ||
		    (r->message != NULL && strcmp(error->message, r->message) != 0))
			fail_msg("%s\n%u:%u %s: %s", r->text, error->place.line,
			    error->place.column, error->found, error->message);
		cedar_set_free(set);
	}
}

static void
each_statement_has_its_first_error(void **state)
{
	static const struct {
		unsigned line, column;
	} places[] = { { 1, 1 }, { 3, 9 }, { 4, 8 } };
	struct cedar_set *set = cedar_set_new(0);
	size_t i;

	(void)state;
	assert_false(cedar_set_add_text(set,
	    S("allow (principal) when { ( };\n" SCOPE ";\n"
	      "permit (a, b, c) when { \"; permit\" };\nforbid principal;\n" SCOPE
	      " when { true };")));
	assert_int_equal(cedar_set_error_count(set), COUNT_OF(places));
	for (i = 0; i < COUNT_OF(places); i++) {
		assert_int_equal(cedar_set_error(set, i)->place.line, places[i].line);
		assert_int_equal(cedar_set_error(set, i)->place.column, places[i].column);
	}
	cedar_set_free(set);
}

/* A thousand statements that are all wrong: the first ones are told, the text is refused. */
static void
errors_are_bounded(void **state)
{
	struct cedar_set *set = cedar_set_new(0);
	char text[2001];
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		memcpy(text + 2 * i, "x;", 3);
	assert_false(cedar_set_add_text(set, S(text)));
	assert_int_equal(cedar_set_error_count(set), 64);
	assert_false(cedar_set_add_text(set, S("y;")));
	cedar_set_free(set);
}

static void
ids_are_unique_and_texts_single(void **state)
{
	struct cedar_set *set = cedar_set_new(0);
	struct cedar_policy policy;

	(void)state;
	assert_true(cedar_set_add(set, S("a"), S(SCOPE ";")));
	assert_true(cedar_set_add_text(set, S(SCOPE "; " SCOPE ";")));
	assert_true(cedar_set_add(set, S(""), S("@id(\"a\")" SCOPE ";")));
	assert_int_equal(cedar_set_count(set), 4);
	assert_true(cedar_policy(set, 2, &policy));
	assert_memory_equal(policy.id.data, "policy2", 8);
	assert_false(cedar_policy(set, 4, &policy));
	assert_false(cedar_set_add(set, S("a"), S(SCOPE ";")));
	assert_false(cedar_set_add(set, S("b"), S(SCOPE ";" SCOPE ";")));
	assert_false(cedar_set_add(set, S("c"), S("// nothing")));
	assert_int_equal(cedar_set_error_count(set), 3);
	assert_string_equal(cedar_set_error(set, 0)->message,
	    "a policy of this id is in the set already");
	assert_string_equal(cedar_set_error(set, 1)->message,
	    "there is more than the one policy; expected the end of the text");
	assert_memory_equal(cedar_set_error(set, 1)->id.data, "b", 2);
	assert_int_equal(cedar_set_error(set, 1)->place.column, 38);
	cedar_set_free(set);
	set = compiled(SCOPE ";");
	assert_false(cedar_set_add_text(set, S(SCOPE ";")));
	assert_int_equal(cedar_set_count(set), 1);
	assert_true(cedar_set_seal(set));
	cedar_set_free(set);
}

/* A text with `count` times `open`, then `middle`, then `count` times `close`. */
static char *
nested(size_t count, const char *open, const char *middle, const char *close)
{
	size_t room = count * (strlen(open) + strlen(close)) + strlen(middle) + 100, len;
	char *text = malloc(room);
	size_t i;

	assert_non_null(text);
	len = (size_t)snprintf(text, room, SCOPE " when { ");
	for (i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, room - len, "%s", open);
	len += (size_t)snprintf(text + len, room - len, "%s", middle);
	for (i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, room - len, "%s", close);
	(void)snprintf(text + len, room - len, " };");
	return text;
}

static bool
accepts(char *text)
{
	struct cedar_set *set = cedar_set_new(0);
	bool good = cedar_set_add_text(set, S(text));

	if (!good)
		assert_string_equal(cedar_set_error(set, 0)->message, "this is nested too deep");
	cedar_set_free(set);
	free(text);
	return good;
}

static void
nesting_has_a_limit_and_chains_have_none(void **state)
{
	static const struct {
		const char *open, *middle, *close;
	} brackets[] = {
		{ "(", "true", ")" },
		{ "[", "1", "]" },
		{ "{a:", "1", "}" },
		{ "if ", "true", " then true else true" },
		{ "ip(", "1", ")" },
		{ "[1].contains(", "1", ")" },
		{ "!(", "true", ")" },
	};
	static const struct {
		const char *open, *middle;
	} chains[] = {
		{ "true && ", "true" },
		{ "false || ", "true" },
		{ "1 + ", "1 == 1" },
		{ "1 * ", "1 == 1" },
		{ "if true then true else ", "true" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(brackets); i++) {
		assert_true(accepts(nested(CEDAR_NESTING_MAX - 1, brackets[i].open,
		    brackets[i].middle, brackets[i].close)));
		assert_false(accepts(nested(CEDAR_NESTING_MAX, brackets[i].open, brackets[i].middle,
		    brackets[i].close)));
	}
	for (i = 0; i < COUNT_OF(chains); i++)
		assert_true(accepts(nested(20000, chains[i].open, chains[i].middle, "")));
	assert_true(accepts(nested(20000, "", "context", ".a")));
	assert_true(accepts(nested(20000, "", "context has a", ".a")));
	assert_true(accepts(nested(20000, "", "true } when { true", " } unless { false")));
}

static void
facts_of_a_policy(void **state)
{
	static const char text[] =
	    "// first\n" SCOPE ";\n@notice(\"No\\n\")\n@flag forbid (principal is App::User in "
	    "Team::\"t\\\"\", action in [Action::\"a\", App::Action::\"b\"], resource == Doc::\"d\")\n"
	    "when { true } // why\nunless { false } ;";
	struct cedar_set *set = compiled(text);
	struct cedar_policy policy;
	struct cedar_str name, value;

	(void)state;
	assert_int_equal(cedar_set_count(set), 2);
	assert_true(cedar_policy(set, 1, &policy));
	assert_int_equal(policy.effect, CEDAR_FORBID);
	assert_memory_equal(policy.id.data, "policy1", 8);
	assert_int_equal(policy.offset, strstr(text, "@notice") - text);
	assert_int_equal(policy.text.len, strlen(text) - policy.offset);
	assert_int_equal(policy.principal.kind, CEDAR_IS_IN);
	assert_memory_equal(policy.principal.type.data, "App::User", policy.principal.type.len);
	assert_memory_equal(policy.principal.entity_type.data, "Team",
	    policy.principal.entity_type.len);
	assert_int_equal(policy.principal.entity_id.len, 2);
	assert_memory_equal(policy.principal.entity_id.data, "t\"", 2);
	assert_int_equal(policy.resource.kind, CEDAR_EQ);
	assert_int_equal(policy.resource.type.len, 0);
	assert_int_equal(policy.action, CEDAR_IN);
	assert_true(policy.action_list);
	assert_int_equal(policy.action_count, 2);
	assert_true(cedar_policy_action(set, 1, 1, &name, &value));
	assert_memory_equal(name.data, "App::Action", name.len);
	assert_memory_equal(value.data, "b", value.len);
	assert_false(cedar_policy_action(set, 1, 2, &name, &value));
	assert_int_equal(policy.conditions.len, strlen("when { true } // why\nunless { false }"));
	assert_memory_equal(policy.conditions.data, "when { true }", 13);
	assert_int_equal(policy.annotation_count, 2);
	assert_true(cedar_policy_annotation_at(set, 1, 1, &name, &value));
	assert_memory_equal(name.data, "flag", 4);
	assert_int_equal(value.len, 0);
	assert_true(cedar_policy_annotation(set, 1, "notice", &value));
	assert_int_equal(value.len, 3);
	assert_memory_equal(value.data, "No\n", 3);
	assert_false(cedar_policy_annotation(set, 1, "notic", &value));
	assert_false(cedar_policy_annotation(set, 0, "notice", &value));
	assert_false(cedar_policy_annotation_at(set, 1, 2, &name, &value));
	assert_true(cedar_policy(set, 0, &policy));
	assert_int_equal(policy.conditions.len, 0);
	assert_int_equal(policy.action, CEDAR_ANY);
	cedar_set_free(set);
}

/* What the standard names white space, and nothing else, stands between tokens. */
static void
white_space(void **state)
{
	static const struct {
		unsigned first, last;
	} blanks[] = {
		{ 0x09, 0x0d },
		{ 0x20, 0x20 },
		{ 0x85, 0x85 },
		{ 0xa0, 0xa0 },
		{ 0x1680, 0x1680 },
		{ 0x2000, 0x200a },
		{ 0x2028, 0x2029 },
		{ 0x202f, 0x202f },
		{ 0x205f, 0x205f },
		{ 0x3000, 0x3000 },
	};
	unsigned code, i;

	(void)state;
	for (code = 0x80; code < 0x3100; code++) {
		struct cedar_set *set = cedar_set_new(0);
		bool blank = false;
		char text[100];
		int n;

		for (i = 0; i < COUNT_OF(blanks); i++)
			blank |= code >= blanks[i].first && code <= blanks[i].last;
		if (code < 0x800)
			n = snprintf(text, sizeof(text), "permit%c%c(principal, action, resource);",
			    (char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f)));
		else
			n = snprintf(text, sizeof(text),
			    "permit%c%c%c(principal, action, resource);", (char)(0xe0 | code >> 12),
			    (char)(0x80 | (code >> 6 & 0x3f)), (char)(0x80 | (code & 0x3f)));
		assert_int_equal(cedar_set_add_text(set, (struct cedar_str){ text, (size_t)n }),
		    blank);
		cedar_set_free(set);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals_tell_place_and_reason),
		cmocka_unit_test(each_statement_has_its_first_error),
		cmocka_unit_test(errors_are_bounded),
		cmocka_unit_test(ids_are_unique_and_texts_single),
		cmocka_unit_test(nesting_has_a_limit_and_chains_have_none),
		cmocka_unit_test(facts_of_a_policy),
		cmocka_unit_test(white_space),
	};

	return cmocka_run_group_tests_name("cedar_parse", tests, NULL, NULL);
}
