/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * A verdict is what is compared: {decision, reason, errors} or {refused}.
 * An expected refusal is one part's name, or several where each part named is
 * at fault and the engines may look at them in different orders.  "call"
 * stands for what is neither policies nor entities nor context, "any" for
 * text that is no JSON at all, so that no part can be named.
 */

const PARTS = ["policies", "entities", "context"];

function
sameSet(a, b)
{
	return Array.isArray(a) && Array.isArray(b) && a.length === b.length &&
	    JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}

function
sameRefusal(expected, got)
{
	const parts = Array.isArray(expected) ? expected : [expected];

	return parts.some((part) => part === "any" || part === got ||
	    (part === "call" && !PARTS.includes(got)));
}

/* Whether the verdict `got` is the one expected. */
function
agrees(expected, got)
{
	if (expected.refused !== undefined)
		return typeof got.refused === "string" &&
		    sameRefusal(expected.refused, got.refused);
	return got.decision === expected.decision &&
	    sameSet(expected.reason, got.reason) &&
	    sameSet(expected.errors, got.errors);
}

module.exports = { agrees };
