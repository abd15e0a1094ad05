// SPDX-License-Identifier: MIT
// The grants: listed, switched, made; and one of them, with its history and its activity.

import { call, get, newUuid } from '../api.js';
import { fill, h, sign } from '../dom.js';
import { more, own, t } from '../texts.js';
import { activity } from '../parts/activity.js';
import { changeDialog, etagOf, offer } from '../parts/change.js';
import { facts, history } from '../parts/entry.js';
import { field, objectOf } from '../parts/field.js';
import { tryTo } from '../parts/notice.js';
import { badge, card, filtered, fromLocalInput, go, loading, mono, pagedList, pageHead, pretty, statusBadge, tableRow, toLocalInput, when } from '../parts/view.js';

const HOUR = 3600000;
const SOON = 24 * HOUR;

const g = t.grant;
const c = t.grants.columns;
const n = t.create;

const pathOf = ({ id }) => `/grants/${id}`;

/** With when it came about, or ends. */
function stateOf({ status, expires_at, revoked_at }) {
  const isActive = status === 'active';
  const isSoon = isActive && Date.parse(expires_at) - Date.now() < SOON;
  return [isSoon ? badge('warn', g.soon) : statusBadge(status), isActive && ` ${g.ends}`, ' ', when(revoked_at ?? expires_at, 'relative')];
}

const resourceOf = ({ resource: { type, id } }) => h('span.resource', h('span.quiet.small', own(t.resourceTypes, type) ?? type), ' ', h('span.mono', id));

const nameOf = (grant) => g.name(grant.grantee_id, grant.action, grant.resource.id);

/* ---- changes ---- */

const linesOf = ({ data }) => data && [h('p', g.committed(data.version), ' ', when(data.updated_at), ' ', h('a', { href: `#${pathOf(data)}` }, g.toHistory))];

/** Changes the grant as it is shown. Returns it as it is then, where that is known. */
async function changeGrant(grant, signal, method, body, spec) {
  const path = pathOf(grant);
  const readAgain = () => get(path);
  const change = async (reason) => {
    const answer = await call(method, path, { body, reason, ifMatch: etagOf(grant) });
    return answer.data ? answer : readAgain().catch(() => ({}));
  };
  const outcome = await changeDialog({ ...spec, signal, change, readAgain, lines: linesOf, name: grant.grantee_id, head: h('p', nameOf(grant)),
    about: { grant_id: grant.id, context: body }, resource: { type: 'grant', id: grant.id } });
  return outcome?.now?.data;
}

function switchAuditing(grant, signal) {
  const { audit_enabled: isOn } = grant;
  return changeGrant(grant, signal, 'PATCH', { audit_enabled: !isOn },
    { words: isOn ? g.switchOff : g.switchOn, operation: 'UpdateGrant', danger: isOn, isDone: ({ data }) => data.audit_enabled !== isOn });
}

const revoke = (grant, signal) => changeGrant(grant, signal, 'DELETE', undefined,
  { words: g.revoke, operation: 'RevokeGrant', danger: true, isDone: ({ data }) => data.status === 'revoked' });

/** It does not move by itself: it shows what is committed. */
const auditSwitch = (grant, onclick) => h('button.switch', { type: 'button', role: 'switch', 'aria-checked': String(grant.audit_enabled),
  'aria-label': g.switchLabel(nameOf(grant)), onclick }, sign('knob'), sign('switch-word', grant.audit_enabled ? t.common.on : t.common.off));

const focusSwitch = (place) => place.querySelector('[role="switch"]').focus();

/* ---- a new one ---- */

const fields = () => [
  h('.fields',
    field('grantee_id', c.grantee, { required: true, maxlength: 256 }),
    field('action', n.action, { required: true, maxlength: 256 }),
    field('resource.type', n.type, { options: t.resourceTypes }),
    field('expires_at', n.expires, { type: 'datetime-local', required: true, value: toLocalInput(Date.now() + 8 * HOUR) })),
  field('resource.id', n.resource, { hint: n.resourceHint, required: true, maxlength: 2048 }),
  field('metadata', n.metadata, { hint: n.metadataHint, rows: 2, class: 'mono' }),
];

