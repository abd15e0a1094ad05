// SPDX-License-Identifier: MIT
// Sign in: the key is tried with a question that changes nothing before it is kept.

import { fill, focusOn, h } from '../dom.js';
import { call } from '../api.js';
import { signIn } from '../session.js';
import { t } from '../texts.js';
import { field } from '../parts/field.js';
import { explain } from '../parts/state.js';
import { noteBody } from '../parts/notice.js';

export const title = t.signIn.title;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const KEY = /^grd_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$/;

/** Is the key good? A refusal by the policies means that it is. */
async function tryKey(key, tenant, signal) {
  try {
    await call('GET', '/grants', { query: { limit: 1 }, credentials: { 'X-API-Key': key, 'X-Tenant-ID': tenant }, signal });
  } catch (error) {
    if (error.code !== 'policy_denied')
      throw error;
  }
}

function faultOf(key, tenant) {
  if (!UUID.test(tenant))
    return { name: 'tenant', title: t.signIn.badTenant };
  if (!KEY.test(key))
    return { name: 'key', title: t.signIn.badKey };
  return null;
}

/** @param {HTMLElement} root @param {{reason?: string, then: function(): void}} params @param {AbortSignal} signal */
export async function show(root, { reason, then }, signal) {
  const tenantField = field({ label: t.signIn.tenant, hint: t.signIn.tenantHint, name: 'tenant', autocapitalize: 'none', required: true });
  // Not a "password" with a name: browsers would offer to store it.
  const keyField = field({ label: t.signIn.key, hint: t.signIn.keyHint, name: 'key', type: 'password', autocomplete: 'off', required: true });
  const fault = h('div', { class: 'fault', role: 'alert' });
  const go = h('button', { type: 'submit', class: 'primary wide' }, t.signIn.verb);

  function tell(what, control) {
    fill(fault, h('div', { class: 'note note-refused' }, h('div', { class: 'note-body' }, noteBody({ lines: [], ...what }))));
    control?.setAttribute('aria-invalid', 'true');
    control?.focus();
  }

  async function submit(event) {
    event.preventDefault();
    const tenant = tenantField.control.value.trim();
    const key = keyField.control.value.trim();
    const wrong = faultOf(key, tenant);
    for (const f of [tenantField, keyField])
      f.control.removeAttribute('aria-invalid');
    fill(fault);
    if (wrong) {
      tell(wrong, wrong.name === 'key' ? keyField.control : tenantField.control);
      return;
    }
    go.setAttribute('aria-disabled', 'true');
    go.textContent = t.signIn.checking;
    try {
      await tryKey(key, tenant, signal);
      keyField.control.value = '';
      signIn(key, tenant);
      then();
    } catch (error) {
      if (error.kind !== 'aborted')
        tell(explain(error));
    } finally {
      go.removeAttribute('aria-disabled');
      go.textContent = t.signIn.verb;
    }
  }

  fill(root, h('div', { class: 'sign-in' },
    h('h1', { tabindex: '-1' }, t.product),
    reason && t.signIn.reasons[reason] && h('p', { class: 'note note-info' }, t.signIn.reasons[reason]),
    h('form', { class: 'card', onsubmit: submit, novalidate: true },
      h('h2', null, t.signIn.title), tenantField, keyField, fault, go),
    h('p', { class: 'quiet small' }, t.signIn.lead)));
  focusOn(tenantField.control);
}
