// SPDX-License-Identifier: MIT
// The keys: listed, made, rotated with an overlap, revoked. A key itself is shown once, in a dialog, and is nowhere afterwards.

import { call, forgetPermissions, get } from '../api.js';
import { h, unseen } from '../dom.js';
import { keepQuery } from '../route.js';
import { identity } from '../session.js';
import { t } from '../texts.js';
import { fromLocalInput, when } from '../time.js';
import { badge } from '../parts/badge.js';
import { makeChange } from '../parts/change.js';
import { countdown } from '../parts/clock.js';
import { formDialog, showDialog } from '../parts/dialog.js';
import { field, reasonField, reasonOf } from '../parts/field.js';
import { pageHead } from '../parts/head.js';
import { advice, offer } from '../parts/may.js';
import { announce } from '../parts/notice.js';
import { pagedList } from '../parts/pager.js';
import { empty } from '../parts/state.js';
import { table } from '../parts/table.js';

export const title = t.nav.keys;

const PAGE = 50;
/** An end that is nearer has a clock. */
const CLOCK_MS = 31 * 86400000;
const OVERLAPS = [0, 300, 3600, 86400, 604800, 2592000];
const OVERLAP_USUAL = 3600;

const path = (id, more = '') => `/api-keys/${encodeURIComponent(id)}${more}`;
const isMine = (key) => identity().keyName === `grd_${key.key_name}`;
/** Keys are not read one by one: this is the tag of what the list shows. */
const etagOf = (key) => `"${key.version}.${key.status}"`;

function statusOf(key) {
  const kinds = { active: 'good', expired: 'quiet', revoked: 'bad' };
  return badge(kinds[key.status] ?? 'quiet', t.keys.statuses[key.status] ?? key.status);
}

function endOf(key, signal) {
  if (key.status === 'revoked')
    return [t.keys.revokedAt, ' ', when(key.revoked_at, 'short')];
  if (!key.expires_at)
    return h('span', { class: 'quiet' }, t.keys.noEnd);
  const left = Date.parse(key.expires_at) - Date.now();
  return [when(key.expires_at, 'short'), left > 0 && left < CLOCK_MS && [' ', h('span', { class: 'nowrap small quiet' }, t.keys.left, ' ', countdown(key.expires_at, signal))]];
}

function nameOf(key) {
  return [h('span', null, key.name), isMine(key) && [' ', badge('info', t.keys.mine)],
    h('div', { class: 'mono small quiet' }, `grd_${key.key_name}_…`)];
}

function roles(key) {
  return h('span', { class: 'words' }, key.roles.map((role) => [h('code', null, role), ' ']));
}

function columns(actions, signal) {
  const c = t.keys.columns;
  return [
    { label: c.name, cell: nameOf },
    { label: c.roles, cell: roles },
    { label: c.status, cell: statusOf },
    { label: c.end, cell: (key) => endOf(key, signal) },
    { label: c.used, cell: (key) => (key.last_used_at ? when(key.last_used_at, 'relative') : h('span', { class: 'quiet' }, t.keys.never)) },
    { label: c.made, cell: (key) => when(key.created_at, 'short') },
    { label: c.actions, hideLabel: true, cell: (key) => key.status === 'active' && h('div', { class: 'actions' }, actions.map(([text, act, kind]) =>
      h('button', { type: 'button', class: kind, onclick: () => act(key) }, text, ' ', unseen(key.name)))) },
  ];
}

/** Words apart by blanks or commas. */
export const wordsOf = (text) => [...new Set(String(text ?? '').split(/[\s,]+/u).filter(Boolean))];

/** The key itself: here, once. It is taken out of the page when the dialog is closed. */
async function showOnce(made, lines, signal) {
  const secret = h('output', { class: 'secret mono', tabindex: '0', 'aria-label': t.keys.once.label }, made.raw_key);
  const copy = h('button', { type: 'button', class: 'primary', onclick: async () => {
    try {
      await navigator.clipboard.writeText(made.raw_key);
      copy.textContent = t.common.copied;
      announce(t.common.copied);
    } catch {
      // Without leave to copy it can be selected.
      getSelection().selectAllChildren(secret);
      announce(t.keys.once.select);
    }
  } }, t.common.copy);
  await showDialog({ title: t.keys.once.title(made.name), close: t.keys.once.close, signal,
    body: [h('p', null, t.keys.once.text), secret, h('div', { class: 'actions' }, copy), lines] });
  secret.textContent = '';
}

function expiryField(hint) {
  return field({ name: 'expires_at', label: t.keys.create.end, hint, type: 'datetime-local' });
}

/** After keys were changed the rest of what is known of them is old. */
function changed(list) {
  forgetPermissions();
  return list.reload();
}

