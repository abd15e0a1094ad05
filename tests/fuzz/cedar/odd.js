/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * Policies near the edge of the grammar: about half of them are to be refused,
 * most for other reasons than a token out of place.
 */

const EXPRESSIONS = [
	/* names that are no values */
	"foo", "foo.bar", "foo[\"x\"]", "permit", "when", "ip", "ip.x", "contains", "User", "A::B",
	"?principal", "?resource", "?x", "é", "'a'", "()", "(1,)",
	/* entities */
	"User::\"a\"", "principal::\"x\"", "permit::when::\"x\"", "User::a::\"b\"",
	"User::principal::\"x\"", "User::if::\"x\"", "if::\"x\"", "__cedar::\"x\"",
	"X::__cedar::\"x\"", "__cedar2::\"x\"", "User::\"a\"::\"b\"", "User::", "::\"a\"",
	"User :: // c\n\"a\"", "\"a\"::\"b\"", "User::1", "(User)::\"a\"", "User::\"\\*\"",
	/* calls */
	"foo()", "principal()", "foo(1)", "ip()", "ip(1)", "ip(\"1.2.3.4\", 1)", "ip(,)",
	"ip(\"1.2.3.4\",)", "A::ip(\"1.2.3.4\")", "(ip)(\"1.2.3.4\")", "\"1.2.3.4\".ip()",
	"contains([1], 1)", "isIpv4(ip(\"::1\"))", "[1].contains()", "[1].contains(1, 2)",
	"[1].contains(1,)", "[1].contains(,)", "[1].containsAll()", "[1].containsAny([1], 1)",
	"[1].isEmpty(1)", "[1].isEmpty(,)", "[].isEmpty()", "[1].isEmpty", "[1].contains",
	"[1].foo()", "principal.foo()", "principal.foo(1)", "principal.hasTag()",
	"principal.getTag(\"t1\", 1)", "principal.hasTag(1)", "ip(\"::1\").isIpv4",
	"ip(\"::1\").isIpv4()", "ip(\"::1\").isIpv4(1)", "ip(\"::1\").isInRange()",
	"datetime(\"1970-01-01\").offset()", "decimal(\"1.0\").lessThan()", "[1].contains(1)(1)",
	"[1].contains(1).a", "principal[\"foo\"](1)", "(principal.foo)()", "[1][\"contains\"](1)",
	"principal.if()", "\"a\".toDate()", "1.toDate()",
	"datetime(\"1970-01-01\").toTime().toDays()", "principal.decimal(\"1.0\")",
	/* records, sets, access */
	"{a: 1, a: 2}", "{a: 1, \"a\": 2}", "{\"a\": 1, \"\\u{61}\": 2}", "{if: 1}", "{\"if\": 1}",
	"{(\"a\"): 1}", "{1: 1}", "{principal: 1}", "{a}", "{a:}", "{,}", "{a: 1,,}", "{a: 1,}",
	"{a: 1}.a", "{a: 1}[\"a\"]", "{\"a b\": 1}[\"a b\"]", "{a = 1}", "{a: 1; b: 2}", "{a.b: 1}",
	"{true: 1}", "{\"\\*\": 1}", "{__cedar: 1}", "{User::\"a\": 1}", "{}", "[,]", "[1,,2]",
	"[1,]", "[1 2]", "[principal, 1,].contains(1)", "principal.if", "principal.in",
	"principal[\"if\"]", "principal.__cedar", "principal[1]", "principal[foo]",
	"principal[\"a\"][\"b\"]", "principal[principal]", "principal.principal", "context.permit",
	"principal.\"a\"", "principal.1", "principal.a.", "principal..a", "principal . n",
	"principal[\"\\*\"]", "principal[\"n\",]", "principal[]", "1.a", "\"a\".b", "true.a",
	"[1].a", "principal.é", "principal[\"é\"]", "principal[(\"n\")]", "User::\"a\".n",
	/* numbers */
	"9223372036854775807", "9223372036854775808", "-9223372036854775808",
	"- 9223372036854775808", "-(9223372036854775808)", "--9223372036854775808",
	"-9223372036854775809", "18446744073709551616", "00000000000000000000000000000000001",
	"-9223372036854775808.a", "-1.a", "1.5", "1e3", "0x1", "1_0", "-0", "+1", "1 - -1", "1--1",
	"- - - - 1", "- - - - - 1", "-----9223372036854775808", "!!!!true", "!!!!!true", "!-1",
	"-!true", "!(-1)", "-(!true)", "- ! 1", "- -(1)", "-(-9223372036854775808)",
	/* operators */
	"1 / 2", "1 % 2", "1 = 1", "1 = = 1", "1 === 1", "1 < 2 < 3", "1 == 1 == true",
	"(1 == 1) == true", "1 <> 2", "1 & 2", "true & true", "1 and 2", "not true",
	"true && true || true && true", "1 + 2 * 3 - 4", "1 + 2 == 3", "1 * 2 * 3", "1 - 2 - 3",
	"true && if true then true else false", "1 + if true then 1 else 2", "if true then 1",
	"if true then 1 else 2 + 1", "if (true) then (1) else (2)",
	"if if true then true else true then true else true",
	"if true then if true then 1 else 2 else 3", "(if true then 1 else 2) + 1",
	"if true { 1 } else { 2 }", "true ? 1 : 2",
	/* has, like, is, in */
	"principal has n", "principal has \"n\"", "principal has (n)", "principal has n.s",
	"principal has \"n\".s", "principal has n.\"s\"", "principal has n[\"s\"]",
	"principal has n::s", "principal has if", "principal has \"if\"", "principal has r.if",
	"principal has principal", "principal has __cedar", "principal has r.__cedar",
	"principal has 1", "principal has n == true", "(principal has n) == true",
	"principal has n has n", "principal has r.n && true", "!principal has n",
	"!(principal has n)", "principal has n.", "principal has n()", "principal has principal.n",
	"principal has User::\"a\"", "principal has -1", "principal has n + 1",
	"context has r.r.r.n", "1 has n", "{r: {n: 1}} has r.n", "{r: 1} has r.n", "{} has r.n",
	"{r: User::\"zz\"} has r.n.s", "principal has \"a\" \"b\"", "principal has {}",
	"principal has []", "principal has true", "\"a\" like \"a\"", "\"a\" like \"*\" == true",
	"\"a\" like (\"a\")", "\"a\" like principal", "\"a\" like a", "\"a\" like 1",
	"\"a\" like \"\\q\"", "\"a*\" like \"a\\*\"", "\"*\" like \"\\x2a\"",
	"\"a\" like \"\\u{2a}\"", "\"a\" like \"a\" + \"b\"", "\"a\" like \"a\" like \"a\"",
	"1 like \"1\"", "\"a\\*\"", "\"\\'\\\"\\\\\\0\\n\\r\\t\" like \"*\\n*\"", "\"\\v\"",
	"\"\\u0041\"", "\"\\x4\"", "\"\\xZZ\"", "principal is User", "principal is (User)",
	"principal is \"User\"", "principal is User::\"a\"", "principal is N::User",
	"principal is N :: User", "principal is if", "principal is __cedar",
	"principal is X::__cedar::Y", "principal is principal", "principal is User is User",
	"principal is User == true", "principal is User in Group::\"g1\"",
	"principal is User in [1]", "principal is User in Group::\"g1\" in Group::\"g2\"",
	"principal is Nope in 1 + 1", "principal is Nope in true", "principal is User in (1 + 1)",
	"principal is User in true || true", "principal in Group::\"g1\" is User", "principal is",
	"principal is User in", "1 is User", "principal is {}", "principal is ?principal",
	"principal is User in ?principal", "principal in ?principal",
	"principal in [Group::\"g1\", 1]", "principal in []", "principal in [[Group::\"g1\"]]",
	"principal in 1", "principal in Group", "1 in []",
	"principal in Group::\"g1\" in Group::\"g2\"", "principal in Group::\"g1\" == true",
	"principal in [principal] || true", "[principal] in principal", "principal not in []",
	"principal in {a: 1}", "principal == principal == principal", "principal != !true",
];

