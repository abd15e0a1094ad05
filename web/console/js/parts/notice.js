// SPDX-License-Identifier: MIT
// What happened, said on the page, where it stays until it is closed, and to screen readers; and whatever can go wrong.

import { button, fill, h, sign } from '../dom.js';
import { isSignedIn } from '../session.js';
import { own, t } from '../texts.js';

const polite = h('.unseen', { role: 'status', 'aria-live': 'polite' });
const urgent = h('.unseen', { role: 'alert', 'aria-live': 'assertive' });
/** There before anything is said in them. */
export const live = [polite, urgent];
export const board = h('section.board', { 'aria-label': t.notice.board });

/** To screen readers alone. */
export function announce(text, isUrgent = false) {
  const region = isUrgent ? urgent : polite;
  // The same text again is to be heard again.
  region.textContent = '';
  requestAnimationFrame(() => { region.textContent = text; });
}

export const clearNotices = () => fill(board);

const SIGNS = { done: '✓', refused: '✕', unknown: '?', conflict: '↻', info: 'i' };

/** quotes: what rules' authors say, word by word. */
export function note({ kind = 'refused', title, lines = [], quotes = [], foot, actions }, beside) {
  return h(`.note.note-${kind}`, sign('note-sign', SIGNS[kind]), h('.note-body',
    h('p.note-title', title),
    quotes.length > 0 && h('ul.quotes', quotes.map((quote) => h('li', quote))),
    lines.map((line) => (line instanceof Node ? line : h('p', line))),
    foot && h('p.quiet.small', foot),
    actions && h('.actions', actions)), beside);
}

/** In place of the notice before. isNews: false where it is that one, with more to see. */
export function notify(what, isNews = true) {
  if (!isSignedIn())
    return;
  fill(board, note(what, button('×', clearNotices, { class: 'icon', 'aria-label': t.notice.close })));
  if (!isNews)
    return;
  const spoken = [what.title, ...(what.quotes ?? []), ...(what.lines ?? [])].map((x) => x.textContent ?? x);
  announce(spoken.join(' '), what.kind === 'refused' || what.kind === 'unknown');
}

/** For note(): of an ApiError, a {title}, or a fault of the console's own. */
export function explain(error) {
  const { kind, code, notices, request_id, message } = error;
  if (error.title)
    return error;
  if (!kind) {
    console.error(error);
    return { title: t.errors.bug };
  }
  const isRefused = kind === 'refused';
  const [title = message, ...lines] = own(t.errors.known, isRefused ? code : kind) ?? [];
  return { kind: isRefused ? 'refused' : 'unknown', title, lines: [...lines, ...detailLines(error)], quotes: notices,
    foot: request_id && t.errors.request(request_id) };
}

function detailLines({ details: d = {}, code, notices, retryAfter }) {
  const isDenied = code === 'policy_denied';
  const about = d.member ?? d.parameter;
  return [
    about && t.errors.member(String(about), String(d.expected ?? '')),
    isDenied && notices.length === 0 && t.errors.noNotice,
    isDenied && d.reason && (own(t.errors.reason, d.reason) ?? String(d.reason)),
    retryAfter > 0 && t.errors.retryAfter(retryAfter),
  ].filter(Boolean);
}

export const problem = (error, retry) => h('div', { role: 'alert' }, note({ ...explain(error), actions: retry && button(t.state.retry, retry) }));

/** Where it fails, it may be tried again. */
export async function tryTo(place, draw) {
  try {
    fill(place, await draw());
  } catch (error) {
    if (error.kind !== 'aborted')
      fill(place, problem(error, () => tryTo(place, draw)));
  }
}
