// SPDX-License-Identifier: MIT
// Sign in, where the console begins: this page is there before the rest, which is fetched once it is at ease.

import { fill, focusOn, h } from '../dom.js';
import { t } from '../texts.js';
import { field, form } from '../parts/field.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const KEY = /^grd_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$/;

const fetchRest = () => import('../frame.js');

async function submit(data) {
  const [tenant, key] = ['tenant', 'key'].map((name) => data.get(name).trim());
  if (!UUID.test(tenant))
    throw { title: t.signIn.badTenant, member: 'tenant' };
  if (!KEY.test(key))
    throw { title: t.signIn.badKey, member: 'key' };
  const { start } = await fetchRest().catch(() => { throw { title: t.errors.known.offline[0] }; });
  await start(key, tenant);
}

/** reason: why nobody is signed in any more */
export function show(reason) {
  const s = t.signIn;
  const tenant = field('tenant', s.tenant, { hint: s.tenantHint, autocapitalize: 'none', required: true });
  const key = field('key', s.key, { hint: s.keyHint, type: 'password', required: true });
  document.title = `${s.title} · ${t.product}`;
  fill(document.getElementById('app'),
    h('main', { id: 'main', tabindex: '-1' }, h('.page', h('.sign-in',
      h('h1', { tabindex: '-1' }, t.product),
      s.reasons[reason] && h('p.note.note-info', s.reasons[reason]),
      form({ class: 'card', verb: s.title, busy: s.checking }, submit, h('h2', s.title), tenant, key),
      h('p.quiet.small', s.lead)))));
  focusOn(tenant.control);
}

show();
// Where somebody is faster, signing in waits for it, and tells what failed.
setTimeout(() => fetchRest().catch(() => {}), 500);
