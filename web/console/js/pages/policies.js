// SPDX-License-Identifier: MIT
// The policies: listed, and made.

import { call, forgetPermissions } from '../api.js';
import { div, h } from '../dom.js';
import { go, href } from '../route.js';
import { more, t } from '../texts.js';
import { when } from '../time.js';
import { changeDialog } from '../parts/change.js';
import { field } from '../parts/field.js';
import { offer } from '../parts/may.js';
import { pagedList } from '../parts/pager.js';
import { empty } from '../parts/state.js';
import { badge, pageHead, table } from '../parts/view.js';

export const title = t.nav.policies;

const p = t.policies;

export const enabledBadge = (policy) => (policy.enabled ? badge('good', p.inForce) : badge('off', p.notInForce));

const columns = [
  [p.columns.name, (policy) => h('a', { href: href(`/policies/${policy.id}`) }, policy.name)],
  [p.columns.state, enabledBadge],
  [p.columns.priority, (policy) => policy.priority, 'number'],
  [p.columns.changed, (policy) => when(policy.updated_at, 'short')],
];

export function policyFields(policy = { name: '', priority: 0, enabled: true }) {
  const f = p.fields;
  return div('fields',
    field({ name: 'name', label: f.name, value: policy.name, required: true, maxlength: 200 }),
    field({ name: 'priority', label: f.priority, hint: f.priorityHint, type: 'number', value: String(policy.priority), step: 1 }),
    field({ name: 'enabled', label: f.enabled, tag: 'select', value: String(policy.enabled), options: [['true', p.inForce], ['false', p.notInForce]] }));
}

/** @throws for formDialog() */
export function policyOf(data) {
  const priority = Number(data.get('priority'));
  if (!Number.isInteger(priority) || data.get('priority').trim() === '')
    throw { title: p.fields.badPriority, member: 'priority' };
  return { name: data.get('name').trim(), priority, enabled: data.get('enabled') === 'true' };
}

async function create(signal) {
  const outcome = await changeDialog({ words: p.create, name: (body) => body.name, operation: 'CreatePolicy', body: policyFields(), take: policyOf, signal,
    change: (reason, body) => call('POST', '/policies', { body, reason, signal }) });
  forgetPermissions();
  if (outcome?.now)
    go(`/policies/${outcome.now.data.id}`);
}

export async function show(root, params, signal) {
  const list = pagedList({ label: title, path: '/policies', signal,
    draw: (rows) => table({ caption: p.caption, columns, rows, rowId: (policy) => policy.id }),
    none: () => empty(p.none.title, p.none.text) });
  root.append(pageHead(title, { lead: p.lead, actions: [h('a.button', { href: href('/what-if') }, more(t.whatIf.title)),
    offer('CreatePolicy', more(p.create.title), { class: 'primary', onclick: () => create(signal) }, { signal })] }),
  div('card table-card', list.element));
}
