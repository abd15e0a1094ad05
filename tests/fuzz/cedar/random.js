/* SPDX-License-Identifier: MIT */
"use strict";

/*
 * A small generator of pseudo-random numbers (sfc32), seeded with the run's
 * seed and the case's number, so that each case can be made again alone.
 */
class Random {
	constructor(seed, number)
	{
		this.a = seed >>> 0;
		this.b = (seed / 0x100000000) >>> 0;
		this.c = number >>> 0;
		this.d = 1;
		for (let i = 0; i < 15; i++)
			this.word();
	}

	/* 32 bits. */
	word()
	{
		const t = (this.a + this.b + this.d) | 0;

		this.d = (this.d + 1) | 0;
		this.a = this.b ^ (this.b >>> 9);
		this.b = (this.c + (this.c << 3)) | 0;
		this.c = ((this.c << 21) | (this.c >>> 11)) + t | 0;
		return t >>> 0;
	}

	/* A whole number from 0 to n - 1. */
	below(n)
	{
		return Math.floor(this.word() / 0x100000000 * n);
	}

	/* A whole number from `low` to `high`. */
	between(low, high)
	{
		return low + this.below(high - low + 1);
	}

	/* True with probability p. */
	chance(p)
	{
		return this.word() < p * 0x100000000;
	}

	pick(list)
	{
		return list[this.below(list.length)];
	}

	/* An array of `count` results of make(). */
	times(count, make)
	{
		return Array.from({ length: count }, () => make());
	}

	/* The list's elements in another order. */
	shuffled(list)
	{
		const result = [...list];

		for (let i = result.length - 1; i > 0; i--) {
			const other = this.below(i + 1);

			[result[i], result[other]] = [result[other], result[i]];
		}
		return result;
	}

	/* One of `choices`, pairs of a weight and a value. */
	weighted(choices)
	{
		let left = this.below(choices.reduce((sum, [weight]) =>
		    sum + weight, 0));

		for (const [weight, value] of choices) {
			left -= weight;
			if (left < 0)
				return value;
		}
		throw new Error("no choices");
	}
}

module.exports = { Random };
