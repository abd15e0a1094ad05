/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * The small world that the generated policies speak of: entities that exist
 * and that do not, attributes of known types, a request.  Everything here is
 * JSON text, so that it can hold what JSON.stringify cannot write.
 */

const { EXTENSIONS, extensionText, jsonString, long, string } =
    require("./literals.js");

/*
 * Attributes of entities, records and the context: each name has one type
 * (most of the time), so that an expression of a wanted type can be built.
 */
const ATTRIBUTES = {
	n: "Long", m: "Long", "k k": "Long", "é": "Long", type: "String",
	s: "String", q: "String", if: "String", id: "String",
	b: "Bool", c: "Bool", "": "Bool", "\0": "Long", "n\0": "Bool",
	u: "Entity", w: "Entity",
	ns: "Set Long", ss: "Set String", es: "Set Entity", nss: "Set Set Long",
	ms: "Set Mixed", r: "Record", d: "decimal", i: "ip", t: "datetime", p: "duration",
};

const TAGS = ["t1", "t2", "", "é", "a b", "t1\0"];

/* "Mixed" is any of these; a set of them is the same as ever. */
const TYPES = ["Bool", "Long", "String", "Entity", "Set Long", "Set String",
	"Set Entity", "Set Set Long", "Set Record", "Set Mixed", "Record",
	...EXTENSIONS];

/* Later ones may be parents of earlier ones. */
const ENTITIES = [
	["User", "a"], ["User", "b"], ["N::User", "a"], ["User", "é\0\""],
	["Doc", "d1"], ["N::Doc", "d 1"], ["Group", "g1"], ["Group", "g2"],
	["Folder", ""], ["principal", "x"], ["_G1::in_", "*"], ["Group", "top"],
];
const ACTIONS = [
	["Action", "view"], ["Action", "edit"], ["N::Action", "view"],
	["Action", "group"], ["Action", "all"],
];
const MISSING = [["User", "zz"], ["Nope", "a"], ["Group", "none"]];

/* Values for odd places: some are fine, most make the whole to be refused. */
const ODD_VALUES = [
	"null", "1.0", "1e3", "1E0", "-0", "0", "-1", "9223372036854775807",
	"-9223372036854775808", "9223372036854775808", "-9223372036854775809",
	"18446744073709551615", "18446744073709551616", "1e400", "0.1e1", "01",
	"true", "[]", "{}", '""', '"\\ud800"', '"\\udc00x"', '"\\ud83d\\ude00"',
	'"\\u0000"', '"\\x41"', '{"a":1,"a":1}', '{"a":1,"\\u0061":2}',
	'{"":1,"":2}', "[[[[[[[[1]]]]]]]]", "[null]", "[1,[1.5]]", "[1,1,1]",
	'{"__entity":{"type":"User","id":"a"}}', '{"__entity":"User::\\"a\\""}',
	'{"__entity":{"type":"User","id":"a","x":1}}',
	'{"__entity":{"type":"User","id":"a"},"x":1}', '{"__entity":{"type":"User"}}',
	'{"__entity":{"type":"User","id":1}}', '{"__entity":{"type":"A B","id":"a"}}',
	'{"__entity":{"type":"","id":"a"}}', '{"__entity":{"type":"if","id":"a"}}',
	'{"__entity":{"type":"A::__cedar","id":"a"}}', '{"__entity":null}',
	'{"__entity":{"type":"A :: B","id":"a"}}', '{"__entity":{}}',
	'{"__entity":{"type":"User","id":"a","id":"a"}}',
	'{"type":"User","id":"a"}', '{"__expr":"1"}', '{"__expr":1}',
	'{"__expr":"1","x":1}', '{"__extn":{"fn":"ip","arg":"1.2.3.4"}}',
	'{"__extn":{"fn":"ip","arg":"1.2.3.4"},"x":1}',
	'{"__extn":{"fn":"ip","args":["1.2.3.4"]}}', '{"__extn":{"fn":"ip","args":[]}}',
	'{"__extn":{"fn":"ip","arg":"1.2.3.4","args":["1.2.3.4"]}}',
	'{"__extn":{"fn":"ip","arg":"x"}}', '{"__extn":{"fn":"ip","arg":1}}',
	'{"__extn":{"fn":"ip"}}', '{"__extn":{"fn":"nope","arg":"x"}}',
	'{"__extn":{"fn":"A::ip","arg":"1.2.3.4"}}', '{"__extn":{"fn":1,"arg":"x"}}',
	'{"__extn":{"fn":"decimal","arg":"1.00000"}}', '{"__extn":"ip"}',
	'{"__extn":{"fn":"contains","args":[[1],1]}}', '{"__extn":{"arg":"x"}}',
	'{"__extn":{"fn":"isIpv4","arg":{"__extn":{"fn":"ip","arg":"::"}}}}',
	'{"__extn":{"fn":"toDate","args":[{"__extn":{"fn":"datetime","arg":"1969-12-31T23:00:00Z"}}]}}',
	'{"__extn":{"fn":"lessThan","args":[{"__extn":{"fn":"decimal","arg":"1.0"}},{"__extn":{"fn":"decimal","arg":"2.0"}}]}}',
	'{"__extn":{"fn":"ip","arg":"1.2.3.4","x":1}}', '{"\\u005f_extn":{"fn":"ip","arg":"::1"}}',
];

