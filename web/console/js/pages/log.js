// SPDX-License-Identifier: MIT
// The audit log: filtered, followed, exported, held against a checkpoint; and one entry of it.

import { get, stream } from '../api.js';
import { canHash, hashHolds, recordOf } from '../chain.js';
import { checkDigest, compareHead, eachOf, readCheckpoint } from '../checkpoint.js';
import { div, download, fill, h, newId, para, span } from '../dom.js';
import { Follow } from '../follow.js';
import { OPERATIONS } from '../question.js';
import { href, keepQuery } from '../route.js';
import { tenantId } from '../session.js';
import { t } from '../texts.js';
import { fromLocalInput, toLocalInput, utc } from '../time.js';
import { badge } from '../parts/badge.js';
import { entryColumns, entryView, typeName } from '../parts/entry.js';
import { field } from '../parts/field.js';
import { pageHead } from '../parts/head.js';
import { announce, noteBox } from '../parts/notice.js';
import { pagedList } from '../parts/pager.js';
import { empty, explain, loading, problem } from '../parts/state.js';
import { table, tableRow } from '../parts/table.js';
import { facts } from '../parts/timeline.js';

export const title = (params) => (params.path.length > 0 ? t.log.entry.title : t.nav.log);

const PAGE = 50;
/** Rows of what is followed: older ones make room. */
const FOLLOWED = 200;
const POLL_MS = 3000;
const FILTERS = ['action', 'outcome', 'resource_type', 'resource_id', 'actor_id', 'from', 'to'];
const TIMES = new Set(['from', 'to']);
/** Chains that do not agree, shown one by one. */
const SHOWN = 200;

const l = t.log;
const tableSpec = { caption: l.caption, columns: entryColumns, rowId: (e) => e.id };
const read = (query, signal) => get('/audit-log', { query, signal }).then(({ data }) => data);

/* ---- filters ---- */

function filterForm(query, apply) {
  const f = l.filters;
  const all = ['', t.common.all];
  const time = (name) => ({ name, type: 'datetime-local', value: query.get(name) ? toLocalInput(query.get(name)) : '', step: 1 });
  const text = (name) => ({ name, type: 'search', value: query.get(name) ?? '', maxlength: 256, class: 'mono' });
  const choice = (name, options) => ({ name, tag: 'select', value: query.get(name) ?? '', options: [all, ...options] });
  const form = h('form', { class: 'card filters', role: 'search', 'aria-label': f.label, onsubmit: (event) => { event.preventDefault(); apply(); } },
    field({ label: f.action, ...choice('action', OPERATIONS.map((o) => [o, o])) }),
    field({ label: f.outcome, ...choice('outcome', [['done', t.entry.done], ['denied', t.entry.denied]]) }),
    field({ label: f.type, ...choice('resource_type', Object.entries(l.types)) }),
    field({ label: f.id, ...text('resource_id') }), field({ label: f.actor, ...text('actor_id') }),
    field({ label: f.from, ...time('from') }), field({ label: f.to, ...time('to') }),
    div('actions', h('button', { type: 'submit', class: 'primary' }, f.apply),
      h('button', { type: 'button', onclick: () => { FILTERS.forEach((name) => { form.elements.namedItem(name).value = ''; }); apply(); } }, f.clear)));
  const values = () => Object.fromEntries(FILTERS.map((name) => {
    const value = form.elements.namedItem(name).value.trim();
    return [name, TIMES.has(name) ? fromLocalInput(value) ?? '' : value];
  }));
  return { form, values };
}

/* ---- following ---- */

/** The newest entries, and those that come, until the signal. @returns {HTMLElement} */
function followed(filters, signal) {
  const status = para('quiet small follow-state', l.follow.begins);
  const place = div('paged-content', loading());
  const follow = new Follow((query) => read({ ...filters, ...query, from: query.from && filters.from > query.from ? filters.from : query.from ?? filters.from }, signal));
  let body = null;
  let count = 0;

  function draw(entries) {
    const view = table({ ...tableSpec, rows: entries });
    body = view.querySelector('tbody');
    fill(place, view);
  }

  function put(entries) {
    for (const entry of entries) {
      const row = tableRow(tableSpec, entry);
      row.classList.add('fresh');
      body.prepend(row);
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
  return h('div', { class: 'paged', role: 'group', 'aria-label': l.follow.label }, status, place);
}

/* ---- export ---- */

const KINDS = {
  ndjson: { type: 'application/x-ndjson', entries: (line) => { const end = JSON.parse(line); return end.complete === true ? end.entries : null; } },
  csv: { type: 'text/csv', entries: (line) => { const end = /^complete,(\d+)/.exec(line); return end && Number(end[1]); } },
};

/** How many entries its last line says it has; null: it was cut off. */
async function entriesOf(blob, kind) {
  const tail = await blob.slice(-4096).text();
  try {
    return KINDS[kind].entries(tail.trimEnd().split('\n').at(-1));
  } catch {
    return null;
  }
}

async function readBlob(response, kind, progress) {
  const reader = response.body.getReader();
  const parts = [];
  let bytes = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done)
      return new Blob(parts, { type: KINDS[kind].type });
    parts.push(value);
    bytes += value.length;
    progress(bytes);
  }
}

