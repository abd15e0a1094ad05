/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * Policies of one short test each, about what is inside a string: the texts of
 * extension values, patterns, and numbers near the ends of their range.  Many
 * of them make a set, as they need neither entities nor attributes.
 */

const { EXTENSIONS, extensionText, long, near, quote } = require("./literals.js");

const COMPARISONS = ["==", "!=", "<", "<=", ">", ">="];

/* Texts of a type: known ones, ones made up, and one that differs a little. */
function
twoTexts(random, type)
{
	const text = extensionText(random, type, random.chance(0.3));
	const other = random.weighted([
	    [3, () => extensionText(random, type, true)],
	    [1, () => text],
	    [2, () => near(random, text)],
	])();

	return random.shuffled([text, other]).map((each) =>
	    type + "(" + quote(random, each) + ")");
}

const TESTS = {
	decimal: (random, a, b) => random.pick([a + " == " + b, a + "." + random.pick(
	    ["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"]) +
	    "(" + b + ")"]),
	ip: (random, a, b) => random.pick([a + " == " + b, a + ".isInRange(" + b + ")",
	    a + ".isInRange(" + b + ")", a + "." + random.pick(["isIpv4", "isIpv6",
	    "isLoopback", "isMulticast"]) + "()"]),
	datetime: (random, a, b) => random.pick([
	    a + " " + random.pick(COMPARISONS) + " " + b,
	    a + ".toDate() == " + b + ".toDate()", a + ".toTime() <= " + b + ".toTime()",
	    a + ".durationSince(" + b + ").toDays() > " + random.between(-3, 3),
	    a + ".durationSince(" + b + ").toMilliseconds() <= " + long(random),
	    a + ".offset(duration(\"" + random.between(-9, 9) + "d\")).toDate() < " + b]),
	duration: (random, a, b) => random.pick([
	    a + " " + random.pick(COMPARISONS) + " " + b,
	    a + "." + random.pick(["toMilliseconds", "toSeconds", "toMinutes", "toHours",
	    "toDays"]) + "() " + random.pick(COMPARISONS) + " " + random.between(-3, 3),
	    "datetime(\"1970-01-01\").offset(" + a + ").toDate() <= " +
	    "datetime(\"1970-01-01\").offset(" + b + ")"]),
};

/* Strings and patterns of few letters meet often, and in all ways. */
function
likeTest(random)
{
	const letters = (list, most) => random.times(random.between(0, most), () =>
	    random.pick(list)).join("");

	return "\"" + letters(["a", "b", "é", "*"], 7) + "\" like \"" +
	    letters(["a", "b", "é", "*", "*", "*", "\\*"], 7) + "\"";
}

function
numberTest(random)
{
	const operand = () => random.pick(["", "", "", "-"]) + "(" + long(random) + ")";
	const sum = () => random.times(random.between(1, 3), operand).join(" " +
	    random.pick(["+", "-", "*"]) + " ");

	return sum() + " " + random.pick(COMPARISONS) + " " + sum();
}

function
textPolicy(random)
{
	const type = random.pick(EXTENSIONS);
	const test = random.weighted([
	    [6, () => TESTS[type](random, ...twoTexts(random, type))],
	    [2, () => likeTest(random)],
	    [1, () => numberTest(random)],
	])();

	return random.pick(["permit", "permit", "forbid"]) +
	    "(principal, action, resource) " +
	    random.pick(["when", "when", "unless"]) + " { " + test + " };";
}

module.exports = { textPolicy };