/* Pieces of a string between its quotes. */
const PIECES = [
	"a", "*", "é", "\n", "\r", "\t", "\\n", "\\r", "\\0", "\\\\", "\\'", "\\\"", "\\*", "\\a",
	"\\v", "\\U", "\\\n", "\\ ", "\\x00", "\\x41", "\\x7f", "\\x7F", "\\x80", "\\xff", "\\x4",
	"\\x", "\\u", "\\u{", "\\u{}", "\\u{0}", "\\u{41}", "\\u{_41}", "\\u{4_1}", "\\u{41_}",
	"\\u{4__1}", "\\u{000041}", "\\u{0000041}", "\\u{00_00_41}", "\\u{d7ff}", "\\u{d800}",
	"\\u{DFFF}", "\\u{e000}", "\\u{10FFFF}", "\\u{110000}", "\\u{ 41}", "\\u{4g}", "\\u0041",
	"\\u{2a}", "\\x2a", "'", "//", "\0", "\u{1f600}", "\ufeff", "\u0085", "\u2028",
];

/* A string literal that may break the rules for escapes. */
function
oddString(random)
{
	return '"' + random.times(random.between(1, 3), () =>
	    random.pick(PIECES)).join("") + '"';
}

const STRING_PLACES = [
	(s) => s + " == \"a\"", (s) => s + " like " + s, (s) => "\"a*é\" like " + s,
	(s) => "principal has " + s, (s) => "principal[" + s + "]",
	(s) => "User::" + s + " == principal",
	(s) => "{" + s + ": 1} == {a: 1}", (s) => "{" + s + ": 1, a: 2} has a",
	(s) => "ip(" + s + ").isIpv4()",
	(s) => "principal.hasTag(" + s + ")", (s) => "principal in [User::" + s + "]",
];

