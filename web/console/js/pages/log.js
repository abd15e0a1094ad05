// SPDX-License-Identifier: MIT
// The audit log: filtered, followed, exported, held against a checkpoint; and one entry of it.

import { get, OPERATIONS, successive } from '../api.js';
import { canHash, hashHolds, hexOf, recordOf } from '../chain.js';
import { button, download, fill, h } from '../dom.js';
import { Follow } from '../follow.js';
import { tenantId } from '../session.js';
import { t } from '../texts.js';
import { chainFacts, entryColumns as columns, entryView, facts, typeName } from '../parts/entry.js';
import { field } from '../parts/field.js';
import { announce, explain, note, problem } from '../parts/notice.js';
import { badge, card, filtered, href, loading, mono, pagedList, pageHead, table, tableRow, utc } from '../parts/view.js';

const PAGE = 50;
/** Rows of what is followed: older ones make room. */
const FOLLOWED = 200;
const POLL_MS = 3000;

const l = t.log;
const c = l.checkpoint;
const x = l.export;

/* ---- following ---- */

function followed(filters, signal) {
  const status = h('p.quiet.small.follow-state', t.state.loading);
  const place = h('.paged-content', loading());
  const times = (...list) => list.filter(Boolean).sort();
  const follow = new Follow(async ({ from, to, ...query }) => (await get('/audit-log', { signal,
    query: { ...filters, ...query, from: times(from, filters.from).at(-1), to: times(to, filters.to)[0] } })).data);
  let body = null;
  let count = 0;

  function put(entries) {
    body.prepend(...entries.map((entry) => tableRow({ columns, rowClass: () => 'fresh' }, entry)).reverse());
    while (body.rows.length > FOLLOWED)
      body.lastElementChild.remove();
    count += entries.length;
    if (entries.length > 0)
      announce(l.follow.heard(entries.length));
  }

  async function look() {
    try {
      if (!body)
        body = fill(place, table({ caption: t.pager.caption(t.nav.log), columns, rows: await follow.begin(PAGE) })).querySelector('tbody');
      else if (!document.hidden)
        put(await follow.look());
      status.textContent = l.follow.state(count, FOLLOWED);
    } catch (error) {
      if (signal.aborted)
        return;
      if (error.kind === 'refused' && error.status < 500 && error.status !== 429) {
        fill(status);
        fill(place, problem(error));
        return;
      }
      // What came meanwhile is told by the next look.
      fill(status, badge('warn', l.follow.silent), ' ', explain(error).title);
    }
    timer = setTimeout(look, POLL_MS);
  }

  let timer = setTimeout(look, 0);
  signal.addEventListener('abort', () => clearTimeout(timer));
  return h('.paged', { role: 'group', 'aria-label': l.follow.label }, status, place);
}

/* ---- export ---- */

