// SPDX-License-Identifier: MIT
// The grants: looked for, switched, made.

import { call, get, newUuid } from '../api.js';
import { h } from '../dom.js';
import { go, href, keepQuery } from '../route.js';
import { t } from '../texts.js';
import { fromLocalInput, toLocalInput } from '../time.js';
import { makeChange } from '../parts/change.js';
import { formDialog } from '../parts/dialog.js';
import { field, reasonField, reasonOf } from '../parts/field.js';
import { auditSwitch, resourceOf, stateOf, switchAuditing } from '../parts/grant.js';
import { pageHead } from '../parts/head.js';
import { offer } from '../parts/may.js';
import { pagedList } from '../parts/pager.js';
import { empty } from '../parts/state.js';
import { table, tableRow } from '../parts/table.js';

export const title = t.nav.grants;

const FILTERS = ['grantee_id', 'resource_type', 'resource_id', 'status', 'audit_enabled'];
const PAGE = 50;
const HOURS = 8;

const typeOptions = (first) => [...first, ...Object.entries(t.resourceTypes)];
const all = ['', t.common.all];

/** @returns {{form: HTMLFormElement, values: function(): Object}} */
function filterForm(query, apply) {
  const f = t.grants.filters;
  const control = (name, label, more = {}) => field({ name, label, value: query.get(name) ?? '', ...more });
  const form = h('form', { class: 'card filters', role: 'search', 'aria-label': f.label },
    control('grantee_id', f.grantee, { type: 'search', maxlength: 256 }),
    control('resource_id', f.resource, { type: 'search', maxlength: 2048 }),
    control('resource_type', f.type, { tag: 'select', options: typeOptions([all]) }),
    control('status', f.status, { tag: 'select', options: [all, ...Object.entries(t.grant.statuses)] }),
    control('audit_enabled', f.auditing, { tag: 'select', options: [all, ['true', t.common.on], ['false', t.common.off]] }),
    h('div', { class: 'actions' },
      h('button', { type: 'submit', class: 'primary' }, f.search),
      h('button', { type: 'button', onclick: () => { clear(); apply(); } }, f.clear)));
  const clear = () => FILTERS.forEach((name) => { form.elements.namedItem(name).value = ''; });
  form.addEventListener('submit', (event) => { event.preventDefault(); apply(); });
  form.addEventListener('change', (event) => { if (event.target.tagName === 'SELECT') apply(); });
  const values = () => Object.fromEntries(FILTERS.map((name) => [name, form.elements.namedItem(name).value.trim()]));
  return { form, values };
}

/** @param {function(Object): void} onSwitch */
function columns(onSwitch) {
  const c = t.grants.columns;
  return [
    { label: c.grantee, cell: (g) => h('a', { href: href(`/grants/${g.id}`) }, g.grantee_id) },
    { label: c.action, cell: (g) => g.action },
    { label: c.resource, cell: resourceOf },
    { label: c.state, cell: (g) => h('span', { class: 'small' }, stateOf(g)) },
    { label: c.auditing, cell: (g) => auditSwitch(g, () => onSwitch(g)), class: 'switch-cell' },
  ];
}

function listOf(values, signal) {
  const spec = { caption: t.grants.caption, columns: columns(onSwitch), rows: [], rowId: (g) => g.id };
  const isFiltered = () => Object.values(values()).some((v) => v !== '');
  const list = pagedList({
    label: t.nav.grants,
    signal,
    load: async (cursor) => (await get('/grants', { query: { ...values(), limit: PAGE, cursor }, signal })).data,
    draw: (rows) => table({ ...spec, rows }),
    none: () => (isFiltered() ? empty(t.grants.none.filtered, t.grants.none.filteredText) : empty(t.grants.none.title, t.grants.none.text)),
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

/** @returns {Object} CreateGrant's body @throws for formDialog() */
function bodyOf(data) {
  const expires = fromLocalInput(data.get('expires_at'));
  if (expires === null)
    throw { title: t.create.badExpiry, lines: [], member: 'expires_at' };
  const body = {
    grantee_id: data.get('grantee_id').trim(),
    resource: { type: data.get('resource.type'), id: data.get('resource.id').trim() },
    action: data.get('action').trim(),
    expires_at: expires,
  };
  const metadata = data.get('metadata').trim();
  return metadata === '' ? body : { ...body, metadata: jsonOf(metadata) };
}

function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw { title: t.create.badMetadata, lines: [], member: 'metadata' };
  }
}

function createFields() {
  const c = t.create;
  const id = field({ name: 'resource.id', label: c.resourceId, hint: c.forms.aws_account, required: true, maxlength: 2048 });
  const type = field({ name: 'resource.type', label: c.resourceType, tag: 'select', options: typeOptions([]) });
  type.control.addEventListener('change', () => { id.querySelector('.hint').textContent = c.forms[type.control.value]; });
  return [
    h('div', { class: 'fields' },
      field({ name: 'grantee_id', label: c.grantee, required: true, maxlength: 256 }),
      field({ name: 'action', label: c.action, required: true, maxlength: 256 }), type,
      field({ name: 'expires_at', label: c.expires, type: 'datetime-local', required: true,
        value: toLocalInput(new Date(Date.now() + HOURS * 3600000).toISOString()) })),
    id,
    field({ name: 'metadata', label: c.metadata, hint: c.metadataHint, tag: 'textarea', rows: 2, class: 'mono' }),
    reasonField({ required: true }),
  ];
}

/** The same key for the same body, so that asking again makes no second grant. */
async function create(signal) {
  let sent = null;
  const outcome = await formDialog({
    title: t.create.title, verb: t.create.verb, body: createFields(), signal,
    submit: (data) => {
      const reason = reasonOf(data);
      const body = bodyOf(data);
      if (sent === null || JSON.stringify(sent.body) !== JSON.stringify(body))
        sent = { body, idempotencyKey: newUuid() };
      const change = () => call('POST', '/grants', { ...sent, reason });
      return makeChange({
        change,
        done: (answer) => ({ title: t.create.done(answer.data.grantee_id),
          lines: [answer.data.audit_enabled ? t.create.audited : t.create.unaudited] }),
        readAgain: change,
        isDone: () => true,
      });
    },
  });
  return (outcome?.answer ?? outcome?.found)?.data;
}

/** @param {HTMLElement} root @param {{query: URLSearchParams}} params @param {AbortSignal} signal */
export async function show(root, params, signal) {
  const { form, values } = filterForm(params.query, () => {
    keepQuery(values());
    const next = listOf(values, signal);
    place.replaceChildren(next.element);
  });
  const make = offer('CreateGrant', t.create.open, { class: 'primary', onclick: async () => {
    const made = await create(signal);
    if (made)
      go(`/grants/${made.id}`, {}, true);
  } }, { signal });
  const place = h('div', { class: 'card table-card' }, listOf(values, signal).element);
  root.append(pageHead(title, { lead: t.grants.lead, actions: [make] }), form, place);
}
