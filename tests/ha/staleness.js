// SPDX-License-Identifier: MIT
// tests/ha/staleness's client: switch through one site, read through another. Prints a row of its table.
'use strict';
const http = require('node:http');

const [what, primary, standby, changes] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function ask(method, url, body) {
	const text = body && JSON.stringify(body);

	return new Promise((done, fail) => {
		const request = http.request(url, {
			agent,
			method,
			headers: {
				'X-API-Key': process.env.KEY,
				'X-Tenant-ID': process.env.TENANT,
				...(text && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
			},
		}, (response) => {
			let answer = '';

			response.on('data', (piece) => (answer += piece));
			response.on('error', fail);
			response.on('end', () => (response.statusCode < 300 ? done(JSON.parse(answer)) :
				fail(new Error(`${method} ${url}: ${response.statusCode} ${answer}`))));
		});

		request.on('error', fail);
		request.end(text);
	});
}

const at = (numbers, part) => numbers[Math.min(numbers.length - 1, Math.floor(numbers.length * part))].toFixed(1);

async function main() {
	const grant = await ask('POST', `${primary}/v1/grants`, {
		grantee_id: 'somebody',
		resource: { type: 'aws_account', id: '123456789012' },
		action: 'administer',
		expires_at: '2100-01-01T00:00:00Z',
	});
	const path = `/v1/grants/${grant.id}`;
	const later = [];
	const patches = [];
	let old = 0;

	// It has to be there before anything can be old.
	while (!(await ask('GET', standby + path).catch(() => undefined)))
		continue;
	for (let i = 0; i < Number(changes); i++) {
		const before = performance.now();
		const { version } = await ask('PATCH', primary + path, { audit_enabled: i % 2 === 0 });
		const told = performance.now();
		let read = await ask('GET', standby + path);

		patches.push(told - before);
		old += read.version < version;
		while (read.version < version)
			read = await ask('GET', standby + path);
		later.push(performance.now() - told);
	}
	later.sort((a, b) => a - b);
	patches.sort((a, b) => a - b);
	console.log(`| ${[what, changes, old, at(later, 0.5), at(later, 0.99), at(later, 1), at(patches, 0.5)].join(' | ')} |`);
	agent.destroy();
}

main().catch((error) => {
	console.error(error);
	process.exit(1);
});
