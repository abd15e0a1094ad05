// SPDX-License-Identifier: MIT
// What a page shows in place of its content: loading, empty, and everything that can go wrong.

import { button, div, fill, h, para, unseen } from '../dom.js';
import { own, t } from '../texts.js';
import { noteBox } from './notice.js';

export { noteBox };

/** Grey lines of about the height of what comes, so that nothing jumps. */
export function loading(lines = 6) {
  const label = t.state.loading;
  return h('div.loading', { role: 'status', 'aria-label': label },
    Array.from({ length: lines }, () => h('div.bone', { 'aria-hidden': 'true' })), unseen(label));
}

export const empty = (title, text) => div('empty', para('empty-title', title), text && para('quiet', text));

/**
 * An ApiError in words.
 * @returns {{kind: string, title: string, lines: string[], quotes: string[], foot?: string}}
 */
export function explain(error) {
  const { kind, code, notices, request_id, message } = error;
  const isRefused = kind === 'refused';
  const [title = message, ...lines] = own(t.errors.known, isRefused ? code : kind) ?? [];
  return { kind: isRefused ? 'refused' : 'unknown', title, lines: [...lines, ...detailLines(error)], quotes: notices,
    foot: request_id && t.errors.request(request_id) };
}

function detailLines({ details: d = {}, code, notices, retryAfter }) {
  const lines = [];
  if (d.member || d.parameter)
    lines.push(t.errors.member(String(d.member ?? d.parameter), String(d.expected ?? '')));
  if (code === 'policy_denied' && notices.length === 0)
    lines.push(t.errors.noNotice);
  if (code === 'policy_denied' && d.reason)
    lines.push(own(t.errors.reason, d.reason) ?? String(d.reason));
  if (retryAfter)
    lines.push(t.errors.retryAfter(retryAfter));
  return lines;
}

/** In place of a page's content. */
export function problem(error, retry) {
  const isBug = error.kind === undefined;
  if (isBug)
    console.error(error);
  const what = isBug ? { kind: 'refused', title: t.errors.bug } : explain(error);
  return noteBox(what.kind, { ...what, actions: retry && [button(t.state.retry, retry)] }, { role: 'alert' });
}

/** Fill a place; where that fails, with what is wrong, to be tried again. @param {function(): Promise<*>} draw */
export async function tryTo(place, draw) {
  try {
    fill(place, await draw());
  } catch (error) {
    if (error.kind !== 'aborted')
      fill(place, problem(error, () => tryTo(place, draw)));
  }
}
