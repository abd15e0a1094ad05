// SPDX-License-Identifier: MIT
// What the list of grants and a grant's page have in common: how a grant looks, and how it is changed.

import { call, get } from '../api.js';
import { h } from '../dom.js';
import { own, t } from '../texts.js';
import { when } from '../time.js';
import { href } from '../route.js';
import { badge } from './badge.js';
import { makeChange } from './change.js';
import { formDialog } from './dialog.js';
import { reasonField, reasonOf } from './field.js';
import { advice } from './may.js';

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
  return h('span', { class: 'resource' },
    h('span', { class: 'quiet small' }, own(t.resourceTypes, grant.resource.type) ?? grant.resource.type), ' ',
    h('span', { class: 'mono' }, grant.resource.id));
}

/** In a sentence. */
export const nameOf = (grant) => t.grant.name(grant.grantee_id, grant.action, grant.resource.id);

/**
 * The switch. It does not move by itself: it shows what is committed.
 * @param {Object} grant @param {function(): void} onclick
 */
export function auditSwitch(grant, onclick) {
  return h('button', {
    type: 'button', role: 'switch', class: 'switch', 'aria-checked': String(grant.audit_enabled),
    'aria-label': t.grant.switchLabel(nameOf(grant)), onclick,
  }, h('span', { class: 'knob', 'aria-hidden': 'true' }),
  h('span', { class: 'switch-word', 'aria-hidden': 'true' }, grant.audit_enabled ? t.common.on : t.common.off));
}

/** What is changed must be what was looked at. */
async function fresh(grant) {
  const answer = await readGrant(grant.id);
  if (answer.data.version !== grant.version)
    throw Object.assign(new Error('changed'), { changed: answer });
  return answer;
}

/**
 * Ask for the reason, and switch.
 * @param {Object} grant as it is shown @param {AbortSignal} signal
 * @returns {Promise<Object|undefined>} the grant as it is now, where that is known
 */
export async function switchAuditing(grant, signal) {
  const wanted = !grant.audit_enabled;
  const context = { audit_enabled: wanted };
  const words = wanted ? t.grant.switchOn : t.grant.switchOff;
  const outcome = await formDialog({
    title: words.title, verb: words.verb, danger: !wanted, signal,
    body: [h('p', null, nameOf(grant)), h('p', { class: 'quiet' }, words.text),
      advice('UpdateGrant', { grant_id: grant.id, context, signal }), reasonField({ required: true })],
    submit: (data) => {
      const reason = reasonOf(data);
      return makeChange({
        change: async () => {
          const { etag } = await fresh(grant).catch(asConflict);
          return call('PATCH', path(grant.id), { body: context, reason, ifMatch: etag });
        },
        done: (answer) => ({ title: words.done(grant.grantee_id), lines: [committed(answer), entryLink(grant)] }),
        readAgain: () => readGrant(grant.id),
        isDone: (answer) => answer.data.audit_enabled === wanted,
        resource: { type: 'grant', id: grant.id },
      });
    },
  });
  return (outcome?.answer ?? outcome?.found)?.data;
}

/** Found to be another version before anything was sent: told like a 412. */
function asConflict(error) {
  throw error.changed ? Object.assign(error, { kind: 'refused', status: 412, code: 'precondition_failed', details: {}, notices: [] }) : error;
}

const committed = (answer) => h('p', null, t.grant.committed(answer.data.version), ' ', when(answer.data.updated_at));

const entryLink = (grant) => h('p', null, h('a', { href: href(`/grants/${grant.id}`) }, t.grant.toHistory));

/** @returns {Promise<Object|undefined>} as switchAuditing() */
export async function revokeGrant(grant, signal) {
  const outcome = await formDialog({
    title: t.grant.revoke.title, verb: t.grant.revoke.verb, danger: true, signal,
    body: [h('p', null, nameOf(grant)), h('p', { class: 'quiet' }, t.grant.revoke.text),
      advice('RevokeGrant', { grant_id: grant.id, signal }), reasonField({ required: true })],
    submit: (data) => {
      const reason = reasonOf(data);
      return makeChange({
        change: async () => {
          const { etag } = await fresh(grant).catch(asConflict);
          await call('DELETE', path(grant.id), { reason, ifMatch: etag });
          return readGrant(grant.id).catch(() => ({ data: undefined }));
        },
        done: (answer) => ({ title: t.grant.revoke.done(grant.grantee_id), lines: answer.data ? [committed(answer)] : [] }),
        readAgain: () => readGrant(grant.id),
        isDone: (answer) => answer.data.status === 'revoked',
        resource: { type: 'grant', id: grant.id },
      });
    },
  });
  return (outcome?.answer ?? outcome?.found)?.data;
}
