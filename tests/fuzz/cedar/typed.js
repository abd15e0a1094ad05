/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * Policies over a schema that are well-typed, but for a mistake here and there: a name written wrong, a value of
 * another type, what need not be there read without a test.
 */

const WORDS = ["", "a", "red", "INC-7", "production", "caf\u00e9"];
const LITERALS = {
	Long: ["0", "1", "-1", "42", "9223372036854775807", "(-9223372036854775808)"],
	Bool: ["true", "false", "(true && false)", "(false || true)"],
	ipaddr: ['ip("10.0.0.0/8")', 'ip("::1")', 'ip("127.0.0.1")'],
	datetime: ['datetime("2026-12-20")', 'datetime("2026-01-01T00:00:00Z")'],
	duration: ['duration("7h")', 'duration("-1d2h")'],
	decimal: ['decimal("1.5")', 'decimal("-0.1234")'],
};
const BAD_LITERALS = ['ip("300.0.0.1")', 'datetime("2026-13-01")', 'duration("7")', 'decimal("1")', 'ip("a", "b")',
	'ip(principal.name)', "decimal(1)", 'datetime()'];
const EXTENSIONS = ["ipaddr", "datetime", "duration", "decimal"];
const MISTAKE = 0.03;

/* A type of the schema's JSON, made plain: {kind, element, members, entity}. */
function
plain(type, commons)
{
	switch (type.type) {
	case "Set":
		return { kind: "Set", element: plain(type.element, commons) };
	case "Record":
		return record(type.attributes, commons);
	case "Entity":
		return { kind: "Entity", entity: type.name };
	default:
		return commons[type.type] ? plain(commons[type.type], commons) : { kind: type.type };
	}
}

function
record(attributes, commons)
{
	return { kind: "Record", members: Object.entries(attributes).map(([name, type]) =>
		({ name, type: plain(type, commons), required: type.required !== false })) };
}

const NOTHING = { kind: "Record", members: [] };
const BOOL = { kind: "Bool" }, LONG = { kind: "Long" }, STRING = { kind: "String" };

/* The vocabulary of a schema, from its JSON with all types resolved. */
class Vocabulary {
	constructor(json)
	{
		const { entityTypes, actions, commonTypes: commons = {} } = json[""];

		this.types = new Map(Object.entries(entityTypes).map(([name, type]) => [name, {
			name,
			in: type.memberOfTypes || [],
			ids: type.enum || null,
			shape: type.shape ? plain(type.shape, commons) : NOTHING,
			tags: type.tags ? plain(type.tags, commons) : null,
		}]));
		this.actions = Object.entries(actions).map(([id, action]) => ({
			id,
			in: (action.memberOf || []).map((group) => group.id),
			principals: action.appliesTo?.principalTypes || [],
			resources: action.appliesTo?.resourceTypes || [],
			context: action.appliesTo?.context ? plain(action.appliesTo.context, commons) : NOTHING,
		}));
		this.names = [...this.types.keys()];
	}
}

const isName = (text) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !["if", "in", "is", "has", "like", "true", "false",
	"then", "else"].includes(text);
const quoted = (text) => JSON.stringify(text);

/* A name with a letter lost, changed or in the other case. */
function
misspelt(r, name)
{
	const at = r.below(name.length);

	return r.pick([name.slice(0, at) + name.slice(at + 1) || "x", name + "s", name.toLowerCase(), name.replace("_", ""),
		name.toUpperCase()]);
}

class Writer {
	constructor(r, vocabulary)
	{
		this.r = r;
		this.v = vocabulary;
		this.mistakes = r.chance(0.5) ? MISTAKE : 0;
		this.open = r.pick([0, 0.02, 0.3]);	/* optional members read without a test */
	}

	slip()
	{
		return this.r.chance(this.mistakes);
	}

	name(name)
	{
		return this.slip() ? misspelt(this.r, name) : name;
	}

	uid(type)
	{
		const { r } = this, known = this.v.types.get(type);
		const id = known?.ids && !this.slip() ? r.pick(known.ids) : r.pick(["a", "b", "admin"]);

		return `${isName(type) ? this.name(type) : type}::${quoted(id)}`;
	}

	action()
	{
		return `Action::${quoted(this.name(this.r.pick(this.v.actions).id))}`;
	}

	/* All that hangs from an expression of a type by so many steps: {text, type, needs}. */
	paths(base, depth)
	{
		const members = base.type.kind === "Entity" ? this.v.types.get(base.type.entity)?.shape.members :
			base.type.members;
		const found = [base];

		if (depth === 0 || !members)
			return found;
		for (const { name, type, required } of members) {
			const text = isName(name) ? `${base.text}.${name}` : `${base.text}[${quoted(name)}]`;
			const needs = required ? base.needs :
				[...base.needs, `${base.text} has ${isName(name) ? name : quoted(name)}`];

			found.push(...this.paths({ text, type, needs, name }, depth - 1));
		}
		return found;
	}