/** What does not fit the API refuses. @throws for form() */
function bodyOf(data) {
  const text = (name) => data.get(name).trim();
  return { grantee_id: text('grantee_id'), resource: { type: text('resource.type'), id: text('resource.id') }, action: text('action'),
    expires_at: fromLocalInput(text('expires_at')), metadata: objectOf(text('metadata'), n.metadata, 'metadata') };
}

/** The same key for the same body, so that asking again makes no second grant. */
async function create(signal) {
  const keys = {};
  const change = (reason, body) => call('POST', '/grants', { body, reason, idempotencyKey: keys[JSON.stringify(body)] ??= newUuid() });
  const outcome = await changeDialog({ words: n, name: (body) => body.grantee_id, body: fields(), take: bodyOf, signal, change,
    readAgain: change, isDone: () => true });
  if (outcome?.now)
    go(pathOf(outcome.now.data));
}

/* ---- the pages ---- */

const FILTERS = [
  ['grantee_id', c.grantee, { type: 'search', maxlength: 256 }],
  ['resource_id', n.resource, { type: 'search', maxlength: 2048 }],
  ['resource_type', n.type, { choices: t.resourceTypes }],
  ['status', c.state, { choices: t.common.statuses }],
  ['audit_enabled', c.auditing, { choices: { true: t.common.on, false: t.common.off } }],
];

function listOf(asked, signal) {
  const columns = [
    [c.grantee, (grant) => h('a', { href: `#${pathOf(grant)}` }, grant.grantee_id)],
    [c.action, (grant) => grant.action],
    [c.resource, resourceOf],
    [c.state, (grant) => h('span.small', stateOf(grant))],
    [c.auditing, (grant) => auditSwitch(grant, ({ target }) => onSwitch(grant, target.closest('tr'))), 'switch-cell'],
  ];

  async function onSwitch(grant, row) {
    const now = tableRow({ columns }, await switchAuditing(grant, signal) ?? grant);
    row.replaceWith(now);
    focusSwitch(now);
  }

  return pagedList({ label: t.nav.grants, path: '/grants', query: asked, columns, signal,
    none: Object.values(asked).some(Boolean) ? t.grants.noneLike : t.grants.none });
}

function showList(root, query, signal) {
  root.append(pageHead(t.nav.grants, { lead: t.grants.lead, actions: offer('CreateGrant', more(n.title), () => create(signal), 'primary') }),
    ...filtered(query, FILTERS, listOf, signal).elements);
}

/** The card at the top. */
function summary(grant, act) {
  const f = t.grantPage.facts;
  const metadata = pretty(grant.metadata);
  return card([f.label, h('.switch-line', sign('label', c.auditing), auditSwitch(grant, () => act(switchAuditing))),
    grant.status !== 'revoked' && offer('RevokeGrant', more(g.revoke.verb), () => act(revoke), 'danger', { grant_id: grant.id })],
  facts([
    [c.state, stateOf(grant)],
    [f.ends, when(grant.expires_at)],
    [c.resource, resourceOf(grant)],
    [c.action, grant.action],
    [f.granted, when(grant.granted_at)],
    [f.changed, [when(grant.updated_at), ' ', h('span.quiet', f.version(grant.version))]],
    [f.request, mono(grant.request_id)],
    [f.id, mono(grant.id)],
    [f.metadata, metadata && h('pre.small', metadata)],
  ]));
}

function showGrant(root, id, signal) {
  const place = h('.stack', loading(8));
  root.append(pageHead(t.grantPage.title, { back: 'grants' }), place);

  function draw(grant) {
    root.querySelector('h1').textContent = grant.grantee_id;
    const { element, off } = history(grant, load, signal);
    return [summary(grant, act), element, activity(grant, off, signal)];

    async function act(change) {
      const now = await change(grant, signal);
      if (!now || signal.aborted)
        return;
      fill(place, draw(now));
      focusSwitch(place);
    }
  }

  const load = () => tryTo(place, async () => draw((await get(`/grants/${id}`, { signal })).data));
  return load();
}

export const show = (root, { path: [id], query }, signal) => (id ? showGrant(root, id, signal) : showList(root, query, signal));
