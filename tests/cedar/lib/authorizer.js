/* SPDX-License-Identifier: MIT */
"use strict";

const { spawn } = require("node:child_process");
const readline = require("node:readline");

/*
 * One running cedar-authorize: JSON lines in, the answers in the same order
 * out.  ask() may be called again before earlier answers are there.
 */
class Authorizer {
	constructor(path, args = [])
	{
		this.waiting = [];
		this.messages = "";
		this.failure = null;
		this.child = spawn(path, args, { stdio: "pipe" });
		this.child.stderr.setEncoding("utf8");
		this.child.stderr.on("data", (text) => this.note(text));
		this.child.stdin.on("error", () => {});
		this.child.on("error", (error) => this.fail(error.message));
		this.ended = new Promise((resolve) => {
			this.child.on("close", (code, signal) => {
				this.status = signal || code;
				this.fail("ended with " + this.status);
				resolve(this.status);
			});
		});
		readline.createInterface({ input: this.child.stdout,
		    crlfDelay: Infinity }).on("line", (line) => this.take(line));
	}

	/* The first of what it wrote to its standard error. */
	note(text)
	{
		if (this.messages.length < 10000)
			this.messages += text;
	}

	take(line)
	{
		const next = this.waiting.shift();

		if (next === undefined)
			this.fail("a line that nobody asked for: " + line);
		else
			next.resolve(line);
	}

	fail(why)
	{
		this.failure = this.failure || why;
		for (const next of this.waiting.splice(0))
			next.reject(new Error("cedar-authorize: " + why));
	}

	/* The answer's line to one input line. */
	ask(line)
	{
		if (this.failure)
			return Promise.reject(new Error("cedar-authorize: " +
			    this.failure));
		return new Promise((resolve, reject) => {
			this.waiting.push({ resolve, reject });
			this.child.stdin.write(line + "\n");
		});
	}

	/* Ends the input; resolves to the exit status once it has ended. */
	close()
	{
		this.child.stdin.end();
		return this.ended;
	}
}

module.exports = { Authorizer };
