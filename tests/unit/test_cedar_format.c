/* SPDX-License-Identifier: MIT */
/* The canonical text of a policy. */
#include "config.h"

#include "cedar_world.h"

static char *
formatted(const char *text)
{
	struct cedar_set *set = compiled(text);
	size_t len;
	char *out = cedar_policy_format(set, 0, &len);

	assert_non_null(out);
	assert_int_equal(len, strlen(out));
	assert_null(cedar_policy_format(set, 1, NULL));
	cedar_set_free(set);
	return out;
}

static void
expect(const char *text, const char *canonical)
{
	char *once = formatted(text), *twice;

	assert_string_equal(once, canonical);
	twice = formatted(once);
	assert_string_equal(twice, once);
	free(twice);
	free(once);
}

static void
scopes_and_annotations(void **state)
{
	(void)state;
	expect("permit(principal,action,resource,);", "permit (principal, action, resource);\n");
	expect(
	    "@b(\"\\x41\\\"\") @a forbid(principal is A :: B in(C::\"d\"),action==(Action::\"x\"),resource in D::\"\");",
	    "@b(\"A\\\"\")\n@a\nforbid (\n\tprincipal is A::B in C::\"d\",\n\taction == Action::\"x\",\n"
	    "\tresource in D::\"\"\n);\n");
	expect(
	    "permit(principal==a::\"b\",action in ([Action::\"x\",(Action::\"y\"),]),resource is c)unless{true};",
	    "permit (\n\tprincipal == a::\"b\",\n\taction in [Action::\"x\", Action::\"y\"],\n\tresource is c\n)\n"
	    "unless { true };\n");
	expect("permit(principal,action in [],resource);",
	    "permit (\n\tprincipal,\n\taction in [],\n\tresource\n);\n");
	expect("permit(principal,action in Action::\"x\",resource)when{1==1}// no\nunless{2==1};",
	    "permit (\n\tprincipal,\n\taction in Action::\"x\",\n\tresource\n)\nwhen { 1 == 1 }\nunless { 2 == 1 };\n");
}

/* Expressions as they are written, and as they are printed; NULL: the same. */
static const struct {
	const char *from, *to;
} expressions[] = {
	{ "true && false || !true", NULL },
	{ "((true)&&(false))&&(true&&true)", "true && false && (true && true)" },
	{ "(1+2)-(3-4)", "1 + 2 - (3 - 4)" },
	{ "(1+2)*3", "(1 + 2) * 3" },
	{ "1+(2*3)", "1 + 2 * 3" },
	{ "1 * (2 * 3) == -(-5)", "1 * (2 * 3) == -(-5)" },
	{ "-(5)", "-5" },
	{ "----0 == -(-0)", "0 == 0" },
	{ "--5", "-(-5)" },
	{ "!!true", "!(!true)" },
	{ "-context.a", NULL },
	{ "(-5).a == (-context).a", NULL },
	{ "- 9223372036854775808 == 007", "-9223372036854775808 == 7" },
	{ "(1 == 2) == (3 < 4)", NULL },
	{ "(principal in A::\"b\") == true", NULL },
	{ "if (if true then 1 else 2) == 1 then (3) else (if true then 4 else 5)",
	    "if (if true then 1 else 2) == 1 then 3 else if true then 4 else 5" },
	{ "if if true then true else false then 1 else 2", NULL },
	{ "(if true then 1 else 2) == 1 && (true || false)", NULL },
	{ "{\"a\":1,\"b c\":{},\"if\":[],d:2,}", "{a: 1, \"b c\": {}, \"if\": [], d: 2}" },
	{ "context[\"a\"][\"if\"][\"b c\"].d", "context.a[\"if\"][\"b c\"].d" },
	{ "((context.a).b).contains([1,])", "context.a.b.contains([1])" },
	{ "context has \"a\" && context has \"b c\" && context has d.e",
	    "context has a && context has \"b c\" && context has d.e" },
	{ "\"\\x41\\u{e9}\\n\\0\\u{7f}\\'\" like \"\\x2a\\*\\u{2a}**\\u{200b}\"",
	    "\"A\xC3\xA9\\n\\0\\u{7f}'\" like \"*\\**\xE2\x80\x8B\"" },
	{ "principal is A::B in (C::\"d\") && (principal is A) == true",
	    "principal is A::B in C::\"d\" && (principal is A) == true" },
	{ "ip(\"1.2.3.4\",).isInRange((ip(\"::1\")))", "ip(\"1.2.3.4\").isInRange(ip(\"::1\"))" },
	{ "(1 + 2).a == [1 + 2][\"x\"]", "(1 + 2).a == [1 + 2].x" },
	{ "(a::\"b\").c", "a::\"b\".c" },
	{ "\"a\" + 1 - -2 == !context.x", "\"a\" + 1 - -2 == !context.x" },
};

static void
expressions_keep_their_tree(void **state)
{
	char from[400], to[400];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(expressions); i++) {
		(void)snprintf(from, sizeof(from), "permit(principal,action,resource)when{%s};",
		    expressions[i].from);
		(void)snprintf(to, sizeof(to),
		    "permit (principal, action, resource)\nwhen { %s };\n",
		    expressions[i].to != NULL ? expressions[i].to : expressions[i].from);
		expect(from, to);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scopes_and_annotations),
		cmocka_unit_test(expressions_keep_their_tree),
	};

	return cmocka_run_group_tests_name("cedar_format", tests, NULL, NULL);
}