const ODD_ENTITIES = [
	"null", "1", '"User::\\"a\\""', "{}", "[]", '{"uid":null,"attrs":{},"parents":[]}',
	'{"uid":{"type":"X","id":"x"},"parents":[]}', '{"uid":{"type":"X","id":"x"},"attrs":{}}',
	'{"attrs":{},"parents":[]}', '{"uid":"X::\\"x\\"","attrs":{},"parents":[]}',
	'{"uid":{"type":"X","id":"x"},"attrs":[],"parents":[]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{},"parents":{}}',
	'{"uid":{"type":"X","id":"x"},"attrs":{},"parents":[],"tags":null}',
	'{"uid":{"type":"X","id":"x"},"attrs":{},"parents":[],"tags":[]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{},"parents":[],"attrs":{}}',
	'{"uid":{"type":"X","id":"x"},"attrs":{"a":1,"a":1},"parents":[]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{"__entity":{"type":"X","id":"x"}},"parents":[]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{"__extn":{"fn":"ip","arg":"x"}},"parents":[]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{"__expr":"x"},"parents":[],"tags":{"__expr":"x"}}',
	'{"uid":{"type":"X","id":"x"},"attrs":{},"parents":[{"type":"X","id":"x"}]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{},"parents":["X::\\"y\\""]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{},"parents":[{"__entity":{"type":"Y","id":"y"}}]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{},"parents":[{"type":"Y","id":"y"},{"type":"Y","id":"y"}]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{},"parents":[{"type":"Y","id":"y"}]},' +
	    '{"uid":{"type":"Y","id":"y"},"attrs":{},"parents":[{"type":"X","id":"x"}]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{"a":[1,2]},"parents":[]},' +
	    '{"uid":{"__entity":{"type":"X","id":"x"}},"attrs":{"a":[2,1,1]},"parents":[],"tags":{}}',
	'{"uid":{"type":"X","id":"x"},"attrs":{"a":1},"parents":[]},' +
	    '{"uid":{"type":"X","id":"x"},"attrs":{"a":2},"parents":[]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{},"parents":[],"tags":{"a":1}},' +
	    '{"uid":{"type":"X","id":"x"},"attrs":{},"parents":[],"tags":{"a":2}}',
	'{"uid":{"type":"Action","id":"x"},"attrs":{},"parents":[{"type":"User","id":"a"}]}',
	'{"uid":{"type":"X::Action","id":"x"},"attrs":{},"parents":[{"type":"Action","id":"y"}]}',
	'{"uid":{"type":"X","id":"x"},"attrs":{},"parents":[{"type":"Action","id":"y"}]}',
	'{"uid":{"type":"X","id":"x","more":1},"attrs":{},"parents":[],"more":null}',
	'{"uid":{"type":"X Y","id":"x"},"attrs":{},"parents":[]}',
	'{"uid":{"type":"X::","id":"x"},"attrs":{},"parents":[]}',
	'{"uid":{"type":"has","id":"x"},"attrs":{},"parents":[]}',
];

