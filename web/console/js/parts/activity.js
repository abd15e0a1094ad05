// SPDX-License-Identifier: MIT
// What was done under a grant: totals, a chart over time, and the events.

import { get } from '../api.js';
import { div, fill, h, para, span } from '../dom.js';
import { t } from '../texts.js';
import { when } from '../time.js';
import { offBetween } from './audited.js';
import { badge } from './badge.js';
import { chart, chartRows, legend } from './chart.js';
import { field } from './field.js';
import { pagedList } from './pager.js';
import { empty, loading, problem } from './state.js';
import { table } from './table.js';

const PAGE = 25;
/** Events of a chart: what is older waits until it is asked for. */
const CHART_PAGE = 250;
const CHART_PAGES = 8;
const DAY = 86400000;

/** @returns {Promise<{events: Object[], more: boolean}>} the latest ones */
async function latest(id, since, signal) {
  const events = [];
  let page = { next_cursor: null, has_more: true };
  for (let i = 0; i < CHART_PAGES && page.has_more; i++) {
    page = (await get(`/grants/${id}/activity`, { query: { limit: CHART_PAGE, cursor: page.next_cursor, since }, signal })).data;
    events.push(...page.data);
  }
  return { events, more: page.has_more };
}

function totals(s) {
  const a = t.activity;
  const one = (n, text, kind) => div(`total total-${kind}`, h('dd', null, n.toLocaleString('en')), h('dt', null, text));
  return [
    h('dl', { class: 'totals' }, one(s.total_events, a.total, 'all'), one(s.read_events, a.read, 'read'), one(s.write_events, a.write, 'write'),
      one(s.denied_events, a.denied, 'denied'), one(s.error_events, a.error, 'error')),
    s.services.length > 0 && para('small', span('quiet', `${a.services}: `), s.services.join(', ')),
  ];
}

/** From the beginning of the grant, or of the time that was chosen, to now or to its end. */
function timeOf(grant, events, since) {
  const seen = events.map((e) => Date.parse(e.occurred_at));
  const to = Math.max(Math.min(Date.now(), Date.parse(grant.revoked_at ?? grant.expires_at)), ...seen) + 1;
  const begin = since ? Date.parse(since) : Math.min(Date.parse(grant.granted_at), Date.parse(grant.created_at), ...seen);
  return { from: Math.min(begin, to - 1000), to };
}

function chartFigure(grant, { events, more }, stretches, since) {
  const a = t.activity;
  const whole = timeOf(grant, events, since);
  // What is older than the events at hand is not nothing.
  const from = more ? Date.parse(events.at(-1).occurred_at) : whole.from;
  const rows = chartRows(events, from, whole.to);
  const hasOff = offBetween(stretches, from, whole.to).length > 0;
  return h('figure', { class: 'figure' },
    legend(hasOff),
    chart({ events, from, to: whole.to, stretches, about: a.about(events.length, hasOff) }),
    h('figcaption', { class: 'small quiet' }, more ? a.latest(events.length) : a.allOf(events.length)),
    h('details', { class: 'more' }, h('summary', null, a.asTable), table({
      caption: a.asTable, rows,
      columns: [{ label: a.columns.when, cell: (r) => r.when }, ...['read', 'write'].flatMap((kind) => ['success', 'denied', 'error'].map((outcome) => ({
        label: a.counts[kind][outcome], class: 'number', cell: (r) => r[kind][outcome] })))],
    })));
}

const OUTCOME_BADGES = { success: 'good', denied: 'warn', error: 'bad' };

function columns() {
  const c = t.activity.columns;
  return [
    { label: c.when, cell: (e) => when(e.occurred_at) },
    { label: c.service, cell: (e) => e.service },
    { label: c.name, cell: (e) => span('mono', e.name) },
    { label: c.kind, cell: (e) => t.activity.kinds[e.kind] },
    { label: c.outcome, cell: (e) => badge(OUTCOME_BADGES[e.outcome], t.activity.outcomes[e.outcome]) },
    { label: c.from, cell: (e) => span('mono small', e.source_ip ?? t.common.none) },
    { label: c.details, cell: (e) => (e.details ? h('details', null, h('summary', null, t.common.details), h('pre', { class: 'small' }, JSON.stringify(e.details, null, 2))) : t.common.none) },
  ];
}

/** Lines between events where auditing was off from one to the other. */
function withGaps(rows, stretches) {
  const out = [];
  let newer = Infinity;
  for (const row of rows) {
    const at = Date.parse(row.occurred_at);
    for (const s of offBetween(stretches, at, newer).filter((x) => x.from >= at).reverse())
      out.push({ class: 'gap-off', between: h('span', null, `${t.activity.offStretch}: `, when(s.since.created_at), ' – ',
        s.until ? when(s.until.created_at) : t.activity.now) });
    out.push(row);
    newer = at;
  }
  return out;
}

function eventList(grant, stretches, signal) {
  const a = t.activity;
  const filters = h('form', { class: 'filters', 'aria-label': a.filters, onsubmit: (e) => { e.preventDefault(); reload(); } },
    field({ name: 'outcome', label: a.columns.outcome, tag: 'select', options: [['', t.common.all], ...Object.entries(a.outcomes)] }),
    field({ name: 'service', label: a.columns.service, type: 'search', maxlength: 100 }));
  filters.addEventListener('change', () => reload());
  const place = h('div');
  const values = () => Object.fromEntries(new FormData(filters));
  function reload() {
    fill(place, pagedList({
      label: a.events, signal, none: () => empty(a.none, grant.audit_enabled ? a.noneOn : a.noneOff),
      load: async (cursor) => (await get(`/grants/${grant.id}/activity`, { query: { ...values(), limit: PAGE, cursor }, signal })).data,
      draw: (rows) => table({ caption: a.events, columns: columns(), rows: withGaps(rows, stretches) }),
    }).element);
  }
  reload();
  return [filters, place];
}

/** @param {Promise<import('./audited.js').Stretch[]>} known when it was off */
export function activity(grant, known, signal) {
  const a = t.activity;
  const sums = h('div', null, loading(2));
  const picture = div('chart-place', loading(8));
  const list = div('stack', loading(4));
  const period = field({ name: 'period', label: a.period, tag: 'select', options: Object.entries(a.periods), onchange: () => draw() });

  async function draw() {
    const days = Number(period.control.value);
    const since = days > 0 ? new Date(Date.now() - days * DAY).toISOString() : null;
    try {
      const [stretches, found] = await Promise.all([known, latest(grant.id, since, signal)]);
      fill(picture, found.events.length > 0 || offBetween(stretches, 0, Infinity).length > 0 ? chartFigure(grant, found, stretches, since) :
        empty(a.none, grant.audit_enabled ? a.noneOn : a.noneOff));
    } catch (error) {
      if (error.kind !== 'aborted')
        fill(picture, problem(error, draw));
    }
  }

  async function sum() {
    try {
      fill(sums, totals((await get(`/grants/${grant.id}/activity/summary`, { signal })).data));
    } catch (error) {
      if (error.kind !== 'aborted')
        fill(sums, problem(error, sum));
    }
  }

  sum();
  draw();
  known.then((stretches) => { if (!signal.aborted) fill(list, eventList(grant, stretches, signal)); });
  return h('section', { class: 'card stack', 'aria-labelledby': 'activity-title' },
    div('card-head', h('h2', { id: 'activity-title' }, a.title), period), sums, picture, h('h3', null, a.events), list);
}
