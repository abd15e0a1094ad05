/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * Constants: edge values of each type, and the many ways to write a string in
 * a policy, in a pattern and in JSON.
 */

const STRINGS = [
	"", "a", "b", "ab", "abc", "aab", "a*b", "*", "**", "A", "é", "e\u0301",
	"\u{1f600}", "a\u{1f600}b", "\n", "\0", "a\0b", "\t", "\"", "\\", "'",
	"\\*", " ", "a b", "view", "admin", "t1", "t2", "10.0.0.1", "1.0",
	"\u007f", "\u0080", "\ufeff", "\uffff", "\u{10ffff}", "//", "?", "[a]",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
];

const LONGS = [
	"0", "1", "2", "3", "5", "7", "10", "100", "-1", "-2", "-3", "-7",
	"2147483647", "2147483648", "-2147483648", "4294967296", "3037000499",
	"3037000500", "-3037000500", "9007199254740991", "9007199254740993",
	"4611686018427387903", "4611686018427387904", "-4611686018427387904",
	"-4611686018427387905", "9223372036854775806", "9223372036854775807",
	"-9223372036854775807", "-9223372036854775808",
];

const GOOD = {
	decimal: ["0.0", "-0.0", "1.0", "1.5", "-0.5", "-1.5", "0.0001", "-0.0001",
	    "00012.3400", "12.34", "922337203685477.5807", "-922337203685477.5808",
	    "-922337203685477.5807", "922337203685477.0", "1.00", "1.0000"],
	ip: ["10.0.0.1", "10.0.0.1/32", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.1/24",
	    "0.0.0.0/0", "1.2.3.4/0", "255.255.255.255", "127.0.0.1", "127.0.0.1/7",
	    "127.0.0.1/8", "224.0.0.1", "239.255.255.255/4", "224.0.0.0/3", "::",
	    "::1", "::1/127", "::1/128", "::/0", "ff00::", "ff02::1/8", "ff00::/7",
	    "fe80::1", "::ffff:7f00:1", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
	    "1:2:3:4:5:6:7:8", "ABCD:ef01::/64", "abcd:EF01:0:0::/64", "0001::1",
	    "2001:db8::/32", "2001:db8:ffff::1/33", "1::8/1"],
	datetime: ["1970-01-01", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.001Z",
	    "1969-12-31T23:59:59.999Z", "2024-02-29", "2000-02-29", "0000-02-29",
	    "0000-01-01", "9999-12-31", "9999-12-31T23:59:59.999Z",
	    "9999-12-31T23:59:59.999-2359", "0000-01-01T00:00:00+2359",
	    "2024-10-15T11:38:02Z", "2024-10-15T11:38:02.101Z",
	    "2024-10-15T11:38:02.101+0530", "2024-10-15T11:38:02-1134",
	    "2024-10-15", "1969-07-20T20:17:40-0000", "1900-03-01", "2024-12-31"],
	duration: ["0ms", "1ms", "-1ms", "1s", "1m", "1h", "1d", "-1d", "1d2h3m4s5ms",
	    "-1d2h3m4s5ms", "1m1ms", "1d5ms", "1500ms", "-1500ms", "36h", "0d",
	    "-0ms", "0001s", "9223372036854775807ms", "-9223372036854775808ms",
	    "-9223372036854775s808ms", "9223372036854775s807ms", "106751991167d",
	    "-106751991167d", "86399999ms", "86400000ms", "59m59s", "1440m"],
};

const BAD = {
	decimal: ["", "1", "1.", ".5", "-.5", "+1.0", "1.00000", "1.2.3", "1e3", " 1.0",
	    "1.0 ", "-", "--1.0", "922337203685477.5808", "-922337203685477.5809",
	    "922337203685478.0", "99999999999999999999.0", "1,0", "١.0", "0x1.0",
	    "1.0\0", "-1", "1_0.0"],
	ip: ["", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.04",
	    "1.2.3.4/33", "1.2.3.4/08", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/+8",
	    "1.2.3.4/8/8", " 1.2.3.4", "1.2.3.4 ", "::1/129", "::1/00", ":::",
	    "1::2::3", "1::2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
	    "12345::", "g::", "::ffff:1.2.3.4", "fe80::1%eth0", "[::1]", ":1", "1:",
	    "1.2.3.4:80", "00000000000000000000000000000000000000000001",
	    "1.2.3.-4", "1..2.3", "::/", "/8", "::1\0"],
	datetime: ["", "1970", "1970-1-1", "1970-00-01", "1970-13-01", "1970-01-00",
	    "1970-01-32", "2023-02-29", "1900-02-29", "2024-04-31", "1970-01-01T",
	    "1970-01-01T00:00:00", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
	    "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.1Z",
	    "1970-01-01T00:00:00.1234Z", "1970-01-01T00:00:00+00:00",
	    "1970-01-01T00:00:00+2400", "1970-01-01T00:00:00+0060",
	    "1970-01-01t00:00:00Z", "1970-01-01T00:00:00z", "1970-01-01 00:00:00Z",
	    "+1970-01-01", "-1970-01-01", "10000-01-01", "1970-01-01Z",
	    "1970-01-01T00:00Z", "1970-01-01T00:00:00,000Z", " 1970-01-01",
	    "1970-01-01T00:00:00.000", "1970-01-01T00:00:00Z ", "1970/01/01",
	    "1970-01-01T00:00:00+000", "1970-01-01T00:00:00.000+00000"],
	duration: ["", "-", "1", "ms", "1h1d", "1ms1s", "1d-2h", "+1d", "1.5h", "1w",
	    "1d 2h", " 1d", "1d ", "1D", "1d1d", "1s1m", "--1d", "1dd", "1y",
	    "9223372036854775808ms", "-9223372036854775809ms", "106751991168d",
	    "99999999999999999999999999d", "9223372036854775s808ms", "1us", "1d\0",
	    "-9223372036854775807ms1ms"],
};

