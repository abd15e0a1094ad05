// SPDX-License-Identifier: MIT
// Modal dialogs: <dialog> keeps the focus inside and gives it back; Escape closes.

import { button, div, fill, h, newId } from '../dom.js';
import { t } from '../texts.js';
import { markWrong, unmark } from './field.js';
import { explain, noteBox } from './state.js';

/**
 * A form in a dialog.
 * @param {{title: string, body: *, verb: string, danger?: boolean, large?: boolean, signal?: AbortSignal,
 *   submit: function(FormData): Promise<*>}} spec
 *   submit: what it returns closes the dialog; an ApiError that it throws is told in the dialog, which stays open,
 *   and so is a {title, lines, member} that it throws; member: the control's name
 * @returns {Promise<*>} what submit returned; undefined where the dialog was closed
 */
export function formDialog(spec) {
  const fault = h('div.fault', { role: 'alert' });
  const go = h('button', { type: 'submit', class: spec.danger ? 'danger' : 'primary' }, spec.verb);
  const form = h('form', { method: 'dialog', novalidate: true, onsubmit: submit });
  const dialog = h('dialog', { class: spec.large && 'large' }, form);
  put(form, dialog, spec, fault, [button(t.dialog.cancel, () => { if (!busy) dialog.close(); }), go]);
  let result;
  let busy = false;

  /** Say what is wrong, and go to the control that it is about. */
  function tell(error) {
    fill(fault, noteBox('refused', error.title ? error : explain(error)));
    markWrong(form.elements.namedItem(error.member ?? error.details?.member ?? ''));
  }

  async function submit(event) {
    event.preventDefault();
    if (busy)
      return;
    busy = true;
    go.setAttribute('aria-disabled', 'true');
    fill(fault);
    unmark(form);
    try {
      result = await spec.submit(new FormData(form));
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

  // What is under way is waited for.
  dialog.addEventListener('cancel', (event) => { if (busy) event.preventDefault(); });
  return open(dialog, spec.signal, () => result);
}

/** Something to read, with one button to close. */
export function showDialog(spec) {
  const dialog = h('dialog');
  put(dialog, dialog, spec, null, button(spec.close, () => dialog.close(), { class: 'primary' }));
  return open(dialog, spec.signal);
}

function put(place, dialog, { title, body }, fault, buttons) {
  const id = newId('title');
  dialog.setAttribute('aria-labelledby', id);
  fill(place, h('h2', { id }, title), div('dialog-body', body), fault, div('actions dialog-actions', buttons));
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
      resolve(result?.());
    }, { once: true });
  });
}
