// SPDX-License-Identifier: MIT
// Activity over time: reads above the line, writes below it, by how they ended; hatched where auditing was off.

import { h, newId, svg } from '../dom.js';
import { t } from '../texts.js';
import { offBetween } from './audited.js';

const WIDTH = 960;
const HEIGHT = 240;
const LEFT = 44;
const BOTTOM = 26;
const MIDDLE = (HEIGHT - BOTTOM) / 2;
const OUTCOMES = ['success', 'denied', 'error'];

/** Lengths of time that buckets may have, in milliseconds. */
const STEPS = [1, 5, 15, 60, 300, 900, 3600, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000, 7776000, 31536000]
  .map((seconds) => seconds * 1000);
const BUCKETS = 48;

const emptyCounts = () => Object.fromEntries(['read', 'write'].map((kind) => [kind, { success: 0, denied: 0, error: 0 }]));

/**
 * @param {Object[]} events @param {number} from @param {number} to
 * @returns {{from: number, to: number, counts: Object}[]} every bucket of the time, with nothing in it too
 */
export function buckets(events, from, to) {
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

function bar(kind, outcome, x, width, from, to, unit) {
  const up = kind === 'read';
  const y = up ? MIDDLE - to * unit : MIDDLE + from * unit;
  return svg('rect', { class: `bar-${outcome === 'success' ? kind : outcome}`, x, y, width, height: (to - from) * unit });
}

function bars(bucket, x, width, unit) {
  const made = [];
  for (const kind of ['read', 'write']) {
    let at = 0;
    for (const outcome of OUTCOMES) {
      const n = bucket.counts[kind][outcome];
      if (n > 0)
        made.push(bar(kind, outcome, x, width, at, at + n, unit));
      at += n;
    }
  }
  return made;
}

function hatching(id) {
  return svg('defs', null, svg('pattern', { id, width: 8, height: 8, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    svg('rect', { class: 'hatch-ground', width: 8, height: 8 }), svg('rect', { class: 'hatch', width: 3, height: 8 })));
}

function timeLabel(ms, span) {
  const options = span > 2 * 86400000 ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' };
  return new Intl.DateTimeFormat(undefined, options).format(new Date(ms));
}

function axis(all, x, top) {
  const span = all.at(-1).to - all[0].from;
  const every = Math.ceil(all.length / 6);
  const ticks = all.filter((_, i) => i % every === 0);
  return [
    svg('line', { class: 'axis', x1: LEFT, x2: WIDTH, y1: MIDDLE, y2: MIDDLE }),
    [top, 0, -top].map((n) => svg('text', { class: 'tick', x: LEFT - 6, y: MIDDLE - (n / top) * (MIDDLE - 8) + 4, 'text-anchor': 'end' }, Math.abs(n))),
    ticks.map((b) => svg('text', { class: 'tick', x: x(b.from), y: HEIGHT - 6 }, timeLabel(b.from, span))),
  ];
}

/**
 * @param {{events: Object[], from: number, to: number, stretches: import('./audited.js').Stretch[], about: string}} spec
 *   about: what a screen reader says of the picture; the table tells the rest
 */
export function chart({ events, from, to, stretches, about }) {
  const all = buckets(events, from, to);
  const begin = all[0].from;
  const end = all.at(-1).to;
  const x = (ms) => LEFT + ((Math.min(Math.max(ms, begin), end) - begin) / (end - begin)) * (WIDTH - LEFT);
  const top = niceTop(Math.max(...all.map((b) => Math.max(sum(b.counts.read), sum(b.counts.write)))));
  const unit = (MIDDLE - 8) / top;
  const width = (WIDTH - LEFT) / all.length;
  const hatch = newId('hatch');
  return svg('svg', { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': about },
    hatching(hatch),
    offBetween(stretches, begin, end).map((s) => svg('rect', { class: 'off-stretch', fill: `url(#${hatch})`, x: x(s.from), y: 0,
      width: Math.max(2, x(s.to) - x(s.from)), height: HEIGHT - BOTTOM }, svg('title', null, t.activity.offStretch))),
    axis(all, x, top),
    all.map((b) => svg('g', null, svg('title', null, bucketWords(b)),
      svg('rect', { class: 'bucket', x: x(b.from), y: 0, width, height: HEIGHT - BOTTOM }),
      bars(b, x(b.from) + 1, Math.max(1, width - 2), unit))));
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

function bucketWords(b) {
  return t.activity.bucket(moment.format(new Date(b.from)), moment.format(new Date(b.to)), b.counts);
}

/** What the colours mean. */
export function legend(hasOff) {
  const item = (name, text) => h('li', null, h('span', { class: `dot dot-${name}`, 'aria-hidden': 'true' }), text);
  const l = t.activity.legend;
  return h('ul', { class: 'legend' }, item('read', l.read), item('write', l.write), item('denied', l.denied), item('error', l.error),
    hasOff && item('off', l.off));
}

/** The same as a table, of what is not empty. */
export function chartRows(events, from, to) {
  return buckets(events, from, to).filter((b) => sum(b.counts.read) + sum(b.counts.write) > 0)
    .map((b) => ({ when: moment.format(new Date(b.from)), ...b.counts }));
}
