// SPDX-License-Identifier: MIT
// Questions to the policies: what may be asked of, and how an entry of the audit log becomes one.

import { get, getAll } from './api.js';

export const OPERATIONS = ['UpdateGrant', 'CreateGrant', 'RevokeGrant', 'GetGrant', 'ListGrants', 'RecordActivity', 'ListActivity',
  'GetActivitySummary', 'ListAuditLog', 'GetAuditLogEntry', 'ListPolicies', 'CreatePolicy', 'GetPolicy', 'UpdatePolicy', 'DeletePolicy',
  'ListPolicyRules', 'CreatePolicyRule', 'GetPolicyRule', 'UpdatePolicyRule', 'DeletePolicyRule', 'EvaluatePolicies', 'ListApiKeys',
  'CreateApiKey', 'RotateApiKey', 'RevokeApiKey'];

/** Members that the context may have, but for those that every request has: docs/policies.md. */
const ABOUT = new Set(['target_key', 'target_name', 'target_roles', 'target_expires_at', 'asked_expires_at', 'target_request_id',
  'target_grantee_id', 'target_resource_type', 'target_resource_id', 'target_action', 'target_metadata', 'target_policy', 'target_priority',
  'target_enabled', 'asked_name', 'asked_priority', 'asked_enabled', 'target_effect', 'target_policy_text', 'asked_effect', 'asked_policy_text']);
/** A described grant has these: what is more in a grant's entry is not for the policies. */
const GRANT = new Set(['id', 'request_id', 'grantee_id', 'resource', 'action', 'status', 'audit_enabled', 'expires_at', 'granted_at',
  'revoked_at', 'metadata', 'created_at', 'updated_at', 'version']);

const isThere = (value) => value !== undefined && value !== null;
const keep = (object, names) => Object.fromEntries(Object.entries(object).filter(([name, value]) => names.has(name) && isThere(value)));
const prefixed = (prefix, object) => Object.fromEntries(Object.entries(object ?? {}).map(([name, value]) => [prefix + name, value]));

/** The key that did it, as it is now; what may not be read is left to whoever asks. */
async function principalOf({ actor_id: id }, signal) {
  const keys = await getAll('/api-keys', { pages: 8, signal }).catch(() => []);
  const { name, roles = [] } = keys.find((key) => key.id === id) ?? {};
  return { id, roles, ...(name && { name }) };
}

/** The grant as it was before the change, as far as the entry tells. */
async function grantOf(entry, signal) {
  try {
    const { data } = await get(`/grants/${encodeURIComponent(entry.resource_id)}`, { signal });
    return keep({ ...data, ...entry.metadata.before }, GRANT);
  } catch {
    return keep({ id: entry.resource_id, ...entry.metadata.before }, GRANT);
  }
}

/** What the change was about, by docs/policies.md: what was there as target_, what was asked for as asked_; of what is new, target_. */
function aboutOf(entry) {
  const { before, after } = entry.metadata;
  const own = { api_key: 'target_key', policy: 'target_policy' }[entry.resource_type];
  if (entry.action === 'UpdateGrant')
    return { audit_enabled: after?.audit_enabled };
  if (entry.action === 'CreateGrant') {
    const { resource, ...rest } = after ?? {};
    return prefixed('target_', { ...rest, resource_type: rest.resource_type ?? resource?.type, resource_id: rest.resource_id ?? resource?.id });
  }
  if (entry.action.startsWith('Create'))
    return prefixed('target_', after);
  return { ...(own && { [own]: entry.resource_id }), ...prefixed('target_', before), ...prefixed('asked_', after) };
}

/** The question that the entry's request was. */
export async function questionOfEntry(entry, signal) {
  const { source_ip, user_agent, request_id } = entry.metadata;
  const about = aboutOf(entry);
  const context = { ...keep(about, ABOUT), audit_enabled: about.audit_enabled, source_ip, user_agent, request_id, reason: entry.reasoning, now: entry.created_at };
  const isGrant = entry.resource_type === 'grant' && entry.action !== 'CreateGrant';
  return {
    action: entry.action,
    principal: entry.actor_type === 'api_key' ? await principalOf(entry, signal) : undefined,
    grant: isGrant ? await grantOf(entry, signal) : undefined,
    context: Object.fromEntries(Object.entries(context).filter(([, value]) => isThere(value))),
  };
}
