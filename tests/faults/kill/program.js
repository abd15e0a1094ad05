// SPDX-License-Identifier: MIT
// What runs while it is killed: programs that are started again when they end, as a supervisor does, and the processes of each.
'use strict';
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');

const all = [];
let stopping = false;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// A line of the file that tests/faults/kill-compare wrote: site, name, folder of logs, and the words of a command.
class Program {
	constructor(line) {
		[this.site, this.name, this.logs, ...this.words] = line.split('\t');
		this.starts = 0;
		all.push(this);
	}

	start() {
		const out = fs.openSync(`${this.logs}/${this.name}.out`, 'a');
		const [file, ...args] = this.words;

		this.starts++;
		this.child = spawn(file, args, { cwd: '/', stdio: ['ignore', out, out], detached: true });
		fs.closeSync(out);
		this.child.once('exit', () => this.ended());
	}

	// nginx's own workers outlive it and hold its port. A supervisor ends them with it (systemd's KillMode). What lighttpd has spawned
	// is to leave by itself.
	ended() {
		if (this.name === 'nginx')
			signal(-this.child.pid, 'SIGKILL');
		this.child = null;
		if (!stopping)
			setTimeout(() => stopping || this.start(), this.starts > 1 ? 20 : 0);
	}

	get pid() {
		return this.child ? this.child.pid : 0;
	}
}

function signal(pid, name) {
	if (!pid)
		return false; // to 0 it would be to this very group
	try {
		process.kill(pid, name);
		return true;
	} catch {
		return false; // it has ended already
	}
}

// [{ pid, parent, name, state }] of every process.
function processes() {
	const found = [];

	for (const entry of fs.readdirSync('/proc')) {
		if (!/^[0-9]+$/.test(entry))
			continue;
		try {
			const stat = fs.readFileSync(`/proc/${entry}/stat`, 'latin1');
			const end = stat.lastIndexOf(')');
			const rest = stat.slice(end + 2).split(' ');

			found.push({
				pid: Number(entry),
				name: stat.slice(stat.indexOf('(') + 1, end),
				state: rest[0],
				parent: Number(rest[1]),
			});
		} catch {
			// it has ended since
		}
	}
	return found.filter((p) => p.state !== 'Z');
}

// Those of grantd that were installed below the folder `work`, wherever they hang.
function grantds(work) {
	return processes().filter((p) => {
		try {
			return p.name === 'grantd' && fs.readlinkSync(`/proc/${p.pid}/exe`).includes(work);
		} catch {
			return false;
		}
	});
}

function read(file) {
	return fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
}

// The postmaster, which tests/lib/cluster starts.
class Database {
	constructor(work, cluster) {
		this.directory = `${work}/cluster`;
		this.cluster = cluster;
		this.data = /^data=(.*)$/m.exec(fs.readFileSync(`${this.directory}/cluster.conf`, 'utf8'))[1];
	}

	get pid() {
		try {
			return Number(read(`${this.data}/postmaster.pid`)[0]);
		} catch {
			return 0;
		}
	}

	// Sessions of workers and of PgBouncer.
	sessions() {
		const postmaster = this.pid;

		return processes().filter((p) => {
			try {
				return p.parent === postmaster &&
				    fs.readFileSync(`/proc/${p.pid}/cmdline`, 'latin1').includes('grantd_worker');
			} catch {
				return false;
			}
		});
	}

	// A server that was killed is not started as long as a process of it is left, which it finds out itself but for the first: that counts
	// as running until init has waited for it.
	async revive(pid) {
		for (let i = 0; i < 5000 && signal(pid, 0); i++)
			await pause(2);
		for (let i = 0; i < 300; i++) {
			if (spawnSync(this.cluster, ['start', this.directory], { stdio: 'ignore' }).status === 0)
				return;
			await pause(20);
		}
		throw new Error('the database does not start again');
	}
}

async function stop() {
	stopping = true;
	for (const p of all)
		if (p.child)
			signal(p.pid, 'SIGTERM');
	for (let i = 0; i < 1000 && all.some((p) => p.child); i++)
		await pause(20);
	for (const p of all)
		if (p.child)
			signal(-p.pid, 'SIGKILL');
}

module.exports = { Database, Program, all, grantds, pause, processes, read, signal, stop };
