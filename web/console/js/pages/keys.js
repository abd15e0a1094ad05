// SPDX-License-Identifier: MIT
// The keys: listed, made, rotated with an overlap, revoked.

import { call } from '../api.js';
import { button, h, unseen } from '../dom.js';
import { keyName } from '../session.js';
import { more, t } from '../texts.js';
import { changeDialog, etagOf, offer, showDialog } from '../parts/change.js';
import { field, wordsOf } from '../parts/field.js';
import { announce } from '../parts/notice.js';
import { badge, countdown, filtered, fromLocalInput, pagedList, pageHead, statusBadge, toLocalInput, when } from '../parts/view.js';

const k = t.keys;
const isMine = (key) => keyName() === `grd_${key.key_name}`;

const endOf = ({ status, revoked_at, expires_at }, signal) => [when(revoked_at ?? expires_at, 'short'),
  status === 'active' && expires_at && [' ', h('span.nowrap.small.quiet', k.left, ' ', countdown(expires_at, signal))]];

const columns = (actions, signal) => [
  [k.columns.name, (key) => [h('span', key.name), isMine(key) && [' ', badge('info', k.mine)], h('.mono.small.quiet', `grd_${key.key_name}_…`)]],
  [k.columns.roles, (key) => h('span.words', key.roles.map((role) => [h('code', role), ' ']))],
  [k.columns.status, (key) => statusBadge(key.status)],
  [k.columns.end, (key) => (key.revoked_at || key.expires_at ? endOf(key, signal) : k.noEnd)],
  [k.columns.used, (key) => when(key.last_used_at, 'relative')],
  [k.columns.made, (key) => when(key.created_at, 'short')],
  [k.columns.actions, (key) => key.status === 'active' && h('.actions', actions.map(([words, act, kind]) =>
    button([more(words.verb), ' ', unseen(key.name)], () => act(key), kind))), 'acts'],
];

/** The key itself: here, once. */
async function showOnce(made, more, signal) {
  const { title, label, text, select, close } = k.once;
  const secret = h('output.secret.mono', { tabindex: '0', 'aria-label': label }, made.raw_key);
  const copy = button(t.common.copy, async () => {
    try {
      await navigator.clipboard.writeText(made.raw_key);
      copy.textContent = t.common.copied;
      announce(t.common.copied);
    } catch {
      // Without leave to copy it can be selected.
      getSelection().selectAllChildren(secret);
      announce(select);
    }
  }, 'primary');
  // Not by a slip.
  const oncancel = (event) => event.preventDefault();
  await showDialog({ title: title(made.name), close, oncancel, signal, body: [h('p', text), secret, h('.actions', copy), more] });
  secret.textContent = '';
}

const endField = (label, value) => field('expires_at', label, { hint: k.endHint, type: 'datetime-local', value });

/** null: it has none. @throws for form(), as half a date is none to the browser */
function endIn({ control }) {
  if (control.validity.badInput)
    throw { title: k.badEnd, member: 'expires_at' };
  return fromLocalInput(control.value);
}

function creation() {
  const end = endField(k.columns.end);
  return { words: k.create, operation: 'CreateApiKey', name: ({ name }) => name,
    body: [h('.fields', field('name', k.create.name, { required: true, maxlength: 200 }),
      field('roles', k.columns.roles, { hint: k.create.rolesHint, required: true, autocapitalize: 'none' })), end],
    take: (data) => ({ name: data.get('name').trim(), roles: wordsOf(data.get('roles')), expires_at: endIn(end) }),
    change: (reason, body) => call('POST', '/api-keys', { body, reason }) };
}

const change = (key, words, operation, method, action = '') => ({
  words, operation, name: key.name, head: isMine(key) && h('p', k.own), resource: { type: 'api_key', id: key.id },
  change: (reason, body) => call(method, `/api-keys/${key.id}${action}`, { body, reason, ifMatch: etagOf(key) }),
});

const revocation = (key) => ({ ...change(key, k.revoke, 'RevokeApiKey', 'DELETE'), danger: true });

function rotation(key) {
  const was = key.expires_at ? toLocalInput(key.expires_at) : '';
  const end = endField(k.rotate.end, was);
  return { ...change(key, k.rotate, 'RotateApiKey', 'POST', '/rotate'),
    body: h('.fields', field('overlap', k.rotate.overlap, { hint: k.rotate.overlapHint, options: k.rotate.overlaps, value: 3600 }), end),
    take: (data) => ({ overlap: Number(data.get('overlap')), expires_at: endIn(end) === fromLocalInput(was) ? undefined : endIn(end) }) };
}

/** What a new key's dialog tells of the one that it is to take the place of. */
function overlapOf({ overlap }, signal) {
  const until = new Date(Date.now() + overlap * 1000).toISOString();
  return h('p', overlap > 0 ? [k.rotate.overlap, ' ', countdown(until, signal)] : k.rotate.oldEnded);
}

export function show(root, { query }, signal) {
  async function act(spec) {
    const outcome = await changeDialog({ ...spec, signal });
    if (outcome?.now?.data)
      await showOnce(outcome.now.data, spec.words === k.rotate && overlapOf(outcome.taken, signal), signal);
    if (outcome && outcome.state !== 'refused')
      keys.draw();
  }

  const actions = [[k.rotate, (key) => act(rotation(key))], [k.revoke, (key) => act(revocation(key)), 'danger']];
  const keys = filtered(query, [['status', k.columns.status, { choices: t.common.statuses }]], (asked, mine) =>
    pagedList({ label: t.nav.keys, path: '/api-keys', query: asked, columns: columns(actions, mine), none: [k.none], signal: mine }), signal);
  root.append(pageHead(t.nav.keys, { lead: k.lead, actions: offer('CreateApiKey', more(k.create.title), () => act(creation()), 'primary') }),
    ...keys.elements);
}
