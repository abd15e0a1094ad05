// SPDX-License-Identifier: MIT
// Audit entries as people read them: who, what, before and after, which rules, why; in a row, in a timeline, and on a page of their own.

import { div, h, para, span } from '../dom.js';
import { href } from '../route.js';
import { own, t } from '../texts.js';
import { when } from '../time.js';
import { actor, ruleList } from './names.js';
import { badge } from './view.js';

const c = t.log.columns;
const e = t.entry;

export const typeName = (type) => own(t.log.types, type) ?? type;
const operationName = (action) => own(t.operations, action) ?? action;
const isDenied = (entry) => entry.outcome === 'denied';
const outcomeBadge = (entry) => (isDenied(entry) ? badge('bad', e.denied) : badge('good', e.done));
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
/** A value of JSON in a line. */
const valueText = (value) => (value === undefined ? t.common.none : typeof value === 'string' ? value : JSON.stringify(value));
const mono = (value) => value !== undefined && value !== null && span('mono small', valueText(value));

/** Terms and what they say; what is empty is left out. */
export function facts(pairs) {
  return h('dl.facts', pairs.filter(([, value]) => value).map(([term, value]) => h('div', h('dt', term), h('dd', value))));
}

/** What an entry changed, or would have: members that differ. null: none */
function changeTable(entry) {
  const { before, after } = entry.metadata;
  const [b, a] = [before, after].map((x) => (isObject(x) ? x : {}));
  const names = [...new Set([...Object.keys(b), ...Object.keys(a)])].filter((name) => JSON.stringify(b[name]) !== JSON.stringify(a[name]));
  if (names.length === 0)
    return null;
  const heads = [e.member, isObject(before) && e.before, isDenied(entry) ? e.asked : e.after];
  return h('table.diff',
    h('caption.unseen', e.change),
    h('thead', h('tr', heads.map((x) => x && h('th', { scope: 'col' }, x)))),
    h('tbody', names.map((name) => h('tr', h('th', { scope: 'row' }, name),
      isObject(before) && h('td.mono.old', valueText(b[name])), h('td.mono.new', valueText(a[name]))))));
}

const rulesOf = ({ metadata: { rules } }) => (Array.isArray(rules) && rules.length > 0 ? ruleList(rules) : null);
const rulesTitle = (entry) => (isDenied(entry) ? e.refusedBy : e.permittedBy);

const where = ({ request_id, source_ip, user_agent }) =>
  [[e.address, mono(source_ip)], [e.program, user_agent && valueText(user_agent)], [e.request, mono(request_id)]];

/** Its place in the chain. */
export const chainFacts = (entry) => [[e.sequence, String(entry.sequence)], [e.hash, mono(entry.hash)], [e.previous, mono(entry.previous_hash)]];

/**
 * One entry in a timeline.
 * @param {{off: boolean, before: boolean, fault?: string}} state off: auditing was off after it; before: and before it, which is
 *   the line down to the entry before
 */
export function timelineItem(entry, { off, before, fault }) {
  const { metadata } = entry;
  const rules = rulesOf(entry);
  return h('li', { class: `entry ${off ? 'is-off' : ''} ${before ? 'was-off' : ''} ${fault ? 'broken' : ''} ${entry.outcome}`, 'data-id': entry.id },
    div('entry-head', h('h3', operationName(entry.action)), outcomeBadge(entry), fault && badge('bad', t.chain.faults[fault]),
      span('entry-when', when(entry.created_at))),
    para('small quiet', e.by, ' ', actor(entry)),
    fault && para('fault-text', t.chain.faultTexts[fault]),
    para('why', span('quiet', `${e.why}: `), entry.reasoning ?? span('quiet', e.noReason)),
    changeTable(entry),
    rules && h('div', span('quiet small', rulesTitle(entry)), rules),
    typeof metadata.repeated === 'number' && para('small', e.repeated(metadata.repeated)),
    h('details.more', h('summary', t.common.details), facts([...where(metadata), [e.id, mono(entry.id)], ...chainFacts(entry)])));
}

/** What it is about, with the way to its page. */
function subject(entry) {
  const { resource_type: type, resource_id: id } = entry;
  const place = own({ grant: `/grants/${id}`, policy: `/policies/${id}`, api_key: '/keys' }, type);
  return h(place ? 'a' : 'span', { href: place && href(place), title: id }, typeName(type), ' ', span('mono small', id.slice(0, 8)));
}

export const entryColumns = [
  [c.when, (entry) => h('a', { href: href(`/log/${entry.id}`) }, when(entry.created_at))],
  [c.who, actor],
  [c.what, (entry) => operationName(entry.action)],
  [c.about, subject],
  [c.outcome, outcomeBadge],
  [c.why, (entry) => entry.reasoning ?? span('quiet', t.common.none), 'reason-cell'],
];

const section = (title, ...content) => h('section.card.stack', { 'aria-label': title }, h('h2', title), content);

/** All that an entry tells but its place in the chain. */
export function entryView(entry) {
  const { before, after, request_id, source_ip, user_agent, rules, ...more } = entry.metadata;
  const list = rulesOf(entry);
  const both = (text, id) => h('span', text, ' ', mono(id));
  return [
    div('card', facts([[c.when, when(entry.created_at)], [c.who, both(actor(entry), entry.actor_id)],
      [c.what, both(operationName(entry.action), entry.action)], [c.about, both(subject(entry), entry.resource_id)], [c.outcome, outcomeBadge(entry)],
      [c.why, entry.reasoning ?? e.noReason], ...where(entry.metadata), [e.id, mono(entry.id)]])),
    section(isDenied(entry) ? e.asked : e.change, changeTable(entry) ?? para('quiet', t.log.nothing)),
    list && section(rulesTitle(entry), list),
    Object.keys(more).length > 0 && section(t.log.more, h('pre', JSON.stringify(more, null, 2))),
  ];
}
