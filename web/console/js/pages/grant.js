// SPDX-License-Identifier: MIT
// A grant: what it is, its history with the state of its chain, and its activity.

import { div, fill, h, sign, span } from '../dom.js';
import { more, t } from '../texts.js';
import { when } from '../time.js';
import { auditSwitch, readGrant, resourceOf, revokeGrant, stateOf, switchAuditing } from '../parts/grant.js';
import { offer } from '../parts/may.js';
import { loading, tryTo } from '../parts/state.js';
import { facts } from '../parts/entry.js';
import { history } from '../parts/history.js';
import { activity } from '../parts/activity.js';
import { pageHead } from '../parts/view.js';

export const title = t.grantPage.title;

function grantFacts(grant) {
  const f = t.grantPage.facts;
  const metadata = JSON.stringify(grant.metadata, null, 2);
  return facts([
    [f.state, h('span', stateOf(grant))],
    [f.ends, when(grant.expires_at)],
    [f.resource, resourceOf(grant)],
    [f.action, grant.action],
    [f.granted, when(grant.granted_at)],
    [f.changed, h('span', when(grant.updated_at), ' ', span('quiet', t.grantPage.version(grant.version)))],
    [f.request, grant.request_id && span('mono', grant.request_id)],
    [f.id, span('mono', grant.id)],
    [f.metadata, metadata !== '{}' && h('pre.small', metadata)],
  ]);
}

/** The card at the top, drawn anew after each change. */
function summary(grant, act) {
  return h('section.card', { 'aria-label': t.grantPage.facts.label },
    div('card-head', div('switch-line', sign('label', t.grantPage.auditing),
      auditSwitch(grant, () => act(switchAuditing))),
    grant.status !== 'revoked' && offer('RevokeGrant', more(t.grant.revoke.verb), { class: 'danger', onclick: () => act(revokeGrant) }, { grant_id: grant.id })),
    grantFacts(grant));
}

export function show(root, { path: [id] }, signal) {
  const place = div('stack', loading(8));
  root.append(pageHead(title, { back: { href: '#/grants', text: t.nav.grants } }), place);

  function draw(grant) {
    root.querySelector('h1').textContent = grant.grantee_id;
    const past = history(grant, signal);
    return [summary(grant, act), past.element, activity(grant, past.stretches, signal)];

    async function act(change) {
      const now = await change(grant, signal);
      if (!now || signal.aborted)
        return;
      fill(place, draw(now));
      place.querySelector('[role="switch"]').focus();
    }
  }

  return tryTo(place, async () => draw((await readGrant(id, signal)).data));
}