async function create(list, signal) {
  const c = t.keys.create;
  const outcome = await formDialog({
    title: c.title, verb: c.verb, signal,
    body: [advice('CreateApiKey', { signal }),
      h('div', { class: 'fields' }, field({ name: 'name', label: c.name, required: true, maxlength: 200 }),
        field({ name: 'roles', label: c.roles, hint: c.rolesHint, required: true, autocapitalize: 'none' })),
      expiryField(c.endHint), reasonField({ required: true })],
    submit: (data) => {
      const reason = reasonOf(data);
      const body = { name: data.get('name').trim(), roles: wordsOf(data.get('roles')), expires_at: fromLocalInput(data.get('expires_at')) };
      if (body.roles.length === 0)
        throw { title: c.noRoles, lines: [], member: 'roles' };
      return makeChange({
        change: () => call('POST', '/api-keys', { body, reason, signal }),
        done: () => ({ title: c.done(body.name), lines: [] }),
      });
    },
  });
  if (outcome?.answer)
    await showOnce(outcome.answer.data, [], signal);
  if (outcome)
    await changed(list);
}

function rotation(data) {
  const body = { overlap: Number(data.get('overlap')) };
  if (data.get('end') === 'never')
    body.expires_at = null;
  if (data.get('end') === 'at') {
    body.expires_at = fromLocalInput(data.get('expires_at'));
    if (body.expires_at === null)
      throw { title: t.keys.rotate.badEnd, lines: [], member: 'expires_at' };
  }
  return body;
}

function rotateFields() {
  const c = t.keys.rotate;
  const at = expiryField();
  const end = field({ name: 'end', label: c.end, tag: 'select', value: 'same', options: Object.entries(c.ends),
    onchange: () => { at.hidden = end.control.value !== 'at'; } });
  at.hidden = true;
  return h('div', { class: 'fields' }, field({ name: 'overlap', label: c.overlap, hint: c.overlapHint, tag: 'select',
    value: String(OVERLAP_USUAL), options: OVERLAPS.map((s) => [String(s), c.overlaps[s]]) }), end, at);
}

async function rotate(key, list, signal) {
  const c = t.keys.rotate;
  const outcome = await formDialog({
    title: c.title(key.name), verb: c.verb, signal,
    body: [h('p', { class: 'quiet' }, c.text), isMine(key) && h('p', null, c.mine), advice('RotateApiKey', { signal }),
      rotateFields(), reasonField({ required: true })],
    submit: (data) => {
      const body = rotation(data);
      const reason = reasonOf(data);
      return makeChange({
        change: () => call('POST', path(key.id, '/rotate'), { body, reason, ifMatch: etagOf(key), signal }),
        done: () => ({ title: c.done(key.name), lines: [] }),
        resource: { type: 'api_key', id: key.id },
      }).then((result) => ({ ...result, overlap: body.overlap }));
    },
  });
  if (outcome?.answer) {
    const until = new Date(Date.now() + outcome.overlap * 1000).toISOString();
    await showOnce(outcome.answer.data, outcome.overlap > 0 ?
      h('p', { class: 'note note-info' }, h('span', null, c.oldWorks, ' ', countdown(until, signal))) : h('p', null, c.oldEnded), signal);
  }
  if (outcome)
    await changed(list);
}

async function revoke(key, list, signal) {
  const c = t.keys.revoke;
  const outcome = await formDialog({
    title: c.title(key.name), verb: c.verb, danger: true, signal,
    body: [h('p', { class: 'quiet' }, c.text), isMine(key) && h('p', null, c.mine), advice('RevokeApiKey', { signal }), reasonField({ required: true })],
    submit: (data) => {
      const reason = reasonOf(data);
      return makeChange({
        change: () => call('DELETE', path(key.id), { reason, ifMatch: etagOf(key), signal }),
        done: () => ({ title: c.done(key.name), lines: [] }),
        resource: { type: 'api_key', id: key.id },
      });
    },
  });
  if (outcome)
    await changed(list);
}

/** @param {HTMLElement} root @param {{query: URLSearchParams}} params @param {AbortSignal} signal */
export async function show(root, params, signal) {
  const status = field({ label: t.keys.filter, name: 'status', tag: 'select', value: params.query.get('status') ?? '',
    options: [['', t.common.all], ...Object.entries(t.keys.statuses)], onchange: () => {
      keepQuery({ status: status.control.value });
      draw();
    } });
  const place = h('div', { class: 'card table-card' });
  let list;

  function draw() {
    const actions = [[t.keys.rotate.open, (key) => rotate(key, list, signal)], [t.keys.revoke.open, (key) => revoke(key, list, signal), 'danger']];
    list = pagedList({
      label: t.nav.keys, signal,
      load: async (cursor) => (await get('/api-keys', { query: { status: status.control.value, limit: PAGE, cursor }, signal })).data,
      draw: (rows) => table({ caption: t.keys.caption, columns: columns(actions, signal), rows, rowId: (key) => key.id }),
      none: () => empty(t.keys.none),
    });
    place.replaceChildren(list.element);
  }

  draw();
  root.append(pageHead(title, { lead: t.keys.lead,
    actions: [offer('CreateApiKey', t.keys.create.open, { class: 'primary', onclick: () => create(list, signal) }, { signal })] }),
  h('div', { class: 'narrow' }, status), place);
}
