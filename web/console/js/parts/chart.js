// SPDX-License-Identifier: MIT
// Activity over time: reads above the line, writes below it, by how they ended; hatched where auditing was off.

import { h, newId, svg } from '../dom.js';
import { t } from '../texts.js';
import { offBetween } from './audited.js';

const WIDE = 960;
const NARROW = 400;
const HEIGHT = 220;
const LEFT = 40;
const TOP = 8;
const BOTTOM = 26;
const OUTCOMES = ['success', 'denied', 'error'];

/** Lengths of time that buckets may have, in milliseconds. */
const STEPS = [1, 5, 15, 60, 300, 900, 1800, 3600, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000, 7776000, 31536000]
  .map((seconds) => seconds * 1000);
const BUCKETS = 56;

const emptyCounts = () => Object.fromEntries(['read', 'write'].map((kind) => [kind, { success: 0, denied: 0, error: 0 }]));

/** @returns {{from: number, to: number, counts: Object}[]} every bucket of the time, with nothing in it too */
function buckets(events, from, to) {
  const step = STEPS.find((s) => (to - from) / s <= BUCKETS) ?? STEPS.at(-1);
  const start = Math.floor(from / step) * step;
  const count = Math.max(1, Math.ceil((to - start) / step));
  const all = Array.from({ length: count }, (_, i) => ({ from: start + i * step, to: start + (i + 1) * step, counts: emptyCounts() }));
  for (const event of events) {
    const bucket = all[Math.floor((Date.parse(event.occurred_at) - start) / step)];
    if (bucket)
      bucket.counts[event.kind][event.outcome] += 1;
  }
  return all;
}

const sum = (counts) => OUTCOMES.reduce((n, o) => n + counts[o], 0);

/** 1, 2, 5, 10, 20, …: the least that is not below `n`. */
function niceTop(n) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, n)));
  return [1, 2, 5, 10].map((f) => f * power).find((x) => x >= n);
}

/** Where numbers are: reads up from `middle`, writes down from it, both to one measure. */
function scaleOf(all, width) {
  const most = (kind) => niceTop(Math.max(...all.map((b) => sum(b.counts[kind]))));
  const [reads, writes] = [most('read'), most('write')];
  const unit = (HEIGHT - BOTTOM - TOP) / (reads + writes);
  const [begin, end] = [all[0].from, all.at(-1).to];
  const x = (ms) => LEFT + ((Math.min(Math.max(ms, begin), end) - begin) / (end - begin)) * (width - LEFT);
  return { reads, writes, unit, middle: TOP + reads * unit, width, x, begin, end };
}

function bars(bucket, scale) {
  const x = scale.x(bucket.from) + 1;
  const width = Math.max(1, scale.x(bucket.to) - x - 1);
  const made = [];
  for (const kind of ['read', 'write']) {
    let at = 0;
    for (const outcome of OUTCOMES) {
      const n = bucket.counts[kind][outcome];
      const y = kind === 'read' ? scale.middle - (at + n) * scale.unit : scale.middle + at * scale.unit;
      if (n > 0)
        made.push(svg('rect', { class: `bar-${outcome === 'success' ? kind : outcome}`, x, y, width, height: n * scale.unit }));
      at += n;
    }
  }
  return made;
}

function hatching(id) {
  return svg('defs', svg('pattern', { id, width: 8, height: 8, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    svg('rect', { class: 'hatch-ground', width: 8, height: 8 }), svg('rect', { class: 'hatch', width: 3, height: 8 })));
}

function timeLabel(ms, span) {
  const options = span > 2 * 86400000 ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' };
  return new Intl.DateTimeFormat(undefined, options).format(new Date(ms));
}

function axis(all, scale) {
  const every = Math.ceil(all.length / (scale.width / 150));
  return [
    svg('line', { class: 'axis', x1: LEFT, x2: scale.width, y1: scale.middle, y2: scale.middle }),
    [scale.reads, 0, -scale.writes].map((n) =>
      svg('text', { class: 'tick', x: LEFT - 6, y: scale.middle - n * scale.unit + 4, 'text-anchor': 'end' }, Math.abs(n))),
    all.filter((_, i) => i % every === 0).map((b) =>
      svg('text', { class: 'tick', x: scale.x(b.from), y: HEIGHT - 6 }, timeLabel(b.from, scale.end - scale.begin))),
  ];
}

/**
 * @param {{events: Object[], from: number, to: number, stretches: import('./audited.js').Stretch[], about: string}} spec
 *   about: what a screen reader says of the picture; the table tells the rest
 */
export function chart({ events, from, to, stretches, about }) {
  const all = buckets(events, from, to);
  const scale = scaleOf(all, innerWidth < 720 ? NARROW : WIDE);
  const hatch = newId('hatch');
  const area = { y: 0, height: HEIGHT - BOTTOM };
  return svg('svg', { class: 'chart', viewBox: `0 0 ${scale.width} ${HEIGHT}`, role: 'img', 'aria-label': about },
    hatching(hatch),
    offBetween(stretches, scale.begin, scale.end).map((s) => svg('rect', { class: 'off-stretch', fill: `url(#${hatch})`, ...area,
      x: scale.x(s.from), width: Math.max(2, scale.x(s.to) - scale.x(s.from)) }, svg('title', t.activity.offStretch))),
    all.map((b) => svg('g', svg('title', bucketWords(b)),
      svg('rect', { class: 'bucket', ...area, x: scale.x(b.from), width: scale.x(b.to) - scale.x(b.from) }), bars(b, scale))),
    axis(all, scale));
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

function bucketWords(b) {
  return t.activity.bucket(moment.format(new Date(b.from)), moment.format(new Date(b.to)), b.counts);
}

/** What the colours mean. */
export function legend(hasOff) {
  const item = (name, text) => h('li', h('span', { class: `dot dot-${name}`, 'aria-hidden': 'true' }), text);
  const l = t.activity.legend;
  return h('ul.legend', item('read', l.read), item('write', l.write), item('denied', l.denied), item('error', l.error),
    hasOff && item('off', l.off));
}

/** The same as a table, of what is not empty. */
export function chartRows(events, from, to) {
  return buckets(events, from, to).filter((b) => sum(b.counts.read) + sum(b.counts.write) > 0)
    .map((b) => ({ when: moment.format(new Date(b.from)), ...b.counts }));
}