/** The last line of an export that was not cut off. */
const COMPLETE = /^(?:\{"complete":true,"entries":|complete,)(\d+)/;

async function exportLog(kind, query, place, signal) {
  const stop = new AbortController();
  fill(place, h('.words', h('span.quiet', t.state.loading), ' ', button(t.dialog.cancel, () => stop.abort())));
  const name = `audit-log-${tenantId().slice(0, 8)}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`;
  try {
    const response = await get('/audit-log', { raw: true, query: { ...query, format: kind }, signal: AbortSignal.any([signal, stop.signal]) });
    const blob = await response.blob();
    const tail = await blob.slice(-4096).text();
    const [, entries] = COMPLETE.exec(tail.trimEnd().split('\n').at(-1)) ?? [];
    if (entries)
      download(`${name}.${kind}`, blob);
    fill(place, note(entries ? { kind: 'done', title: x.done(Number(entries)) } :
      { title: x.cut, lines: [x.cutText], actions: button(x.keep, () => download(`${name}-incomplete.${kind}`, blob)) }));
  } catch (error) {
    if (!signal.aborted)
      fill(place, stop.signal.aborted ? h('p.quiet', x.cancelled) : note(explain(error.kind ? error : { title: x.cut, lines: [x.lost] })));
  }
}

/* ---- checkpoints, as `grantctl audit checkpoint` writes them ---- */

const TITLE = 'grantd-checkpoint 1';
const TENANT = /^tenant ([\da-f-]{36})$/;
const HEAD = /^(grant|api_key|policy|tenant) ([\da-f-]{36}) ([1-9]\d{0,18}) ([\da-f]{64})$/;
const DIGEST = /^(sha256|hmac-sha256) ([\da-f]{64})\n$/;
/** Chains compared at a time, and those that are shown. */
const AT_ONCE = 4;
const SHOWN = 200;

/** `tenants`: the heads of each one's chains; `covered`: what the digest is of. null: it is no checkpoint, or not all of one. */
function readCheckpoint(text) {
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  const covered = text.slice(0, end);
  const digest = DIGEST.exec(text.slice(end));
  const [first, second, ...lines] = covered.split('\n');
  if (!digest || first !== TITLE || !second?.startsWith('taken ') || lines.pop() !== '')
    return null;
  const tenants = new Map();
  let heads = null;
  for (const line of lines) {
    const tenant = TENANT.exec(line);
    const [, type, id, length, hash] = HEAD.exec(line) ?? [];
    if (tenant)
      tenants.set(tenant[1], heads = []);
    else if (type && heads)
      heads.push({ type, id, length: Number(length), hash });
    else
      return null;
  }
  return { taken: second.slice(6), tenants, covered, kind: digest[1], digest: digest[2] };
}

/** Is the file as it was written? A word of c.digest. */
async function checkDigest({ kind, digest, covered }, key) {
  if (!canHash())
    return 'unable';
  if (kind !== 'sha256' && !key)
    return 'key-needed';
  const { subtle } = crypto;
  const bytes = new TextEncoder().encode(covered);
  const computed = kind === 'sha256' ? await subtle.digest('SHA-256', bytes) :
    await subtle.sign('HMAC', await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']), bytes);
  return hexOf(computed) === digest ? 'holds' : 'broken';
}

/** A chain as it is now against its head then: `state` is a word of c.states. */
async function compareHead(head, signal) {
  const read = async (query) => (await get('/audit-log', { query: { resource_type: head.type, resource_id: head.id, ...query }, signal })).data;
  let page = await read({ limit: 1 });
  const length = page.data[0]?.sequence ?? 0;
  // From its end back to what was its end then.
  while (page.has_more && page.data.every((e) => e.sequence > head.length))
    page = await read({ limit: Math.min(250, length - head.length), cursor: page.next_cursor });
  const isSame = page.data.find((e) => e.sequence === head.length)?.hash === head.hash;
  const state = length === 0 ? 'gone' : length < head.length ? 'shorter' : !isSame ? 'differs' : length > head.length ? 'grown' : 'agrees';
  return { ...head, now: length, state, isBad: !['agrees', 'grown'].includes(state) };
}

const chainColumns = [
  [c.chain, ({ type, id }) => [typeName(type), ' ', mono(id)]],
  [c.result, ({ isBad, state }) => badge(isBad ? 'bad' : 'good', c.states[state])],
  [c.then, ({ length }) => length, 'number'],
  [c.now, ({ now }) => now, 'number'],
];

async function compare(heads, place, signal) {
  const found = [];
  const left = [...heads];
  const progress = h('p.quiet');
  fill(place, progress);
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left.length > 0 && !signal.aborted) {
      found.push(await compareHead(left.shift(), signal));
      progress.textContent = c.progress(found.length, heads.length);
    }
  }));
  signal.throwIfAborted();
  const bad = found.filter(({ isBad }) => isBad).length;
  const rows = found.toSorted((a, b) => b.isBad - a.isBad).slice(0, SHOWN);
  const title = bad > 0 ? c.bad(bad) : c.good(found.length);
  const counts = Object.entries(Object.groupBy(found, ({ state }) => state)).map(([state, list]) => `${c.states[state]}: ${list.length}`);
  announce(title);
  fill(place, note({ kind: bad > 0 ? 'refused' : 'done', title, lines: [counts.join(' · ')] }),
    h('details', { open: bad > 0 }, h('summary', c.each),
      table({ caption: c.title, columns: chainColumns, rows, rowClass: ({ isBad }) => isBad && 'row-bad' }),
      found.length > SHOWN && h('p.quiet', c.more(found.length - SHOWN))));
}