const REQUEST_ODD = ["null", '"User::\\"a\\""', "{}", '{"type":"User"}', "[]",
	'{"type":"A B","id":"x"}', '{"type":"User","id":null}',
	'{"__entity":{"type":"User","id":"a"}}', '{"type":"User","id":"a","x":1}'];

class World {
	constructor(random)
	{
		const some = (list) => random.chance(0.9) ? random.pick(list) :
		    random.pick([...ENTITIES, ...ACTIONS, ...MISSING]);

		this.random = random;
		this.principal = some(ENTITIES.slice(0, 4));
		this.action = some(ACTIONS.slice(0, 3));
		this.resource = some(ENTITIES.slice(3));
		this.used = new Set();
		this.asked = [this.principal, this.action, this.resource];
		this.listed = [...ENTITIES, ...ACTIONS].filter((uid) =>
		    random.chance(this.asked.includes(uid) ? 0.9 : 0.08));
		this.chain = random.chance(0.05) ? this.makeChain() : [];
	}

	/* Uids, each the next one's child, the first perhaps a parent of others. */
	makeChain()
	{
		return Array.from({ length: this.random.between(2, 40) }, (_, i) =>
		    ["Chain", String(i)]);
	}

	/* [type, id] of some entity, listed or not. */
	uid()
	{
		const { random } = this;

		if (this.chain.length && random.chance(0.3))
			return random.pick(this.chain);
		return random.weighted([[4, random.pick(ENTITIES)],
		    [1, random.pick(ACTIONS)], [1, random.pick(MISSING)],
		    [6, random.pick(this.asked)],
		    [8, this.listed.length ? random.pick(this.listed) : MISSING[0]]]);
	}

	uidJson([type, id], escaped)
	{
		const { random } = this;
		const plain = '{"type":' + jsonString(random, type) + ',"id":' +
		    jsonString(random, id) + (random.chance(0.01) ? ',"x":[]}' : "}");

		return escaped ? '{"__entity":' + plain + "}" : plain;
	}

	extension(type)
	{
		const { random } = this;
		const call = (fn, ...args) => '{"__extn":{"fn":"' + fn + '",' +
		    (args.length === 1 && random.chance(0.9) ? '"arg":' + args[0] :
			'"args":[' + args + "]") + "}}";
		const text = (of) => jsonString(random,
		    extensionText(random, of, random.chance(0.999)));

		if (type === "datetime" && random.chance(0.1))
			return call("offset", call("datetime", text("datetime")),
			    call("duration", JSON.stringify(random.pick(["1ms", "-1d"]))));
		if (type === "duration" && random.chance(0.1))
			return call("toTime", call("datetime", text("datetime")));
		return call(type, text(type));
	}

	/* A value of the type, now and then of another, as JSON. */
	value(type, depth = 0)
	{
		const { random } = this;

		if (type === "Mixed" || random.chance(0.02))
			type = random.pick(TYPES);
		if (type.startsWith("Set ") && depth < 5)
			return "[" + random.times(random.between(0, 4), () =>
			    this.value(type.slice(4), depth + 1)).join() + "]";
		switch (type) {
		case "Bool":
			return random.pick(["true", "false"]);
		case "Long":
			return long(random);
		case "String":
			return jsonString(random, string(random));
		case "Entity":
			return this.uidJson(this.uid(), true);
		case "Record":
			return this.record(depth < 2 ? 0.5 : 0, depth + 1);
		default:
			return EXTENSIONS.includes(type) ? this.extension(type) : "[]";
		}
	}

	/* An object that has each attribute that is spoken of with probability p. */
	record(p, depth)
	{
		const { random, used } = this;