	/* The variables of a setting and all that can be read from them. */
	enter(action, principal, resource)
	{
		const bases = [
			{ text: "principal", type: { kind: "Entity", entity: principal }, needs: [] },
			{ text: "resource", type: { kind: "Entity", entity: resource }, needs: [] },
			{ text: "context", type: action.context, needs: [] },
		];

		this.all = bases.flatMap((base) => this.paths(base, 3));
	}

	same(a, b)
	{
		return a.kind === b.kind && a.entity === b.entity &&
			(a.kind !== "Set" || this.same(a.element, b.element)) &&
			(a.kind !== "Record" || JSON.stringify(a.members) === JSON.stringify(b.members));
	}

	/* Something that is read; what must be tested before goes to `needs`. */
	path(type, needs)
	{
		const { r } = this;
		const fit = this.all.filter((path) => this.same(path.type, type));

		if (fit.length === 0)
			return null;
		const path = r.pick(fit);

		if (!r.chance(this.open))
			needs.push(...path.needs);
		return this.slip() && path.name ? path.text.replace(path.name, misspelt(r, path.name)) : path.text;
	}

	anyType()
	{
		const { r } = this;

		return r.pick([BOOL, LONG, STRING, ...EXTENSIONS.map((kind) => ({ kind })),
			{ kind: "Set", element: r.pick([LONG, STRING]) }, { kind: "Entity", entity: r.pick(this.v.names) },
			r.pick(this.all).type]);
	}

	/* An expression of a type; tests that must come before it are added to `needs`. */
	expression(type, depth, needs)
	{
		const { r } = this;

		if (this.slip())
			return this.expression(this.anyType(), Math.min(depth, 1), needs);
		if (depth > 0 && r.chance(0.08))
			return `(if ${this.condition(depth - 1)} then ${this.expression(type, depth - 1, needs)} else ` +
				`${this.expression(type, depth - 1, needs)})`;
		if (depth > 0 && r.chance(0.5)) {
			const made = this.compute(type, depth - 1, needs);

			if (made !== null)
				return made;
		}
		return (r.chance(0.75) && this.path(type, needs)) || this.literal(type, depth, needs);
	}

	/* What operators and functions give. */
	compute(type, depth, needs)
	{
		const { r } = this;
		const of = (kind) => this.expression({ kind }, depth, needs);

		switch (type.kind) {
		case "Bool":
			return `(${this.condition(depth)})`;
		case "Long":
			return r.pick([
				() => `(${of("Long")} ${r.pick(["+", "-", "*"])} ${of("Long")})`,
				() => `-${r.pick(["", "("])}1`.replace("(1", "(1)"),
				() => `${of("duration")}.${r.pick(["toHours", "toDays", "toSeconds", "toMilliseconds"])}()`,
			])();
		case "datetime":
			return r.pick([() => `${of("datetime")}.offset(${of("duration")})`, () => `${of("datetime")}.toDate()`])();
		case "duration":
			return r.pick([() => `${of("datetime")}.toTime()`,
				() => `${of("datetime")}.durationSince(${of("datetime")})`])();
		case "Set":
			return `[${r.times(r.between(this.slip() ? 0 : 1, 3), () =>
			    this.expression(type.element, depth, needs)).join(", ")}]`;
		case "Record":
			return `{${type.members.map(({ name, type: member }) =>
			    `${quoted(this.name(name))}: ${this.expression(member, depth, needs)}`).join(", ")}}`;
		default:
			return this.tag(type, depth, needs);
		}
	}

	/* A tag, after a test for it more often than not. */
	tag(type, depth, needs)
	{
		const { r } = this;
		const owners = this.all.filter((path) => path.type.kind === "Entity" &&
		    this.v.types.get(path.type.entity)?.tags && this.same(this.v.types.get(path.type.entity).tags, type));

		if (owners.length === 0)
			return null;
		const { text, needs: before } = r.pick(owners), name = quoted(r.pick(WORDS));

		needs.push(...before);
		if (!r.chance(this.open))
			needs.push(`${text}.hasTag(${name})`);
		return `${text}.getTag(${name})`;
	}

	literal(type, depth, needs)
	{
		const { r } = this;

		if (this.slip())
			return r.pick(BAD_LITERALS);
		if (LITERALS[type.kind])
			return r.pick(LITERALS[type.kind]);
		switch (type.kind) {
		case "String":
			return quoted(r.pick(WORDS));
		case "Entity":
			return this.uid(type.entity);
		case "Set":
		case "Record":
			return this.compute(type, Math.max(depth - 1, 0), needs);
		default:
			return "1";
		}
	}

	entity(depth, needs)
	{
		const { r } = this;

		return this.expression({ kind: "Entity", entity: r.pick(this.v.names) }, depth, needs);
	}

