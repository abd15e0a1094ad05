// SPDX-License-Identifier: MIT
// The grants: looked for, switched, made.

import { call, newUuid } from '../api.js';
import { div, fill, h, span } from '../dom.js';
import { go, href } from '../route.js';
import { more, t } from '../texts.js';
import { fromLocalInput, toLocalInput } from '../time.js';
import { changeDialog } from '../parts/change.js';
import { field } from '../parts/field.js';
import { filterForm } from '../parts/filter.js';
import { auditSwitch, resourceOf, stateOf, switchAuditing } from '../parts/grant.js';
import { offer } from '../parts/may.js';
import { pagedList } from '../parts/pager.js';
import { empty } from '../parts/state.js';
import { pageHead, table, tableRow } from '../parts/view.js';

export const title = t.nav.grants;

const HOURS = 8;

function filters(query, apply) {
  const f = t.grants.filters;
  return filterForm(f, query, apply, [
    { name: 'grantee_id', label: f.grantee, type: 'search', maxlength: 256 },
    { name: 'resource_id', label: f.resource, type: 'search', maxlength: 2048 },
    { name: 'resource_type', label: f.type, choices: Object.entries(t.resourceTypes) },
    { name: 'status', label: f.status, choices: Object.entries(t.common.statuses) },
    { name: 'audit_enabled', label: f.auditing, choices: [['true', t.common.on], ['false', t.common.off]] }]);
}

function columns(onSwitch) {
  const c = t.grants.columns;
  return [
    [c.grantee, (g) => h('a', { href: href(`/grants/${g.id}`) }, g.grantee_id)],
    [c.action, (g) => g.action],
    [c.resource, resourceOf],
    [c.state, (g) => span('small', stateOf(g))],
    [c.auditing, (g) => auditSwitch(g, () => onSwitch(g)), 'switch-cell'],
  ];
}

function listOf(asked, signal) {
  const spec = { caption: t.grants.caption, columns: columns(onSwitch), rows: [], rowId: (g) => g.id };
  const none = t.grants.none;
  const list = pagedList({
    label: title, signal, path: '/grants', query: asked,
    draw: (rows) => table({ ...spec, rows }),
    none: () => (Object.values(asked).some(Boolean) ? empty(none.filtered, none.filteredText) : empty(none.title, none.text)),
  });

  async function onSwitch(grant) {
    const now = await switchAuditing(grant, signal);
    const row = list.element.querySelector(`tr[data-id="${CSS.escape(grant.id)}"]`);
    if (!now || !row)
      return;
    const next = tableRow(spec, now);
    row.replaceWith(next);
    next.querySelector('[role="switch"]').focus();
  }

  return list;
}

/** @throws for formDialog() */
function bodyOf(data) {
  const text = (name) => data.get(name).trim();
  const body = { grantee_id: text('grantee_id'), resource: { type: text('resource.type'), id: text('resource.id') }, action: text('action'),
    expires_at: fromLocalInput(text('expires_at')) };
  if (body.expires_at === null)
    throw { title: t.create.badExpiry, member: 'expires_at' };
  try {
    return text('metadata') === '' ? body : { ...body, metadata: JSON.parse(text('metadata')) };
  } catch {
    throw { title: t.create.badMetadata, member: 'metadata' };
  }
}

function createFields() {
  const c = t.create;
  const id = field({ name: 'resource.id', label: c.resourceId, hint: c.forms.aws_account, required: true, maxlength: 2048 });
  const type = field({ name: 'resource.type', label: c.resourceType, tag: 'select', options: Object.entries(t.resourceTypes) });
  type.control.addEventListener('change', () => { id.querySelector('.hint').textContent = c.forms[type.control.value]; });
  return [
    div('fields',
      field({ name: 'grantee_id', label: c.grantee, required: true, maxlength: 256 }),
      field({ name: 'action', label: c.action, required: true, maxlength: 256 }), type,
      field({ name: 'expires_at', label: c.expires, type: 'datetime-local', required: true,
        value: toLocalInput(new Date(Date.now() + HOURS * 3600000).toISOString()) })),
    id,
    field({ name: 'metadata', label: c.metadata, hint: c.metadataHint, tag: 'textarea', rows: 2, class: 'mono' }),
  ];
}

/** The same key for the same body, so that asking again makes no second grant. */
async function create(signal) {
  let sent = null;
  const change = (reason, body) => {
    if (JSON.stringify(sent?.body) !== JSON.stringify(body))
      sent = { body, idempotencyKey: newUuid() };
    return call('POST', '/grants', { ...sent, reason });
  };
  const outcome = await changeDialog({ words: t.create, name: (body) => body.grantee_id, body: createFields(), take: bodyOf, signal, change,
    lines: ({ data }) => [data.audit_enabled ? t.create.audited : t.create.unaudited], readAgain: change, isDone: () => true });
  if (outcome?.now)
    go(`/grants/${outcome.now.data.id}`, {}, true);
}

export async function show(root, { query }, signal) {
  const place = div('card table-card');
  const draw = () => fill(place, listOf(values(), signal).element);
  const { form, values } = filters(query, draw);
  draw();
  root.append(pageHead(title, { lead: t.grants.lead,
    actions: [offer('CreateGrant', more(t.create.title), { class: 'primary', onclick: () => create(signal) }, { signal })] }), form, place);
}
