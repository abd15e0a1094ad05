// SPDX-License-Identifier: MIT
// What was done under a grant: totals and a chart over time, and the events.
// The chart has reads above its line and writes below, by how they ended, and is hatched where auditing was off.

import { get, successive } from '../api.js';
import { h, newId, sign, svg } from '../dom.js';
import { t } from '../texts.js';
import { field } from './field.js';
import { tryTo } from './notice.js';
import { badge, card, empty, filtered, loading, mono, pagedList, pretty, short, table, when } from './view.js';

const a = t.activity;
const DAY = 86400000;
const iso = (ms) => (ms === null ? null : new Date(ms).toISOString());
const SIGNS = { success: 'good', denied: 'warn', error: 'bad' };

const c = a.columns;
const columns = [
  [c.when, (e) => when(e.occurred_at)],
  [c.service, (e) => e.service],
  [c.name, (e) => h('span.mono', e.name)],
  [c.kind, (e) => a.kinds[e.kind]],
  [c.outcome, (e) => badge(SIGNS[e.outcome], a.outcomes[e.outcome])],
  [c.from, (e) => mono(e.source_ip) || t.common.none],
  [c.details, (e) => (e.details ? h('details', h('summary', t.common.details), h('pre.small', pretty(e.details))) : t.common.none)],
];

const totals = (summary) => [
  h('dl.totals', Object.entries(a.totals).map(([kind, text]) =>
    h(`.total.total-${kind}`, h('dd', summary[`${kind}_events`].toLocaleString('en')), h('dt', text)))),
  summary.services.length > 0 && h('p.small', h('span.quiet', `${a.services}: `), summary.services.join(', ')),
];

/** With a line between events where auditing was off from one to the other. */
function withGaps(events, off) {
  let newer = Infinity;
  return events.flatMap((event) => {
    const at = Date.parse(event.occurred_at);
    const gaps = off.filter(({ from }) => from >= at && from < newer).reverse();
    newer = at;
    const line = ({ from, to }) => [`${a.off}: `, when(iso(from)), ' – ', to === Infinity ? a.now : when(iso(to))];
    return [...gaps.map((time) => ({ class: 'gap-off', between: line(time) })), event];
  });
}

/* ---- the chart ---- */

const HEIGHT = 220;
const LEFT = 40;
const TOP = 8;
const BOTTOM = 26;
const KINDS = ['read', 'write'];
const OUTCOMES = ['success', 'denied', 'error'];
/** Columns of the table, and lines of a bucket's title. */
const COUNTS = KINDS.flatMap((kind) => OUTCOMES.map((outcome) => [`${a.kinds[kind]}: ${a.outcomes[outcome]}`, (bucket) => bucket[kind][outcome], 'number']));

const axis = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** Lengths of buckets, in seconds, up to the longest that the API knows. */
const STEPS = [1, 10, 60, 300, 900, 3600, 10800, 21600, 43200, 86400, 172800, 604800, 2592000, 7776000, 31536000];
const LONGEST = STEPS.at(-1);
const BUCKETS = 56;

const sum = (counts) => OUTCOMES.reduce((n, outcome) => n + counts[outcome], 0);

function bars(bucket, x, y) {
  const left = x(bucket.from) + 1;
  const width = Math.max(1, x(bucket.to) - left - 1);
  return KINDS.map((kind) => {
    let end = 0;
    return OUTCOMES.map((outcome) => {
      const begin = end;
      end += kind === 'read' ? bucket[kind][outcome] : -bucket[kind][outcome];
      const top = y(Math.max(begin, end));
      return begin !== end && svg(`rect.bar-${outcome === 'success' ? kind : outcome}`, { x: left, width, y: top, height: y(Math.min(begin, end)) - top });
    });
  });
}

const titleOf = (bucket) => [`${short.format(bucket.from)} – ${short.format(bucket.to)}`,
  ...COUNTS.map(([label, count]) => count(bucket) > 0 && `${label}: ${count(bucket)}`).filter(Boolean)].join('\n');

