// SPDX-License-Identifier: MIT
/*
 * load.js URL SECONDS CLIENTS SEED: clients change a tenant while grantctl moves it. What they were told is compared with what is
 * there, and nobody else may notice. Prints TAP. tests/cells/run changes the router's map once the file CELLS_SWITCH is there,
 * and then makes CELLS_SWITCH.done.
 */
'use strict';
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const { Compare } = require('../faults/kill/compare.js');
const { Client, World, prepare } = require('../faults/kill/load.js');

const [url, seconds, clients, seed] = process.argv.slice(2).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
const { CELLS_A, CELLS_TO, CELLS_SWITCH, MOVING, MOVING_KEY, MOVING_VIEWER } = process.env;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const site = { name: 'cells', url };
let tests = 0;
let failures = 0;
let over = false;

function ok(what, good, why = '') {
	tests++;
	failures += !good;
	console.log(`${good ? 'ok' : 'not ok'} ${tests} - ${what}`);
	if (!good && why !== '')
		console.log(why.replace(/^/gm, '# '));
}

function query(database, sql) {
	return execFileSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', sql], { encoding: 'utf8', maxBuffer: 1 << 30 })
	    .split('\n').filter((line) => line !== '');
}

// A connection for each request: a router that is told of another map closes those that are kept.
function client_of(world, n) {
	const client = new Client(world, site, n);

	client.agent = new http.Agent({ keepAlive: false });
	return client;
}

// A request of each kind has been answered, so that all of it is moved.
function all_kinds(world) {
	return ['patch', 'create', 'activity', 'key', 'rule', 'revoke'].every((kind) =>
		world.records.some((r) => r.kind === kind && r.status >= 200 && r.status < 300));
}

async function until(what, condition) {
	const end = Date.now() + 60000;

	while (!condition()) {
		if (Date.now() > end)
			throw new Error(`not in time: ${what}`);
		await pause(10);
	}
}

function move() {
	return new Promise((done) => {
		const env = { ...process.env, GRANTD_DATABASE: CELLS_A };
		const child = spawn('grantctl', ['tenant', 'move', MOVING, '--to', CELLS_TO, '--json'], { env });
		let out = '';

		child.stdout.on('data', (piece) => { out += piece; });
		child.stderr.on('data', (piece) => { out += piece; });
		child.on('close', (status) => done({ status, out }));
	});
}

// Entries that both places have are from before the move: when they were committed, the old one knows.
function entries_of(database) {
	return query(database, `SELECT json_build_object('id', id, 'resource_type', resource_type, 'resource_id', resource_id, 'outcome', outcome,
		'at', extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000, 'record', record) FROM grantd.audit_log
		WHERE tenant_id = '${MOVING}' ORDER BY resource_type, resource_id, sequence`).map((line) => JSON.parse(line));
}

function compare(world) {
	const old = new Map(entries_of(CELLS_A).map((e) => [e.id, e]));
	const entries = entries_of(CELLS_TO).map((e) => ({ ...e, at: old.get(e.id)?.at ?? e.at }));
	const events = new Set(query(CELLS_TO, `SELECT id FROM grantd.activity_event WHERE tenant_id = '${MOVING}'`));
	const keys = new Map(query(CELLS_TO, `SELECT id, encode(hash, 'hex') FROM grantd.api_keys WHERE tenant_id = '${MOVING}'`)
	    .map((line) => line.split('|')));
	const compared = new Compare(entries, events, keys);
	const acknowledged = world.records.filter((r) => r.kind !== 'read' && r.status >= 200 && r.status < 300).length;
	const here = [...old.values()].filter((e) => !entries.some((n) => n.id === e.id) && e.record.after?.state !== 'moved');

	compared.refusals(world.records, Number(query(CELLS_TO,
		`SELECT coalesce(sum(repeated), 0) FROM grantd.refusals WHERE tenant_id = '${MOVING}'`)[0]));
	console.log(`# ${acknowledged} changes acknowledged, ${entries.length} entries, ${events.size} events`);
	ok('no entry of the old place is missing in the new one', here.length === 0, here.map((e) => e.id).join(' '));
	return compared.all(world.records);
}

function table(world) {
	const count = {};

	for (const r of world.records) {
		const what = r.status === 0 ? `no answer (${r.error})` : `${r.status}${r.code === '' ? '' : ` ${r.code}`}`;

		count[what] = (count[what] ?? 0) + 1;
	}
	return Object.entries(count).sort().map(([what, n]) => `${what} ${n}`).join(', ');
}

const bad = (world, allowed) => world.records.filter((r) => r.status === 0 || (r.status >= 400 && !allowed.includes(r.code)))
    .map((r) => `${r.kind} ${r.method} ${r.path}: ${r.status} ${r.code} ${r.error ?? ''}`);

async function main() {
	const world = new World(MOVING, MOVING_KEY, MOVING_VIEWER);
	const others = [process.env.OTHER, process.env.THERE].map((words) => new World(...words.split(' '), words.split(' ')[1]));
	const loads = [];

	for (const w of [world, ...others])
		await prepare(w, site);
	for (let i = 0; i < clients; i++)
		loads.push(client_of(world, seed + i).run(() => !over));
	for (const w of others)
		loads.push(client_of(w, seed + 1000).run(() => !over));
	await pause(seconds * 1000);
	await until('an answer of each kind', () => all_kinds(world));

	const before = world.records.length;
	const moved = await move();

	console.log(`# grantctl tenant move: ${moved.out.trim()}`);
	ok('the tenant moves', moved.status === 0, moved.out);
	fs.writeFileSync(CELLS_SWITCH, '');
	await until('the map', () => fs.existsSync(`${CELLS_SWITCH}.done`));
	const since = Date.now();
	await until('an answer of the new place', () => world.records.some((r) => r.sent > since && r.status === 200));
	const answered = world.records.length;
	await pause(seconds * 1000);
	over = true;
	await Promise.all(loads);

	console.log(`# ${world.records.length} requests of the tenant, ${before} before the move, ${world.records.length - answered} behind it: ${table(world)}`);
	const told = world.records.filter((r) => r.status >= 200 && r.status < 300).map((r) => r.ended).sort((a, b) => a - b);
	console.log(`# longest time without a success: ${Math.max(...told.slice(1).map((t, i) => t - told[i]))} ms`);
	const wrong = bad(world, ['unavailable', 'policy_denied', 'precondition_failed', 'conflict', 'not_found', 'audit_disabled']);

	ok('its clients are told to come again, and nothing worse', wrong.length === 0, wrong.slice(0, 20).join('\n'));
	ok('its clients are told so while it moves', world.records.some((r) => r.code === 'unavailable'));
	for (const w of others) {
		const noticed = bad(w, ['policy_denied', 'precondition_failed', 'conflict', 'not_found', 'audit_disabled']);

		ok('another tenant sees no failed request', noticed.length === 0, noticed.slice(0, 20).join('\n'));
		console.log(`# another tenant: ${w.records.length} requests: ${table(w)}`);
	}
	const lies = compare(world);

	ok('nothing that was acknowledged is lost, and no answer is false', lies.length === 0, lies.slice(0, 50).join('\n'));
	console.log(`# false: ${lies.length}`);
	process.exit(failures === 0 ? 0 : 1);
}

main().catch((error) => {
	over = true;
	console.log(`not ok - ${error.stack.replace(/\n/g, ' ')}`);
	process.exit(1);
});
