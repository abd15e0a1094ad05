// SPDX-License-Identifier: MIT
// Numbers that a seed gives again (mulberry32), one stream for each use.
'use strict';

class Random {
	constructor(seed) {
		this.state = seed >>> 0;
	}

	next() {
		let t = (this.state = (this.state + 0x6d2b79f5) >>> 0);

		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	}

	below(n) {
		return Math.floor(this.next() * n);
	}

	// One of an array, or of an object whose values are weights.
	of(choices) {
		if (Array.isArray(choices))
			return choices[this.below(choices.length)];

		const names = Object.keys(choices);
		let left = this.next() * names.reduce((sum, name) => sum + choices[name], 0);

		return names.find((name) => (left -= choices[name]) < 0) ?? names[0];
	}
}

module.exports = { Random };
