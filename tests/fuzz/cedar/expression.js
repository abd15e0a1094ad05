/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * Expressions of a wanted type, as policy text.
 *
 * What is built is {text, level}: the level of the grammar at which the text
 * stands, so that a place that needs a tighter one puts parentheses around it.
 */

const { ATTRIBUTES, TAGS, TYPES } = require("./world.js");
const { EXTENSIONS, extensionText, long, pattern, quote, string } =
    require("./literals.js");

const IF = 0, OR = 1, AND = 2, RELATION = 3, SUM = 4, PRODUCT = 5, UNARY = 6,
    MEMBER = 7;

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED = ["true", "false", "if", "then", "else", "in", "is", "like", "has"];

const VARIABLES = ["principal", "action", "resource"];
const TYPE_NAMES = ["User", "N::User", "Doc", "N::Doc", "Group", "Folder",
	"principal", "_G1::in_", "Action", "N::Action", "Nope"];

const DECIMAL_TESTS = ["lessThan", "lessThanOrEqual", "greaterThan",
	"greaterThanOrEqual"];
const IP_TESTS = ["isIpv4", "isIpv6", "isLoopback", "isMulticast"];
const DURATION_PARTS = ["toMilliseconds", "toSeconds", "toMinutes", "toHours",
	"toDays"];
const METHODS = [...DECIMAL_TESTS, ...IP_TESTS, ...DURATION_PARTS, "isInRange",
	"offset", "durationSince", "toDate", "toTime"];

/* Makers by type; each gets the depth left for its parts. */
const MAKERS = {
	Bool: ["not", "and", "or", "and", "or", "equal", "equal", "order", "order",
	    "inside", "inside", "isType", "isTypeIn", "hasAttribute", "hasPath",
	    "like", "like", "contains", "containsMany", "containsMany", "isEmpty",
	    "hasTag", "decimalTest", "ipTest", "ipTest", "inRange", "guarded", "reordered"],
	Long: ["arithmetic", "arithmetic", "negated", "durationPart"],
	String: [],
	Entity: [],
	datetime: ["offset", "toDate"],
	duration: ["durationSince", "toTime"],
};

class Expressions {
	/* `wrong` is the share of parts that get a type of their own. */
	constructor(random, world, wrong)
	{
		this.random = random;
		this.world = world;
		this.wrong = wrong;
		this.labels = new Set();
	}

	/* Text of the expression, fit for a place of the grammar's level. */
	at(level, expression)
	{
		const tight = expression.level >= level;
		const text = tight ? expression.text : "(" + expression.text + ")";

		return this.random.chance(0.04) ? "(" + text + ")" : text;
	}

	part(level, type, depth)
	{
		return this.at(level, this.make(type, depth));
	}

	/* An expression of the type, most of the time. */
	make(type, depth)
	{
		const { random } = this;

		if (type === "Mixed" || random.chance(this.wrong))
			type = random.pick(TYPES);
		if (depth <= 0)
			return this.leaf(type);
		if (random.chance(0.05))
			return this.choice(type, depth - 1);
		const makers = MAKERS[type] || [];

		if (makers.length && random.chance(0.75)) {
			const maker = random.pick(makers);

			this.labels.add(maker);
			return this[maker](depth - 1);
		}
		return random.chance(0.5) ? this.attribute(type, depth - 1) :
		    this.literal(type, depth - 1);
	}

	leaf(type)
	{
		return this.random.chance(0.5) ? this.attribute(type, 0) :
		    this.literal(type, 0);
	}

	literal(type, depth)
	{
		const { random } = this;

		if (type.startsWith("Set "))
			return this.set(type.slice(4), depth);
		if (EXTENSIONS.includes(type))
			return this.construct(type, depth);
		switch (type) {
		case "Bool":
			return { text: random.pick(["true", "false"]), level: MEMBER };
		case "Long":
			return this.number();
		case "String":
			return { text: quote(random, string(random)), level: MEMBER };
		case "Entity":
			return { text: random.chance(0.4) ? random.pick(VARIABLES) :
			    this.entity(), level: MEMBER };
		default:
			return this.record(depth);
		}
	}

