// SPDX-License-Identifier: MIT
// What happened, said twice: on the page, where it stays until it is closed, and to screen readers.

import { button, div, fill, h, para, sign } from '../dom.js';
import { isSignedIn } from '../session.js';
import { t } from '../texts.js';

const polite = h('div.unseen', { role: 'status', 'aria-live': 'polite' });
const urgent = h('div.unseen', { role: 'alert', 'aria-live': 'assertive' });
const board = h('section.board', { 'aria-label': t.notice.board });

/** For frame.js: where live regions and notices live. They are there before anything is said in them. */
export const noticeRegions = () => ({ live: [polite, urgent], board });

/** Tell screen readers alone. */
export function announce(text, isUrgent = false) {
  const region = isUrgent ? urgent : polite;
  // The same text again is to be heard again.
  region.textContent = '';
  requestAnimationFrame(() => { region.textContent = text; });
}

export const clearNotices = () => fill(board);

const SIGNS = { done: '✓', refused: '✕', unknown: '?', conflict: '↻', info: 'i' };

/**
 * Put a notice on the board, in place of the one before.
 * @param {{kind: 'done'|'refused'|'unknown'|'conflict'|'info', title: string, lines?: (string|Node)[],
 *   quotes?: string[], foot?: string, actions?: Node[]}} what quotes: what rules' authors say, word by word
 * @param {boolean} [isNews] false: what was said before, with more to see
 */
export function notify(what, isNews = true) {
  if (!isSignedIn())
    return;
  const close = button('×', clearNotices, { class: 'icon', 'aria-label': t.notice.close });
  fill(board, h('div', { class: `note note-${what.kind}` },
    sign('note-sign', SIGNS[what.kind]),
    div('note-body', noteBody(what)),
    close));
  if (!isNews)
    return;
  const spoken = [what.title, ...(what.quotes ?? []), ...(what.lines ?? [])].map((x) => x.textContent ?? x);
  announce(spoken.join(' '), what.kind === 'refused' || what.kind === 'unknown');
}

/** A notice within a dialog or a page. @param {Object} what as for notify() */
export function noteBox(kind, what, attributes = {}) {
  return h('div', { class: `note note-${kind}`, ...attributes }, div('note-body', noteBody(what)));
}

function noteBody({ title, lines = [], quotes = [], foot, actions }) {
  return [
    para('note-title', title),
    quotes.length > 0 && h('ul.quotes', quotes.map((q) => h('li', q))),
    lines.map((line) => (line instanceof Node ? line : h('p', line))),
    foot && para('quiet small', foot),
    actions && div('actions', actions),
  ];
}
