// SPDX-License-Identifier: MIT
// Forms and their fields. The sign-in page waits for what is imported here.

import { fill, h, newId } from '../dom.js';
import { t } from '../texts.js';

/**
 * With its `control`. spec: hint, and the control's attributes; options, an object or pairs of values and texts: it is a <select>;
 * choices: one that begins with "All"; rows: it is a <textarea>.
 */
export function field(name, label, { hint, value, choices, options = choices, ...attributes } = {}) {
  const id = newId('field');
  const hintId = hint && newId('hint');
  const pairs = Array.isArray(options) ? options : Object.entries(options ?? {});
  const control = h(options ? 'select' : attributes.rows ? 'textarea' : 'input',
    { id, name, 'aria-describedby': hintId, autocomplete: 'off', spellcheck: 'false', ...attributes, value: value?.toString() },
    (choices ? [['', t.common.all], ...pairs] : pairs).map(([key, text]) => h('option', { value: String(key) }, text)));
  return Object.assign(h('.field', h('label', { for: id }, label), control, hint && h('p.hint', { id: hintId }, hint)), { control });
}

/**
 * verb, kind: of its button; beside: other buttons; busy: said while submit(FormData) is waited for, and nothing is sent twice. What that
 * throws is told above the buttons, by tell(): an ApiError, or {title, lines?, member?}; member: the name of the control at fault.
 */
export function form({ verb, kind = 'primary', beside, busy, ...attributes }, submit, ...content) {
  const fault = h('.fault', { role: 'alert' });
  const go = h('button', { type: 'submit', class: kind }, verb);
  const element = h('form', { novalidate: true, onsubmit: send, ...attributes }, content, fault, h('.actions', go, beside));

  async function tell(error) {
    for (const control of element.querySelectorAll('[aria-invalid]'))
      control.removeAttribute('aria-invalid');
    // Where the rest of the console does not come, there is nothing yet that could say it better.
    fill(fault, error && await import('./notice.js').then(({ explain, note }) => note(explain(error)),
      () => h('p.note.note-refused', error.title ?? t.errors.known.offline[0])));
    const control = error && element.elements.namedItem(error.member ?? error.details?.member ?? '');
    control?.setAttribute('aria-invalid', 'true');
    control?.focus();
  }

  async function send(event) {
    event.preventDefault();
    if (go.ariaDisabled)
      return;
    go.ariaDisabled = 'true';
    tell(null);
    fill(fault, busy && h('p.quiet', busy));
    try {
      await submit(new FormData(element), element);
      fill(fault);
    } catch (error) {
      await tell(error);
    } finally {
      go.ariaDisabled = null;
    }
  }

  return Object.assign(element, { tell });
}

/** Typed as JSON; undefined: nothing is. @throws for form() */
export function objectOf(text, label, member) {
  let value = null;
  try {
    value = text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    // Told below.
  }
  if (value === undefined || (value && text.trim()[0] === '{'))
    return value;
  throw { title: t.common.badJson(label), member };
}

export const wordsOf = (text) => [...new Set(text.split(/[\s,]+/u).filter(Boolean))];
