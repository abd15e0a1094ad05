/* SPDX-License-Identifier: MIT */
"use strict";

/* What a campaign reached, counted; summaries of jobs add up. */

/* Expected of each campaign of 10,000 cases or more. */
const OPERATORS = [
	"permit", "forbid", "when", "unless", "if", "and", "or", "not", "==", "!=",
	"<", "<=", ">", ">=", "in", "is", "isTypeIn", "has", "hasPath", "like", "+",
	"-", "*", "negated", "set", "record", "attribute", "contains", "containsAll",
	"containsAny", "isEmpty", "hasTag", "getTag", "reordered", "text", "decimal", "ip",
	"datetime", "duration", "lessThan", "lessThanOrEqual", "greaterThan",
	"greaterThanOrEqual", "isIpv4", "isIpv6", "isLoopback", "isMulticast",
	"isInRange", "offset", "durationSince", "toDate", "toTime",
	"toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays",
];
const ERRORS = [
	["type error", /^type error/],
	["no such attribute", /does not have the attribute/],
	["no such tag", /does not have the tag/],
	["no such entity", /does not exist$/],
	["overflow", /^integer overflow/],
	["wrong number of arguments", /^wrong number of arguments/],
	["bad decimal", /`decimal` extension function/],
	["bad ip", /`ipaddr` extension function/],
	["bad datetime", /`datetime` extension function: invalid/],
	["bad duration", /`duration` extension function: invalid/],
	["overflow in time",
	    /`(?:offset|durationSince|toDate|duration)` extension function: .*overflow/i],
];
const VERDICTS = ["allow", "deny by a forbid", "deny without a reason",
	"errors", "refused: policies", "refused: entities", "refused: context",
	"refused: call"];

class Summary {
	constructor()
	{
		this.cases = 0;
		this.counts = { verdicts: {}, errors: {}, accepted: {},
		    satisfied: {}, failed: {} };
	}

	count(group, name)
	{
		const counts = this.counts[group];

		counts[name] = (counts[name] || 0) + 1;
	}

	countError(message)
	{
		const text = message.replace(
		    /^error while evaluating policy `[^]*?`: /, "");
		const known = ERRORS.find(([, form]) => form.test(text));

		this.count("errors", known ? known[0] : "other: " +
		    text.replace(/`[^`]*`/g, "`_`").slice(0, 60));
	}

	/* Counts a case with the judge's verdict, null where it had none. */
	add({ labels }, verdict)
	{
		this.cases++;
		if (verdict === null) {
			this.count("verdicts", "none (nested too deep for the judge)");
			return;
		}
		if (verdict.refused) {
			for (const part of verdict.refused)
				this.count("verdicts", "refused: " + part);
			return;
		}
		this.count("verdicts", verdict.decision === "allow" ? "allow" :
		    verdict.reason.length ? "deny by a forbid" :
		    "deny without a reason");
		if (verdict.errors.length)
			this.count("verdicts", "errors");
		verdict.messages.forEach((message) => this.countError(message));
		for (const [id, names] of labels)
			for (const name of names) {
				this.count("accepted", name);
				if (verdict.reason.includes(id))
					this.count("satisfied", name);
				if (verdict.errors.includes(id))
					this.count("failed", name);
			}
	}

	merge(other)
	{
		this.cases += other.cases;
		for (const [group, counts] of Object.entries(other.counts))
			for (const [name, n] of Object.entries(counts))
				this.counts[group][name] =
				    (this.counts[group][name] || 0) + n;
	}

	/* The names of what should have been reached and was not. */
	missing()
	{
		const { verdicts, errors, satisfied, failed } = this.counts;

		return [
			...VERDICTS.filter((name) => !verdicts[name]),
			...ERRORS.map(([name]) => name).filter((name) => !errors[name]),
			...OPERATORS.filter((name) => !satisfied[name])
			    .map((name) => name + " in a satisfied policy"),
			...OPERATORS.filter((name) => !failed[name])
			    .map((name) => name + " in a failed policy"),
		];
	}

	/* Lines of text that tell the counts. */
	lines()
	{
		const { verdicts, errors, accepted, satisfied, failed } = this.counts;
		const table = (counts) => Object.entries(counts)
		    .sort((a, b) => b[1] - a[1]).map(([name, n]) => name + " " + n)
		    .join(", ");

		return [
			"verdicts: " + table(verdicts),
			"failures of policies: " + table(errors),
			"in accepted policies (of these satisfied/failed): " +
			    Object.keys(accepted).sort().map((name) => name + " " +
				accepted[name] + " (" + (satisfied[name] || 0) + "/" +
				(failed[name] || 0) + ")").join(", "),
		];
	}
}

module.exports = { Summary };
