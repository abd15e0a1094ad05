// SPDX-License-Identifier: MIT
// tests/ha/run's second half: start the cluster and the sites, load them, do things to them, and compare. Prints TAP and a table.
'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const { Compare, read_all, unseen } = require('../faults/kill/compare.js');
const { Client, World, prepare } = require('../faults/kill/load.js');
const { Program, grantds, pause, read, signal, stop } = require('../faults/kill/program.js');
const { Cluster, Node, Service, run_file, until } = require('./cluster.js');
const all_faults = require('./faults.js');

const CLIENTS = 8;
const PACE_MS = 10; // of each client, so that the log does not grow too long to be verified each time
const STEADY = 20; // so many changes in a row that were made: it serves

const [work, install, names, rounds_text, through, strict, seed_text] = process.argv.slice(2);
const rounds = Number(rounds_text);
const seed = Number(seed_text);
const services = read(`${work}/services`).map((line) => new Service(line));
const service = (name) => services.find((s) => s.name === name);
const sites = read(`${work}/sites`).map((line) => line.split('\t')).map(([name, url]) => ({ name, url }));
const programs = read(`${work}/programs`).map((line) => new Program(line));
const nodes = read(`${work}/nodes`).map((line) => line.split('\t')).map(([name, port, rest, data]) => new Node(name, port, rest, data, service(name)));
const cluster = new Cluster(nodes, service('etcd'), (words) => ['patronictl', ['-c', `${work}/${nodes[0].name}.yml`, ...words]]);
const world = {};
const done = []; // { fault, through, from, to, gap, chains }
let tests = 0;
let failures = 0;

function diag(text) {
	console.log(text.replace(/^/gm, '# '));
}

function ok(what, good, why = '') {
	tests++;
	failures += !good;
	console.log(`${good ? 'ok' : 'not ok'} ${tests} - ${what}`);
	if (!good && why !== '')
		diag(why);
	return good;
}

const is_made = (r) => r.kind !== 'read' && r.kind !== 'made' && r.status >= 200 && r.status < 300;

function grantctl(node, ...words) {
	return run_file('grantctl', words, {
		env: { ...process.env, PGHOST: '127.0.0.1', PGPORT: node.port, PGUSER: 'postgres', PGDATABASE: 'grantd' },
		maxBuffer: 1 << 26,
	});
}

async function chains_hold(node) {
	try {
		await grantctl(node, 'audit', 'verify');
		return '';
	} catch (error) {
		return `${node.name}: ${error.stdout ?? ''}${error.stderr ?? error}`;
	}
}

// The clients of one round.
class Load {
	constructor(site, number) {
		this.going = true;
		this.first = world.world.records.length;
		this.clients = Array.from({ length: CLIENTS }, (_, i) =>
			new Client(world.world, site, seed + 1000 * number + i + 1).run(() => this.going, PACE_MS));
	}

	// Changes that were asked for after a time, and made.
	made_since(time) {
		return world.world.records.slice(this.first).filter((r) => r.sent >= time && is_made(r));
	}

	async steady() {
		const since = Date.now();

		await until('changes are made', () => this.made_since(since).length >= STEADY);
	}

	async end() {
		this.going = false;
		await Promise.all(this.clients);
	}

	// The longest time from `from` on in which nobody was told that a change was made.
	gap(from) {
		const times = world.world.records.slice(this.first).filter(is_made).map((r) => r.ended).filter((t) => t >= from).sort((a, b) => a - b);

		return Math.max(...times.map((t, i) => t - (i === 0 ? from : times[i - 1])));
	}
}

