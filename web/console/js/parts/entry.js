// SPDX-License-Identifier: MIT
// An entry of the audit log: in a row, and whole.

import { h } from '../dom.js';
import { href } from '../route.js';
import { t } from '../texts.js';
import { when } from '../time.js';
import { badge } from './badge.js';
import { diffView } from './diff.js';
import { actor, ruleList } from './names.js';

const e = t.entry;

export const outcomeBadge = (entry) => (entry.outcome === 'denied' ? badge('bad', e.denied) : badge('good', e.done));

/** What it is about, with the way to its page. */
export function subject(entry) {
  const places = { grant: `/grants/${entry.resource_id}`, policy: `/policies/${entry.resource_id}`, api_key: '/keys' };
  const words = [e.types[entry.resource_type] ?? entry.resource_type, ' ', h('span', { class: 'mono small' }, entry.resource_id.slice(0, 8))];
  const place = places[entry.resource_type];
  return place ? h('a', { href: href(place), title: entry.resource_id }, words) : h('span', { title: entry.resource_id }, words);
}

export const entryColumns = [
  { label: e.when, cell: (x) => h('a', { href: href(`/log/${x.id}`) }, when(x.created_at)) },
  { label: e.who, cell: actor },
  { label: e.what, cell: (x) => h('code', null, x.action) },
  { label: e.about, cell: subject },
  { label: e.outcome, cell: outcomeBadge },
  { label: e.why, cell: (x) => x.reasoning ?? h('span', { class: 'quiet' }, t.common.none), class: 'reason-cell' },
];

const pretty = (value) => (value === undefined || value === null ? '' : JSON.stringify(value, null, 2));
const row = (name, ...value) => h('div', null, h('dt', null, name), h('dd', null, value));

/** All that an entry tells. */
export function entryView(entry) {
  const { before, after, request_id, source_ip, user_agent, rules, ...more } = entry.metadata;
  return [
    h('dl', { class: 'card facts' },
      row(e.when, when(entry.created_at)), row(e.who, actor(entry), ' ', h('span', { class: 'mono small quiet' }, entry.actor_id)),
      row(e.what, h('code', null, entry.action)), row(e.about, subject(entry), ' ', h('span', { class: 'mono small quiet' }, entry.resource_id)),
      row(e.outcome, outcomeBadge(entry)), row(e.why, entry.reasoning ?? t.common.none),
      row(e.address, h('span', { class: 'mono' }, source_ip ?? t.common.none)), row(e.agent, user_agent ?? t.common.none),
      row(e.request, h('span', { class: 'mono small' }, request_id ?? t.common.none))),
    h('section', { class: 'card stack', 'aria-label': e.change }, h('h2', null, entry.outcome === 'denied' ? e.asked : e.change),
      diffView(e.beforeAfter, pretty(before), pretty(after))),
    Array.isArray(rules) && rules.length > 0 && h('section', { class: 'card stack', 'aria-label': e.rules }, h('h2', null, e.rules), ruleList(rules)),
    Object.keys(more).length > 0 && h('section', { class: 'card stack', 'aria-label': e.more }, h('h2', null, e.more), h('pre', null, pretty(more))),
  ];
}
