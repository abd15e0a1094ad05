/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * Policy text as tokens: to put odd white space and comments between them, to
 * damage a text, and to shrink one.  Tokens joined again mean the same text
 * as long as neighbours that would run together are kept apart.
 */

const TOKEN = new RegExp([
	"[_a-zA-Z][_a-zA-Z0-9]*", "[0-9]+", '"(?:[^"\\\\]|\\\\[^])*"',
	"::|==|!=|<=|>=|&&|\\|\\|", "//[^\\r\\n]*", "\\s+", "[^]",
].join("|"), "g");

const BLANKS = [
	" ", "\t", "\n", "\v", "\f", "\r", "\r\n", "\u0085", "\u00a0",
	"\u1680", "\u2000", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f",
	"\u3000",
];

/* What is no white space, though some languages think so. */
const NO_BLANKS = ["\0", "\u001c", "\u180e", "\u200b", "\u2060", "\ufeff"];

const COMMENTS = ["//\n", "// x\r", "//\"\\\n", "// é \u2028 } ;\n", "///**/\n"];

/* Tokens that a damaged text may get in place of its own. */
const STRAY = [
	"(", ")", "[", "]", "{", "}", ",", ",,", ";", ":", "::", ".", "@", "!",
	"=", "==", "===", "!=", "<", "<=", ">", ">=", "&", "&&", "|", "||", "+",
	"-", "*", "/", "%", "?", "$", "#", "'", "\"", "\\", "`", "~", "^",
	"/* c */", "//", "if", "then", "else", "in", "like", "has", "is", "true",
	"false", "when", "unless", "permit", "forbid", "principal", "action",
	"resource", "context", "__cedar", "?principal", "?resource", "?x", "foo",
	"User", "0", "1", "007", "1.5", "1e3", "0x10", "1_000", "12a",
	"9223372036854775807", "9223372036854775808", "18446744073709551616",
	"\"\"", "\"a\"", "\"\\x7f\"", "\"\\x80\"", "\"\\u{110000}\"",
	"\"\\u{d800}\"", "\"\\u{}\"", "\"\\u{_1}\"", "\"\\u{1_}\"",
	"\"\\u{0000041}\"", "\"\\u{00_00_41}\"", "\"\\q\"", "\"\\*\"", "\"\r\"",
	"\"\\\n\"", "\"\n\"", "\"\\", "é", "ip", "decimal", "contains", "isEmpty",
	"isIpv4", "getTag", ".isEmpty()", ".contains()", ".nope()", "(1, 2)",
	"[,]", "@id", "@a(\"b\")", "principal::\"x\"", "A::B", "Action::\"view\"",
	"A::__cedar::B::\"x\"",
];

const isWord = (text) => /^[_a-zA-Z0-9]/.test(text);

function
tokenize(text)
{
	return (text.match(TOKEN) || []).filter((token) =>
	    !/^\s+$/.test(token) && !token.startsWith("//"));
}

/* Whether two tokens need something between them to stay two. */
function
mustPart(left, right)
{
	return isWord(left) && isWord(right) || (left + right).startsWith("//") ||
	    [":", "=", "<", ">", "!", "&", "|"].includes(left) &&
	    [":", "=", "::", "==", "&", "|"].includes(right);
}

/* The tokens as text, each pair apart by a blank only where that is needed. */
function
join(tokens)
{
	let text = "";

	tokens.forEach((token, i) => {
		if (i > 0 && mustPart(tokens[i - 1], token))
			text += " ";
		text += token;
	});
	return text;
}

function
gap(random)
{
	return random.weighted([[6, " "], [3, random.pick(BLANKS)],
	    [1, random.pick(COMMENTS)]]);
}

/* The same text with other white space and comments. */
function
respace(random, text)
{
	const tokens = tokenize(text);
	const density = random.pick([0, 0.1, 0.5]);
	let result = random.chance(density) ? gap(random) : "";

	tokens.forEach((token, i) => {
		result += token;
		if (i + 1 < tokens.length && mustPart(token, tokens[i + 1]) ||
		    random.chance(density))
			result += gap(random);
	});
	return result + (random.chance(0.05) ? "// end" : "");
}

function
damageTokens(random, tokens)
{
	const at = random.below(tokens.length);
	const other = random.below(tokens.length);
	const length = random.between(1, Math.min(4, tokens.length));

	switch (random.below(6)) {
	case 0:
		tokens.splice(at, length);
		break;
	case 1:
		tokens.splice(at, 0, ...tokens.slice(at, at + length));
		break;
	case 2:
		[tokens[at], tokens[other]] = [tokens[other], tokens[at]];
		break;
	case 3:
		tokens[at] = random.pick(STRAY);
		break;
	case 4:
		tokens.splice(at, 0, random.pick(STRAY));
		break;
	default:
		tokens.splice(at, 0, ...tokens.slice(other, other + length));
	}
}

function
damageCharacter(random, text)
{
	const at = random.below(text.length + 1);
	const stray = random.pick([...NO_BLANKS, ...STRAY, ...BLANKS,
	    String.fromCharCode(random.between(1, 126))]);

	switch (random.below(3)) {
	case 0:
		return text.slice(0, at) + text.slice(at + 1);
	case 1:
		return text.slice(0, at) + stray + text.slice(at);
	default:
		return text.slice(0, at) + stray + text.slice(at + 1);
	}
}

/* A text near the given one, mostly but not always one to be refused. */
function
damage(random, text)
{
	const tokens = tokenize(text);

	for (let i = random.between(1, 2); i > 0; i--) {
		if (random.chance(0.3) || tokens.length === 0)
			return damageCharacter(random, join(tokens))
			    .toWellFormed();
		damageTokens(random, tokens);
	}
	return join(tokens);
}

module.exports = { damage, join, respace, tokenize };