async function one_round(name, site, number) {
	const fault = all_faults[name];
	const roles = await cluster.healthy();
	const load = new Load(site, number);

	try {
		await load.steady();
		const from = Date.now();

		await fault.begin(cluster, roles);
		if (fault.needs_end !== 'strict' || strict !== 'true')
			await load.steady();
		await fault.end(cluster, roles);
		await load.steady();
		const now = await cluster.healthy();

		await load.steady();
		await load.end();
		await cluster.replayed(now);
		const bad = (await Promise.all([now.primary, now.standby].map(chains_hold))).filter((text) => text !== '');

		done.push({ fault: name, through: site.name, from, to: Date.now(), gap: load.gap(from), bad });
		ok(`${name} through ${site.name}, ${done.filter((d) => d.fault === name && d.through === site.name).length}: ` +
		    `${(done.at(-1).gap / 1000).toFixed(1)} s without a change; the chains hold on both`, bad.length === 0, bad.join('\n'));
	} finally {
		await load.end();
	}
}

async function install_schema(node) {
	await node.query('CREATE DATABASE grantd TEMPLATE template0', 'postgres');
	execFileSync('psql', ['-X', '-q', '-f', install], {
		env: { ...process.env, PGHOST: '127.0.0.1', PGPORT: node.port, PGUSER: 'postgres', PGDATABASE: 'grantd' },
		stdio: ['ignore', fs.openSync(`${work}/install.log`, 'w'), 'inherit'],
	});
	await node.query(`CREATE ROLE grantd_worker LOGIN PASSWORD '${process.env.HA_WORKER_PASSWORD}' IN ROLE grantd_app`);
}

async function make_world(node) {
	const key = async (tenant, role) => JSON.parse((await grantctl(node, 'key', 'create', '--tenant', tenant, '--name', role, '--role', role,
		'--json')).stdout).raw_key;
	const tenant = (await grantctl(node, 'tenant', 'create', '--name', 'ha')).stdout.trim();

	world.world = new World(tenant, await key(tenant, 'admin'), await key(tenant, 'auditor'));
}

async function start() {
	cluster.etcd.start();
	nodes[0].start();
	await until(`${nodes[0].name} leads`, async () => (await cluster.leader()) === nodes[0]);
	nodes[1].start();
	await cluster.healthy();
	await install_schema(nodes[0]);
	await make_world(nodes[0]);
	service('haproxy').start();
	programs.forEach((p) => p.start());
	for (const site of sites)
		await until(`${site.name} serves`, async () => {
			try {
				return (await fetch(`${site.url}/readyz`)).status === 200;
			} catch {
				return false;
			}
		});
	await prepare(world.world, sites[0]);
}

