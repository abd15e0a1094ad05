// SPDX-License-Identifier: MIT
// The policies: listed, and made; and one of them, with its rules. A change is shown as a difference before it is made.

import { call, get } from '../api.js';
import { fill, h } from '../dom.js';
import { more, t } from '../texts.js';
import { changeDialog, etagOf, offer, readDeleted } from '../parts/change.js';
import { field } from '../parts/field.js';
import { tryTo } from '../parts/notice.js';
import { diffView, readRules, rulesView } from '../parts/rules.js';
import { badge, go, loading, pagedList, pageHead, when } from '../parts/view.js';

const p = t.policies;
const f = p.fields;
const STATES = { true: p.inForce, false: p.notInForce };

const stateBadge = ({ enabled }) => badge(enabled ? 'good' : 'off', STATES[enabled]);

const columns = [
  [f.name, ({ id, name }) => h('a', { href: `#/policies/${id}` }, name)],
  [f.enabled, stateBadge],
  [f.priority, ({ priority }) => priority, 'number'],
  [p.changed, ({ updated_at }) => when(updated_at, 'short')],
];

const policyFields = ({ name, priority, enabled }) => h('.fields',
  field('name', f.name, { value: name, required: true, maxlength: 200 }),
  field('priority', f.priority, { hint: f.priorityHint, type: 'number', value: priority, step: 1 }),
  field('enabled', f.enabled, { value: enabled, options: STATES }));

/** What is no number the API refuses. */
const policyOf = (data) => ({ name: data.get('name').trim(), priority: data.get('priority') === '' ? null : Number(data.get('priority')),
  enabled: data.get('enabled') === 'true' });

async function create(signal) {
  const outcome = await changeDialog({ words: p.create, name: (body) => body.name, operation: 'CreatePolicy', signal, take: policyOf,
    body: policyFields({ name: '', priority: 0, enabled: true }), change: (reason, body) => call('POST', '/policies', { body, reason }) });
  if (outcome?.now)
    go(`/policies/${outcome.now.data.id}`);
}

const toWhatIf = () => h('a.button', { href: '#/what-if' }, more(t.whatIf.title));

function showList(root, signal) {
  root.append(pageHead(t.nav.policies, { lead: p.lead,
    actions: [toWhatIf(), offer('CreatePolicy', more(p.create.title), () => create(signal), 'primary')] }),
  h('.card.table-card', pagedList({ label: t.nav.policies, path: '/policies', columns, none: p.none, signal })));
}

/* ---- one ---- */

const linesOf = ({ name, priority, enabled }) => `${f.name}: ${name}\n${f.priority}: ${priority}\n${f.enabled}: ${STATES[enabled]}`;

function settings(policy) {
  const compare = (wanted) => diffView(t.rule.difference, linesOf(policy), linesOf(wanted));
  const place = h('div', { 'aria-live': 'polite' }, compare(policy));
  const fields = policyFields(policy);
  fields.addEventListener('input', () => fill(place, compare(policyOf(new FormData(fields.closest('form'))))));
  return { words: t.policy.settings, method: 'PATCH', operation: 'UpdatePolicy', name: (body) => body.name, body: [fields, place], take: policyOf,
    readAgain: () => get(`/policies/${policy.id}`), isDone: ({ data }, body) => linesOf(data) === linesOf(body) };
}

const deletion = ({ id, name, rules }) => ({ words: t.policy.deletion, method: 'DELETE', operation: 'DeletePolicy', name, danger: true, large: true,
  readAgain: () => readDeleted(`/policies/${id}`), isDone: ({ data }) => !data,
  body: diffView(t.policy.rules, rules.map((rule) => rule.policy_text).join('\n\n'), '') });

async function showPolicy(root, id, lit, signal) {
  const path = `/policies/${id}`;
  const place = h('.stack', loading());
  const page = { signal, views: new Map(), load, tryIt: () => go('/what-if') };

  function load() {
    return tryTo(place, async () => {
      const [{ data }, rules] = await Promise.all([get(path, { signal }), readRules(id, signal)]);
      const policy = { ...data, rules };
      root.querySelector('h1').textContent = policy.name;
      document.title = `${policy.name} · ${t.product}`;
      const list = rulesView(page, policy);
      return [h('.words', stateBadge(policy), h('span.quiet', t.policy.facts(policy.priority, policy.version), ' ', when(policy.updated_at, 'short')),
        h('.actions.push', offer('UpdatePolicy', more(t.policy.settings.title), () => change(policy, settings(policy))),
          offer('DeletePolicy', more(t.policy.deletion.verb), () => change(policy, deletion(policy)), 'danger'), toWhatIf(), list.add)), list];
    });
  }

  async function change(policy, { method, ...spec }) {
    const outcome = await changeDialog({ ...spec, signal, resource: { type: 'policy', id },
      change: (reason, body) => call(method, path, { body, reason, ifMatch: etagOf(policy) }) });
    if (method === 'DELETE' && outcome?.state === 'done')
      go('/policies');
    else if (outcome && outcome.state !== 'refused')
      await load();
  }

  root.append(pageHead(t.policy.title, { back: 'policies' }), place);
  await load();
  const view = page.views.get(lit);
  view?.light(true);
  view?.element.scrollIntoView({ block: 'center' });
}

export const show = (root, { path: [id], query }, signal) => (id ? showPolicy(root, id, query.get('rule'), signal) : showList(root, signal));
