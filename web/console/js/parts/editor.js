// SPDX-License-Identifier: MIT
// A rule's text to be edited, with what is wrong shown under its place.

import { button, div, fill, h, newId, para } from '../dom.js';
import { t } from '../texts.js';

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
  const marks = h('pre', { class: 'marks', 'aria-hidden': 'true' });
  const control = h('textarea', { id, name, rows, class: 'mono', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'none', value,
    wrap: 'soft', oninput: () => { element.clearFault(); onchange?.(control.value); }, onscroll: follow });
  const fault = h('div', { class: 'fault place', id: faultId, role: 'alert' });
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
    fill(marks, text.slice(0, from), h('mark', null, text.slice(from, to) || ' '), text.slice(to), '\n');
    fill(fault, para('note-title', t.editor.at(details.line, details.column)),
      h('pre', { class: 'excerpt', tabindex: '0' }, `${line}\n${' '.repeat([...line].slice(0, details.column - 1).length)}^`),
      h('p', null, String(details.message ?? '')), mend(details));
    control.setAttribute('aria-invalid', 'true');
    control.setAttribute('aria-describedby', faultId);
    control.focus();
    control.setSelectionRange(from, to);
    follow();
  };
  return element;
}
