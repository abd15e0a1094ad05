/* SPDX-License-Identifier: MIT */
/* A day's work with the client of oazapfts. Each step prints a line of TAP; see run. */
import * as api from './api.js';

declare const process: { argv: string[] };

const [url = '', tenant = '', key = ''] = process.argv.slice(2);
api.defaults.baseUrl = url;
api.defaults.headers = { 'X-API-Key': key };
let steps = 0;

function step(what: string, holds: boolean, seen: unknown): void {
	console.log(`${holds ? 'ok' : 'not ok'} ${++steps} - ${what}`);
	if (!holds)
		console.log('# ' + JSON.stringify(seen));
}

function fail(seen: unknown): never {
	throw new Error(JSON.stringify(seen));
}

async function grants(): Promise<string> {
	const made = await api.createGrant(tenant, { grantee_id: 'bob', resource: { type: 'aws_account', id: '123456789012' },
		action: 'read', expires_at: '2099-01-01T00:00:00Z', metadata: { team: 'search', size: 3 } });
	if (made.status !== 201)
		fail(made);
	const { id, metadata } = made.data;
	step('a grant is made, with metadata', metadata['size'] === 3, made);
	for (const audit_enabled of [true, false]) {
		const changed = await api.updateGrant(tenant, id, { audit_enabled });
		step(`auditing is ${audit_enabled ? 'on' : 'off'}`, changed.status === 200 && changed.data.audit_enabled === audit_enabled, changed);
	}
	const got = await api.getGrant(tenant, id);
	step('and read', got.status === 200 && got.data.resource.id === '123456789012', got);
	const first = await api.listGrants(tenant, { limit: 1 });
	if (first.status !== 200)
		fail(first);
	const second = await api.listGrants(tenant, { limit: 1, ...(first.data.next_cursor !== null ? { cursor: first.data.next_cursor } : {}) });
	step('and listed, page by page', first.data.data[0]?.id === id && second.status === 200 && second.data.data[0]?.id !== id, second);
	return id;
}

async function activity(id: string): Promise<void> {
	await api.updateGrant(tenant, id, { audit_enabled: true });
	const recorded = await api.recordActivity(tenant, id, { events: [{ id: crypto.randomUUID(), occurred_at: new Date().toISOString(),
		service: 'ec2', name: 'Stop', kind: 'write', outcome: 'denied', details: { instance: 'i-1' } }] });
	step('activity is recorded, with details', recorded.status === 200 && recorded.data.accepted === 1, recorded);
	const sum = await api.getActivitySummary(tenant, id);
	step('and summed up', sum.status === 200 && sum.data.denied_events === 1, sum);
	const log = await api.listAuditLog(tenant, { resourceId: id, limit: 250 });
	step('the audit log tells of it', log.status === 200 && typeof log.data === 'object' && log.data.data.length >= 3, log);
}

async function policies(): Promise<void> {
	const made = await api.createPolicy(tenant, { name: 'by another client' });
	if (made.status !== 201)
		fail(made);
	const rule = await api.createPolicyRule(tenant, made.data.id, {
		policy_text: 'forbid (principal, action == Action::"CreateGrant", resource) when { context.target_action == "administer" };' });
	step('a policy and a rule are made', rule.status === 201 && rule.data.effect === 'forbid', rule);
	const dry = await api.evaluatePolicies(tenant, { action: 'CreateGrant', context: { target_action: 'administer', target_metadata: { a: 1 } } });
	step('a dry run', dry.status === 200 && dry.data.decision === 'deny', dry);
	step('and all is deleted', (await api.deletePolicy(tenant, made.data.id)).status === 204, made);
}

async function keys(): Promise<void> {
	const made = await api.createApiKey(tenant, { name: 'robot', roles: ['collector'] });
	if (made.status !== 201)
		fail(made);
	const next = await api.rotateApiKey(tenant, made.data.id, { overlap: 0 });
	step('a key is made and rotated', next.status === 201 && next.data.raw_key !== made.data.raw_key, next);
	const again = await api.rotateApiKey(tenant, made.data.id, {});
	step('once', again.status === 409 && again.data.code === 'conflict', again);
	step('and revoked', (await api.revokeApiKey(tenant, made.data.id)).status === 204, made);
}

const id = await grants();
await activity(id);
await policies();
await keys();
console.log(`1..${steps}`);
