// SPDX-License-Identifier: MIT
// Times as the reader's clock has them, with UTC to be had by pointing at it.

import { h, span } from './dom.js';
import { t } from './texts.js';

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const short = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const STEPS = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** "2026-11-23 09:30:00.123456 UTC" of the API's text. */
export function utc(text) {
  return `${text.replace('T', ' ').replace('Z', '')} UTC`;
}

/** "in 3 days", "2 hours ago". */
function ago(text, now = Date.now()) {
  const seconds = (Date.parse(text) - now) / 1000;
  const [unit, size] = STEPS.find(([, s]) => Math.abs(seconds) >= s) ?? STEPS.at(-1);
  return relative.format(Math.trunc(seconds / size), unit);
}

/** A <time>. style: 'full' (with seconds), 'short', 'relative'. @param {string|null} text RFC 3339 */
export function when(text, style = 'full') {
  if (!text)
    return span('quiet', t.common.none);
  const date = new Date(text);
  const shown = style === 'relative' ? ago(text) : (style === 'short' ? short : full).format(date);
  const hint = style === 'relative' ? `${full.format(date)} · ${utc(text)}` : utc(text);
  return h('time', { datetime: text, title: hint }, shown);
}

/** The value of <input type=datetime-local>, from the API's text. */
export function toLocalInput(text) {
  const d = new Date(text);
  return new Date(d.getTime() - d.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

/** The API's text, from the value of <input type=datetime-local>; null for nothing or none. */
export function fromLocalInput(value) {
  const d = value ? new Date(value) : null;
  return d && !Number.isNaN(d.getTime()) ? d.toISOString() : null;
}

const two = (n) => String(n).padStart(2, '0');

/** "1 d 02:03:04" */
function leftText(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const days = Math.floor(s / 86400);
  const clock = `${two(Math.floor(s / 3600) % 24)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return days > 0 ? `${days} d ${clock}` : clock;
}

/** What is left until then, going down each second while it is on the page. */
export function countdown(until, signal) {
  // Not read out each second: who listens is told the time in the label.
  const element = h('span.clock.mono', { role: 'timer', 'aria-live': 'off', title: utc(until) });
  const tick = () => {
    const left = Date.parse(until) - Date.now();
    element.textContent = left > 0 ? leftText(left) : t.common.over;
    return left > 0;
  };
  const timer = setInterval(() => {
    if (signal.aborted || !element.isConnected || !tick())
      clearInterval(timer);
  }, 1000);
  tick();
  return element;
}
