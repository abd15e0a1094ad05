/* SPDX-License-Identifier: MIT */
/* A day's work with the types of openapi-typescript and openapi-fetch. Each step prints a line of TAP; see run. */
import createClient from 'openapi-fetch';
import type { components, paths } from './types.js';

declare const process: { argv: string[] };

const [url = '', tenant = '', key = ''] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: url, headers: { 'X-API-Key': key } });
const header = { 'X-Tenant-ID': tenant };
let steps = 0;

function step(what: string, holds: boolean, seen: unknown): void {
	console.log(`${holds ? 'ok' : 'not ok'} ${++steps} - ${what}`);
	if (!holds)
		console.log('# ' + JSON.stringify(seen));
}

function need<T>(value: T | undefined, error: unknown): T {
	if (value === undefined)
		throw new Error(JSON.stringify(error));
	return value;
}

async function grants(): Promise<string> {
	const made = await client.POST('/v1/grants', { params: { header }, body: { grantee_id: 'alice',
		resource: { type: 'aws_s3_bucket', id: 'reports' }, action: 'read', expires_at: '2099-01-01T00:00:00Z',
		metadata: { team: 'payments', tags: ['a', 'b'], nested: { deep: 1 } } } });
	const grant: components['schemas']['Grant'] = need(made.data, made.error);
	step('a grant is made, with metadata', grant.metadata['team'] === 'payments', grant);
	const path = { id: grant.id };
	for (const audit_enabled of [true, false]) {
		const changed = await client.PATCH('/v1/grants/{id}', { params: { header, path }, body: { audit_enabled } });
		step(`auditing is ${audit_enabled ? 'on' : 'off'}`, changed.data?.audit_enabled === audit_enabled, changed.error);
	}
	const got = await client.GET('/v1/grants/{id}', { params: { header, path } });
	step('and read', got.data?.status === 'active' && got.data.request_id === null, got);
	const seen = new Set<string>();
	let cursor: string | null = null, pages = 0;
	do {
		const page: { data?: components['schemas']['GrantPage']; error?: unknown } = await client.GET('/v1/grants',
			{ params: { header, query: { limit: 1, ...(cursor !== null ? { cursor } : {}) } } });
		const { data, next_cursor } = need(page.data, page.error);
		for (const g of data)
			seen.add(g.id);
		cursor = next_cursor;
	} while (cursor !== null && ++pages < 20);
	step('it is listed, page by page', seen.has(grant.id) && seen.size >= 1 && cursor === null, [...seen]);
	return grant.id;
}

async function activity(id: string): Promise<void> {
	const path = { id };
	const off = await client.POST('/v1/grants/{id}/activity', { params: { header, path }, body: { events: [] as never } });
	step('an error has the one shape', off.error?.code === 'invalid_body' && typeof off.error.details?.['request_id'] === 'string', off);
	await client.PATCH('/v1/grants/{id}', { params: { header, path }, body: { audit_enabled: true } });
	const recorded = await client.POST('/v1/grants/{id}/activity', { params: { header, path }, body: { events: [{
		id: crypto.randomUUID(), occurred_at: new Date().toISOString(), service: 's3', name: 'GetObject', kind: 'read',
		outcome: 'success', details: { bytes: 5, of: { bucket: 'reports' } } }] } });
	step('activity is recorded, with details', recorded.data?.accepted === 1, recorded);
	const listed = await client.GET('/v1/grants/{id}/activity', { params: { header, path } });
	step('and listed', listed.data?.data[0]?.details?.['bytes'] === 5, listed);
	const sum = await client.GET('/v1/grants/{id}/activity/summary', { params: { header, path } });
	step('and summed up', sum.data?.total_events === 1 && sum.data.services[0] === 's3', sum);
}

async function auditLog(id: string): Promise<void> {
	const log = await client.GET('/v1/audit-log', { params: { header, query: { resource_type: 'grant', resource_id: id } } });
	const page = need(log.data, log.error); // a text, where it is exported
	const entries = typeof page === 'string' ? [] : page.data;
	step('the audit log tells of it', entries.some((e) => e.action === 'UpdateGrant' && e.outcome === 'done'), entries);
}

async function policies(id: string): Promise<void> {
	const made = await client.POST('/v1/policies', { params: { header }, body: { name: 'by a client', priority: 3 } });
	const path = { policyId: need(made.data, made.error).id };
	const rule = await client.POST('/v1/policies/{policyId}/rules', { params: { header, path }, body: {
		effect: 'forbid', action_scope_type: 'eq', action_ids: ['RevokeGrant'], notice: 'Not today.' } });
	step('a policy and a rule are made', rule.data?.effect === 'forbid', rule);
	const dry = await client.POST('/v1/policies/evaluate', { params: { header }, body: { action: 'RevokeGrant',
		grant: { resource: { type: 'aws_account' } }, context: { target_roles: ['x'] } } });
	step('a dry run', dry.data?.decision === 'deny' && dry.data.notices[0] === 'Not today.', dry);
	const refused = await client.DELETE('/v1/grants/{id}', { params: { header, path: { id } } });
	step('the rule refuses', refused.error?.code === 'policy_denied' && refused.error.notices?.[0] === 'Not today.', refused);
	const gone = await client.DELETE('/v1/policies/{policyId}', { params: { header, path } });
	step('and is deleted', gone.response.status === 204, gone.error);
}

async function keys(): Promise<void> {
	const made = await client.POST('/v1/api-keys', { params: { header }, body: { name: 'robot', roles: ['collector'], expires_at: null } });
	const { id, raw_key } = need(made.data, made.error);
	step('a key is made', raw_key.startsWith('grd_'), id);
	const next = await client.POST('/v1/api-keys/{keyId}/rotate', { params: { header, path: { keyId: id } }, body: { overlap: 60 } });
	step('and rotated', next.data?.raw_key !== undefined && next.data.raw_key !== raw_key, next.error);
	const gone = await client.DELETE('/v1/api-keys/{keyId}', { params: { header, path: { keyId: need(next.data, next.error).id } } });
	step('and revoked', gone.response.status === 204, gone.error);
}

const id = await grants();
await activity(id);
await auditLog(id);
await policies(id);
await keys();
console.log(`1..${steps}`);