/** Of a summary's series, in buckets so long. `about`: for screen readers. */
function picture(series, seconds, span, off, about) {
  const step = seconds * 1000;
  const begin = Math.floor(span.from / step) * step;
  const end = Math.ceil(span.to / step) * step;
  const buckets = series.map((bucket) => ({ ...bucket, from: Date.parse(bucket.from), to: Date.parse(bucket.from) + step }));
  const [reads, writes] = KINDS.map((kind) => Math.max(1, ...buckets.map((bucket) => sum(bucket[kind]))));
  const width = innerWidth < 720 ? 400 : 960;
  const x = (ms) => LEFT + ((Math.min(Math.max(ms, begin), end) - begin) / (end - begin)) * (width - LEFT);
  // Reads up, writes down, both to one measure.
  const y = (n) => TOP + ((reads - n) * (HEIGHT - BOTTOM - TOP)) / (reads + writes);
  const area = ({ from, to }) => ({ x: x(from), width: Math.max(2, x(to) - x(from)), y: 0, height: HEIGHT - BOTTOM });
  const hatch = newId('hatch');
  const every = step * Math.ceil((end - begin) / step / (width / 150));
  const times = Array.from({ length: Math.ceil((end - begin) / every) }, (_, i) => begin + i * every);
  return svg('svg.chart', { viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': about },
    svg('defs', svg('pattern', { id: hatch, width: 8, height: 8, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      svg('rect.hatch-ground', { width: 8, height: 8 }), svg('rect.hatch', { width: 3, height: 8 }))),
    off.map((time) => svg('rect.off-stretch', { ...area(time), fill: `url(#${hatch})` }, svg('title', a.off))),
    buckets.map((bucket) => svg('g', svg('title', titleOf(bucket)), svg('rect.bucket', area(bucket)), bars(bucket, x, y))),
    svg('line.axis', { x1: LEFT, x2: width, y1: y(0), y2: y(0) }),
    [reads, 0, -writes].map((n) => svg('text.tick', { x: LEFT - 6, y: y(n) + 4, 'text-anchor': 'end' }, Math.abs(n))),
    times.filter((at) => x(at) < width - 80).map((at) => svg('text.tick', { x: x(at), y: HEIGHT - 6 }, axis.format(at))));
}

/** A summary of the API's. seconds: the length of its buckets; span: what is shown; times: when auditing was off */
function chart({ series, total_events }, seconds, span, times) {
  const off = times.filter(({ from, to }) => from < span.to && to > span.from).map(({ from, to }) => ({ from, to: Math.min(to, span.to) }));
  return h('figure.figure', picture(series, seconds, span, off, a.about(total_events)),
    off.length > 0 && h('figcaption.small', sign('dot dot-off'), a.off),
    h('details.more', h('summary', a.asTable), table({ caption: a.asTable, rows: series,
      columns: [[c.when, (bucket) => when(bucket.from, 'short')], ...COUNTS] })));
}

/* ---- the section ---- */

/** The last days of a grant, or all its time; with all events counted. */
function spanOf(grant, since, end, { first_event_at: first, last_event_at: last }) {
  const seen = first ? [first, last].map((at) => Date.parse(at)) : [];
  const to = Math.max(end, ...seen) + 1;
  return { from: Math.min(Math.max(since, Date.parse(grant.granted_at)), ...seen, to - 1000), to };
}

/** @param {Promise<Object[]>} known when auditing was off */
export function activity(grant, known, signal) {
  const path = `/grants/${grant.id}/activity`;
  const none = [a.none, grant.audit_enabled ? a.noneOn : a.noneOff];
  const picture = h('.chart-place.stack', loading(8));
  const list = h('.stack', loading(4));
  const period = field('period', a.period, { options: a.periods, value: 30, onchange: look });
  const next = successive(signal);

  function look() {
    const mine = next();
    tryTo(picture, () => draw(Number(period.control.value), async (from, to, interval) =>
      (await get(`${path}/summary`, { query: { since: iso(from), until: iso(to), interval }, signal: mine })).data));
  }

  async function draw(days, count) {
    const end = Math.min(Date.now(), Date.parse(grant.revoked_at ?? grant.expires_at));
    const since = days > 0 ? end - days * DAY : null;
    const [off, seen] = await Promise.all([known, count(since, null, LONGEST)]);
    const span = spanOf(grant, since, end, seen);
    // The shortest with which there are not too many.
    const seconds = STEPS.find((s) => span.to - span.from <= BUCKETS * 1000 * s) ?? LONGEST;
    const summary = await count(span.from, span.to, seconds);
    return [totals(summary), summary.total_events > 0 || off.length > 0 ? chart(summary, seconds, span, off) : empty(...none)];
  }

  const events = (off) => filtered(null, [['outcome', c.outcome, { choices: a.outcomes }], ['service', c.service, { type: 'search', maxlength: 100 }]],
    (query, mine) => pagedList({ path, query, limit: 25, label: a.events, columns,
      none: query.outcome || query.service ? [a.noneLike] : none, rowsOf: (rows) => withGaps(rows, off), signal: mine }), signal);

  look();
  tryTo(list, async () => events(await known).elements);
  return card([a.title, period], picture, h('h3', a.events), list);
}
