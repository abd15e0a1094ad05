// SPDX-License-Identifier: MIT
// Sign in: the key is tried with a question that changes nothing before it is kept. This page is there before the rest of the console.

import { div, fill, focusOn, h, para } from '../dom.js';
import { t } from '../texts.js';
import { field, markWrong, unmark } from '../parts/field.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const KEY = /^grd_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$/;

export async function fetchRest() {
  const [{ start }, { call }, { explain, noteBox }] = await Promise.all([import('../frame.js'), import('../api.js'), import('../parts/state.js')]);
  return { start, call, explain, noteBox };
}

/** Is the key good? A refusal by the policies means that it is. */
async function tryKey(call, key, tenant) {
  try {
    await call('GET', '/grants', { query: { limit: 1 }, credentials: { 'X-API-Key': key, 'X-Tenant-ID': tenant } });
  } catch (error) {
    if (error.code !== 'policy_denied')
      throw error;
  }
}

export function themeChoice() {
  const { dataset } = document.documentElement;
  const choice = h('select', { 'aria-label': t.nav.theme, class: 'theme', value: dataset.theme ?? 'auto', onchange: () => {
    // The choice is for this visit: nothing is stored.
    if (choice.value === 'auto')
      delete dataset.theme;
    else
      dataset.theme = choice.value;
  } }, Object.entries(t.nav.themes).map(([value, text]) => h('option', { value }, text)));
  return choice;
}

/** @param {string} [reason] why whoever was signed in is not any more */
export function show(reason) {
  const tenantField = field({ label: t.signIn.tenant, hint: t.signIn.tenantHint, name: 'tenant', autocapitalize: 'none', required: true });
  // Not a "password" with a name: browsers would offer to store it.
  const keyField = field({ label: t.signIn.key, hint: t.signIn.keyHint, name: 'key', type: 'password', autocomplete: 'off', required: true });
  const fault = h('div.fault', { role: 'alert' });
  const go = h('button.primary.wide', { type: 'submit' }, t.signIn.verb);

  async function enter(tenant, key) {
    // Where the rest does not come, there is nothing yet that could say so better.
    const rest = await fetchRest().catch(() => fill(fault, para('note note-refused', t.errors.known.offline[0])) && null);
    if (!rest)
      return;
    const tell = (what, { control }) => {
      fill(fault, rest.noteBox('refused', what));
      markWrong(control);
    };
    if (!UUID.test(tenant))
      return tell({ title: t.signIn.badTenant }, tenantField);
    if (!KEY.test(key))
      return tell({ title: t.signIn.badKey }, keyField);
    try {
      await tryKey(rest.call, key, tenant);
      keyField.control.value = '';
      await rest.start(key, tenant);
    } catch (error) {
      fill(fault, rest.noteBox('refused', rest.explain(error)));
    }
  }

  async function submit(event) {
    event.preventDefault();
    unmark(event.target);
    fill(fault);
    go.setAttribute('aria-disabled', 'true');
    go.textContent = t.signIn.checking;
    await enter(tenantField.control.value.trim(), keyField.control.value.trim());
    go.removeAttribute('aria-disabled');
    go.textContent = t.signIn.verb;
  }

  document.title = `${t.signIn.title} · ${t.product}`;
  fill(document.getElementById('app'),
    h('main', { id: 'main', tabindex: '-1' }, div('page', div('sign-in',
      h('h1', { tabindex: '-1' }, t.product),
      reason && t.signIn.reasons[reason] && para('note note-info', t.signIn.reasons[reason]),
      h('form.card', { onsubmit: submit, novalidate: true },
        h('h2', t.signIn.title), tenantField, keyField, fault, go),
      para('quiet small', t.signIn.lead)))),
    h('footer.corner', themeChoice()));
  focusOn(tenantField.control);
}
