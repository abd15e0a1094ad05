// SPDX-License-Identifier: MIT
// Two nodes of Patroni with etcd and HAProxy: starting them, asking them how they are, and what is done to them.
'use strict';
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const { promisify } = require('node:util');
const { Program, pause, processes, signal } = require('../faults/kill/program.js');

const run_file = promisify(execFile);
const WAIT_MS = 120000;

// One that nobody starts again but the test.
class Service extends Program {
	ended() {
		this.child = null;
	}
}

async function until(what, condition, patience = WAIT_MS) {
	const end = Date.now() + patience;

	for (;;) {
		const found = await condition();

		if (found)
			return found;
		if (Date.now() > end)
			throw new Error(`not in time: ${what}`);
		await pause(100);
	}
}

// A node: Patroni, and the postgres that it starts.
class Node {
	constructor(name, port, rest, data, patroni) {
		Object.assign(this, { name, port, rest, data, patroni });
	}

	get postmaster() {
		try {
			return Math.abs(Number(fs.readFileSync(`${this.data}/postmaster.pid`, 'utf8').split('\n')[0])) || 0;
		} catch {
			return 0;
		}
	}

	// The postmaster comes first.
	postgres() {
		const { postmaster } = this;
		const all = postmaster > 1 ? processes() : [];

		return all.filter((p) => p.pid === postmaster).concat(all.filter((p) => p.parent === postmaster)).map((p) => p.pid);
	}

	send_postgres(name) {
		this.postgres().forEach((pid) => signal(pid, name));
	}

	// As when the machine loses its power.
	async kill() {
		const pids = this.postgres();

		signal(this.patroni.pid, 'SIGKILL');
		pids.forEach((pid) => signal(pid, 'SIGKILL'));
		await until(`${this.name} is dead`, () => !this.patroni.child && !processes().some((p) => pids.includes(p.pid)));
	}

	async stop() {
		signal(this.patroni.pid, 'SIGTERM');
		await until(`${this.name} stops`, () => !this.patroni.child);
	}

	start() {
		if (!this.patroni.child)
			this.patroni.start();
	}

	// As the superuser; lines. Fails where there is no answer.
	async query(sql, database = 'grantd') {
		const { stdout } = await run_file('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', sql], {
			env: { ...process.env, PGHOST: '127.0.0.1', PGPORT: this.port, PGUSER: 'postgres', PGDATABASE: database, PGCONNECT_TIMEOUT: 3 },
			maxBuffer: 1 << 30,
		});

		return stdout.split('\n').filter((line) => line !== '');
	}

	async ask(sql, database) {
		try {
			return (await this.query(sql, database))[0] ?? '';
		} catch {
			return '';
		}
	}

	// What Patroni says of a path; undefined where it says nothing.
	rest_says(path) {
		return new Promise((done) => {
			const request = http.get({ host: '127.0.0.1', port: this.rest, path, agent: false, timeout: 2000 }, (response) => {
				let text = '';

				response.on('data', (piece) => (text += piece));
				response.on('error', () => done(undefined));
				response.on('end', () => done({ status: response.statusCode, text }));
			});

			request.on('timeout', () => request.destroy());
			request.on('error', () => done(undefined));
		});
	}
}

class Cluster {
	constructor(nodes, etcd, patronictl) {
		Object.assign(this, { nodes, etcd, patronictl });
	}

	other(node) {
		return this.nodes.find((n) => n !== node);
	}

	// { leader, standby, streams }, as far as anybody knows.
	async roles() {
		for (const node of this.nodes) {
			const said = await node.rest_says('/cluster');

			if (said?.status !== 200)
				continue;
			const { members } = JSON.parse(said.text);
			const named = (role) => this.nodes.find((n) => members.some((m) => m.name === n.name && m.role === role && /running|streaming/.test(m.state)));

			return { leader: named('leader'), standby: named('sync_standby') };
		}
		return {};
	}

	async leader() {
		const { leader } = await this.roles();

		return leader && (await leader.ask('SELECT pg_is_in_recovery()', 'postgres')) === 'f' ? leader : undefined;
	}

	// The one that is to lead does.
	async leads(node) {
		await until(`${node.name} leads`, async () => (await this.leader()) === node);
	}

	// Both nodes are there, and every commit is confirmed by the one that Patroni would choose.
	async healthy() {
		return until('both nodes are well', async () => {
			const { leader, standby } = await this.roles();

			return leader && standby && (await leader.ask("SELECT string_agg(application_name, ' ') FROM pg_stat_replication WHERE sync_state = 'sync'",
				'postgres')) === standby.name && { primary: leader, standby };
		});
	}

	// The standby has all that is there. For as long as nobody writes.
	async replayed({ primary, standby }) {
		const [lsn] = await primary.query('SELECT pg_current_wal_lsn()');

		await until('the standby has replayed all', async () => (await standby.ask(`SELECT pg_last_wal_replay_lsn() >= '${lsn}'`)) === 't');
	}

	control(...words) {
		return run_file(...this.patronictl(words));
	}
}

module.exports = { Cluster, Node, Service, run_file, until };
