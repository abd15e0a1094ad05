// SPDX-License-Identifier: MIT
// What a page shows in place of its content: loading, empty, and everything that can go wrong.

import { div, h, para, span } from '../dom.js';
import { own, t } from '../texts.js';
import { noteBox } from './notice.js';

export { noteBox };

/** Grey lines of about the height of what comes, so that nothing jumps. */
export function loading(lines = 6, label = t.state.loading) {
  return h('div', { class: 'loading', role: 'status', 'aria-label': label },
    Array.from({ length: lines }, () => h('div', { class: 'bone', 'aria-hidden': 'true' })),
    span('unseen', label));
}

export function empty(title, text, ...actions) {
  return div('empty',
    para('empty-title', title),
    text && para('quiet', text),
    actions.length > 0 && div('actions', actions));
}

/**
 * An ApiError in words.
 * @returns {{kind: string, title: string, lines: string[], quotes: string[], foot?: string}}
 */
export function explain(error) {
  const foot = error.request_id ? t.errors.request(error.request_id) : undefined;
  const base = { quotes: error.notices, foot };
  const known = error.kind === 'refused' ? own(t.errors, error.code) : t.errors[error.kind];
  const lines = [...(known?.lines ?? []), ...detailLines(error)];
  return { ...base, kind: error.kind === 'refused' ? 'refused' : 'unknown', title: known?.title ?? error.message, lines };
}

function detailLines(error) {
  const d = error.details ?? {};
  const lines = [];
  if (d.member || d.parameter)
    lines.push(t.errors.member(String(d.member ?? d.parameter), String(d.expected ?? '')));
  if (error.code === 'policy_denied' && error.notices.length === 0)
    lines.push(t.errors.noNotice);
  if (error.code === 'policy_denied' && d.reason)
    lines.push(own(t.errors.reason, d.reason) ?? String(d.reason));
  if (error.retryAfter)
    lines.push(t.errors.retryAfter(error.retryAfter));
  return lines;
}

/** In place of a page's content. */
export function problem(error, retry) {
  if (error.kind === undefined)
    console.error(error);
  const what = error.kind === undefined ? { kind: 'refused', title: t.errors.bug, lines: [] } : explain(error);
  const again = retry && h('button', { type: 'button', onclick: retry }, t.state.retry);
  return noteBox(what.kind, { ...what, actions: again ? [again] : [] }, { role: 'alert' });
}
