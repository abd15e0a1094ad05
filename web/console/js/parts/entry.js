// SPDX-License-Identifier: MIT
// An entry of the audit log: in a row, and on a page of its own.

import { div, h, para, span } from '../dom.js';
import { href } from '../route.js';
import { own, t } from '../texts.js';
import { when } from '../time.js';
import { actor, ruleList } from './names.js';
import { changeTable, entryHref, facts, operationName, outcomeBadge, valueText } from './timeline.js';

const c = t.log.columns;

export const typeName = (type) => own(t.log.types, type) ?? type;

/** What it is about, with the way to its page. */
export function subject(entry) {
  const places = { grant: `/grants/${entry.resource_id}`, policy: `/policies/${entry.resource_id}`, api_key: '/keys' };
  const words = [typeName(entry.resource_type), ' ', span('mono small', entry.resource_id.slice(0, 8))];
  const place = own(places, entry.resource_type);
  return place ? h('a', { href: href(place), title: entry.resource_id }, words) : h('span', { title: entry.resource_id }, words);
}

export const entryColumns = [
  { label: c.when, cell: (e) => h('a', { href: entryHref(e) }, when(e.created_at)) },
  { label: c.who, cell: actor },
  { label: c.what, cell: (e) => operationName(e.action) },
  { label: c.about, cell: subject },
  { label: c.outcome, cell: outcomeBadge },
  { label: c.why, cell: (e) => e.reasoning ?? span('quiet', t.common.none), class: 'reason-cell' },
];

const mono = (value) => value !== undefined && value !== null && span('mono small', valueText(value));
const section = (title, ...content) => h('section', { class: 'card stack', 'aria-label': title }, h('h2', null, title), content);

/** All that an entry tells but its place in the chain. */
export function entryView(entry) {
  const { before, after, request_id, source_ip, user_agent, rules, ...more } = entry.metadata;
  const e = t.entry;
  return [
    div('card', facts([
      [c.when, when(entry.created_at)], [c.who, h('span', null, actor(entry), ' ', mono(entry.actor_id))],
      [c.what, h('span', null, operationName(entry.action), ' ', mono(entry.action))],
      [c.about, h('span', null, subject(entry), ' ', mono(entry.resource_id))], [c.outcome, outcomeBadge(entry)],
      [c.why, entry.reasoning ?? e.noReason], [e.address, mono(source_ip)], [e.program, user_agent && valueText(user_agent)],
      [e.request, mono(request_id)], [e.id, mono(entry.id)]])),
    section(entry.outcome === 'denied' ? e.asked : e.change, changeTable(entry) ?? para('quiet', t.log.nothing)),
    Array.isArray(rules) && rules.length > 0 && section(entry.outcome === 'denied' ? e.refusedBy : e.permittedBy, ruleList(rules)),
    Object.keys(more).length > 0 && section(t.log.more, h('pre', null, JSON.stringify(more, null, 2))),
  ];
}