async function exportLog(kind, filters, place, signal) {
  const stop = new AbortController();
  const leave = () => stop.abort();
  signal.addEventListener('abort', leave);
  const state = span('quiet', l.export.begins);
  fill(place, div('words', state, ' ', h('button', { type: 'button', onclick: leave }, t.dialog.cancel)));
  const name = `audit-log-${tenantId().slice(0, 8)}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`;
  try {
    const response = await stream('/audit-log', { query: { ...filters, format: kind }, accept: KINDS[kind].type, signal: stop.signal });
    const blob = await readBlob(response, kind, (bytes) => { state.textContent = l.export.bytes(bytes); });
    const entries = await entriesOf(blob, kind);
    if (entries === null) {
      const keep = h('button', { type: 'button', onclick: () => download(`${name}-incomplete.${kind}`, KINDS[kind].type, blob) }, l.export.keep);
      fill(place, noteBox('refused', { title: l.export.cut, lines: [l.export.cutText], actions: [keep] }));
      return;
    }
    download(`${name}.${kind}`, KINDS[kind].type, blob);
    fill(place, noteBox('done', { title: l.export.done(entries), lines: [l.export.bytes(blob.size)] }));
  } catch (error) {
    if (signal.aborted)
      return;
    fill(place, stop.signal.aborted ? para('quiet', l.export.cancelled) :
      noteBox('refused', error.kind ? explain(error) : { title: l.export.cut, lines: [l.export.lost] }));
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/* ---- checkpoints ---- */

const STATES = { agrees: 'good', grown: 'good', shorter: 'bad', differs: 'bad', gone: 'bad' };

function headColumns() {
  const c = l.checkpoint;
  return [
    { label: c.chain, cell: (r) => [typeName(r.head.type), ' ', span('mono small', r.head.id)] },
    { label: c.result, cell: (r) => badge(STATES[r.state] ?? 'warn', c.states[r.state] ?? r.state) },
    { label: c.then, cell: (r) => r.head.length, class: 'number' },
    { label: c.now, cell: (r) => r.length ?? t.common.none, class: 'number' },
  ];
}

class Checkpoint {
  constructor(signal) {
    const c = l.checkpoint;
    const id = newId('checkpoint');
    this.signal = signal;
    this.results = h('div', { class: 'stack', role: 'status' });
    const input = h('input', { id, type: 'file', onchange: () => {
      this.take(input.files[0]);
      // The same file chosen again is to be looked at again.
      input.value = '';
    } });
    const drop = div('drop', h('label', { for: id, class: 'label' }, c.choose), input, para('hint', c.hint));
    for (const kind of ['dragenter', 'dragover'])
      drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add('over'); });
    for (const kind of ['dragleave', 'drop'])
      drop.addEventListener(kind, () => drop.classList.remove('over'));
    drop.addEventListener('drop', (event) => { event.preventDefault(); this.take(event.dataTransfer.files[0]); });
    this.element = h('section', { class: 'card stack', 'aria-label': c.title }, h('h2', null, c.title), para('quiet', c.text), drop, this.results);
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
    if (!checkpoint || !heads) {
      fill(this.results, noteBox('refused', checkpoint ? { title: c.noTenant, lines: [c.taken(utc(checkpoint.taken))] } : { title: c.none(file.name) }));
      return;
    }
    const digest = h('div');
    const chains = div('stack');
    fill(this.results, h('p', null, h('strong', null, file.name), ' ', c.taken(utc(checkpoint.taken)), ' ', c.chains(heads.length)), digest, chains);
    await this.tellDigest(checkpoint, digest, null);
    if (this.broken)
      return;
    try {
      await this.compare(heads, chains, signal);
    } catch (error) {
      if (!signal.aborted)
        fill(chains, problem(error, () => this.take(file)));
    }
  }

  /** A file that is not as it was written is compared with nothing. */
  async tellDigest(checkpoint, place, key) {
    const c = l.checkpoint;
    const state = await checkDigest(checkpoint, key).catch(() => 'broken');
    this.broken = state === 'broken' && key === null;
    const words = { title: c.digest[state], lines: state === 'broken' ? [c.brokenText] : [] };
    const kinds = { holds: 'done', broken: 'refused', 'key-needed': 'unknown', unable: 'unknown' };
    const ask = state === 'key-needed' && field({ label: c.keyFile, hint: c.keyHint, type: 'file', name: 'key', onchange: async (event) =>
      this.tellDigest(checkpoint, place, await event.target.files[0].arrayBuffer()) });
    fill(place, noteBox(kinds[state], words), ask);
  }

  async compare(heads, place, signal) {
    const c = l.checkpoint;
    const found = [];
    const count = { agrees: 0, grown: 0, shorter: 0, differs: 0, gone: 0 };
    const state = para('quiet');
    fill(place, state);
    await eachOf(heads, async (head) => {
      const result = await compareHead(head, (query) => read(query, signal));
      count[result.state] += 1;
      found.push({ head, ...result });
      state.textContent = c.progress(found.length, heads.length);
    }, signal);
    if (signal.aborted)
      return;
    const bad = found.filter((r) => STATES[r.state] === 'bad');
    const rest = found.filter((r) => STATES[r.state] !== 'bad');
    const summary = Object.entries(count).filter(([, n]) => n > 0).map(([name, n]) => `${c.states[name]}: ${n}`);
    announce(bad.length > 0 ? c.bad(bad.length) : c.good(found.length));
    fill(place, noteBox(bad.length > 0 ? 'refused' : 'done', { title: bad.length > 0 ? c.bad(bad.length) : c.good(found.length), lines: [summary.join(' · ')] }),
      h('details', { open: bad.length > 0 }, h('summary', null, c.each),
        table({ caption: c.title, columns: headColumns(), rows: [...bad, ...rest].slice(0, SHOWN), rowClass: (r) => (STATES[r.state] === 'bad' ? 'row-bad' : '') }),
        found.length > SHOWN && para('quiet', c.more(found.length - SHOWN))));
  }
}