const PLACES = [
	(e) => e, (e) => e, (e) => "(" + e + ")", (e) => e + " == 1", (e) => "1 != " + e,
	(e) => "!" + e, (e) => "-" + e, (e) => "!(" + e + ")", (e) => "-(" + e + ") < 0",
	(e) => "true || " + e, (e) => "false && " + e, (e) => e + " && true", (e) => e + " || true",
	(e) => "[" + e + "].isEmpty()", (e) => "[1, " + e + "].contains(" + e + ")",
	(e) => "{a: " + e + "} has a", (e) => "{a: " + e + "}.a == " + e,
	(e) => "ip(" + e + ").isIpv4()",
	(e) => "if " + e + " then true else false", (e) => "if true then " + e + " else true",
	(e) => "if false then true else " + e, (e) => e + ".a", (e) => e + "[\"a\"] == 1",
	(e) => e + " has a", (e) => "(" + e + ") has n", (e) => e + " + 1 > 0",
	(e) => "1 * " + e + " > 0",
	(e) => e + " in " + e, (e) => "principal in " + e, (e) => e + " is User",
	(e) => "principal is User in " + e, (e) => e + " like \"*\"",
	(e) => "(" + e + ") like \"a*\"",
	(e) => e + ".contains(1)", (e) => "[1].containsAll(" + e + ")", (e) => e + ".isEmpty()",
	(e) => e + " < " + e, (e) => "principal.hasTag(" + e + ")", (e) => e + ";", (e) => e + ",",
	(e) => "principal == " + e + " && resource != " + e,
];

/* Instead of `principal` (or, renamed, `resource`) in a scope. */
const SCOPES = [
	"principal == ?principal", "principal in ?principal", "principal is User in ?principal",
	"principal == ?resource", "principal == ?x", "principal in [User::\"a\"]",
	"principal in []", "principal == [User::\"a\"]", "principal != User::\"a\"",
	"principal < User::\"a\"", "principal is User == User::\"a\"",
	"principal in User::\"a\" is User", "principal: User", "principal == 1",
	"principal == principal", "principal == action", "principal == context.u",
	"principal == (User::\"a\")", "principal in ((User::\"a\"))", "principal is (User)",
	"(principal)", "principal is User::\"a\"", "principal is \"User\"", "principal is if",
	"principal is __cedar::User", "principal is principal",
	"principal is User in [User::\"a\"]", "principal is User in (User::\"a\")",
	"principal is User in User", "principal == User", "principal == \"a\"", "principal has a",
	"principal like \"a\"", "principal == User::\"a\" || true", "principal == User::\"a\" + 1",
	"principal == !User::\"a\"", "principal == User::\"a\".b", "User::\"a\" == principal",
	"principal = User::\"a\"", "principal is User in User::\"a\" in User::\"b\"",
	"principal in User::\"\\x41\"", "principal == User::\"\\*\"",
	"principal == if true then User::\"a\" else User::\"b\"", "principal == {}",
	"principal == -1", "principal in principal", "Principal", "\"principal\"", "principal,",
	",principal", "", "principal, principal", "context", "principal == User :: \"a\"",
	"principal == permit::\"a\"", "principal == ip(\"1.2.3.4\")",
	"principal == User::\"a\" == User::\"a\"", "principal is User, ",
];

