// SPDX-License-Identifier: MIT
// tests/faults/kill-compare's second half: start the sites, load them, kill, and compare. Prints TAP.
'use strict';
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const { Compare, read_all, unseen } = require('./compare.js');
const { Client, World, prepare } = require('./load.js');
const { Database, Program, grantds, pause, processes, read, signal, stop } = require('./program.js');
const { Random } = require('./random.js');

const [work, kills, seed, minutes, clients, cluster] = process.argv.slice(2).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
const PATIENCE_MS = 30000;
const KINDS = { worker: 25, parent: 15, porter: 8, session: 15, postmaster: 12, pgbouncer: 12, lighttpd: 8, nginx: 5, 'nginx-worker': 3 };

const sites = read(`${work}/sites`).map((line) => ({ name: line.split('\t')[0], url: line.split('\t')[1] }));
const programs = read(`${work}/programs`).map((line) => new Program(line));
const database = new Database(work, cluster);
const world = new World(process.env.KILL_TENANT, process.env.KILL_KEY, process.env.KILL_VIEWER);
const random = new Random(seed);
const killed = {}; // by kind
const back = {}; // kind -> how many milliseconds until all sites served again
let tests = 0;
let failures = 0;
let over = false;

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

// GET of a grant, which needs the database.
function serves(site) {
	return new Promise((done) => {
		const request = http.request(`${site.url}/v1/grants?limit=1`, {
			agent: false,
			timeout: 5000,
			headers: { 'X-API-Key': world.key, 'X-Tenant-ID': world.tenant },
		}, (response) => {
			response.resume();
			response.on('error', () => done(false));
			response.on('close', () => done(response.complete && response.statusCode === 200));
		});

		request.on('timeout', () => request.destroy());
		request.on('error', () => done(false));
		request.end();
	});
}

// Until all sites serve; the names of those that do not in time.
async function all_serve(patience) {
	const end = Date.now() + patience;
	const waiting = await Promise.all(sites.map(async (site) => {
		while (!(await serves(site))) {
			if (Date.now() > end)
				return site.name;
			await pause(20);
		}
		return '';
	}));

	return waiting.filter((name) => name !== '');
}

const named = (name) => programs.filter((p) => p.name === name && p.pid !== 0).map((p) => p.pid);

// The pids that may be killed as this kind.
function candidates(kind) {
	const mine = grantds(work);
	const children = (p) => mine.filter((child) => child.parent === p.pid);
	const depth = (p) => Math.max(0, ...children(p).map((child) => 1 + depth(child)));
	// Not a grantd that lighttpd found and did not start: it would never start another (docs/operating.md).
	const parents = [process.pid, ...named('lighttpd'), ...mine.map((p) => p.pid)];
	const of_depth = (n) => mine.filter((p) => depth(p) === n && parents.includes(p.parent)).map((p) => p.pid);

	switch (kind) {
	case 'worker':
		return of_depth(0);
	case 'parent':
		return of_depth(1);
	case 'porter':
		return of_depth(2);
	case 'session':
		return database.sessions().map((p) => p.pid);
	case 'postmaster':
		return database.pid > 0 ? [database.pid] : [];
	case 'nginx-worker':
		return processes().filter((p) => named('nginx').includes(p.parent)).map((p) => p.pid);
	default:
		return named(kind);
	}
}

// One kill, and sometimes a second before the first is over.
async function kill_one() {
	const kind = random.of(KINDS);
	const choice = random.next();
	const pids = candidates(kind);
	const pid = pids[Math.floor(choice * pids.length)];

	if (pids.length === 0 || !signal(pid, 'SIGKILL'))
		return '';
	killed[kind] = (killed[kind] ?? 0) + 1;
	if (kind === 'postmaster')
		await database.revive(pid);
	return kind;
}

async function kill_all() {
	const end = Date.now() + minutes * 60000;
	let count = 0;

	while (count < kills && Date.now() < end && !over) {
		await pause(random.below(150));
		const kind = await kill_one();

		if (kind === '')
			continue;
		count++;
		if (random.below(5) === 0)
			continue; // the next one comes before all is well again
		const since = Date.now();
		const down = await all_serve(PATIENCE_MS);

		if (!ok_again(kind, down))
			return;
		(back[kind] ??= []).push(Date.now() - since);
	}
	ok(`${kills} were killed`, count === kills, `${count} in ${minutes} minutes`);
}

