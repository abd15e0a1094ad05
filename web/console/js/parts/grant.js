// SPDX-License-Identifier: MIT
// What the list of grants and a grant's page have in common: how a grant looks, and how it is changed.

import { ApiError, call, get } from '../api.js';
import { h, sign, span } from '../dom.js';
import { own, t } from '../texts.js';
import { when } from '../time.js';
import { href } from '../route.js';
import { changeDialog } from './change.js';
import { badge } from './view.js';

/** Below this an active grant is about to end. */
const SOON_MS = 24 * 3600 * 1000;

const path = (id) => `/grants/${encodeURIComponent(id)}`;
export const readGrant = (id, signal) => get(path(id), { signal });

/** active, ends soon, expired or revoked; with when. */
export function stateOf(grant) {
  const s = t.grant.status;
  const ends = when(grant.expires_at, 'relative');
  if (grant.status === 'revoked')
    return [badge('bad', s.revoked), ' ', when(grant.revoked_at, 'relative')];
  if (grant.status === 'expired')
    return [badge('quiet', s.expired), ' ', ends];
  const soon = Date.parse(grant.expires_at) - Date.now() < SOON_MS;
  return [badge(soon ? 'warn' : 'good', soon ? s.soon : s.active), ' ', t.grant.ends, ' ', ends];
}

export function resourceOf(grant) {
  return span('resource',
    span('quiet small', own(t.resourceTypes, grant.resource.type) ?? grant.resource.type), ' ',
    span('mono', grant.resource.id));
}

/** In a sentence. */
export const nameOf = (grant) => t.grant.name(grant.grantee_id, grant.action, grant.resource.id);

/** The switch. It does not move by itself: it shows what is committed. */
export function auditSwitch(grant, onclick) {
  return h('button', {
    type: 'button', role: 'switch', class: 'switch', 'aria-checked': String(grant.audit_enabled),
    'aria-label': t.grant.switchLabel(nameOf(grant)), onclick,
  }, h('span.knob', { 'aria-hidden': 'true' }),
  sign('switch-word', grant.audit_enabled ? t.common.on : t.common.off));
}

const linesOf = ({ data }, ...more) => (data ? [h('p', t.grant.committed(data.version), ' ', when(data.updated_at)), ...more] : []);

/** What is changed must be what was looked at: what was found to be another version is told like a 412. */
async function etagOf(grant) {
  const { data, etag } = await readGrant(grant.id);
  if (data.version !== grant.version)
    throw new ApiError('refused', { status: 412, code: 'precondition_failed' });
  return etag;
}

/** @returns {Promise<Object|undefined>} the grant as it is now, where that is known */
async function changeGrant(grant, spec) {
  const outcome = await changeDialog({ ...spec, name: grant.grantee_id, head: h('p', nameOf(grant)), about: { ...spec.about, grant_id: grant.id },
    readAgain: () => readGrant(grant.id), resource: { type: 'grant', id: grant.id } });
  return outcome?.now?.data;
}

/** Ask for the reason, and switch. @param {Object} grant as it is shown */
export function switchAuditing(grant, signal) {
  const body = { audit_enabled: !grant.audit_enabled };
  return changeGrant(grant, { words: body.audit_enabled ? t.grant.switchOn : t.grant.switchOff, operation: 'UpdateGrant', about: { context: body },
    danger: grant.audit_enabled, signal,
    change: async (reason) => call('PATCH', path(grant.id), { body, reason, ifMatch: await etagOf(grant) }),
    lines: (answer) => linesOf(answer, h('p', h('a', { href: href(`/grants/${grant.id}`) }, t.grant.toHistory))),
    isDone: ({ data }) => data.audit_enabled === body.audit_enabled });
}

export function revokeGrant(grant, signal) {
  return changeGrant(grant, { words: t.grant.revoke, operation: 'RevokeGrant', danger: true, signal, lines: linesOf,
    change: async (reason) => {
      await call('DELETE', path(grant.id), { reason, ifMatch: await etagOf(grant) });
      return readGrant(grant.id).catch(() => ({ data: undefined }));
    },
    isDone: ({ data }) => data.status === 'revoked' });
}
