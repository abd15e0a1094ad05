// SPDX-License-Identifier: MIT
// The keys: listed, made, rotated with an overlap, revoked. A key itself is shown once, in a dialog, and is nowhere afterwards.

import { call, forgetPermissions } from '../api.js';
import { button, div, h, para, span, unseen } from '../dom.js';
import { keepQuery } from '../route.js';
import { identity } from '../session.js';
import { more, t } from '../texts.js';
import { countdown, fromLocalInput, when } from '../time.js';
import { changeDialog } from '../parts/change.js';
import { showDialog } from '../parts/dialog.js';
import { field, wordsOf } from '../parts/field.js';
import { offer } from '../parts/may.js';
import { announce } from '../parts/notice.js';
import { pagedList } from '../parts/pager.js';
import { empty } from '../parts/state.js';
import { badge, pageHead, table } from '../parts/view.js';

export const title = t.nav.keys;

/** An end that is nearer has a clock. */
const CLOCK_MS = 31 * 86400000;
const OVERLAP_USUAL = '3600';

const path = (id, more = '') => `/api-keys/${encodeURIComponent(id)}${more}`;
const isMine = (key) => identity().keyName === `grd_${key.key_name}`;
/** Keys are not read one by one: this is the tag of what the list shows. */
const etagOf = (key) => `"${key.version}.${key.status}"`;

function statusOf(key) {
  const kinds = { active: 'good', expired: 'quiet', revoked: 'bad' };
  return badge(kinds[key.status] ?? 'quiet', t.common.statuses[key.status] ?? key.status);
}

function endOf(key, signal) {
  if (key.status === 'revoked')
    return [t.keys.revokedAt, ' ', when(key.revoked_at, 'short')];
  if (!key.expires_at)
    return span('quiet', t.keys.noEnd);
  const left = Date.parse(key.expires_at) - Date.now();
  return [when(key.expires_at, 'short'), left > 0 && left < CLOCK_MS && [' ', span('nowrap small quiet', t.keys.left, ' ', countdown(key.expires_at, signal))]];
}

function nameOf(key) {
  return [h('span', key.name), isMine(key) && [' ', badge('info', t.keys.mine)],
    div('mono small quiet', `grd_${key.key_name}_…`)];
}

function roles(key) {
  return span('words', key.roles.map((role) => [h('code', role), ' ']));
}

function columns(actions, signal) {
  const c = t.keys.columns;
  return [
    [c.name, nameOf],
    [c.roles, roles],
    [c.status, statusOf],
    [c.end, (key) => endOf(key, signal)],
    [c.used, (key) => (key.last_used_at ? when(key.last_used_at, 'relative') : span('quiet', t.keys.never))],
    [c.made, (key) => when(key.created_at, 'short')],
    [c.actions, (key) => key.status === 'active' && div('actions', actions.map(([text, act, kind]) =>
      button([text, ' ', unseen(key.name)], () => act(key), { class: kind }))), 'acts'],
  ];
}

/** The key itself: here, once. It is taken out of the page when the dialog is closed. */
async function showOnce(made, lines, signal) {
  const secret = h('output.secret.mono', { tabindex: '0', 'aria-label': t.keys.once.label }, made.raw_key);
  const copy = button(t.common.copy, async () => {
    try {
      await navigator.clipboard.writeText(made.raw_key);
      copy.textContent = t.common.copied;
      announce(t.common.copied);
    } catch {
      // Without leave to copy it can be selected.
      getSelection().selectAllChildren(secret);
      announce(t.keys.once.select);
    }
  }, { class: 'primary' });
  await showDialog({ title: t.keys.once.title(made.name), close: t.keys.once.close, signal,
    body: [h('p', t.keys.once.text), secret, div('actions', copy), lines] });
  secret.textContent = '';
}

const expiryField = (hint) => field({ name: 'expires_at', label: t.keys.create.end, hint, type: 'datetime-local' });

/** After keys were changed the rest of what is known of them is old. */
function changed(list) {
  forgetPermissions();
  return list.reload();
}

