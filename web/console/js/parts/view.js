// SPDX-License-Identifier: MIT
// What pages are made of.

import { get, successive } from '../api.js';
import { button, fill, focusOn, h, sign, unseen } from '../dom.js';
import { own, t } from '../texts.js';
import { field, form } from './field.js';
import { announce, problem } from './notice.js';

/** back: the list that it is from, by its name in t.nav */
export function pageHead(title, { lead, back, actions } = {}) {
  document.title = `${title} · ${t.product}`;
  return h('header.page-head', back && h('a.back', { href: `#/${back}` }, `← ${t.nav[back]}`),
    h('.page-head-row', h('h1', { tabindex: '-1' }, title), actions && h('.actions', actions)), lead && h('p.lead', lead));
}

/** title: or [title, what is beside it] */
export function card(title, ...content) {
  const [name, ...beside] = [title].flat();
  return h('section.card.stack', { 'aria-label': name }, h('.card-head', h('h2', name), beside), content);
}

const SIGNS = { good: '●', bad: '✕', warn: '▲', off: '○', info: '◆', quiet: '·' };

/** Colour and sign only help. */
export const badge = (kind, text) => h(`span.badge.badge-${kind}`, sign('sign', SIGNS[kind]), text);

const STATUSES = { active: 'good', revoked: 'bad' };
/** Of a grant or a key. */
export const statusBadge = (status) => badge(own(STATUSES, status) ?? 'quiet', own(t.common.statuses, status) ?? status);

export const mono = (text) => (text ?? '') !== '' && h('span.mono.small', text);

/** JSON to read; '' for an object with nothing in it. */
export const pretty = (value) => (Object.keys(value ?? {}).length === 0 ? '' : JSON.stringify(value, null, 2));

/**
 * columns: [label, cell of a row, class?]; the first names the row, and class "acts" shows no label; a row {between, class} is a line
 * between others. On a phone a row is a card, whose cells say their labels.
 */
export function table(spec) {
  const { caption, columns, rows } = spec;
  const head = ([label, , name]) => h('th', { scope: 'col', class: name }, name === 'acts' ? unseen(label) : label);
  return h('table.table', h('caption.unseen', caption), h('thead', h('tr', columns.map(head))),
    h('tbody', rows.map((row) => (row.between ? h('tr.gap', { class: row.class }, h('td', { colspan: columns.length }, row.between)) : tableRow(spec, row)))));
}

export function tableRow({ columns, rowClass }, row) {
  return h('tr', { class: rowClass?.(row), 'data-id': row.id }, columns.map(([label, cell, name], i) => h(i === 0 ? 'th' : 'td',
    { scope: i === 0 && 'row', class: name, 'data-label': name !== 'acts' && label }, cell(row))));
}

/** About as high as what comes. */
export function loading(lines = 6) {
  const label = t.state.loading;
  return h('.loading', { role: 'status', 'aria-label': label }, Array.from({ length: lines }, () => h('.bone')), unseen(label));
}

export const empty = (title, text) => h('.empty', h('p.empty-title', title), text && h('p.quiet', text));

/* ---- lists: filters, and paging by cursor ---- */

/**
 * Filters, specs as for field(), over list(values, signal), made anew when they change. query: of the address, where they are kept, unless
 * null. Times are the API's.
 */
export function filtered(query, specs, list, signal) {
  const controls = specs.map(([name, text, spec = {}]) => {
    const value = query?.get(name) ?? '';
    return field(name, text, { ...spec, value: spec.type === 'datetime-local' ? fromLocalInput(value) && toLocalInput(value, 19) : value }).control;
  });
  const valueOf = ({ type, value }) => (type === 'datetime-local' ? fromLocalInput(value) ?? '' : value.trim());
  const values = () => Object.fromEntries(controls.map((control) => [control.name, valueOf(control)]));
  const place = h(query ? '.card.table-card' : 'div');
  const next = successive(signal);
  const draw = () => fill(place, list(values(), next()));
  const search = () => {
    if (query)
      keepQuery(values());
    draw();
  };
  const clear = button(t.common.clear, () => {
    for (const control of controls)
      control.value = '';
    search();
  });
  const filters = form({ class: query ? 'card filters' : 'filters', role: 'search', 'aria-label': t.pager.filters, verb: t.common.search, beside: clear,
    onchange: ({ target }) => target.tagName === 'SELECT' && search() }, search, controls.map((control) => control.parentNode));
  draw();
  return { elements: [filters, place], values, draw };
}

/** A page may be empty and not the last. */
const LOOKS = 20;

async function lookFor({ path, query, limit = 50, signal }, cursor) {
  for (let look = 0; ; look++) {
    const { data } = await get(path, { query: { ...query, limit, cursor }, signal });
    if (data.data.length > 0 || !data.has_more || look === LOOKS)
      return data;
    cursor = data.next_cursor;
  }
}

