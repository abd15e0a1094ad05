// SPDX-License-Identifier: MIT
// tests/ha/weight's load: eight clients switch grants, whose ids come on standard input, until so many changes are made.
'use strict';
const fs = require('node:fs');
const http = require('node:http');

const CLIENTS = 8;
const count = Number(process.argv[2]);
const ids = fs.readFileSync(0, 'utf8').split('\n').filter((line) => line !== '');
const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });

function patch(id, audited) {
	const body = JSON.stringify({ audit_enabled: audited });

	return new Promise((done, fail) => {
		const request = http.request(`${process.env.URL}/v1/grants/${id}`, {
			agent,
			method: 'PATCH',
			headers: {
				'X-API-Key': process.env.KEY,
				'X-Tenant-ID': process.env.TENANT,
				'Content-Type': 'application/json',
				'Content-Length': Buffer.byteLength(body),
			},
		}, (response) => {
			response.resume();
			response.on('error', fail);
			response.on('end', () => (response.statusCode === 200 ? done() : fail(new Error(`${response.statusCode}`))));
		});

		request.on('error', fail);
		request.end(body);
	});
}

// Each has grants of its own, and switches all of them the one way, then the other.
async function run(client) {
	const mine = ids.filter((_, i) => i % CLIENTS === client);

	for (let n = 0; n < count / CLIENTS; n++)
		await patch(mine[n % mine.length], Math.floor(n / mine.length) % 2 === 0);
}

Promise.all(Array.from({ length: CLIENTS }, (_, i) => run(i))).then(() => agent.destroy(), (error) => {
	console.error(error);
	process.exit(1);
});
