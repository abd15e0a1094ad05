// SPDX-License-Identifier: MIT
// The policies: listed, and made.

import { call, forgetPermissions, get } from '../api.js';
import { h } from '../dom.js';
import { go, href } from '../route.js';
import { t } from '../texts.js';
import { when } from '../time.js';
import { badge } from '../parts/badge.js';
import { makeChange } from '../parts/change.js';
import { formDialog } from '../parts/dialog.js';
import { field, reasonField, reasonOf } from '../parts/field.js';
import { pageHead } from '../parts/head.js';
import { advice, offer } from '../parts/may.js';
import { pagedList } from '../parts/pager.js';
import { empty } from '../parts/state.js';
import { table } from '../parts/table.js';

export const title = t.nav.policies;

const PAGE = 50;

export const enabledBadge = (policy) => (policy.enabled ? badge('good', t.policies.inForce) : badge('off', t.policies.notInForce));

const columns = [
  { label: t.policies.columns.name, cell: (p) => h('a', { href: href(`/policies/${p.id}`) }, p.name) },
  { label: t.policies.columns.state, cell: enabledBadge },
  { label: t.policies.columns.priority, cell: (p) => p.priority, class: 'number' },
  { label: t.policies.columns.changed, cell: (p) => when(p.updated_at, 'short') },
];

/** Name, priority, and whether it is in force. */
export function policyFields(policy = { name: '', priority: 0, enabled: true }) {
  const f = t.policies.fields;
  return h('div', { class: 'fields' },
    field({ name: 'name', label: f.name, value: policy.name, required: true, maxlength: 200 }),
    field({ name: 'priority', label: f.priority, hint: f.priorityHint, type: 'number', value: String(policy.priority), step: 1 }),
    field({ name: 'enabled', label: f.enabled, tag: 'select', value: String(policy.enabled),
      options: [['true', t.policies.inForce], ['false', t.policies.notInForce]] }));
}

/** @throws for formDialog() */
export function policyOf(data) {
  const priority = Number(data.get('priority'));
  if (!Number.isInteger(priority) || data.get('priority').trim() === '')
    throw { title: t.policies.fields.badPriority, lines: [], member: 'priority' };
  return { name: data.get('name').trim(), priority, enabled: data.get('enabled') === 'true' };
}

async function create(signal) {
  const c = t.policies.create;
  const outcome = await formDialog({
    title: c.title, verb: c.verb, signal,
    body: [advice('CreatePolicy', { signal }), policyFields(), reasonField({ required: true })],
    submit: (data) => {
      const body = policyOf(data);
      const reason = reasonOf(data);
      return makeChange({
        change: () => call('POST', '/policies', { body, reason, signal }),
        done: () => ({ title: c.done(body.name), lines: [] }),
      });
    },
  });
  forgetPermissions();
  if (outcome?.answer)
    go(`/policies/${outcome.answer.data.id}`);
}

/** @param {HTMLElement} root @param {Object} params @param {AbortSignal} signal */
export async function show(root, params, signal) {
  const list = pagedList({
    label: title, signal,
    load: async (cursor) => (await get('/policies', { query: { limit: PAGE, cursor }, signal })).data,
    draw: (rows) => table({ caption: t.policies.caption, columns, rows, rowId: (p) => p.id }),
    none: () => empty(t.policies.none.title, t.policies.none.text),
  });
  root.append(pageHead(title, { lead: t.policies.lead, actions: [
    h('a', { class: 'button', href: href('/what-if') }, t.whatIf.open),
    offer('CreatePolicy', t.policies.create.open, { class: 'primary', onclick: () => create(signal) }, { signal })] }),
  h('div', { class: 'card table-card' }, list.element));
}
