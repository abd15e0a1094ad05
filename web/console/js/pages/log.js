// SPDX-License-Identifier: MIT
// The audit log: filtered, followed, exported, held against a checkpoint; and one entry of it.

import { get, stream } from '../api.js';
import { canHash, hashHolds, recordOf } from '../chain.js';
import { checkDigest, compareHead, eachOf, readCheckpoint } from '../checkpoint.js';
import { button, div, download, fill, h, newId, para, span } from '../dom.js';
import { Follow } from '../follow.js';
import { OPERATIONS } from '../question.js';
import { href } from '../route.js';
import { tenantId } from '../session.js';
import { t } from '../texts.js';
import { utc } from '../time.js';
import { chainFacts, entryColumns, entryView, facts, typeName } from '../parts/entry.js';
import { field } from '../parts/field.js';
import { filterForm } from '../parts/filter.js';
import { announce, noteBox } from '../parts/notice.js';
import { pagedList } from '../parts/pager.js';
import { empty, explain, loading, problem } from '../parts/state.js';
import { badge, pageHead, table, tableRow } from '../parts/view.js';

export const title = (params) => (params.path.length > 0 ? t.log.entry.title : t.nav.log);

const PAGE = 50;
/** Rows of what is followed: older ones make room. */
const FOLLOWED = 200;
const POLL_MS = 3000;
/** Chains that do not agree, shown one by one. */
const SHOWN = 200;

const l = t.log;
const tableSpec = { caption: l.caption, columns: entryColumns, rowId: (e) => e.id };
const read = (query, signal) => get('/audit-log', { query, signal }).then(({ data }) => data);

function filters(query, apply) {
  const f = l.filters;
  const id = { type: 'search', maxlength: 256, class: 'mono' };
  const time = { type: 'datetime-local', step: 1 };
  return filterForm(f, query, apply, [
    { name: 'action', label: f.action, choices: OPERATIONS.map((o) => [o, o]) },
    { name: 'outcome', label: f.outcome, choices: [['done', t.entry.done], ['denied', t.entry.denied]] },
    { name: 'resource_type', label: f.type, choices: Object.entries(l.types) },
    { name: 'resource_id', label: f.id, ...id }, { name: 'actor_id', label: f.actor, ...id },
    { name: 'from', label: f.from, ...time }, { name: 'to', label: f.to, ...time }]);
}

/* ---- following ---- */

