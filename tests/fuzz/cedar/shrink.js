/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * Makes a case on which two engines differ smaller while they still differ.
 * It works on tokens: what is no policy or no JSON any more is refused by
 * both, so such a step is not kept.
 */

const { join, tokenize } = require("./tokens.js");
const { JSON_TOKEN } = require("./world.js");

const MAX_STEPS = 1000;

/*
 * The tokens with as many runs of them left out as `differs` (of the tokens
 * left) allows.
 */
async function
reduce(tokens, differs)
{
	for (let size = Math.ceil(tokens.length / 2); size >= 1;
	    size = size > 8 ? size >> 1 : size - 1)
		for (let at = 0; at + size <= tokens.length;) {
			const less = [...tokens.slice(0, at), ...tokens.slice(at + size)];
			const plain = [...tokens.slice(0, at), "true",
			    ...tokens.slice(at + size)];

			if (await differs(less))
				tokens = less;
			else if (size > 1 && await differs(plain))
				tokens = plain;
			else
				at += Math.ceil(size / 4);
		}
	return tokens;
}

/* `differs` (of a case) resolves to whether the engines differ on it. */
async function
shrink(original, differs)
{
	let best = original;
	let steps = 0;

	async function
	attempt(changes)
	{
		const candidate = { ...best, ...changes };

		if (++steps > MAX_STEPS || !await differs(candidate))
			return false;
		best = candidate;
		return true;
	}
	const set = (changed) => ({ policies: JSON.stringify(changed) });
	const policies = JSON.parse(original.policies);

	if (typeof policies === "string") {
		await reduce(tokenize(policies), (tokens) =>
		    attempt(set(join(tokens))));
	} else {
		for (const key of Object.keys(policies)) {
			const { [key]: text, ...others } = JSON.parse(best.policies);

			if (!Array.isArray(policies) && await attempt(set(others)))
				continue;
			await reduce(tokenize(text), (tokens) => attempt(set(
			    Object.assign(JSON.parse(best.policies),
				{ [key]: join(tokens) }))));
		}
	}
	await reduce(best.entities.match(JSON_TOKEN), (tokens) =>
	    attempt({ entities: tokens.join("") }));
	await reduce(best.request.context.match(JSON_TOKEN), (tokens) =>
	    attempt({ request: { ...best.request, context: tokens.join("") } }));
	return best;
}

module.exports = { shrink };
