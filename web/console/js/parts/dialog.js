// SPDX-License-Identifier: MIT
// Modal dialogs: <dialog> keeps the focus inside and gives it back; Escape closes.

import { div, fill, h, newId } from '../dom.js';
import { t } from '../texts.js';
import { explain, noteBox } from './state.js';

/**
 * A form in a dialog.
 * @param {{title: string, body: *, verb: string, danger?: boolean, large?: boolean, signal?: AbortSignal,
 *   submit: function(FormData, HTMLFormElement): Promise<*>}} spec
 *   submit: what it returns closes the dialog; an ApiError that it throws is told in the dialog, which stays open,
 *   and so is a {title, lines, member} that it throws; member: the control's name
 * @returns {Promise<*>} what submit returned; undefined where the dialog was closed
 */
export function formDialog(spec) {
  const titleId = newId('title');
  const fault = h('div', { class: 'fault', role: 'alert' });
  const go = h('button', { type: 'submit', class: spec.danger ? 'danger' : 'primary' }, spec.verb);
  const form = h('form', { method: 'dialog', novalidate: true },
    h('h2', { id: titleId }, spec.title),
    div('dialog-body', spec.body),
    fault,
    div('actions dialog-actions',
      h('button', { type: 'button', value: 'cancel', onclick: () => { if (!busy) dialog.close(); } }, t.dialog.cancel),
      go));
  const dialog = h('dialog', { class: spec.large && 'large', 'aria-labelledby': titleId }, form);
  let result;
  let busy = false;

  /** Say what is wrong, and go to the control that it is about. */
  function tell(error) {
    fill(fault, noteBox('refused', error.title ? error : explain(error)));
    const control = form.elements.namedItem(error.member ?? error.details?.member ?? '');
    control?.setAttribute('aria-invalid', 'true');
    control?.focus();
  }

  async function submit(event) {
    event.preventDefault();
    if (busy)
      return;
    busy = true;
    go.setAttribute('aria-disabled', 'true');
    fill(fault);
    for (const control of form.querySelectorAll('[aria-invalid]'))
      control.removeAttribute('aria-invalid');
    try {
      result = await spec.submit(new FormData(form), form);
      dialog.close();
    } catch (error) {
      if (error.kind === undefined && !error.title)
        console.error(error);
      tell(error);
    } finally {
      busy = false;
      go.removeAttribute('aria-disabled');
    }
  }

  form.addEventListener('submit', submit);
  // What is under way is waited for.
  dialog.addEventListener('cancel', (event) => { if (busy) event.preventDefault(); });
  return open(dialog, spec.signal, () => result);
}

/** Something to read, with one button to close. */
export function showDialog({ title, body, close = t.dialog.close, signal }) {
  const titleId = newId('title');
  const dialog = h('dialog', { 'aria-labelledby': titleId },
    h('h2', { id: titleId }, title),
    div('dialog-body', body),
    div('actions dialog-actions',
      h('button', { type: 'button', class: 'primary', onclick: () => dialog.close() }, close)));
  return open(dialog, signal, () => undefined);
}

function open(dialog, signal, result) {
  const before = document.activeElement;
  const close = () => dialog.close();
  document.body.append(dialog);
  dialog.showModal();
  signal?.addEventListener('abort', close, { once: true });
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      signal?.removeEventListener('abort', close);
      dialog.remove();
      // <dialog> gives the focus back, but not where what had it was drawn anew.
      if (before?.isConnected)
        before.focus();
      resolve(result());
    }, { once: true });
  });
}
