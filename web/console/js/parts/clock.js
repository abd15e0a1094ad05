// SPDX-License-Identifier: MIT
// Time that runs out.

import { h } from '../dom.js';
import { t } from '../texts.js';
import { utc } from '../time.js';

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
  const element = h('span', { class: 'clock mono', role: 'timer', 'aria-live': 'off', title: utc(until) });
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
