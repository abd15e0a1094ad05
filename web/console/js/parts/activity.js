// SPDX-License-Identifier: MIT
// What was done under a grant: totals, a chart over time, and the events.

import { get, getAll } from '../api.js';
import { div, fill, h, para, span } from '../dom.js';
import { t } from '../texts.js';
import { when } from '../time.js';
import { offBetween } from './audited.js';
import { chart, chartRows, legend } from './chart.js';
import { field } from './field.js';
import { pagedList } from './pager.js';
import { empty, loading, tryTo } from './state.js';
import { badge, table } from './view.js';

const DAY = 86400000;
/** Of 250 events, for a chart: what is older waits until it is asked for. */
const CHART_PAGES = 8;
const a = t.activity;

function totals(s) {
  const one = (kind, text) => div(`total total-${kind}`, h('dd', s[`${kind}_events`].toLocaleString('en')), h('dt', text));
  return [h('dl.totals', ['total', 'read', 'write', 'denied', 'error'].map((kind) => one(kind, a[kind]))),
    s.services.length > 0 && para('small', span('quiet', `${a.services}: `), s.services.join(', '))];
}

/** From the beginning of the grant, or of the time that was chosen, to now or to its end. */
function timeOf(grant, events, since) {
  const seen = events.map((e) => Date.parse(e.occurred_at));
  const to = Math.max(Math.min(Date.now(), Date.parse(grant.revoked_at ?? grant.expires_at)), ...seen) + 1;
  const begin = since ? Date.parse(since) : Math.min(Date.parse(grant.granted_at), Date.parse(grant.created_at), ...seen);
  return { from: Math.min(begin, to - 1000), to };
}

function chartFigure(grant, events, stretches, since) {
  const whole = timeOf(grant, events, since);
  // What is older than the events at hand is not nothing.
  const from = events.more ? Date.parse(events.at(-1).occurred_at) : whole.from;
  const hasOff = offBetween(stretches, from, whole.to).length > 0;
  const counts = Object.entries(a.counts).flatMap(([kind, labels]) => Object.entries(labels).map(([outcome, label]) => (
    [label, (r) => r[kind][outcome], 'number'])));
  return h('figure.figure', legend(hasOff),
    chart({ events, from, to: whole.to, stretches, about: a.about(events.length, hasOff) }),
    h('figcaption.small.quiet', events.more ? a.latest(events.length) : a.allOf(events.length)),
    h('details.more', h('summary', a.asTable), table({ caption: a.asTable, rows: chartRows(events, from, whole.to),
      columns: [[a.columns.when, (r) => r.when], ...counts] })));
}

const KINDS = { success: 'good', denied: 'warn', error: 'bad' };

const c = a.columns;
const columns = [
  [c.when, (e) => when(e.occurred_at)],
  [c.service, (e) => e.service],
  [c.name, (e) => span('mono', e.name)],
  [c.kind, (e) => a.kinds[e.kind]],
  [c.outcome, (e) => badge(KINDS[e.outcome], a.outcomes[e.outcome])],
  [c.from, (e) => span('mono small', e.source_ip ?? t.common.none)],
  [c.details, (e) => (e.details ? h('details', h('summary', t.common.details),
    h('pre.small', JSON.stringify(e.details, null, 2))) : t.common.none)],
];

const nothing = (grant) => empty(a.none, grant.audit_enabled ? a.noneOn : a.noneOff);

/** Lines between events where auditing was off from one to the other. */
function withGaps(rows, stretches) {
  const out = [];
  let newer = Infinity;
  for (const row of rows) {
    const at = Date.parse(row.occurred_at);
    for (const s of offBetween(stretches, at, newer).filter((x) => x.from >= at).reverse())
      out.push({ class: 'gap-off', between: h('span', `${a.offStretch}: `, when(s.since.created_at), ' – ',
        s.until ? when(s.until.created_at) : a.now) });
    out.push(row);
    newer = at;
  }
  return out;
}

function eventList(grant, stretches, signal) {
  const filters = h('form.filters', { 'aria-label': a.filters, onchange: () => reload(), onsubmit: (e) => { e.preventDefault(); reload(); } },
    field({ name: 'outcome', label: c.outcome, tag: 'select', options: [['', t.common.all], ...Object.entries(a.outcomes)] }),
    field({ name: 'service', label: c.service, type: 'search', maxlength: 100 }));
  const place = h('div');
  function reload() {
    fill(place, pagedList({ label: a.events, signal, none: () => nothing(grant),
      path: `/grants/${grant.id}/activity`, query: Object.fromEntries(new FormData(filters)), limit: 25,
      draw: (rows) => table({ caption: a.events, columns, rows: withGaps(rows, stretches) }) }).element);
  }
  reload();
  return [filters, place];
}

/** @param {Promise<import('./audited.js').Stretch[]>} known when it was off */
export function activity(grant, known, signal) {
  const path = `/grants/${grant.id}/activity`;
  const sums = h('div', loading(2));
  const picture = div('chart-place', loading(8));
  const list = div('stack', loading(4));
  const period = field({ name: 'period', label: a.period, tag: 'select', options: Object.entries(a.periods), onchange: () => tryTo(picture, draw) });

  async function draw() {
    const days = Number(period.control.value);
    const since = days > 0 ? new Date(Date.now() - days * DAY).toISOString() : null;
    const [stretches, events] = await Promise.all([known, getAll(path, { pages: CHART_PAGES, query: { since }, signal })]);
    return events.length > 0 || offBetween(stretches, 0, Infinity).length > 0 ?
      chartFigure(grant, events, stretches, since) : nothing(grant);
  }

  tryTo(sums, async () => totals((await get(`${path}/summary`, { signal })).data));
  tryTo(picture, draw);
  known.then((stretches) => { if (!signal.aborted) fill(list, eventList(grant, stretches, signal)); });
  return h('section.card.stack', { 'aria-labelledby': 'activity-title' },
    div('card-head', h('h2', { id: 'activity-title' }, a.title), period), sums, picture, h('h3', a.events), list);
}