function newKey(data) {
  const body = { name: data.get('name').trim(), roles: wordsOf(data.get('roles')), expires_at: fromLocalInput(data.get('expires_at')) };
  if (body.roles.length === 0)
    throw { title: t.keys.create.noRoles, member: 'roles' };
  return body;
}

async function create(list, signal) {
  const c = t.keys.create;
  const outcome = await changeDialog({ words: c, name: (body) => body.name, operation: 'CreateApiKey', take: newKey, signal,
    body: [div('fields', field({ name: 'name', label: c.name, required: true, maxlength: 200 }),
      field({ name: 'roles', label: c.roles, hint: c.rolesHint, required: true, autocapitalize: 'none' })), expiryField(c.endHint)],
    change: (reason, body) => call('POST', '/api-keys', { body, reason, signal }) });
  if (outcome?.now)
    await showOnce(outcome.now.data, [], signal);
  if (outcome)
    await changed(list);
}

function rotation(data) {
  const body = { overlap: Number(data.get('overlap')) };
  const end = data.get('end');
  if (end !== 'same')
    body.expires_at = end === 'at' ? fromLocalInput(data.get('expires_at')) : null;
  if (end === 'at' && body.expires_at === null)
    throw { title: t.keys.rotate.badEnd, member: 'expires_at' };
  return body;
}

function rotateFields() {
  const c = t.keys.rotate;
  const at = expiryField();
  const end = field({ name: 'end', label: c.end, tag: 'select', value: 'same', options: Object.entries(c.ends),
    onchange: () => { at.hidden = end.control.value !== 'at'; } });
  at.hidden = true;
  return div('fields', field({ name: 'overlap', label: c.overlap, hint: c.overlapHint, tag: 'select', value: OVERLAP_USUAL,
    options: Object.entries(c.overlaps) }), end, at);
}

/** What is done with a key that is there. */
const changeKey = (key, spec) => changeDialog({ ...spec, name: key.name, resource: { type: 'api_key', id: key.id },
  head: isMine(key) && h('p', spec.words.mine) });

async function rotate(key, list, signal) {
  const c = t.keys.rotate;
  const outcome = await changeKey(key, { words: c, operation: 'RotateApiKey', body: rotateFields(), take: rotation, signal,
    change: (reason, body) => call('POST', path(key.id, '/rotate'), { body, reason, ifMatch: etagOf(key), signal }) });
  if (outcome?.state === 'done') {
    const { overlap } = outcome.taken;
    const until = new Date(Date.now() + overlap * 1000).toISOString();
    await showOnce(outcome.now.data, overlap > 0 ? para('note note-info', h('span', c.oldWorks, ' ', countdown(until, signal))) :
      h('p', c.oldEnded), signal);
  }
  if (outcome)
    await changed(list);
}

async function revoke(key, list, signal) {
  const outcome = await changeKey(key, { words: t.keys.revoke, operation: 'RevokeApiKey', danger: true, signal,
    change: (reason) => call('DELETE', path(key.id), { reason, ifMatch: etagOf(key), signal }) });
  if (outcome)
    await changed(list);
}

export async function show(root, params, signal) {
  const status = field({ label: t.keys.filter, name: 'status', tag: 'select', value: params.query.get('status') ?? '',
    options: [['', t.common.all], ...Object.entries(t.common.statuses)], onchange: () => {
      keepQuery({ status: status.control.value });
      draw();
    } });
  const place = div('card table-card');
  let list;

  function draw() {
    const actions = [[more(t.keys.rotate.verb), (key) => rotate(key, list, signal)], [more(t.keys.revoke.verb), (key) => revoke(key, list, signal), 'danger']];
    list = pagedList({
      label: t.nav.keys, signal,
      path: '/api-keys', query: { status: status.control.value },
      draw: (rows) => table({ caption: t.keys.caption, columns: columns(actions, signal), rows, rowId: (key) => key.id }),
      none: () => empty(t.keys.none),
    });
    place.replaceChildren(list.element);
  }

  draw();
  root.append(pageHead(title, { lead: t.keys.lead,
    actions: [offer('CreateApiKey', more(t.keys.create.title), { class: 'primary', onclick: () => create(list, signal) }, { signal })] }),
  div('narrow', status), place);
}