	/* A test; what it needs is tested before, in the same conjunction. */
	test(depth)
	{
		const { r } = this, needs = [];
		const of = (type) => this.expression(typeof type === "string" ? { kind: type } : type, depth, needs);
		const set = (element) => ({ kind: "Set", element });
		const type = this.anyType();
		const made = r.pick([
			() => `${of(type)} ${r.pick(["==", "!="])} ${of(type)}`,
			() => `${of(type)} ${r.pick(["==", "!="])} ${of(type)}`,
			() => `${of("Long")} ${r.pick(["<", "<=", ">", ">="])} ${of("Long")}`,
			() => `${of("datetime")} ${r.pick(["<", ">="])} ${of("datetime")}`,
			() => `${of("duration")} < ${of("duration")}`,
			() => `${of("decimal")}.${r.pick(["lessThan", "greaterThanOrEqual"])}(${of("decimal")})`,
			() => `${of("ipaddr")}.${r.pick(["isLoopback()", "isIpv4()", `isInRange(${of("ipaddr")})`])}`,
			() => `${of("String")} like ${quoted(r.pick(["INC-*", "*", "a*b"]))}`,
			() => `${of(set(type))}.contains(${of(type)})`,
			() => `${of(set(STRING))}.${r.pick(["containsAll", "containsAny"])}(${of(set(STRING))})`,
			() => `${of(set(r.pick([LONG, STRING])))}.isEmpty()`,
			() => `${this.entity(depth, needs)} in ${this.entity(depth, needs)}`,
			() => `${this.entity(depth, needs)} in [${r.times(r.between(1, 2), () => this.entity(0, needs)).join(", ")}]`,
			() => `principal in ${this.uid(r.pick(this.v.names))}`,
			() => `resource in ${this.uid(r.pick(this.v.names))}`,
			() => `${r.pick(["action", "action", this.action()])} in ${r.pick([this.action(),
				`[${this.action()}, ${this.action()}]`])}`,
			() => `action ${r.pick(["==", "!="])} ${this.action()}`,
			() => `${this.entity(depth, needs)} is ${this.name(r.pick(this.v.names))}`,
			() => `${this.entity(depth, needs)} is ${this.name(r.pick(this.v.names))} in ${this.entity(depth, needs)}`,
			() => this.has(needs),
			() => this.has(needs),
			() => `${this.entity(depth, needs)}.hasTag(${of("String")})`,
			() => of("Bool"),
		])();

		return needs.length > 0 ? `(${[...new Set(needs)].join(" && ")} && ${made})` : made;
	}

	has(needs)
	{
		const { r } = this;
		const path = r.pick(this.all.filter(({ name }) => name !== undefined));
		const parent = this.all.find(({ text }) => path.text.startsWith(text + ".") &&
		    isName(path.text.slice(text.length + 1)));

		if (!parent)
			return `${path.text.split(".")[0]} has ${this.name(path.text.split(".")[1] || "a").replace(/[^A-Za-z_]/g, "")}`;
		if (r.chance(0.9))
			needs.push(...parent.needs);
		if (r.chance(0.3) && /^\w+(\.\w+)+$/.test(path.text)) {
			const [base, ...names] = path.text.split(".");

			return `${base} has ${names.join(".")}`;
		}
		return `${parent.text} has ${this.name(path.name)}`;
	}

	condition(depth)
	{
		const { r } = this;

		if (depth <= 0 || r.chance(0.45))
			return this.test(Math.max(depth - 1, 0));
		const some = r.times(r.between(2, 3), () => this.condition(depth - 1));

		return r.pick([() => `(${some.join(" && ")})`, () => `(${some.join(" || ")})`, () => `!(${some[0]})`,
			() => `(if ${some[0]} then ${some[1]} else ${this.condition(depth - 1)})`,
			() => `(if ${some[0]} then ${some[1]} else if ${this.test(0)} then ${this.test(0)} else ${this.test(0)})`])();
	}

	scope(variable, types)
	{
		const { r } = this, type = r.pick(types);
		const above = [type, ...(this.v.types.get(type)?.in || [])];

		return r.pick([variable, variable, `${variable} is ${this.name(type)}`,
			`${variable} == ${this.uid(this.slip() ? r.pick(this.v.names) : type)}`,
			`${variable} in ${this.uid(this.slip() ? r.pick(this.v.names) : r.pick(above))}`,
			`${variable} is ${this.name(type)} in ${this.uid(r.pick(above))}`]);
	}

	policy()
	{
		const { r } = this;
		const action = r.pick(this.v.actions.filter(({ principals }) => principals.length > 0));
		const groups = action.in.length > 0 ? action.in : [action.id];
		const ids = r.times(r.between(this.slip() ? 0 : 1, 3), () => r.pick([action.id, action.id, r.pick(groups),
			this.slip() ? r.pick(this.v.actions).id : action.id]));
		const actions = r.pick([() => "action", () => `action == Action::${quoted(this.name(action.id))}`,
			() => `action == Action::${quoted(action.id)}`,
			() => `action in Action::${quoted(this.name(r.pick(groups)))}`,
			() => `action in [${ids.map((id) => `Action::${quoted(this.name(id))}`).join(", ")}]`])();

		this.enter(action, r.pick(action.principals), r.pick(action.resources));
		const clauses = r.times(r.below(4), () => `${r.pick(["when", "when", "unless"])} { ${this.condition(r.below(4))} }`);

		return `${r.pick(["permit", "forbid"])} (${this.scope("principal", action.principals)}, ${actions}, ` +
			`${this.scope("resource", action.resources)}) ${clauses.join(" ")};`;
	}
}

module.exports = { Vocabulary, Writer };