	number()
	{
		const { random } = this;
		const text = long(random);

		if (text.startsWith("-"))
			return { text: random.chance(0.1) ? "- " + text.slice(1) : text,
			    level: UNARY };
		return { text: random.chance(0.03) ? "00" + text : text, level: MEMBER };
	}

	entity()
	{
		const [type, id] = this.world.uid();

		return type + "::" + quote(this.random, id);
	}

	commas(list)
	{
		return list.join(", ") +
		    (list.length && this.random.chance(0.05) ? "," : "");
	}

	set(type, depth)
	{
		const { random } = this;

		this.labels.add("set");
		return { text: "[" + this.commas(random.times(random.between(0, 3),
		    () => this.part(IF, type, depth - 1))) + "]", level: MEMBER };
	}

	key(name)
	{
		return IDENTIFIER.test(name) && !RESERVED.includes(name) &&
		    this.random.chance(0.85) ? name : quote(this.random, name);
	}

	record(depth)
	{
		const { random } = this;
		const names = Object.keys(ATTRIBUTES).filter(() => random.chance(0.12));

		if (random.chance(0.3))
			return { text: "context", level: MEMBER };
		this.labels.add("record");
		return { text: "{" + this.commas(names.map((name) => this.key(name) +
		    ": " + this.part(IF, ATTRIBUTES[name], depth - 1))) + "}",
		    level: MEMBER };
	}

	construct(type, depth)
	{
		const { random } = this;
		const good = random.chance(0.95 - this.wrong / 2);
		let args = [quote(random, extensionText(random, type, good))];

		this.labels.add(type);
		if (random.chance(0.05))
			args = [this.part(IF, "String", depth)];
		if (random.chance(this.wrong / 10))
			args = random.pick([[], [args[0], args[0]]]);
		return { text: type + "(" + this.commas(args) + ")", level: MEMBER };
	}

	/* Something that has attributes. */
	base(depth)
	{
		const { random } = this;

		return random.weighted([
		    [5, () => random.pick(VARIABLES)], [7, () => "context"],
		    [1, () => this.part(MEMBER, "Entity", depth)],
		    [1, () => this.part(MEMBER, "Record", depth)],
		])();
	}

	access(base, name)
	{
		this.world.used.add(name);
		return { text: base + (IDENTIFIER.test(name) &&
		    !RESERVED.includes(name) && this.random.chance(0.85) ?
		    "." + name : "[" + quote(this.random, name) + "]"),
		    level: MEMBER };
	}

	/* An attribute or a tag of the type. */
	attribute(type, depth)
	{
		const { random } = this;
		const names = Object.keys(ATTRIBUTES).filter((name) =>
		    ATTRIBUTES[name] === type);

		if (["Long", "String", "Bool"].includes(type) && random.chance(0.1))
			return this.getTag(depth);
		if (names.length === 0)
			return this.literal(type, depth);
		this.labels.add("attribute");
		return this.access(this.base(depth), random.pick(names));
	}

	tagKey(depth)
	{
		return this.random.chance(0.8) ?
		    quote(this.random, this.random.pick(TAGS)) :
		    this.part(IF, "String", depth);
	}

	getTag(depth)
	{
		this.labels.add("getTag");
		return this.method(this.part(MEMBER, "Entity", depth), "getTag",
		    this.tagKey(depth));
	}

	method(base, name, ...args)
	{
		const { random } = this;

		this.labels.add(name);
		if (random.chance(METHODS.includes(name) ? this.wrong / 20 :
		    this.wrong / 200))
			args = args.length ? random.pick([[], [args[0], args[0]]]) : ["1"];
		return { text: base + "." + name + "(" + this.commas(args) + ")",
		    level: MEMBER };
	}

	/* Two operands of one type, or now and then not. */
	pair(level, type, depth)
	{
		return [this.part(level, type, depth), this.part(level, type, depth)];
	}