function ok_again(kind, down) {
	return down.length === 0 || ok(`after a ${kind} was killed, all serve again`, false, `not so: ${down.join(' ')}`);
}

function query(sql) {
	return execFileSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', sql], { encoding: 'utf8', maxBuffer: 1 << 30 })
	    .split('\n').filter((line) => line !== '');
}

async function compare() {
	const { entries, events, keys, uncounted } = await read_all(query);

	diag(`${entries.length} entries, ${events.size} events`);
	const blind = unseen(world.records, entries, events, keys);

	ok('a false answer would be seen', blind.length === 0, blind.join(', '));

	const compared = new Compare(entries, events, keys);

	compared.refusals(world.records, uncounted);
	return compared.all(world.records);
}

function table() {
	const count = {};

	for (const r of world.records) {
		const what = r.status === 0 ? 'no answer' : `${r.status}${r.code === '' ? '' : ` ${r.code}`}`;

		count[what] = (count[what] ?? 0) + 1;
	}
	diag(`${world.records.length} requests by ${sites.length * clients} clients`);
	diag(`killed: ${Object.entries(killed).sort().map(([kind, n]) => `${kind} ${n}`).join(', ')}`);
	diag(`answers: ${Object.entries(count).sort().map(([what, n]) => `${what} ${n}`).join(', ')}`);
	for (const [kind, times] of Object.entries(back).sort()) {
		times.sort((a, b) => a - b);
		diag(`all serve again after a ${kind}: median ${times[times.length >> 1]} ms, most ${times.at(-1)} ms`);
	}
}

function logs_are_clean() {
	for (const site of sites) {
		for (const name of ['grantd.log', 'grantd.out', 'lighttpd.out', 'grantd-stderr.log']) {
			const file = `${work}/${site.name}/web/logs/${name}`;
			const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
			const bad = /.*(Sanitizer|runtime error|was killed by signal (?!9\b)|ended with status).*/.exec(text);

			if (bad)
				return `${file}: ${bad[0]}`;
		}
	}
	return '';
}

async function main() {
	programs.forEach((p) => p.start());
	if ((await all_serve(PATIENCE_MS)).length > 0)
		throw new Error('the sites do not serve');
	await prepare(world, sites[0]);
	const loads = sites.flatMap((site, s) => Array.from({ length: clients }, (_, c) =>
		new Client(world, site, seed + 1000 * s + c + 1).run(() => !over)));

	await kill_all();
	const down = await all_serve(PATIENCE_MS);

	over = true;
	await Promise.all(loads);
	ok('every site serves in the end', down.length === 0, `not so: ${down.join(' ')}`);
	table();
	const lies = await compare();

	ok('no answer is false', lies.length === 0, lies.slice(0, 50).join('\n'));
	diag(`false: ${lies.length}`);
	ok('no answer is 500 internal', !world.records.some((r) => r.code === 'internal'));
	const verify = spawnSync('grantctl', ['audit', 'verify'], { encoding: 'utf8' });

	ok('every chain verifies', verify.status === 0, verify.stdout + verify.stderr);
	const bad = logs_are_clean();

	ok('nothing died but what was killed', bad === '', bad);
	await stop();
	let left = grantds(work);

	for (let i = 0; i < 1500 && left.length > 0; i++) {
		await pause(20);
		left = grantds(work);
	}
	ok('no process of grantd is left', left.length === 0, left.map((p) => p.pid).join(' '));
	left.forEach((p) => signal(p.pid, 'SIGKILL'));
	console.log(`1..${tests}`);
	process.exit(failures === 0 ? 0 : 1);
}

process.on('SIGTERM', async () => {
	over = true;
	await stop();
	grantds(work).forEach((p) => signal(p.pid, 'SIGKILL'));
	process.exit(1);
});
main().catch(async (error) => {
	over = true;
	console.log(`Bail out! ${error.stack}`);
	await stop();
	process.exit(1);
});
