/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * Cuts JSON text into the texts of its members and elements.
 *
 * The inputs compared here carry what JSON.parse loses (numbers beyond 2^53,
 * "-0", "1.0", a key given twice), so values travel from file to command as
 * text.  The text is trusted to be JSON; only the cutting is done here.
 */

function
skipString(text, at)
{
	for (at++; text[at] !== '"'; at++) {
		if (at >= text.length)
			throw new Error("string without an end");
		if (text[at] === "\\")
			at++;
	}
	return at + 1;
}

function
skipSpace(text, at)
{
	while (at < text.length && " \t\r\n".includes(text[at]))
		at++;
	return at;
}

/* The place after the value that starts at `at`. */
function
skipValue(text, at)
{
	let depth = 0;

	for (;;) {
		const c = text[at];

		if (c === undefined)
			throw new Error("value without an end");
		if (c === '"') {
			at = skipString(text, at);
		} else if (c === "{" || c === "[") {
			depth++;
			at++;
			continue;
		} else if (c === "}" || c === "]") {
			depth--;
			at++;
		} else if (" \t\r\n,:".includes(c)) {
			at++;
			continue;
		} else {
			while (at < text.length &&
			    !' \t\r\n,:{}[]"'.includes(text[at]))
				at++;
		}
		if (depth === 0)
			return at;
	}
}

/* The texts of an array's elements. */
function
elements(text)
{
	const found = [];
	let at = skipSpace(text, skipSpace(text, 0) + 1);

	while (text[at] !== "]") {
		const end = skipValue(text, at);

		found.push(text.slice(at, end));
		at = skipSpace(text, end);
		if (text[at] === ",")
			at = skipSpace(text, at + 1);
	}
	return found;
}

/* A Map from an object's keys to the texts of their values; the last of equal keys stays. */
function
members(text)
{
	const found = new Map();
	let at = skipSpace(text, skipSpace(text, 0) + 1);

	while (text[at] !== "}") {
		const keyEnd = skipString(text, at);
		const key = JSON.parse(text.slice(at, keyEnd));
		const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
		const end = skipValue(text, start);

		found.set(key, text.slice(start, end));
		at = skipSpace(text, end);
		if (text[at] === ",")
			at = skipSpace(text, at + 1);
	}
	return found;
}

/* The text on one line: a raw line end in JSON can only stand between tokens. */
function
oneLine(text)
{
	return text.replace(/[\r\n]+/g, " ");
}

module.exports = { elements, members, oneLine };