/* ---- the pages ---- */

async function showLog(root, query, signal) {
  let run = new AbortController(); // of what the place shows
  const place = div('card table-card');
  const exported = h('div', { class: 'fault', role: 'status' });
  const { form, values } = filterForm(query, () => { keepQuery(values()); draw(); });
  const following = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => {
    following.setAttribute('aria-pressed', String(following.getAttribute('aria-pressed') !== 'true'));
    draw();
  } }, l.follow.open);
  const exportButton = (kind) => h('button', { type: 'button', onclick: () => exportLog(kind, values(), exported, signal) }, l.export.open(kind));

  function draw() {
    run.abort();
    run = new AbortController();
    const filters = values();
    if (following.getAttribute('aria-pressed') === 'true') {
      fill(place, followed(filters, run.signal));
      return;
    }
    const list = pagedList({
      label: t.nav.log, signal: run.signal,
      load: (cursor) => read({ ...filters, limit: PAGE, cursor }, run.signal),
      draw: (rows) => table({ ...tableSpec, rows }),
      none: () => empty(l.none),
    });
    fill(place, list.element);
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
  return h('section', { class: 'card stack', 'aria-label': e.chain }, div('card-head', h('h2', null, e.chain), state),
    facts([[t.entry.sequence, String(entry.sequence)], ...[[t.entry.hash, entry.hash], [t.entry.previous, entry.previous_hash]].map(([name, value]) =>
      [name, span('mono small', value)])]));
}

async function showEntry(root, id, signal) {
  const place = div('stack', loading());
  const actions = div('actions');
  root.append(pageHead(l.entry.title, { back: { href: href('/log'), text: t.nav.log }, actions: [actions] }), place);
  const answer = await get(`/audit-log/${encodeURIComponent(id)}`, { signal });
  fill(actions, h('a', { class: 'button', href: href('/what-if', { entry: id }) }, t.whatIf.fromEntry));
  fill(place, entryView(answer.data), await hashView(answer));
}

/** @param {HTMLElement} root @param {{path: string[], query: URLSearchParams}} params @param {AbortSignal} signal */
export async function show(root, { path: [id], query }, signal) {
  await (id ? showEntry(root, id, signal) : showLog(root, query, signal));
}
