// SPDX-License-Identifier: MIT
// Names for ids: of keys, policies and rules. Where the key at hand may not read them, the id is all there is.

import { get, getAll } from '../api.js';
import { onSession } from '../session.js';
import { fill, h, span } from '../dom.js';
import { t } from '../texts.js';
import { href } from '../route.js';

const cache = new Map();

/** One request for each, whoever asks; a failure is asked again. */
function once(name, ask) {
  if (!cache.has(name))
    cache.set(name, ask().catch((error) => { cache.delete(name); throw error; }));
  return cache.get(name);
}

export const forgetNames = () => cache.clear();
onSession('forgotten', forgetNames);

/** Names of keys by their ids; none where they may not be read. */
const keyNames = () => once('keys', async () => new Map((await getAll('/api-keys', { pages: 4 })).map(({ id, name }) => [id, name])))
  .catch(() => new Map());

/** Who did it: the key's name once it is known, and its id. */
export function actor({ actor_type, actor_id: id }) {
  if (actor_type !== 'api_key')
    return h('span', t.actor.system(id));
  const whole = h('span', h('span.mono.small', { title: id }, id.slice(0, 8)));
  keyNames().then((names) => { if (names.has(id)) fill(whole, h('strong', { title: id }, names.get(id))); });
  return whole;
}

/** Rules that determined something, each with its policy and what it says as soon as that is read. */
export function ruleList(rules) {
  return h('ul.rules', rules.map(({ policy_id, rule_id }) => {
    const item = h('li', span('mono small', t.rules.unread(rule_id.slice(0, 8))));
    const path = `/policies/${policy_id}`;
    Promise.all([path, `${path}/rules/${rule_id}`].map((p) => once(p, () => get(p)))).then(([policy, rule]) => fill(item,
      h('a', { href: href(path, { rule: rule_id }) }, policy.data.name), ' · ', h('code', rule.data.policy_text)), () => {});
    return item;
  }));
}
