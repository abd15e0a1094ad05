// SPDX-License-Identifier: MIT
// Names for ids: of keys, policies and rules. Where the key at hand may not read them, the id is all there is.

import { get, getAll } from '../api.js';
import { onSession } from '../session.js';
import { h, span } from '../dom.js';
import { t } from '../texts.js';
import { href } from '../route.js';

const cache = new Map();
onSession('forgotten', () => cache.clear());

/** One request for each, whoever asks; a failure is asked again. */
function once(name, ask) {
  if (!cache.has(name))
    cache.set(name, ask().catch((error) => { cache.delete(name); throw error; }));
  return cache.get(name);
}

export function forgetNames() {
  cache.clear();
}

const readKeyNames = async () => new Map((await getAll('/api-keys', { pages: 4 })).map(({ id, name }) => [id, name]));

/** @returns {Promise<Map<string, string>>} names of keys by their ids; empty where they may not be read */
export async function keyNames() {
  try {
    return await once('keys', readKeyNames);
  } catch {
    return new Map();
  }
}

/** Who did it: the key's name once it is known, and its id. */
export function actor(entry) {
  if (entry.actor_type !== 'api_key')
    return h('span', null, t.actor.system(entry.actor_id));
  const shown = h('span', { class: 'mono small', title: entry.actor_id }, entry.actor_id.slice(0, 8));
  const whole = h('span', null, shown);
  keyNames().then((names) => {
    const name = names.get(entry.actor_id);
    if (name)
      whole.replaceChildren(h('strong', { title: entry.actor_id }, name));
  });
  return whole;
}

async function ruleWords({ policy_id, rule_id }) {
  const [policy, rule] = await Promise.all([
    once(policy_id, () => get(`/policies/${policy_id}`)),
    once(rule_id, () => get(`/policies/${policy_id}/rules/${rule_id}`)),
  ]);
  return { policy: policy.data, rule: rule.data };
}

/**
 * Rules that determined something, each with its policy and what it says as soon as that is read.
 * @param {{policy_id: string, rule_id: string}[]} rules
 */
export function ruleList(rules) {
  return h('ul', { class: 'rules' }, rules.map((r) => {
    const item = h('li', null, span('mono small', t.rules.unread(r.rule_id.slice(0, 8))));
    ruleWords(r).then(({ policy, rule }) => item.replaceChildren(
      h('a', { href: href(`/policies/${r.policy_id}`, { rule: r.rule_id }) }, policy.name), ' · ',
      h('code', null, rule.policy_text)), () => {});
    return item;
  }));
}
