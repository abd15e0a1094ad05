/* SPDX-License-Identifier: MIT */
"use strict";

const zlib = require("node:zlib");

const BLOCK = 512;

/*
 * A Map from names to contents (Buffer) of the regular files in a ustar
 * archive that gzip has packed.  Long-name extensions are not needed here and
 * their entries are passed over.
 */
function
readTarGz(packed)
{
	const tar = zlib.gunzipSync(packed);
	const files = new Map();
	let at = 0;

	while (at + BLOCK <= tar.length && tar[at] !== 0) {
		const name = field(tar, at, 100);
		const prefix = field(tar, at + 345, 155);
		const size = parseInt(field(tar, at + 124, 12), 8);
		const type = String.fromCharCode(tar[at + 156]);

		if (Number.isNaN(size))
			throw new Error("archive entry without a size: " + name);
		if (type === "0" || type === "\0")
			files.set(prefix ? prefix + "/" + name : name,
			    tar.subarray(at + BLOCK, at + BLOCK + size));
		at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
	}
	return files;
}

function
field(tar, at, size)
{
	const text = tar.toString("latin1", at, at + size);
	const end = text.indexOf("\0");

	return (end < 0 ? text : text.slice(0, end)).trim();
}

module.exports = { readTarGz };