	choice(type, depth)
	{
		this.labels.add("if");
		return { text: "if " + this.part(IF, "Bool", depth) + " then " +
		    this.part(IF, type, depth) + " else " +
		    this.part(IF, type, depth), level: IF };
	}

	not(depth)
	{
		const { random } = this;
		const count = random.weighted([[20, 1], [3, 2], [1, 3], [1, 4]]);

		return { text: "!".repeat(count) + this.part(MEMBER, "Bool", depth),
		    level: UNARY };
	}

	/* A chain of one operator: left-associative, its right sides tighter. */
	chain(operator, level, type, depth)
	{
		const count = this.random.weighted([[8, 2], [2, 3], [1, 4]]);
		const parts = [this.part(level, type, depth)];

		while (parts.length < count)
			parts.push(this.part(level + 1, type, depth));
		return { text: parts.join(" " + operator + " "), level };
	}

	and(depth)
	{
		return this.chain("&&", AND, "Bool", depth);
	}

	or(depth)
	{
		return this.chain("||", OR, "Bool", depth);
	}

	relation(left, operator, right)
	{
		this.labels.add(operator);
		return { text: left + " " + operator + " " + right, level: RELATION };
	}

	/* What a "not equal" would rarely see: the same text on both sides. */
	equal(depth)
	{
		const { random } = this;
		const [left, right] = this.pair(SUM, random.pick(TYPES), depth);

		return this.relation(left, random.pick(["==", "!="]),
		    random.chance(0.3) ? left : right);
	}

	/* Two sets or records of the same parts in another order. */
	reordered(depth)
	{
		const { random } = this;
		const parts = random.times(random.between(1, 4), () =>
		    this.part(IF, "Mixed", depth - 1));
		const others = random.shuffled(parts);

		if (random.chance(0.3)) {
			const names = ["n", "é", "if", "r"];
			const keyed = parts.map((part, i) =>
			    quote(random, names[i]) + ": " + part);

			return this.relation("{" + this.commas(keyed) + "}", "==",
			    "{" + this.commas([...keyed].reverse()) + "}");
		}
		if (random.chance(0.5))
			others.splice(random.below(others.length), random.below(2),
			    random.pick(parts));
		const [left, right] = random.chance(0.5) ? [parts, others] :
		    [others, parts];
		return random.chance(0.4) ?
		    this.relation("[" + this.commas(left) + "]", "==",
			"[" + this.commas(right) + "]") :
		    this.method("[" + this.commas(left) + "]", random.pick(
			["containsAll", "containsAny"]), "[" + this.commas(right) + "]");
	}

	order(depth)
	{
		const { random } = this;
		const type = random.weighted([[4, "Long"], [2, "datetime"],
		    [2, "duration"], [1, random.chance(2 * this.wrong) ? "decimal" : "Long"]]);
		const [left, right] = this.pair(SUM, type, depth);

		return this.relation(left, random.pick(["<", "<=", ">", ">="]), right);
	}

	inside(depth)
	{
		const { random } = this;

		return this.relation(this.part(SUM, "Entity", depth), "in",
		    this.part(SUM, random.pick(["Entity", "Set Entity"]), depth));
	}

	isType(depth)
	{
		return this.relation(this.part(SUM, "Entity", depth), "is",
		    this.random.pick(TYPE_NAMES));
	}

	isTypeIn(depth)
	{
		const { random } = this;
		const { text } = this.isType(depth);

		return { text: text + " in " + this.part(SUM,
		    random.pick(["Entity", "Set Entity"]), depth), level: RELATION };
	}

	hasAttribute(depth)
	{
		const { random } = this;
		const name = random.chance(0.9) ?
		    random.pick(Object.keys(ATTRIBUTES)) : "nope";

		this.world.used.add(name);
		return this.relation(this.at(SUM, { text: this.base(depth),
		    level: MEMBER }), "has", this.key(name));
	}

