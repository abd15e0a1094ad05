// SPDX-License-Identifier: MIT
// Rules: as pages show them, compared line by line, and edited, with what is wrong shown under its place.

import { button, div, fill, h, newId, para, sign, span, unseen } from '../dom.js';
import { t } from '../texts.js';
import { badge } from './view.js';

export const effectBadge = (effect) => (effect === 'forbid' ? badge('bad', t.rule.forbid) : badge('good', t.rule.permit));

export const ruleText = ({ policy_text, notice }) => [h('pre.rule-text', policy_text),
  notice && h('blockquote.rule-notice', unseen(`${t.rule.notice}: `), notice)];

/** A button of many alike says which rule it is for. */
export const ruleButton = (text, rule, onclick, attributes) => button([text, ' ', unseen(t.rule.name(rule.ordinal))], onclick, attributes);

/** Beyond this many pairs of lines the texts are shown as wholly other. */
const MOST_PAIRS = 4e6;

/** Lengths of the longest common subsequences of the ends of a and b. */
function lengths(a, b) {
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  return table;
}

/** @returns {{kind: 'same'|'gone'|'new', text: string}[]} lines */
function lineDiff(before, after) {
  const a = before === '' ? [] : before.split('\n');
  const b = after === '' ? [] : after.split('\n');
  const lines = [];
  const put = (kind, text) => lines.push({ kind, text });
  if (a.length * b.length > MOST_PAIRS)
    return [...a.map((text) => ({ kind: 'gone', text })), ...b.map((text) => ({ kind: 'new', text }))];
  const table = lengths(a, b);
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length)
    if (i < a.length && j < b.length && a[i] === b[j]) {
      put('same', a[i++]);
      j++;
    } else if (i < a.length && (j === b.length || table[i + 1][j] >= table[i][j + 1])) {
      put('gone', a[i++]);
    } else {
      put('new', b[j++]);
    }
  return lines;
}

const SIGNS = { same: ' ', gone: '−', new: '+' };

/** The comparison to look at. */
export function diffView(label, before, after) {
  return h('figure.linediff',
    h('figcaption.label', label),
    h('ol.mono', { tabindex: '0', 'aria-label': label }, lineDiff(before, after).map(({ kind, text }) =>
      h('li', { class: `line-${kind}` }, sign('sign', SIGNS[kind]),
        kind !== 'same' && unseen(`${t.diff[kind]}: `), span('diff-text', text)))));
}

/** Where a place of the API's (from 1; columns in code points) is in a text. */
function offsetOf(text, line, column) {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
  return Math.min(text.length, before + [...(lines[line - 1] ?? '')].slice(0, column - 1).join('').length);
}

/** The end of the word, quoted text or sign that begins there. */
function wordEnd(text, offset) {
  const match = /^(?:"(?:[^"\\\n]|\\.)*"?|[\p{L}\p{N}_]+(?:::[\p{L}_]+)*|[^\s])/u.exec(text.slice(offset));
  return offset + (match?.[0].length ?? 0);
}

/** The nearest name, and what it would take the place of; null where there is none. */
function remedyOf(details) {
  const match = /`([^`]+)`[^`]*; did you mean `([^`]+)`\?/u.exec(String(details.message ?? ''));
  return match && { wrong: match[1], right: match[2] };
}

/** The text with the nearest name in place of the wrong one, at or after the place. */
function mended(text, offset, { wrong, right }) {
  const at = text.indexOf(wrong, offset);
  return at < 0 ? null : text.slice(0, at) + right + text.slice(at + wrong.length);
}

/**
 * @param {{label: string, name: string, value: string, rows?: number, onchange?: function(string): void}} spec
 * @returns {HTMLElement & {control: HTMLTextAreaElement, showFault: function(Object): void, clearFault: function(): void}}
 *   showFault: the details of 422 invalid_policy
 */
export function ruleEditor({ label, name, value, rows = 8, onchange }) {
  const id = newId('rule');
  const faultId = newId('fault');
  // Behind the text, of the same size: only what is marked shows.
  const marks = h('pre.marks', { 'aria-hidden': 'true' });
  const control = h('textarea', { id, name, rows, class: 'mono', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'none', value,
    wrap: 'soft', oninput: () => { element.clearFault(); onchange?.(control.value); }, onscroll: follow });
  const fault = h('div.fault.place', { id: faultId, role: 'alert' });
  const element = div('field editor', h('label', { for: id }, label), div('layers', marks, control), fault);

  function follow() {
    marks.scrollTop = control.scrollTop;
    marks.scrollLeft = control.scrollLeft;
  }

  function mend(details) {
    const remedy = remedyOf(details);
    const next = remedy && mended(control.value, offsetOf(control.value, details.line, details.column), remedy);
    return next && button(t.editor.mend(remedy.right), () => {
      control.value = next;
      element.clearFault();
      onchange?.(next);
      control.focus();
    });
  }

  element.control = control;
  element.clearFault = () => {
    fill(marks);
    fill(fault);
    control.removeAttribute('aria-invalid');
    control.removeAttribute('aria-describedby');
  };
  element.showFault = (details) => {
    const text = control.value;
    const from = offsetOf(text, details.line, details.column);
    const to = wordEnd(text, from);
    const line = text.split('\n')[details.line - 1] ?? '';
    fill(marks, text.slice(0, from), h('mark', text.slice(from, to) || ' '), text.slice(to), '\n');
    fill(fault, para('note-title', t.editor.at(details.line, details.column)),
      h('pre.excerpt', { tabindex: '0' }, `${line}\n${' '.repeat([...line].slice(0, details.column - 1).length)}^`),
      h('p', String(details.message ?? '')), mend(details));
    control.setAttribute('aria-invalid', 'true');
    control.setAttribute('aria-describedby', faultId);
    control.focus();
    control.setSelectionRange(from, to);
    follow();
  };
  return element;
}