const EXTENSIONS = Object.keys(GOOD);

const hex = (n) => n.toString(16);

function
bracedEscape(random, code)
{
	let digits = hex(code);

	if (random.chance(0.3))
		digits = digits.padStart(random.between(digits.length, 6), "0");
	if (random.chance(0.3))
		digits = digits.toUpperCase();
	if (random.chance(0.1))
		digits += "_";
	return "\\u{" + digits + "}";
}

/* One code point between quotes in a policy. */
function
escaped(random, char)
{
	const code = char.codePointAt(0);
	const short = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0",
	    "\\": "\\\\", "'": "\\'", "\"": "\\\"" }[char];
	const mustEscape = "\\\"\r".includes(char);

	if (!mustEscape && !random.chance(0.1))
		return char;
	if (short !== undefined && (mustEscape || random.chance(0.6)))
		return short;
	return code < 0x80 && random.chance(0.5) ?
	    "\\x" + hex(code).padStart(2, "0") : bracedEscape(random, code);
}

/* The string as a literal of the policy language. */
function
quote(random, string)
{
	return '"' + Array.from(string, (char) => escaped(random, char)).join("") +
	    '"';
}

/* A pattern near the string: parts of it replaced by stars, some changed. */
function
pattern(random, string)
{
	const star = () => random.weighted([[8, "*"], [1, "\\x2a"], [1, "\\u{2A}"]]);
	const parts = Array.from(string, (char) =>
	    random.chance(0.25) ? star() :
	    random.chance(0.05) ? escaped(random, random.pick(["a", "b", "?"])) :
	    char === "*" ? random.pick(["\\*", "\\*", "*"]) :
	    escaped(random, char));

	while (random.chance(0.3))
		parts.splice(random.below(parts.length + 1), random.below(3), star());
	return '"' + parts.join("") + '"';
}

/* The string as a JSON literal. */
function
jsonString(random, string)
{
	if (string.length > 200 || !random.chance(0.1))
		return JSON.stringify(string);
	return '"' + Array.from({ length: string.length }, (_, i) => {
		const unit = string.charCodeAt(i);
		const code = hex(unit).padStart(4, "0");

		return "\\u" + (random.chance(0.5) ? code : code.toUpperCase());
	}).join("") + '"';
}

/* A whole number near the edges or small, as JSON and policies write it. */
function
long(random)
{
	return random.chance(0.5) ? random.pick(LONGS.slice(0, 11)) :
	    random.chance(0.9) ? random.pick(LONGS) :
	    String(random.between(-1000, 1000));
}

function
string(random)
{
	return random.chance(0.9) ? random.pick(STRINGS) :
	    random.times(random.between(0, 6), () => random.pick(["a", "b", "*",
		"é", "\u{1f600}", "c"])).join("");
}

/* A text of an extension value with one or two places changed. */
function
near(random, text)
{
	const at = random.below(text.length + 1);
	const result = text.slice(0, at) + random.pick(["", "0", "1", "2", "6", "9",
	    "-", ".", ":", "::", "/", "/8", "/24", "Z", "d", "m", "s", "ms", "+", " ",
	    "T", "a"]) + text.slice(at + random.below(2));

	return random.chance(0.3) ? near(random, result) : result;
}

/* Number as text of at least `width` digits. */
function
digits(random, low, high, width)
{
	return String(random.between(low, high)).padStart(width, "0");
}

/* Text in the form of the type, its numbers at random and now and then out of range. */
const SHAPED = {
	decimal: (random) => random.pick(["", "-"]) + random.between(0, 1000) + "." +
	    digits(random, 0, 9999, random.between(1, 4)),
	ip: (random) => (random.chance(0.5) ?
	    random.times(4, () => random.below(257)).join(".") :
	    random.times(random.between(6, 8), () =>
		random.pick(["", "0", "1", "ff02", "a0", "FFFF"])).join(":")) +
	    random.pick(["", "", "/" + random.between(0, 33), "/" + random.between(30, 129)]),
	datetime: (random) => digits(random, 0, 9999, 4) + "-" +
	    digits(random, 1, 12, 2) + "-" + digits(random, 1, 31, 2) +
	    random.pick(["", "T" + digits(random, 0, 23, 2) + ":" +
		digits(random, 0, 59, 2) + ":" + digits(random, 0, 60, 2) +
		random.pick(["", "." + digits(random, 0, 999, 3)]) +
		random.pick(["Z", random.pick(["+", "-"]) +
		    digits(random, 0, 24, 2) + digits(random, 0, 60, 2)])]),
	duration: (random) => random.pick(["", "", "-"]) +
	    ["d", "h", "m", "s", "ms"].filter(() => random.chance(0.5))
		.map((unit) => random.between(0, 2000) + unit).join(""),
};

/* Text for an extension type's constructor, known to be good or of any kind. */
function
extensionText(random, type, good)
{
	if (good)
		return random.pick(GOOD[type]);
	if (random.chance(0.5))
		return SHAPED[type](random);
	return random.chance(0.5) ? random.pick(BAD[type]) :
	    near(random, random.pick(GOOD[type]));
}

module.exports = { EXTENSIONS, extensionText, jsonString, long, near, pattern, quote,
	string };