	/* `has a.b.c` through records and entities, or through what is neither. */
	hasPath(depth)
	{
		const { random } = this;
		const steps = random.times(random.between(1, 3), () => random.pick(
		    random.chance(this.wrong) ? ["n", "ns", "d"] : ["r", "r", "u", "w"]));
		const path = [...steps, random.pick(["n", "s", "r", "u", "d", "nope"])];

		path.forEach((name) => this.world.used.add(name));
		return this.relation(this.base(depth), "has", path.join("."));
	}

	/* A test for an attribute and, behind it, its use. */
	guarded()
	{
		const { random } = this;
		const base = random.pick([...VARIABLES, "context"]);
		const name = random.pick(Object.keys(ATTRIBUTES));
		const { text } = this.access(base, name);
		const use = ATTRIBUTES[name] === "Bool" ? text : text +
		    random.pick([" == ", " != "]) + this.part(SUM, ATTRIBUTES[name], 1);
		const guard = base + " has " + this.key(name);

		return random.chance(0.7) ? { text: guard + " && " + use, level: AND } :
		    { text: "if " + guard + " then " + use + " else true", level: IF };
	}

	like(depth)
	{
		const { random } = this;
		const text = string(random);
		const subject = random.chance(0.6) ? quote(random, text) :
		    this.part(SUM, "String", depth);

		return this.relation(subject, "like", pattern(random, text));
	}

	someSet(depth)
	{
		const type = this.random.pick(["Long", "String", "Entity", "Set Long"]);

		return [type, this.part(MEMBER, "Set " + type, depth)];
	}

	contains(depth)
	{
		const [type, set] = this.someSet(depth);

		return this.method(set, "contains", this.part(IF, type, depth));
	}

	containsMany(depth)
	{
		const [type, set] = this.someSet(depth);

		return this.method(set, this.random.pick(["containsAll", "containsAny"]),
		    this.random.chance(0.1) ? set :
		    this.part(IF, "Set " + type, depth));
	}

	isEmpty(depth)
	{
		return this.method(this.someSet(depth)[1], "isEmpty");
	}

	hasTag(depth)
	{
		const base = this.part(MEMBER, "Entity", depth);
		const test = this.method(base, "hasTag", this.tagKey(depth));

		return this.random.chance(0.7) ? test : { text: test.text + " && " +
		    this.relation(test.text.replace(/hasTag/, "getTag"), "==",
			this.part(SUM, "Long", depth)).text, level: AND };
	}

	decimalTest(depth)
	{
		return this.method(this.part(MEMBER, "decimal", depth),
		    this.random.pick(DECIMAL_TESTS), this.part(IF, "decimal", depth));
	}

	ipTest(depth)
	{
		return this.method(this.part(MEMBER, "ip", depth),
		    this.random.pick(IP_TESTS));
	}

	inRange(depth)
	{
		return this.method(this.part(MEMBER, "ip", depth), "isInRange",
		    this.part(IF, "ip", depth));
	}

	arithmetic(depth)
	{
		const operator = this.random.pick(["+", "-", "*"]);

		this.labels.add(operator);
		return this.chain(operator, operator === "*" ? PRODUCT : SUM, "Long",
		    depth);
	}

	negated(depth)
	{
		const count = this.random.weighted([[20, 1], [3, 2], [1, 3], [1, 4]]);

		return { text: "-".repeat(count) + this.part(MEMBER, "Long", depth),
		    level: UNARY };
	}

	durationPart(depth)
	{
		return this.method(this.part(MEMBER, "duration", depth),
		    this.random.pick(DURATION_PARTS));
	}

	offset(depth)
	{
		return this.method(this.part(MEMBER, "datetime", depth), "offset",
		    this.part(IF, "duration", depth));
	}

	toDate(depth)
	{
		return this.method(this.part(MEMBER, "datetime", depth), "toDate");
	}

	durationSince(depth)
	{
		return this.method(this.part(MEMBER, "datetime", depth),
		    "durationSince", this.part(IF, "datetime", depth));
	}

	toTime(depth)
	{
		return this.method(this.part(MEMBER, "datetime", depth), "toTime");
	}
}

module.exports = { Expressions, TYPE_NAMES };
