// SPDX-License-Identifier: MIT
// Form fields with their labels, hints and errors tied to them.

import { h, newId } from '../dom.js';
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
  const element = h('div', { class: 'field' },
    h('label', { for: id }, label), control, hint && h('p', { class: 'hint', id: hintId }, hint));
  return Object.assign(element, { control });
}

/** The API takes at most this, without control characters. */
const REASON_MOST = 512;

/** "Why?", as every change asks; see reasonOf(). */
export function reasonField(attributes = {}) {
  return field({ label: t.reason.label, hint: t.reason.hint, name: 'reason', spellcheck: 'true', ...attributes });
}

/** The reason that was typed, or a fault for formDialog(). @param {FormData} data */
export function reasonOf(data, required = true) {
  const text = String(data.get('reason') ?? '').replace(/\s+/gu, ' ').trim();
  if (required && text === '')
    throw { title: t.reason.missing, lines: [], member: 'reason' };
  if (new TextEncoder().encode(text).length > REASON_MOST)
    throw { title: t.reason.tooLong(REASON_MOST), lines: [], member: 'reason' };
  return text;
}
