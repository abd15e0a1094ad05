// SPDX-License-Identifier: MIT
/*
 * What is done to a cluster. Each has `begin`, after which the cluster is left to itself, and `end`, which gives back what was taken away,
 * once the clients are served again, or at once where `needs_end` says that they are not before. `may_be_undone`: what somebody read
 * may be taken back, as PostgreSQL shows what it has committed alone once nobody waits for it.
 */
'use strict';
const { pause, signal } = require('../faults/kill/program.js');
const { until } = require('./cluster.js');

const AWAY_MS = 5000; // how long a standby, or etcd, is away beyond what is waited for

const kill = {
	about: 'the primary\'s machine is gone',
	begin: async (cluster, { primary, standby }) => {
		await primary.kill();
		await cluster.leads(standby);
	},
	end: (cluster, { primary }) => primary.start(),
};

const crash = {
	about: 'the primary\'s postgres is killed',
	begin: (cluster, { primary }) => signal(primary.postmaster, 'SIGKILL'),
	end: () => {},
};

const freeze = {
	about: 'the primary\'s processes stand still, with its connections open, until another one leads',
	begin: async (cluster, { primary, standby }) => {
		signal(primary.patroni.pid, 'SIGSTOP');
		primary.send_postgres('SIGSTOP');
		await cluster.leads(standby);
	},
	end: (cluster, { primary }) => {
		primary.send_postgres('SIGCONT');
		signal(primary.patroni.pid, 'SIGCONT');
	},
};

const stop = {
	about: 'Patroni is told to stop the primary',
	begin: async (cluster, { primary, standby }) => {
		await primary.stop();
		await cluster.leads(standby);
	},
	end: (cluster, { primary }) => primary.start(),
};

const switchover = {
	about: 'patronictl switchover',
	begin: async (cluster, { primary, standby }) => {
		await cluster.control('switchover', '--force', '--leader', primary.name, '--candidate', standby.name);
		await cluster.leads(standby);
	},
	end: () => {},
};

const restart = {
	about: 'patronictl restart of the primary',
	begin: (cluster, { primary }) => cluster.control('restart', '--force', 'grantd', primary.name),
	end: () => {},
};

// Nobody may lead who cannot say so.
const demote = {
	about: 'etcd stands still until the primary has demoted itself',
	begin: async (cluster, { primary }) => {
		signal(cluster.etcd.pid, 'SIGSTOP');
		await until('the primary demotes itself', async () => (await primary.ask('SELECT pg_is_in_recovery()', 'postgres')) === 't');
		signal(cluster.etcd.pid, 'SIGCONT');
	},
	end: () => {},
};

// Without a watchdog nobody stops it: HAProxy sends nobody there, as no Patroni says that it leads.
const orphan = {
	about: 'the primary\'s Patroni is killed, and its postgres goes on',
	through: 'haproxy',
	begin: async (cluster, { primary, standby }) => {
		signal(primary.patroni.pid, 'SIGKILL');
		await cluster.leads(standby);
		await pause(AWAY_MS);
	},
	end: (cluster, { primary }) => primary.start(),
};

const standby = {
	about: 'the standby\'s machine is gone',
	begin: async (cluster, roles) => {
		await roles.standby.kill();
		await pause(AWAY_MS);
	},
	needs_end: 'strict',
	end: (cluster, roles) => roles.standby.start(),
};

/*
 * The staged accident: commits wait for a standby that is away, what waits is ended, over and over; then the primary is lost, and
 * the standby, which has none of it, is the next primary. Patroni, which would ask for no confirmation any more, stands still meanwhile.
 */
function accident(what) {
	return async (cluster, { primary, standby: other }) => {
		const end = Date.now() + AWAY_MS;
		let ended = 0;

		signal(primary.patroni.pid, 'SIGSTOP');
		other.send_postgres('SIGSTOP');
		while (ended === 0 || Date.now() < end) {
			ended += Number(await primary.ask(`SELECT count(${what}(pid)) FROM pg_stat_activity
				WHERE usename = 'grantd_worker' AND wait_event = 'SyncRep'`));
			await pause(20);
		}
		await primary.kill();
		other.send_postgres('SIGCONT');
		await cluster.leads(other);
	};
}

const cancel = {
	about: 'the standby is away, the sessions that wait for it are cancelled, and then it is the primary',
	may_be_undone: true,
	begin: accident('pg_cancel_backend'),
	end: (cluster, { primary }) => primary.start(),
};

const terminate = {
	about: 'the standby is away, the sessions that wait for it are terminated, and then it is the primary',
	may_be_undone: true,
	begin: accident('pg_terminate_backend'),
	end: (cluster, { primary }) => primary.start(),
};

module.exports = { kill, crash, freeze, stop, switchover, restart, demote, orphan, standby, cancel, terminate };
