// SPDX-License-Identifier: MIT
// Form fields with their labels, hints and errors tied to them.

import { div, h, newId } from '../dom.js';
import { t } from '../texts.js';

/**
 * @param {{label: string, name: string, hint?: string, tag?: 'input'|'textarea'|'select', options?:
 *   [string, string][]}} spec other members are attributes of the control
 * @returns {HTMLElement & {control: HTMLInputElement}} the field
 */
export function field({ label, hint, tag = 'input', options, ...attributes }) {
  const id = newId('field');
  const hintId = hint && newId('hint');
  const control = h(tag, { id, 'aria-describedby': hintId, autocomplete: 'off', spellcheck: 'false', ...attributes },
    options?.map(([value, text]) => h('option', { value }, text)));
  const element = div('field',
    h('label', { for: id }, label), control, hint && h('p.hint', { id: hintId }, hint));
  return Object.assign(element, { control });
}

/** The API takes at most this, without control characters. */
const REASON_MOST = 512;

/** "Why?", as every change asks. */
export const reasonField = () => field({ label: t.reason.label, hint: t.reason.hint, name: 'reason', spellcheck: 'true', required: true });

/** The reason that was typed. @throws for formDialog() */
export function reasonOf(data) {
  const text = data.get('reason').replace(/\s+/gu, ' ').trim();
  if (text === '')
    throw { title: t.reason.missing, member: 'reason' };
  if (new TextEncoder().encode(text).length > REASON_MOST)
    throw { title: t.reason.tooLong(REASON_MOST), member: 'reason' };
  return text;
}

/** Words apart by blanks or commas. */
export const wordsOf = (text) => [...new Set(text.split(/[\s,]+/u).filter(Boolean))];

export const submitButton = (text) => h('button.primary', { type: 'submit' }, text);

/** The control that a fault is about. */
export function markWrong(control) {
  control?.setAttribute('aria-invalid', 'true');
  control?.focus();
}

export function unmark(form) {
  for (const control of form.querySelectorAll('[aria-invalid]'))
    control.removeAttribute('aria-invalid');
}