		return "{" + Object.keys(ATTRIBUTES).filter((name) =>
		    random.chance(used.has(name) ? p : 0.01))
		    .map((name) => jsonString(random, name) + ":" +
			this.value(ATTRIBUTES[name], depth)).join() + "}";
	}

	tags()
	{
		const { random } = this;

		return "{" + TAGS.filter(() => random.chance(0.8)).map((key) =>
		    jsonString(random, key) + ":" + this.value(random.pick(
			["Long", "String", "Bool", "Set Long", "ip"]))).join() + "}";
	}

	parents(uid)
	{
		const { random } = this;
		const all = ACTIONS.includes(uid) ? ACTIONS :
		    [...ENTITIES, ...this.chain.slice(0, 1), ...MISSING];

		return "[" + all.slice(all.indexOf(uid) + 1)
		    .filter(() => random.chance(0.2))
		    .map((parent) => this.uidJson(parent, random.chance(0.1)))
		    .join() + "]";
	}

	entity(uid)
	{
		const { random } = this;
		const members = ['"uid":' + this.uidJson(uid, random.chance(0.1)),
		    '"attrs":' + this.record(this.asked.includes(uid) ?
			random.pick([0.8, 0.99]) : random.pick([0, 0, 0.5]), 0),
		    '"parents":' + this.parents(uid)];

		if (random.chance(this.asked.includes(uid) ? 0.7 : 0.1))
			members.push('"tags":' + this.tags());
		if (random.chance(0.1))
			members.reverse();
		return "{" + members.join() + "}";
	}

	entities()
	{
		const { random } = this;
		const list = this.listed.map((uid) => this.entity(uid));

		this.chain.forEach((uid, i) => list.push('{"uid":' +
		    this.uidJson(uid) + ',"attrs":{},"parents":[' +
		    (this.chain[i + 1] ? this.uidJson(this.chain[i + 1]) : "") + "]}"));

		if (random.chance(0.05) && list.length)
			list.push(random.pick(list));
		if (random.chance(0.3))
			list.reverse();
		if (random.chance(0.02))
			list.splice(random.below(list.length + 1), 0,
			    random.pick(ODD_ENTITIES));
		return "[" + list.join() + "]";
	}

	request()
	{
		const { random } = this;
		const uid = (which) => this.uidJson(which, random.chance(0.1));
		const request = {
			principal: uid(this.principal),
			action: uid(this.action),
			resource: uid(this.resource),
			context: this.record(random.pick([0.8, 0.99]), 0),
		};

		if (random.chance(0.005))
			request[random.pick(["principal", "action", "resource"])] =
			    random.pick(REQUEST_ODD);
		if (random.chance(0.005))
			request.context = random.pick(ODD_VALUES);
		return request;
	}
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[-+.0-9a-zA-Z]+|[^]/g;

/* JSON text near the given one. */
function
damageJson(random, text)
{
	const tokens = text.match(JSON_TOKEN) || [];
	const places = (test) => tokens.map((token, i) => test(token, i) ? i : -1)
	    .filter((i) => i >= 0);
	const isKey = (token, i) => token.startsWith('"') && tokens[i + 1] === ":";
	const keys = places(isKey);
	const values = places((token, i) => /^["0-9tf-]/.test(token) && !isKey(token, i));
	const at = random.below(tokens.length);

	switch (random.weighted([[5, "value"], [2, "key"], [1, "gone"], [1, "twice"]])) {
	case "value":
		if (values.length)
			tokens[random.pick(values)] = random.pick(ODD_VALUES);
		break;
	case "key":
		if (keys.length)
			tokens[random.pick(keys)] = random.chance(0.8) ?
			    tokens[random.pick(keys)] :
			    random.pick(['"__entity"', '"__extn"', '"__expr"', '"uid"']);
		break;
	case "gone":
		tokens.splice(at, random.between(1, 4));
		break;
	default:
		tokens.splice(at, 0, ...tokens.slice(at, at + random.between(1, 8)));
	}
	return tokens.join("");
}

module.exports = { ACTIONS, ATTRIBUTES, ENTITIES, JSON_TOKEN, TAGS, TYPES, World, damageJson };
