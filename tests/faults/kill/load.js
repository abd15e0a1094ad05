// SPDX-License-Identifier: MIT
// Clients: what they ask for at random, and what they are told. Each request is kept with its answer, for compare.js.
'use strict';
const { randomUUID } = require('node:crypto');
const http = require('node:http');
const { Random } = require('./random.js');

const PATIENCE_MS = 30000;
const AFTER_FAILURE_MS = 10; // or there would be little else than answers that nothing was done
const KINDS = { patch: 48, create: 10, create_once: 10, activity: 10, revoke: 5, denied: 3, keys: 6, rules: 4, read: 4 };

const expires_at = '2100-01-01T00:00:00Z';
const grant = () => ({
	grantee_id: 'somebody',
	resource: { type: 'aws_account', id: '123456789012' },
	action: 'administer',
	expires_at,
});
const rule = (n) => ({ policy_text: `forbid (principal == ApiKey::"00000000-0000-4000-8000-${String(n).padStart(12, '0')}", action, resource);` });

class World {
	constructor(tenant, key, viewer) {
		Object.assign(this, { tenant, key, viewer });
		this.records = []; // every request, with what came of it
		this.grants = []; // those that all clients change
		this.audited = []; // those that are never changed, and take activity
		this.policy = '';
	}
}

class Client {
	constructor(world, site, seed) {
		this.world = world;
		this.site = site;
		this.random = new Random(seed);
		this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
		this.mine = []; // grants to revoke
	}

	// One request, and what came of it: {status, code, body, etag}, status 0 where no whole answer came.
	ask(kind, method, path, body, headers = {}, key = this.world.key) {
		const { world } = this;
		const id = randomUUID();
		const record = { id, kind, method, path, asked: body, site: this.site.name, status: 0, code: '', sent: Date.now() };
		const text = body === undefined ? undefined : JSON.stringify(body);

		world.records.push(record);
		return new Promise((done) => {
			const end = () => {
				record.ended = Date.now();
				this.failed = record.status === 0 || record.status >= 500;
				done(record);
			};
			const request = http.request(this.site.url + path, {
				agent: this.agent,
				method,
				timeout: PATIENCE_MS,
				headers: {
					'X-API-Key': key,
					'X-Tenant-ID': world.tenant,
					'X-Request-Id': id,
					...(text !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
					...headers,
				},
			}, (response) => {
				const pieces = [];

				response.on('data', (piece) => pieces.push(piece));
				response.on('error', end);
				response.on('aborted', end);
				response.on('end', () => {
					if (!response.complete)
						return;
					record.status = response.statusCode;
					record.etag = response.headers.etag;
					const whole = Buffer.concat(pieces).toString();

					try {
						record.body = whole === '' ? null : JSON.parse(whole);
						record.code = record.body?.code ?? '';
					} catch {
						record.code = 'no JSON';
					}
					end();
				});
			});

			request.on('timeout', () => request.destroy(new Error('no answer in time')));
			request.on('error', (error) => {
				record.error = error.message;
				end();
			});
			request.end(text);
		});
	}

	// Until it is known: requests that may be repeated are, as their answers say. All of them are one deed.
	async insist(kind, method, path, body, headers) {
		const deed = randomUUID();
		let record;

		for (let i = 0; i < 6; i++) {
			record = await this.ask(kind, method, path, body, headers);
			record.deed = deed;
			if (record.status !== 0 && record.status < 500)
				break;
		}
		return record;
	}

	async patch() {
		const target = this.random.of(this.world.grants);
		const headers = {};

		if (this.etag?.id === target && this.random.below(3) === 0)
			headers['If-Match'] = this.etag.etag;
		const r = await this.ask('patch', 'PATCH', `/v1/grants/${target}`, { audit_enabled: this.random.below(2) === 1 }, headers);

		if (r.status === 200)
			this.etag = { id: target, etag: r.etag };
	}

	async create() {
		const r = await this.ask('create', 'POST', '/v1/grants', grant());

		if (r.status === 201)
			this.mine.push(r.body.id);
	}

	async create_once() {
		const r = await this.insist('create', 'POST', '/v1/grants', grant(), { 'Idempotency-Key': randomUUID() });

		if (r.status === 201)
			this.mine.push(r.body.id);
	}

	async activity() {
		const events = Array.from({ length: 1 + this.random.below(3) }, () => ({
			id: randomUUID(),
			occurred_at: new Date().toISOString(),
			service: 's3',
			name: 'GetObject',
			kind: 'read',
			outcome: 'success',
		}));

		await this.ask('activity', 'POST', `/v1/grants/${this.random.of(this.world.audited)}/activity`, { events });
	}

	async revoke() {
		const id = this.mine.pop();

		if (id)
			await this.insist('revoke', 'DELETE', `/v1/grants/${id}`);
	}

	async denied() {
		await this.ask('patch', 'PATCH', `/v1/grants/${this.random.of(this.world.grants)}`, { audit_enabled: true }, {}, this.world.viewer);
	}

	async keys() {
		const made = await this.ask('key', 'POST', '/v1/api-keys', { name: 'made', roles: ['auditor'] });

		if (made.status !== 201)
			return;
		const rotated = await this.ask('key', 'POST', `/v1/api-keys/${made.body.id}/rotate`, {});

		await this.insist('key_revoke', 'DELETE', `/v1/api-keys/${(rotated.status === 201 ? rotated : made).body.id}`);
	}

	async rules() {
		const path = `/v1/policies/${this.world.policy}/rules`;
		const made = await this.ask('rule', 'POST', path, rule(this.random.below(1000)));

		if (made.status !== 201)
			return;
		await this.ask('rule', 'PATCH', `${path}/${made.body.id}`, rule(this.random.below(1000)));
		await this.insist('rule_delete', 'DELETE', `${path}/${made.body.id}`);
	}

	async read() {
		await this.ask('read', 'GET', `/v1/grants/${this.random.of(this.world.grants)}`);
	}

	// pace: how many milliseconds to wait after each request.
	async run(going, pace = 0) {
		while (going()) {
			await this[this.random.of(KINDS)]();
			if (this.failed || pace > 0)
				await new Promise((done) => setTimeout(done, Math.max(pace, this.failed ? AFTER_FAILURE_MS : 0)));
		}
		this.agent.destroy();
	}
}

// What the clients change, made before anything is killed.
async function prepare(world, site) {
	const client = new Client(world, site, 0);
	const make = async (path, body) => {
		const r = await client.ask('made', 'POST', path, body);

		if (r.status !== 201)
			throw new Error(`POST ${path}: ${r.status} ${r.code} ${r.error ?? ''}`);
		return r.body.id;
	};

	for (let i = 0; i < 6; i++)
		world.grants.push(await make('/v1/grants', grant()));
	for (let i = 0; i < 2; i++)
		world.audited.push(await make('/v1/grants', grant()));
	world.policy = await make('/v1/policies', { name: 'kills' });
	client.agent.destroy();
}

module.exports = { Client, World, prepare };
