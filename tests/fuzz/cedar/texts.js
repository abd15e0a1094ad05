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
	    [type === "ip" ? 2 : 0, () => text.split("/")[0] + "/" +
		random.pick([0, 8, 24, 32, random.between(0, 128)])],
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

/*
 * Strings of few letters, and patterns made of pieces of them: these may lie
 * over one another in the string, so that they match apart but not together.
 */
function
likeTest(random)
{
	const text = random.times(random.between(0, 7), () =>
	    random.pick(["a", "b", "é", "*"]));
	const pieces = random.times(random.between(1, 4), () => {
		const start = random.below(text.length + 1);

		return [start, text.slice(start, start + random.between(1, 3))];
	}).sort((a, b) => a[0] - b[0]).map(([, letters]) => letters.join("")
	    .replaceAll("*", random.chance(0.8) ? "\\*" : "*"));
	const pattern = [...random.times(random.below(2), () => ""), ...pieces,
	    ...random.times(random.below(2), () => "")].join("*");

	return "\"" + text.join("") + "\" like \"" + pattern +
	    (random.chance(0.1) ? random.pick(["a", "é", "\\*"]) : "") + "\"";
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
