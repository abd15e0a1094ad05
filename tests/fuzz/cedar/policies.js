/* SPDX-License-Identifier: MIT */
"use strict";

/* Policies, and whole cases: policies, entities and a request. */

const { Expressions, TYPE_NAMES } = require("./expression.js");
const { jsonString, quote, string } = require("./literals.js");
const { oddPolicy } = require("./odd.js");
const { textPolicy } = require("./texts.js");
const { damage, respace } = require("./tokens.js");
const { ACTIONS, World, damageJson } = require("./world.js");

/* Not U+0000, which cedar-authorize does not take in an id. */
const POLICY_IDS = ["aa", "b b", "", "é", "policy1", "policy10", "policy9", "\u{1f600}",
	"\""];
const ANNOTATIONS = ["id", "a", "if", "principal", "__cedar", "_x1"];

function
annotations(random)
{
	const names = ANNOTATIONS.filter(() => random.chance(0.05));

	return names.map((name) => "@" + name + (random.chance(0.8) ? "(" +
	    quote(random, string(random)) + ")" : "") + "\n").join("");
}

function
wrapped(random, text)
{
	return random.chance(0.03) ? "(" + text + ")" : text;
}

/* A scope's constraint on the variable that the request has as `asked`. */
function
constraint(random, expressions, asked)
{
	const uid = () => random.chance(0.5) ? asked : expressions.world.uid();
	const entity = () => {
		const [type, id] = uid();

		return wrapped(random, type + "::" + quote(random, id));
	};
	const type = () => random.chance(0.7) ? asked[0] : random.pick(TYPE_NAMES);

	return random.weighted([
	    [14, () => ""],
	    [1, () => " == " + entity()],
	    [2, () => " in " + entity()],
	    [1, () => " is " + type()],
	    [1, () => " is " + type() + " in " + entity()],
	])();
}

function
actionConstraint(random, expressions)
{
	const { world } = expressions;
	const action = () => {
		const [type, id] = random.chance(0.6) &&
		    ACTIONS.includes(world.action) ? world.action :
		    random.pick(ACTIONS);

		return wrapped(random, type + "::" + quote(random, id));
	};

	return random.weighted([
	    [10, () => ""],
	    [1, () => " == " + action()],
	    [2, () => " in " + action()],
	    [3, () => " in " + wrapped(random, "[" + expressions.commas(
		random.times(random.between(0, 3), action)) + "]")],
	])();
}

function
conditions(random, expressions)
{
	const count = random.weighted([[1, 0], [6, 1], [2, 2], [1, 3]]);

	return random.times(count, () => {
		const word = random.weighted([[2, "when"], [1, "unless"]]);

		expressions.labels.add(word);
		return " " + word + " { " + expressions.part(0, "Bool",
		    random.weighted([[1, 1], [2, 2], [3, 3], [2, 4]])) + " }";
	}).join("");
}

/* One policy: its text and the names of what it uses. */
function
policy(random, world)
{
	const expressions = new Expressions(random, world,
	    random.chance(0.5) ? 0.1 : 0.01);
	const effect = random.weighted([[3, "permit"], [2, "forbid"]]);
	const text = annotations(random) + effect + "(principal" +
	    constraint(random, expressions, world.principal) + ", action" +
	    actionConstraint(random, expressions) + ", resource" +
	    constraint(random, expressions, world.resource) +
	    (random.chance(0.03) ? "," : "") + ")" +
	    conditions(random, expressions) + ";";

	return { text, labels: [effect, ...expressions.labels] };
}

/*
 * The policies as JSON: a text of all, an object by ids, or an array.  `ids`
 * names them in order.
 */
function
policySet(random, list)
{
	const texts = list.map(({ text }) => text);
	const form = random.weighted([[8, "text"], [2, "object"], [1, "array"]]);
	const names = [...POLICY_IDS];

	if (form === "text" || form === "array" && list.length > 1 &&
	    random.chance(0.8))
		return { json: jsonString(random, texts.join("\n")),
		    ids: list.map((_, i) => "policy" + i) };
	if (form === "array")
		return { json: "[" + texts.map((text) => jsonString(random, text)) +
		    "]", ids: list.map((_, i) => "policy" + i) };
	const ids = list.map((_, i) => i >= POLICY_IDS.length ? "more " + i :
	    random.chance(0.005) ? "aa" :
	    names.splice(random.below(names.length), 1)[0]);
	return { json: "{" + texts.map((text, i) => jsonString(random, ids[i]) +
	    ":" + jsonString(random, text)) + "}", ids };
}

/* Policies, texts and labels, and what is made to be refused. */
function
policies(random, world, damaged)
{
	const list = random.chance(0.06) ? random.times(8, () => ({
	    text: textPolicy(random), labels: ["text"] })) :
	    random.times(random.weighted([[12, 1], [4, 2], [2, 3], [1, 5]]), () =>
		policy(random, world));

	for (const each of list)
		if (random.chance(0.4))
			each.text = respace(random, each.text);
	if (random.chance(0.001))
		list.push(...random.times(random.between(60, 140), () => ({
			...random.pick(list) })));
	if (damaged) {
		const victim = random.pick(list);

		victim.text = random.chance(0.5) ? damage(random, victim.text) :
		    oddPolicy(random);
	}
	return list;
}

/*
 * A case: JSON texts `policies`, `entities` and the members of `request`;
 * `labels` by policy id; `damaged`, the part that was made to be refused.
 */
function
makeCase(random)
{
	const world = new World(random);
	const damaged = random.weighted([[76, ""], [17, "policies"], [5, "entities"],
	    [2, "context"]]);
	const list = policies(random, world, damaged === "policies");
	const bare = list[0].labels[0] === "text" ||
	    damaged !== "" && damaged !== "entities" && random.chance(0.8);
	let entities = bare ? "[]" : world.entities();
	const request = world.request();

	if (damaged === "entities")
		entities = damageJson(random, entities);
	if (damaged === "context")
		request.context = damageJson(random, request.context);
	const { json, ids } = policySet(random, list);
	return { policies: json, entities, request, damaged,
	    labels: new Map(ids.map((id, i) => [id, list[i].labels])) };
}

module.exports = { makeCase };
