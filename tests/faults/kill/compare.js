// SPDX-License-Identifier: MIT
/*
 * What clients were told against what is there. The rules:
 *
 *	2xx to a change		there is one entry of that request (a rotated key: one for each of the two), and what the body and
 *				ETag say is what this very entry made; or there is none, the state was what was asked for
 *				already, and the version told had that state while the request was under way
 *	2xx to a read		the version told had that state while the request was under way
 *	2xx to activity		its events are there; for all other answers: all of them or none
 *	403 policy_denied	there is one entry, of the refusal, or it is counted: with those that entries tell of, and those that
 *				none does yet, there are as many as were told, and no more than may have been
 *	other 4xx, 503 `unavailable`, 500 `internal`
 *				there is none
 *	anything else		it is not known: none or one
 *
 * Requests that repeat one another (a deed) have one entry among them.
 */
'use strict';
const { createHash } = require('node:crypto');

const CLOCK_MS = 5; // that two readings of one clock may differ by
const COMMIT_MS = 1000; // that a commit, once it is written, may take to be seen
const NOTHING_DONE = new Set(['unavailable', 'internal']);

class Compare {
	// entries: of the audit log, in the order of their chains. events: ids. keys: id -> hash in hex. answered: request id -> when its
	// success was told, where that is what others must have seen it by; otherwise it is the time of the commit.
	constructor(entries, events, keys, answered) {
		this.events = events;
		this.keys = keys;
		this.answered = answered;
		this.false = [];
		this.liars = []; // the records that they were told in, { record, why }
		this.done = new Map(); // request id -> entries
		this.refused = new Map();
		this.states = new Map(); // chain -> version -> { state, from, to }
		for (const e of entries) {
			const kept = e.outcome === 'done' ? this.done : this.refused;

			if (e.record.request_id !== null)
				kept.set(e.record.request_id, [...(kept.get(e.record.request_id) ?? []), e]);
			if (e.outcome === 'done' && e.resource_type === 'grant')
				this.follow(e);
		}
	}

	// Put an entry's state behind that of the one before it.
	follow(e) {
		const chain = this.states.get(e.resource_id) ?? { status: 'active', versions: new Map() };
		const last = chain.versions.get(chain.last);
		const version = e.record.after.version;

		if (last)
			this.supersede(chain, e);
		if (chain.versions.has(version))
			this.false.push(`grant ${e.resource_id}: version ${version} was made twice`);
		chain.versions.set(version, {
			state: { ...last?.state, ...e.record.after },
			from: e.at,
			to: Infinity,
		});
		chain.last = version;
		this.states.set(e.resource_id, chain);
	}

	// Nobody is to see those before it that is sent later.
	supersede(chain, e) {
		const to = this.answered ? this.answered.get(e.record.request_id) ?? Infinity : e.at + COMMIT_MS;

		for (const one of [...chain.versions.values()].reverse()) {
			if (one.to !== Infinity)
				break;
			one.to = to;
		}
	}

	lie(r, why) {
		this.liars.push({ record: r, why });
		this.false.push(`${r.kind} ${r.id} by ${r.site}: told ${r.status} ${r.code}, but ${why}`);
	}

	// Does the body show this state of a grant?
	is_shown(r, state) {
		return r.body.version === state.version && r.body.audit_enabled === state.audit_enabled &&
		    r.body.status === (state.status ?? 'active') && r.etag === `"${state.version}.${r.body.status}"`;
	}

	// The version told was there between the question and the answer. Times are those of commits, which others see a little later.
	at_its_time(r) {
		const seen = this.states.get(r.body.id)?.versions.get(r.body.version);

		if (!seen || !this.is_shown(r, seen.state))
			this.lie(r, `version ${r.body.version} was never so`);
		else if (seen.from > r.ended + CLOCK_MS)
			this.lie(r, `version ${r.body.version} was not yet made`);
		else if (seen.to < r.sent)
			this.lie(r, `version ${r.body.version} was no more`);
	}

	grant_told(r, entry) {
		const state = this.states.get(entry.resource_id).versions.get(entry.record.after.version).state;

		if (r.body.id !== entry.resource_id || !this.is_shown(r, state))
			this.lie(r, `its entry made ${JSON.stringify(entry.record.after)}, and the body has ${JSON.stringify(r.body)}`);
		if (r.kind === 'patch' && r.asked.audit_enabled !== r.body.audit_enabled)
			this.lie(r, 'the state is not what was asked for');
	}

	key_told(r, entries) {
		const made = entries.find((e) => e.resource_id === r.body.id);
		const hash = createHash('sha256').update(r.body.raw_key).digest('hex');

		if (!made || made.record.after.key_name !== r.body.key_name)
			this.lie(r, 'its entry made another key');
		if (this.keys.get(r.body.id) !== hash)
			this.lie(r, 'the key that was told is not the one that is there');
	}

	rule_told(r, entry) {
		const { after } = entry.record;

		if (after.version !== r.body.version || after.policy_text !== r.body.policy_text ||
		    (after.rule_id !== undefined && after.rule_id !== r.body.id))
			this.lie(r, `its entry made ${JSON.stringify(after)}, and the body has ${JSON.stringify(r.body)}`);
	}

