/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * The official engine, as WebAssembly from npm, called with JSON text.
 *
 * The package's glue turns its argument into text with JSON.stringify, which
 * would lose what odd JSON is about.  So the glue is run here with a JSON
 * object of our own whose "stringify" hands on text that is given to it.
 */

const fs = require("node:fs");
const path = require("node:path");
const v8 = require("node:v8");

/* Node 20 stops with "unreachable code" when it deoptimizes such a call. */
v8.setFlagsFromString("--no-turbo-inline-js-wasm-calls");

/*
 * A call that cannot be read is thrown out of the engine without unwinding and
 * leaves about 900 bytes of its 1 MiB stack in use, and a trap leaves it in an
 * unknown state: after so many throws, and after each trap, it is made anew.
 */
const THROWS_PER_INSTANCE = 50;

const REQUEST_PARTS = ["principal", "action", "resource", "context"];

class Oracle {
	/* `modules` is a node_modules directory that holds the package. */
	constructor(modules)
	{
		this.directory = path.join(modules, "@cedar-policy/cedar-wasm/nodejs");
		const glue = fs.readFileSync(
		    path.join(this.directory, "cedar_wasm.js"), "utf8");
		this.load = new Function("exports", "require", "__dirname", "JSON",
		    "WebAssembly", glue);
		this.renewals = -1;
		this.renew();
	}

	renew()
	{
		const exports = {};
		const cache = (bytes) => this.module ||
		    (this.module = new WebAssembly.Module(bytes));

		this.load(exports, require, this.directory,
		    { parse: JSON.parse, stringify: (text) => text },
		    { Module: function (bytes) { return cache(bytes); },
		      Instance: WebAssembly.Instance });
		this.engine = exports;
		this.throws = 0;
		this.renewals++;
	}

	/*
	 * The answer of one of the engine's functions to a call given as JSON
	 * text; {type: "thrown"} where the text could not be read, null where
	 * the engine broke down (nesting beyond its stack).
	 */
	call(name, text)
	{
		try {
			return this.engine[name](text);
		} catch (error) {
			const trap = error instanceof WebAssembly.RuntimeError ||
			    error instanceof RangeError;

			if (trap || ++this.throws >= THROWS_PER_INSTANCE)
				this.renew();
			return trap ? null : { type: "thrown",
			    errors: [{ message: error.message }] };
		}
	}

	isAuthorized(policies, entities, request)
	{
		return this.call("isAuthorized", "{" +
		    REQUEST_PARTS.map((key) => '"' + key + '":' + request[key]) +
		    ',"policies":{"staticPolicies":' + policies + '},"entities":' +
		    entities + "}");
	}

	/* The parts that the engine refuses when each is read by itself. */
	refusedParts(input)
	{
		const answers = {
			policies: this.call("checkParsePolicySet",
			    '{"staticPolicies":' + input.policies + "}"),
			entities: this.call("checkParseEntities",
			    '{"entities":' + input.entities + "}"),
			context: this.call("checkParseContext",
			    '{"context":' + input.request.context + "}"),
			call: this.isAuthorized('""', "[]",
			    { ...input.request, context: "{}" }),
		};
		const parts = Object.keys(answers).filter((part) =>
		    answers[part] === null || answers[part].type !== "success");

		if (Object.values(answers).includes(null))
			return null;
		return parts;
	}

	/*
	 * The verdict on an input: JSON texts `policies`, `entities` and
	 * `request.principal` to `request.context`.  null where there is none.
	 * `messages` of the verdict tells of the errors or the refusal.
	 */
	judge(input)
	{
		const answer = this.isAuthorized(input.policies, input.entities,
		    input.request);

		if (answer === null)
			return null;
		if (answer.type !== "success") {
			const refused = this.refusedParts(input);

			return refused && { refused,
			    messages: [answer.errors[0].message] };
		}
		const { decision, diagnostics } = answer.response;
		return {
			decision,
			reason: diagnostics.reason,
			errors: diagnostics.errors.map((error) => error.policyId),
			messages: diagnostics.errors.map((error) =>
			    error.error.message),
		};
	}
}

module.exports = { Oracle };