const ACTION_SCOPES = [
	"action is Action", "action is Action in Action::\"a\"", "action in [[Action::\"view\"]]",
	"action == [Action::\"view\"]", "action in (Action::\"view\")",
	"action in ([Action::\"view\"])", "action in [(Action::\"view\")]",
	"action in (([(Action::\"view\"),]))", "action == (Action::\"view\")",
	"action == User::\"a\"", "action in User::\"a\"", "action in [User::\"a\"]",
	"action in [Action::\"view\", User::\"b\"]", "action == ?action", "action in ?principal",
	"action == ?principal", "action in [?principal]", "action == ActionX::\"a\"",
	"action == Action::X::\"a\"", "action == X::Action::\"view\"",
	"action == N::Action::\"view\"", "action != Action::\"view\"", "action like \"x\"",
	"action has x", "action in []", "action in [,]", "action in [Action::\"view\",,]",
	"action in [Action::\"view\",]", "action in {}", "action in [1]", "action == 1",
	"action == \"view\"", "action in [action]", "action == action::\"view\"",
	"Action::\"view\" == action", "action: Action", "action in Action",
	"action in Action::\"view\", Action::\"edit\"", "actions", "", "action in [\"view\"]",
	"action in ()", "action in ([])",
	"action == Action::\"view\" || action == Action::\"edit\"",
];

const CONDITIONS = [
	"when {}", "unless { }", "when true", "when (true)", "if { true }",
	"when { true } else { false }", "when { true, }", "when { true; }", "advice { \"x\" }",
	"when", "unless", "when { true } unless", "when { true } when { 1 }",
	"when { false } when { 1 }", "unless { 1 }", "unless { true } unless { 1 }",
	"When { true }", "when { true } }", "when { { true }", "when {{ true }}", "when { true } ;",
	"when unless { true }", "when { true && }", "when { ( true }", "when { \"a }",
	"when { // }\n true }", "when { true } // ;\n", "when { ?principal == principal }",
	"when { principal == ?principal }", "when { true } @a", "when { permit }",
	"when { true } , unless { false }", "\"when\" { true }", "when { true }\0",
	"when { true }\ufeff", "when /* c */ { true }", "when { true } # c\n",
];

const ANNOTATIONS = [
	"@a @a", "@a(\"x\") @a(\"y\")", "@a(\"x\") @b @a", "@a(b)", "@a()", "@a(\"x\",)",
	"@a(\"x\" \"y\")", "@\"a\"", "@a::b", "@1", "@ a", "@ a ( \"x\" )", "@a(\"\\*\")",
	"@a(\"\\u{110000}\")", "@a(\"\\x80\")", "@if", "@__cedar(\"x\")", "@a((\"x\"))", "@", "@@a",
	"@a;", "@a,", "@é", "@a(1)", "@a(\"x\"", "@principal @action", "@permit", "@a\n@A",
	"@a(\"\\u{1F600}\\0\\'\")", "a", "@a=\"x\"",
];

const EFFECTS = ["permit", "forbid", "Permit", "\"permit\"", "allow", "if", "permit permit",
	"permit::", "principal", "__cedar", "when", "(permit)", "permit;", ""];

/* A policy's text with one odd thing in it, sometimes two. */
function
oddPolicy(random)
{
	const odd = (share, list, usual) => random.chance(share) ?
	    random.pick(list) : usual;
	const place = (expression) => random.pick(PLACES)(expression);
	const kind = random.weighted([[12, "expression"], [3, "scope"], [2, "action"],
	    [2, "condition"], [1, "annotation"], [1, "effect"]]);
	const is = (what) => kind === what ? 1 : 0.01;
	const expression = () => {
		if (random.chance(0.3))
			return "when { " + random.pick(STRING_PLACES)(oddString(random)) +
			    " }";
		const inner = place(random.pick(EXPRESSIONS));

		return "when { " + (random.chance(0.4) ? place(inner) : inner) + " }";
	};

	return odd(is("annotation"), ANNOTATIONS, "") + " " +
	    odd(is("effect"), EFFECTS, "permit") + "(" +
	    odd(random.chance(0.5) ? is("scope") : 0, SCOPES, "principal") + ", " +
	    odd(is("action"), ACTION_SCOPES, "action") + ", " +
	    odd(is("scope"), SCOPES, "principal").replace(/principal/g, "resource") + ") " +
	    (kind === "expression" ? expression() :
	    odd(is("condition"), CONDITIONS, "when { true }")) + ";";
}

module.exports = { oddPolicy };