	// A success. `entries` are those of the deed, which is the request where it was not repeated.
	success(r, entries) {
		const wanted = r.path.endsWith('/rotate') ? 2 : 1;

		if (entries.length === 0 && r.kind === 'patch') {
			if (r.asked.audit_enabled !== r.body.audit_enabled)
				this.lie(r, 'the state is not what was asked for');
			this.at_its_time(r);
		} else if (entries.length === 0 && r.kind === 'rule' && r.method === 'PATCH') {
			if (r.asked.policy_text !== r.body.policy_text)
				this.lie(r, 'nothing was changed');
		} else if (entries.length !== wanted) {
			this.lie(r, `there are ${entries.length} entries`);
		} else if (r.kind === 'patch' || r.kind === 'create') {
			this.grant_told(r, entries[0]);
		} else if (r.kind === 'key') {
			this.key_told(r, entries);
		} else if (r.kind === 'rule') {
			this.rule_told(r, entries[0]);
		}
	}

	activity(r) {
		const there = r.asked.events.filter((e) => this.events.has(e.id)).length;

		if (there !== 0 && there !== r.asked.events.length)
			this.lie(r, `${there} of its ${r.asked.events.length} events are there`);
		else if (r.status === 200 && (there === 0 || r.body.accepted !== there || r.body.duplicates !== 0))
			this.lie(r, `${there} events are there, and it was told ${JSON.stringify(r.body)}`);
		else if (there !== 0 && r.status !== 200 && this.says_nothing_done(r))
			this.lie(r, 'its events are there');
	}

	says_nothing_done(r) {
		return (r.status >= 400 && r.status < 500) || NOTHING_DONE.has(r.code);
	}

	// deed: what was repeated and is one; [r] otherwise.
	request(r, deed) {
		const own = this.done.get(r.id) ?? [];
		const refused = this.refused.get(r.id) ?? [];
		const entries = deed.flatMap((d) => this.done.get(d.id) ?? []);
		const most = r.path.endsWith('/rotate') ? 2 : 1;

		if (entries.length > most)
			this.lie(r, `there are ${entries.length} entries`);
		if (own.length > 0 && this.says_nothing_done(r))
			this.lie(r, 'there is an entry');
		if (refused.length > 1)
			this.lie(r, `there are ${refused.length} entries of the refusal`);
		if (r.kind === 'read' && r.status === 200)
			this.at_its_time(r);
		else if (r.kind === 'activity')
			this.activity(r);
		else if (r.kind !== 'read' && r.status >= 200 && r.status < 300)
			this.success(r, entries);
	}

	// All of them together. uncounted: those that no entry tells of yet.
	refusals(records, uncounted) {
		const entries = [...this.refused.values()].flat();
		const there = entries.reduce((sum, e) => sum + 1 + (e.record.repeated ?? 0), uncounted);
		const told = records.filter((r) => r.code === 'policy_denied').length;
		const unknown = records.filter((r) => !(r.status >= 200 && r.status < 500)).length;

		if (there < told || there > told + unknown)
			this.false.push(`${told} refusals were told, ${unknown} answers are not known, and ${there} refusals are there`);
	}

	all(records) {
		const deeds = new Map();

		for (const r of records.filter((one) => one.deed)) {
			if (!deeds.has(r.deed))
				deeds.set(r.deed, []);
			deeds.get(r.deed).push(r);
		}
		for (const r of records)
			this.request(r, r.deed ? deeds.get(r.deed) : [r]);
		return this.false;
	}
}

/*
 * Would a false answer be seen? One true answer of each sort is made false, and compared again; the sorts of which none was seen.
 */
function unseen(records, entries, events, keys) {
	const compared = new Compare(entries, events, keys);
	const made = (kind, method) => records.find((r) => r.kind === kind && r.method === method && r.status >= 200 &&
	    r.status < 300 && compared.done.has(r.id));
	const plants = {
		'another version': [made('patch', 'PATCH'), (r) => ({ ...r, body: { ...r.body, version: r.body.version + 1 } })],
		'another state': [made('patch', 'PATCH'), (r) => ({ ...r, body: { ...r.body, audit_enabled: !r.body.audit_enabled } })],
		'another ETag': [made('patch', 'PATCH'), (r) => ({ ...r, etag: '"0.active"' })],
		'nothing was changed': [made('patch', 'PATCH'), (r) => ({ ...r, status: 503, code: 'unavailable' })],
		'a refusal': [made('create', 'POST'), (r) => ({ ...r, status: 409, code: 'conflict' })],
		'done without an entry': [made('create', 'POST'), (r) => ({ ...r, id: 'nobody', deed: undefined })],
		'another key': [made('key', 'POST'), (r) => ({ ...r, body: { ...r.body, raw_key: 'grd_' } })],
		'no events': [records.find((r) => r.kind === 'activity' && r.status === 200),
			(r) => ({ ...r, status: 503, code: 'unavailable' })],
	};

	return Object.keys(plants).filter((name) => {
		const [record, change] = plants[name];

		return record === undefined || new Compare(entries, events, keys).all([change(record)]).length === 0;
	});
}

// What unseen() and Compare are given, by a function that takes SQL and gives lines.
async function read_all(query) {
	const entries = (await query(`SELECT json_build_object('resource_type', resource_type, 'resource_id', resource_id, 'outcome', outcome,
		'at', extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000, 'record', record) FROM grantd.audit_log
		ORDER BY resource_type, resource_id, sequence`)).map((line) => JSON.parse(line));
	const events = new Set(await query('SELECT id FROM grantd.activity_event'));
	const keys = new Map((await query("SELECT id, encode(hash, 'hex') FROM grantd.api_keys")).map((line) => line.split('|')));
	const uncounted = Number((await query('SELECT coalesce(sum(repeated), 0) FROM grantd.refusals'))[0]);

	return { entries, events, keys, uncounted };
}

module.exports = { Compare, read_all, unseen };