/** False: the file is not as it was written; what it was compared with is not shown. */
async function tellDigest(checkpoint, place, key) {
  const state = await checkDigest(checkpoint, key).catch(() => 'broken');
  const take = async ({ target }) => tellDigest(checkpoint, place, await target.files[0].arrayBuffer());
  fill(place, note({ kind: { holds: 'done', broken: 'refused' }[state] ?? 'unknown', title: c.digest[state] }),
    state === 'key-needed' && field('key', c.keyFile, { hint: c.keyHint, type: 'file', onchange: take }));
  const isBroken = state === 'broken';
  place.nextSibling.hidden = isBroken;
  return !isBroken;
}

function checkpointCard(signal) {
  const results = h('.stack', { role: 'status' });
  const next = successive(signal);

  async function take(file) {
    if (!file)
      return;
    const mine = next();
    const checkpoint = readCheckpoint(await file.text().catch(() => ''));
    if (mine.aborted)
      return;
    const heads = checkpoint?.tenants.get(tenantId());
    if (!heads) {
      fill(results, note({ title: checkpoint ? c.noTenant : c.none(file.name) }));
      return;
    }
    const digest = h('div');
    const chains = h('.stack');
    fill(results, h('p', h('strong', file.name), ' ', c.taken(utc(checkpoint.taken)), ' ', c.chains(heads.length)), digest, chains);
    try {
      if (await tellDigest(checkpoint, digest, null))
        await compare(heads, chains, mine);
    } catch (error) {
      if (!mine.aborted)
        fill(chains, problem(error, () => take(file)));
    }
  }

  const onchange = ({ target }) => {
    take(target.files[0]);
    // Chosen again, it is to be read again.
    target.value = '';
  };
  const ondragover = (event) => event.preventDefault();
  const ondrop = (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  };
  const chosen = field('checkpoint', c.choose, { hint: c.hint, type: 'file', onchange });
  return card(c.title, h('p.quiet', c.text), h('.drop', { ondragover, ondrop }, chosen), results);
}

/* ---- the pages ---- */

const ID = { type: 'search', maxlength: 256, class: 'mono' };
const TIME = { type: 'datetime-local', step: 1 };
const FILTERS = [
  ['action', l.filters.action, { choices: OPERATIONS }],
  ['outcome', l.columns.outcome, { choices: { done: t.entry.done, denied: t.entry.denied } }],
  ['resource_type', l.filters.type, { choices: l.types }],
  ['resource_id', l.filters.id, ID],
  ['actor_id', l.filters.actor, ID],
  ['from', l.filters.from, TIME],
  ['to', l.filters.to, TIME],
];

function showLog(root, query, signal) {
  const exported = h('.fault', { role: 'status' });
  const follow = button(l.follow.open, () => {
    follow.ariaPressed = String(follow.ariaPressed !== 'true');
    log.draw();
  }, { 'aria-pressed': 'false' });
  const exports = ['ndjson', 'csv'].map((kind) => button(x.open(kind), () => exportLog(kind, log.values(), exported, signal)));
  const log = filtered(query, FILTERS, (values, mine) => (follow.ariaPressed === 'true' ? followed(values, mine) :
    pagedList({ label: t.nav.log, path: '/audit-log', query: values, columns, none: [l.none], signal: mine })), signal);
  root.append(pageHead(t.nav.log, { lead: l.lead, actions: [follow, exports] }), exported, ...log.elements, checkpointCard(signal));
}

/** Computed from what is shown. */
async function hashView({ data: entry, text }) {
  const [kind, word] = !canHash() ? ['warn', 'unchecked'] : await hashHolds(entry, recordOf(text), tenantId()) ? ['good', 'holds'] : ['bad', 'broken'];
  return card([l.entry.chain, badge(kind, l.entry[word])], facts(chainFacts(entry)));
}

async function showEntry(root, id, signal) {
  const place = h('.stack', loading());
  const actions = h('a.button', { href: href('/what-if', { entry: id }) }, t.whatIf.fromEntry);
  root.append(pageHead(l.entry.title, { back: 'log', actions }), place);
  const answer = await get(`/audit-log/${id}`, { signal });
  fill(place, entryView(answer.data), await hashView(answer));
}

export const show = (root, { path: [id], query }, signal) => (id ? showEntry(root, id, signal) : showLog(root, query, signal));