// Everything that was told, against what is there now. Each lie with its round.
async function compare() {
	const primary = await until('one leads', () => cluster.leader());
	const { records } = world.world;
	const { entries, events, keys, uncounted } = await read_all((sql) => primary.query(sql));
	const answered = new Map(records.filter(is_made).map((r) => [r.id, r.ended]));
	const compared = new Compare(entries, events, keys, answered);
	const blind = unseen(records, entries, events, keys);

	diag(`${records.length} requests, ${entries.length} entries, ${events.size} events`);
	ok('a false answer would be seen', blind.length === 0, blind.join(', '));
	compared.refusals(records, uncounted);
	const others = [...compared.false]; // that belong to no one request

	compared.all(records);
	for (const lie of compared.liars) {
		const { record } = lie;

		lie.round = done.find((d) => record.sent <= d.to && record.ended >= d.from);
		lie.lost = is_made(record) && /was never so|^there are 0 entries|^0 events/.test(lie.why);
		// What was lost with its primary may have had the number, and the state, of what another made of the row afterwards.
		lie.undone = record.kind === 'read' && /was never so|was not yet made/.test(lie.why) && lie.round && all_faults[lie.round.fault].may_be_undone;
	}
	return { lies: compared.liars, others };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const seconds = (ms) => (ms / 1000).toFixed(1);

function table(lies) {
	const rows = new Map();

	for (const d of done)
		rows.set(`${d.fault}\t${d.through}`, [...(rows.get(`${d.fault}\t${d.through}`) ?? []), d]);
	diag(`${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} × ${os.cpus()[0].model}, load ${os.loadavg()[0].toFixed(1)} at the end; ` +
	    `synchronous_mode_strict: ${strict}`);
	diag('| what | through | times | changes told as made | lost | false | read and undone | s without a change: median | most | reads answered | not | chains hold on both |');
	diag('|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|');
	for (const list of rows.values()) {
		const during = world.world.records.filter((r) => list.some((d) => r.sent >= d.from && r.ended <= d.to));
		const told = lies.filter((lie) => list.includes(lie.round));
		const reads = during.filter((r) => r.kind === 'read');
		const answered = reads.filter((r) => r.status === 200).length;

		diag(`| ${[list[0].fault, list[0].through, list.length, during.filter(is_made).length, told.filter((l) => l.lost).length,
			told.filter((l) => !l.lost && !l.undone).length, told.filter((l) => l.undone).length, seconds(median(list.map((d) => d.gap))),
			seconds(Math.max(...list.map((d) => d.gap))), answered, reads.length - answered,
			list.every((d) => d.bad.length === 0) ? 'yes' : '**no**'].join(' | ')} |`);
	}
}

async function run_all() {
	for (let round = 1, number = 0; round <= rounds; round++)
		for (const name of names.split(' ').filter((n) => n !== ''))
			for (const site of sites.filter((s) => through.split(' ').includes(s.name))) {
				if (all_faults[name].through && all_faults[name].through !== site.name)
					continue;
				try {
					await one_round(name, site, ++number);
				} catch (error) {
					ok(`${name} through ${site.name}: all is well again`, false, error.stack);
					return; // whatever was told until now is compared
				}
			}
}

function logs_are_clean() {
	for (const site of sites) {
		const text = fs.readFileSync(`${work}/${site.name}/web/logs/grantd.log`, 'utf8');
		const bad = /.*(Sanitizer|runtime error|was killed|ended with status).*/.exec(text);

		if (bad)
			return `${site.name}: ${bad[0]}`;
	}
	return '';
}

// Everything that was started, from the front to the back.
async function finish() {
	for (const node of nodes) {
		if (node.patroni.pid)
			signal(node.patroni.pid, 'SIGCONT');
		node.send_postgres('SIGCONT');
	}
	if (cluster.etcd.pid)
		signal(cluster.etcd.pid, 'SIGCONT');
	programs.forEach((p) => p.pid && signal(p.pid, 'SIGTERM'));
	await Promise.all(nodes.map((n) => n.patroni.child && n.stop().catch(() => {})));
	for (const node of nodes)
		if (node.postgres().length > 0)
			await node.kill();
	await stop();
	grantds(work).forEach((p) => signal(p.pid, 'SIGKILL'));
}

async function main() {
	await start();
	await run_all();
	const { lies, others } = await compare();
	const lost = lies.filter((l) => l.lost);
	const told_falsely = lies.filter((l) => !l.lost && !l.undone);
	const text = (list) => list.slice(0, 30).map((l) => `${l.round?.fault ?? '?'}: ${l.record.kind} ${l.record.id} ${l.record.method} ${l.record.path} ` +
	    `told ${l.record.status} ${l.record.code}: ${l.why}`).join('\n');

	table(lies);
	ok('nothing that was acknowledged is lost', lost.length === 0, text(lost));
	ok('no answer is false', told_falsely.length + others.length === 0, `${text(told_falsely)}\n${others.join('\n')}`);
	ok('no answer is 500 internal', !world.world.records.some((r) => r.code === 'internal'));
	const bad = logs_are_clean();

	ok('no worker died', bad === '', bad);
	console.log(`1..${tests}`);
}

process.on('SIGTERM', () => finish().then(() => process.exit(1)));
main().then(finish, async (error) => {
	console.log(`Bail out! ${error.stack}`);
	failures++;
	await finish();
}).then(() => process.exit(failures === 0 ? 0 : 1));