/** none: for empty(); rowsOf: what the table has, of what the API answered. */
export function pagedList(spec) {
  const { label, columns, none, rowsOf = (rows) => rows } = spec;
  const content = h('.paged-content');
  const where = h('span.quiet');
  const previous = button(t.pager.previous, () => go(-1));
  const next = button(t.pager.next, () => go(1));
  const foot = h('nav.pager', { hidden: true, 'aria-label': t.pager.label(label) }, previous, where, next);
  const element = h('.paged', { role: 'group', 'aria-label': label }, content, foot);
  // The way back.
  const cursors = [null];
  let at = 0;

  async function go(step) {
    // Further pages are not known yet.
    if (content.ariaBusy)
      return;
    at += step;
    await show();
    focusOn(content);
    if (step !== 0)
      element.scrollIntoView({ block: 'start' });
  }

  async function show() {
    content.ariaBusy = 'true';
    if (content.childNodes.length === 0)
      fill(content, loading());
    try {
      draw(await lookFor(spec, cursors[at]));
    } catch (error) {
      foot.hidden = true;
      if (error.kind !== 'aborted')
        fill(content, problem(error, () => go(0)));
    } finally {
      content.ariaBusy = null;
    }
  }

  function draw({ data, has_more, next_cursor }) {
    cursors[at + 1] = next_cursor;
    fill(content, data.length > 0 || has_more ? table({ caption: t.pager.caption(label), columns, rows: rowsOf(data) }) : empty(...none));
    previous.disabled = at === 0;
    next.disabled = !has_more;
    foot.hidden = at === 0 && !has_more;
    where.textContent = t.pager.where(at + 1, data.length);
    if (element.isConnected)
      announce(`${label}: ${where.textContent}`);
  }

  show();
  return element;
}

/* ---- times, the reader's, with UTC on pointing at them ---- */

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
export const short = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const STEPS = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** "2026-11-23 09:30:00.123456 UTC" of the API's text. */
export const utc = (text) => `${text.replace('T', ' ').replace('Z', '')} UTC`;

function ago(date) {
  const seconds = (date - Date.now()) / 1000;
  const [unit, size] = STEPS.find(([, s]) => Math.abs(seconds) >= s) ?? STEPS.at(-1);
  return relative.format(Math.trunc(seconds / size), unit);
}

/** style: 'full' (with seconds), 'short' or 'relative' */
export function when(text, style = 'full') {
  if (!text)
    return h('span.quiet', t.common.none);
  const date = new Date(text);
  const isRelative = style === 'relative';
  return h('time', { datetime: text, title: (isRelative ? `${full.format(date)} · ` : '') + utc(text) },
    isRelative ? ago(date) : (style === 'short' ? short : full).format(date));
}

/** For <input type=datetime-local>, from the API's text or milliseconds; to the minute by itself. */
export function toLocalInput(time, length = 16) {
  const d = new Date(time);
  return new Date(d.getTime() - d.getTimezoneOffset() * 60000).toISOString().slice(0, length);
}

/** And back; null for nothing or no time. */
export function fromLocalInput(value) {
  const d = new Date(value || NaN);
  return Number.isNaN(d.getTime()) ? null : d.toISOString();
}

function leftText(ms) {
  const s = Math.ceil(ms / 1000);
  const days = Math.floor(s / 86400);
  const clock = [s / 3600 % 24, s / 60 % 60, s % 60].map((n) => String(Math.floor(n)).padStart(2, '0')).join(':');
  return days > 0 ? `${days} d ${clock}` : clock;
}

/** What is left until then, going down each second. */
export function countdown(until, signal) {
  // Not read out each second.
  const element = h('span.mono', { role: 'timer', 'aria-live': 'off', title: utc(until) });
  const timer = setInterval(tick, 1000);
  function tick() {
    const left = Date.parse(until) - Date.now();
    element.textContent = left > 0 ? leftText(left) : t.common.over;
    if (left <= 0 || signal.aborted)
      clearInterval(timer);
  }
  tick();
  return element;
}

/* ---- addresses: #/path?query; nothing secret is there ---- */

export function place() {
  const [path, query] = location.hash.slice(1).split('?', 2);
  return { path: path.length > 1 ? path : '/grants', query: new URLSearchParams(query) };
}

export function href(path, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  return `#${path}${search && `?${search}`}`;
}

let isOurs = false;

/** After a change: what is on the board is about the page that comes. */
export function go(path) {
  isOurs = true;
  location.hash = path;
}

export function keepsNotices() {
  const was = isOurs;
  isOurs = false;
  return was;
}

/** Without another page in the history. */
const keepQuery = (query) => history.replaceState(null, '', href(place().path, query));
