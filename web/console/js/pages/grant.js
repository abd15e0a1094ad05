// SPDX-License-Identifier: MIT
// A grant: what it is, its history with the state of its chain, and its activity.

import { div, fill, h, span } from '../dom.js';
import { t } from '../texts.js';
import { when } from '../time.js';
import { auditSwitch, readGrant, resourceOf, revokeGrant, stateOf, switchAuditing } from '../parts/grant.js';
import { offer } from '../parts/may.js';
import { loading, problem } from '../parts/state.js';
import { facts } from '../parts/entry.js';
import { history } from '../parts/history.js';
import { activity } from '../parts/activity.js';
import { pageHead } from '../parts/view.js';

export const title = t.grantPage.title;

function grantFacts(grant) {
  const f = t.grantPage.facts;
  const metadata = JSON.stringify(grant.metadata, null, 2);
  return facts([
    [f.state, h('span', null, stateOf(grant))],
    [f.ends, when(grant.expires_at)],
    [f.resource, resourceOf(grant)],
    [f.action, grant.action],
    [f.granted, when(grant.granted_at)],
    [f.changed, h('span', null, when(grant.updated_at), ' ', span('quiet', t.grantPage.version(grant.version)))],
    [f.request, grant.request_id && span('mono', grant.request_id)],
    [f.id, span('mono', grant.id)],
    [f.metadata, metadata !== '{}' && h('pre', { class: 'small' }, metadata)],
  ]);
}

/** The card at the top, drawn anew after each change. */
function summary(grant, act) {
  const canRevoke = grant.status !== 'revoked';
  return h('section', { class: 'card', 'aria-label': t.grantPage.facts.label },
    div('card-head',
      div('switch-line', h('span', { class: 'label', 'aria-hidden': 'true' }, t.grantPage.auditing),
        auditSwitch(grant, () => act(switchAuditing, '[role="switch"]'))),
      canRevoke && offer('RevokeGrant', t.grant.revoke.open, { class: 'danger', onclick: () => act(revokeGrant, '[role="switch"]') }, { grant_id: grant.id })),
    grantFacts(grant));
}

/** @param {{path: string[]}} params */
export async function show(root, { path: [id] }, signal) {
  const place = div('stack', loading(8));
  root.append(pageHead(title, { back: { href: '#/grants', text: t.nav.grants } }), place);
  const head = root.querySelector('h1');
  let grant;

  const load = async () => {
    try {
      grant = (await readGrant(id, signal)).data;
      head.textContent = grant.grantee_id;
      draw();
    } catch (error) {
      if (error.kind !== 'aborted')
        fill(place, problem(error, load));
    }
  };

  const top = h('div');
  const below = div('stack');

  function draw() {
    fill(top, summary(grant, act));
    fill(place, top, below);
    const past = history(grant, signal);
    fill(below, past.element, activity(grant, past.stretches, signal));
  }

  /** Change it, and show it as it is now; the focus stays with what was pressed. */
  async function act(change, selector) {
    const now = await change(grant, signal);
    if (!now || signal.aborted)
      return;
    grant = now;
    draw();
    top.querySelector(selector)?.focus();
  }

  await load();
}