/** The newest entries, and those that come, until the signal. @returns {HTMLElement} */
function followed(filters, signal) {
  const status = para('quiet small follow-state', l.follow.begins);
  const place = div('paged-content', loading());
  const later = (a, b = '') => (a > b ? a : b);
  const follow = new Follow((query) => read({ ...filters, ...query, from: later(filters.from, query.from) }, signal));
  let body = null;
  let count = 0;

  function draw(entries) {
    const view = table({ ...tableSpec, rows: entries });
    body = view.querySelector('tbody');
    fill(place, view);
  }

  function put(entries) {
    for (const entry of entries) {
      body.prepend(tableRow(tableSpec, entry));
      body.firstElementChild.classList.add('fresh');
    }
    while (body.rows.length > FOLLOWED)
      body.lastElementChild.remove();
    count += entries.length;
    if (entries.length > 0)
      announce(l.follow.heard(entries.length));
  }

  async function look() {
    try {
      if (body === null)
        draw(await follow.begin(PAGE));
      else if (!document.hidden)
        put(await follow.look());
      status.textContent = l.follow.state(count, FOLLOWED);
    } catch (error) {
      if (error.kind === 'aborted' || signal.aborted)
        return;
      if (error.kind === 'refused' && error.status < 500 && error.status !== 429) {
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
  return h('div.paged', { role: 'group', 'aria-label': l.follow.label }, status, place);
}

/* ---- export ---- */

/** By the export's last line: how many entries it says there are; false: it is another line. */
const KINDS = {
  ndjson: { type: 'application/x-ndjson', entries: (line) => { const end = JSON.parse(line); return end.complete === true && end.entries; } },
  csv: { type: 'text/csv', entries: (line) => { const end = /^complete,(\d+)/.exec(line); return end !== null && Number(end[1]); } },
};

async function readBlob(response, type, progress) {
  const reader = response.body.getReader();
  const parts = [];
  let bytes = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done)
      return new Blob(parts, { type });
    parts.push(value);
    progress(bytes += value.length);
  }
}

/** @returns {Promise<number|null>} null: it was cut off */
async function entriesOf(blob, { entries }) {
  const tail = await blob.slice(-4096).text();
  try {
    const count = entries(tail.trimEnd().split('\n').at(-1));
    return count === false ? null : count;
  } catch {
    return null;
  }
}

async function exportLog(kind, query, place, signal) {
  const e = l.export;
  const { type } = KINDS[kind];
  const stop = new AbortController();
  const leave = () => stop.abort();
  signal.addEventListener('abort', leave);
  const state = span('quiet', e.begins);
  fill(place, div('words', state, ' ', button(t.dialog.cancel, leave)));
  const name = `audit-log-${tenantId().slice(0, 8)}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`;
  try {
    const response = await stream('/audit-log', { query: { ...query, format: kind }, accept: type, signal: stop.signal });
    const blob = await readBlob(response, type, (bytes) => { state.textContent = e.bytes(bytes); });
    const entries = await entriesOf(blob, KINDS[kind]);
    if (entries !== null)
      download(`${name}.${kind}`, blob);
    fill(place, entries !== null ? noteBox('done', { title: e.done(entries), lines: [e.bytes(blob.size)] }) :
      noteBox('refused', { title: e.cut, lines: [e.cutText], actions: [button(e.keep, () => download(`${name}-incomplete.${kind}`, blob))] }));
  } catch (error) {
    if (!signal.aborted)
      fill(place, stop.signal.aborted ? para('quiet', e.cancelled) : noteBox('refused', error.kind ? explain(error) : { title: e.cut, lines: [e.lost] }));
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/* ---- checkpoints ---- */

/** Neither as it was then nor grown since. */
const isBad = ({ state }) => !['agrees', 'grown'].includes(state);

function headColumns() {
  const c = l.checkpoint;
  return [
    [c.chain, (r) => [typeName(r.head.type), ' ', span('mono small', r.head.id)]],
    [c.result, (r) => badge(isBad(r) ? 'bad' : 'good', c.states[r.state])],
    [c.then, (r) => r.head.length, 'number'],
    [c.now, (r) => r.length ?? t.common.none, 'number'],
  ];
}

class Checkpoint {
  constructor(signal) {
    const c = l.checkpoint;
    const id = newId('checkpoint');
    this.signal = signal;
    this.results = h('div.stack', { role: 'status' });
    const input = h('input', { id, type: 'file', onchange: () => {
      this.take(input.files[0]);
      // The same file chosen again is to be looked at again.
      input.value = '';
    } });
    const drop = div('drop', h('label.label', { for: id }, c.choose), input, para('hint', c.hint));
    for (const kind of ['dragenter', 'dragover'])
      drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add('over'); });
    for (const kind of ['dragleave', 'drop'])
      drop.addEventListener(kind, () => drop.classList.remove('over'));
    drop.addEventListener('drop', (event) => { event.preventDefault(); this.take(event.dataTransfer.files[0]); });
    this.element = h('section.card.stack', { 'aria-label': c.title }, h('h2', c.title), para('quiet', c.text), drop, this.results);
  }

  async take(file) {
    if (!file)
      return;
    this.run?.abort();
    this.run = new AbortController();
    const { signal } = this.run;
    this.signal.addEventListener('abort', () => this.run.abort());
    const c = l.checkpoint;
    const checkpoint = readCheckpoint(await file.text());
    const heads = checkpoint?.tenants.get(tenantId());
    const taken = checkpoint && c.taken(utc(checkpoint.taken));
    if (!heads) {
      fill(this.results, noteBox('refused', checkpoint ? { title: c.noTenant, lines: [taken] } : { title: c.none(file.name) }));
      return;
    }
    const digest = h('div');
    const chains = div('stack');
    fill(this.results, h('p', h('strong', file.name), ' ', taken, ' ', c.chains(heads.length)), digest, chains);
    if (!await this.tellDigest(checkpoint, digest, null))
      return;
    try {
      await this.compare(heads, chains, signal);
    } catch (error) {
      if (!signal.aborted)
        fill(chains, problem(error, () => this.take(file)));
    }
  }

  /** @returns {Promise<boolean>} false: it is not as it was written, and is compared with nothing */
  async tellDigest(checkpoint, place, key) {
    const c = l.checkpoint;
    const state = await checkDigest(checkpoint, key).catch(() => 'broken');
    const kind = { holds: 'done', broken: 'refused' }[state] ?? 'unknown';
    fill(place, noteBox(kind, { title: c.digest[state], lines: state === 'broken' ? [c.brokenText] : [] }),
      state === 'key-needed' && field({ label: c.keyFile, hint: c.keyHint, type: 'file', name: 'key', onchange: async (event) =>
        this.tellDigest(checkpoint, place, await event.target.files[0].arrayBuffer()) }));
    return state !== 'broken';
  }

  async compare(heads, place, signal) {
    const c = l.checkpoint;
    const found = [];
    const progress = para('quiet');
    fill(place, progress);
    await eachOf(heads, async (head) => {
      found.push({ head, ...await compareHead(head, (query) => read(query, signal)) });
      progress.textContent = c.progress(found.length, heads.length);
    }, signal);
    if (signal.aborted)
      return;
    const bad = found.filter(isBad);
    const rest = found.filter((r) => !isBad(r));
    const title = bad.length > 0 ? c.bad(bad.length) : c.good(found.length);
    const counts = Object.entries(c.states).map(([state, text]) => [text, found.filter((r) => r.state === state).length]);
    announce(title);
    fill(place, noteBox(bad.length > 0 ? 'refused' : 'done', { title, lines: [counts.filter(([, n]) => n > 0).map(([text, n]) => `${text}: ${n}`).join(' · ')] }),
      h('details', { open: bad.length > 0 }, h('summary', c.each),
        table({ caption: c.title, columns: headColumns(), rows: [...bad, ...rest].slice(0, SHOWN), rowClass: (r) => (isBad(r) ? 'row-bad' : '') }),
        found.length > SHOWN && para('quiet', c.more(found.length - SHOWN))));
  }
}

/* ---- the pages ---- */

async function showLog(root, query, signal) {
  let run = new AbortController(); // of what the place shows
  const place = div('card table-card');
  const exported = h('div.fault', { role: 'status' });
  const { form, values } = filters(query, draw);
  const following = button(l.follow.open, () => {
    following.setAttribute('aria-pressed', String(!isFollowing()));
    draw();
  }, { 'aria-pressed': 'false' });
  const isFollowing = () => following.getAttribute('aria-pressed') === 'true';
  const exportButton = (kind) => button(l.export.open(kind), () => exportLog(kind, values(), exported, signal));

  function draw() {
    run.abort();
    run = new AbortController();
    const asked = values();
    fill(place, isFollowing() ? followed(asked, run.signal) : pagedList({ label: t.nav.log, signal: run.signal,
      path: '/audit-log', query: asked, draw: (rows) => table({ ...tableSpec, rows }), none: () => empty(l.none) }).element);
  }

  signal.addEventListener('abort', () => run.abort());
  root.append(pageHead(t.nav.log, { lead: l.lead, actions: [following, exportButton('ndjson'), exportButton('csv')] }), exported, form, place,
    new Checkpoint(signal).element);
  draw();
}

/** Nothing is believed of the hash that the server tells: it is computed from what is shown. */
async function hashView(answer) {
  const e = l.entry;
  const entry = answer.data;
  const holds = canHash() ? await hashHolds(entry, recordOf(answer.text), tenantId()) : null;
  const state = holds === null ? badge('warn', e.unchecked) : holds ? badge('good', e.holds) : badge('bad', e.broken);
  return h('section.card.stack', { 'aria-label': e.chain }, div('card-head', h('h2', e.chain), state),
    facts(chainFacts(entry)));
}

async function showEntry(root, id, signal) {
  const place = div('stack', loading());
  const actions = div('actions');
  root.append(pageHead(l.entry.title, { back: { href: href('/log'), text: t.nav.log }, actions: [actions] }), place);
  const answer = await get(`/audit-log/${encodeURIComponent(id)}`, { signal });
  fill(actions, h('a.button', { href: href('/what-if', { entry: id }) }, t.whatIf.fromEntry));
  fill(place, entryView(answer.data), await hashView(answer));
}

export const show = (root, { path: [id], query }, signal) => (id ? showEntry(root, id, signal) : showLog(root, query, signal));
