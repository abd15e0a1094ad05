// SPDX-License-Identifier: MIT
// Audit entries as people read them: in a row, on a page of their own, and in a grant's history, with its chain checked here.

import { get, getAll, once } from '../api.js';
import { canHash, checked } from '../chain.js';
import { button, fill, h } from '../dom.js';
import { tenantId } from '../session.js';
import { own, t } from '../texts.js';
import { announce, problem } from './notice.js';
import { badge, card, empty, href, loading, mono, pretty, table, when } from './view.js';

const c = t.log.columns;
const e = t.entry;
const PAGE = 250;
const SHOWN = 20;
const { chain } = t;

export const typeName = (type) => own(t.log.types, type) ?? type;
const operationName = ({ action }) => own(t.operations, action) ?? action;
const outcomeBadge = ({ outcome }) => (outcome === 'denied' ? badge('bad', e.denied) : badge('good', e.done));
/** A value of JSON in a line. */
const valueText = (value) => (value === undefined ? t.common.none : typeof value === 'string' ? value : JSON.stringify(value));

/* ---- names, where the key at hand may read them; or else ids ---- */

function actor({ actor_type, actor_id: id }) {
  if (actor_type !== 'api_key')
    return h('span', t.actor.system(id));
  const who = h('span', { title: id }, mono(id.slice(-8)));
  once('keys', () => getAll('/api-keys', { pages: 4 })).then((keys) => {
    const key = keys.find((k) => k.id === id);
    if (key)
      fill(who, h('strong', key.name));
  }, () => {});
  return who;
}

/** With policies and texts as soon as they are read. */
export const ruleList = (rules) => h('ul.rules', rules.map(({ policy_id, rule_id }) => {
  const item = h('li', mono(t.rules.unread(rule_id.slice(-8))));
  const path = `/policies/${policy_id}`;
  Promise.all([path, `${path}/rules/${rule_id}`].map((p) => once(p, () => get(p)))).then(([policy, rule]) => fill(item,
    h('a', { href: href(path, { rule: rule_id }) }, policy.data.name), ' · ', h('code', rule.data.policy_text)), () => {});
  return item;
}));

/* ---- entries ---- */

/** Terms and what they say; what is empty is left out. */
export const facts = (pairs) => h('dl.facts', pairs.filter(([, value]) => value).map(([term, value]) => h('div', h('dt', term), h('dd', value))));

/** The members that an entry changed, or would have. */
function changeTable({ outcome, metadata: { before, after } }) {
  const rows = Object.keys((outcome === 'denied' && after) || { ...before, ...after }).filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]));
  const columns = [[e.member, (name) => name], before && [e.before, (name) => h('span.mono.old', valueText(before[name]))],
    [outcome === 'denied' ? e.asked : e.after, (name) => h('span.mono.new', valueText(after?.[name]))]].filter(Boolean);
  return rows.length > 0 && h('.diff', table({ caption: e.change, columns, rows }));
}

function story(entry) {
  const { rules, repeated } = entry.metadata;
  return [
    h('p.small.quiet', e.by, ' ', actor(entry)),
    h('p.why', h('span.quiet', `${c.why}: `), entry.reasoning ?? h('span.quiet', e.noReason)),
    changeTable(entry),
    rules?.length > 0 && h('div', h('span.quiet.small', entry.outcome === 'denied' ? e.refusedBy : e.permittedBy), ruleList(rules)),
    repeated > 0 && h('p.small', e.repeated(repeated)),
  ];
}

const origin = ({ id, metadata: { request_id, source_ip, user_agent } }) =>
  [[e.address, mono(source_ip)], [e.program, mono(user_agent)], [e.request, mono(request_id)], [e.id, mono(id)]];

export const chainFacts = ({ sequence, hash, previous_hash }) => [[e.sequence, String(sequence)], [e.hash, mono(hash)], [e.previous, mono(previous_hash)]];

/** One in a timeline. fault: of its chain; off: auditing was off after it; older: the one below it. */
const timelineItem = ({ entry, fault, off }, older) => h('li.entry',
  { class: `${entry.outcome} ${off ? 'is-off' : ''} ${older?.off ? 'was-off' : ''} ${fault ? 'broken' : ''}`, 'data-id': entry.id },
  h('.entry-head', h('h3', operationName(entry)), outcomeBadge(entry), fault && badge('bad', chain.words.bad), h('span.entry-when', when(entry.created_at))),
  fault && h('p.fault-text', chain.faults[fault]),
  story(entry),
  h('details.more', h('summary', t.common.details), facts([...origin(entry), ...chainFacts(entry)])));

function subject({ resource_type: type, resource_id: id }) {
  const place = own({ grant: `/grants/${id}`, policy: `/policies/${id}`, api_key: '/keys' }, type);
  return h(place ? 'a' : 'span', { href: place && href(place), title: id }, typeName(type), ' ', mono(id.slice(-8)));
}

export const entryColumns = [
  [c.when, (entry) => h('a', { href: href(`/log/${entry.id}`) }, when(entry.created_at))],
  [c.who, actor],
  [c.what, operationName],
  [c.about, subject],
  [c.outcome, outcomeBadge],
  [c.why, ({ reasoning }) => reasoning ?? h('span.quiet', t.common.none), 'reason-cell'],
];

/** All that an entry tells but its place in the chain. */
export function entryView(entry) {
  const { before, after, request_id, source_ip, user_agent, rules, repeated, ...rest } = entry.metadata;
  return card([operationName(entry), outcomeBadge(entry)],
    h('p', when(entry.created_at)),
    story(entry),
    facts([[c.what, mono(entry.action)], [c.who, mono(entry.actor_id)], [c.about, [subject(entry), ' ', mono(entry.resource_id)]], ...origin(entry)]),
    pretty(rest) && [h('h3', t.log.more), h('pre', pretty(rest))]);
}

/* ---- a grant's history ---- */

/** All entries of the grant, newest first, as they come. */
async function* pagesOf(id, signal) {
  for (let page = { has_more: true }; page.has_more;) {
    const { data, text } = await get('/audit-log', { query: { resource_type: 'grant', resource_id: id, limit: PAGE, cursor: page.next_cursor }, signal });
    yield text;
    page = data;
  }
}

/** What an entry says a member of the grant was after it; undefined: nothing. */
const toldBy = ({ outcome, metadata }, name) => (outcome === 'done' ? metadata.after?.[name] : undefined);

/** Is the grant as its last entries say? Cut off, they leave the rest whole. Both are read again: it may have changed. */
async function endHolds(grant, entries, signal) {
  const isAsTold = (name) => {
    const last = entries.find((entry) => toldBy(entry, name) !== undefined);
    return !last || toldBy(last, name) === grant[name];
  };
  for (let looks = 0; !['version', 'audit_enabled', 'expires_at', 'revoked_at'].every(isAsTold); looks++) {
    if (looks === 2)
      return false;
    const newest = await pagesOf(grant.id, signal).next();
    entries = [...JSON.parse(newest.value).data, ...entries];
    grant = (await get(`/grants/${grant.id}`, { signal })).data;
  }
  return true;
}

/** A kind, and words, of what was checked. */
async function verdictOf(items, grant, signal) {
  const first = items.findLast(({ fault }) => fault);
  if (!canHash())
    return ['warn', chain.cannot];
  if (items.length === 0)
    return ['warn', chain.none];
  if (first)
    return ['bad', chain.broken(first.entry.sequence), `${chain.faults[first.fault]} ${chain.after}`];
  return await endHolds(grant, items.map(({ entry }) => entry), signal) ? ['good', chain.holds(items.length), chain.holdsText] : ['bad', chain.cut, chain.cutText];
}

const verdictBox = (kind, title, text) => h(`.verdict.verdict-${kind}`, badge(kind, chain.words[kind]),
  h('div', h('p.note-title', title), text && h('p.small', text)));

/** Marks each item after whose entry auditing was off. Returns when it was, oldest first, in milliseconds. */
function offTimes(items) {
  const times = [];
  let wasOn = true;
  for (const item of items.toReversed()) {
    const at = Date.parse(item.entry.created_at);
    const isOn = toldBy(item.entry, 'audit_enabled') ?? wasOn;
    if (wasOn && !isOn)
      times.push({ from: at, to: Infinity });
    if (!wasOn && isOn)
      times.at(-1).to = at;
    item.off = !isOn;
    wasOn = isOn;
  }
  return times;
}

function timeline(items, grant) {
  const list = h('ol.timeline', { reversed: true });
  const more = button(t.common.showMore, () => grow(SHOWN));
  let shown = 0;
  offTimes(items);
  function grow(count) {
    const next = items.slice(shown, shown + count);
    list.append(...next.map((item, i) => timelineItem(item, items[shown + i + 1])));
    shown += next.length;
    more.hidden = shown === items.length;
  }
  // The first fault is to be seen at once, unless it is far away.
  grow(Math.max(SHOWN, Math.min(items.findLastIndex(({ fault }) => fault) + 2, 2000)));
  return [!grant.audit_enabled && h('p.off-now', chain.offNow), list, h('.actions', more)];
}

/** The section, and when auditing was off, as offTimes() has it: never, where the log may not be read. again: what a retry does */
export function history(grant, again, signal) {
  const verdict = h('.verdict-place', verdictBox('quiet', chain.reading(0)));
  const place = h('div', loading(8));

  async function read() {
    const items = [];
    for await (const item of checked(pagesOf(grant.id, signal), tenantId())) {
      items.push(item);
      if (items.length % PAGE === 0)
        fill(verdict, verdictBox('quiet', chain.reading(items.length)));
      // The latest can be read before the first are checked.
      if (items.length === PAGE)
        fill(place, timeline(items.slice(), grant));
    }
    const told = await verdictOf(items, grant, signal);
    fill(verdict, verdictBox(...told));
    announce(told[1], told[0] === 'bad');
    fill(place, items.length > 0 ? timeline(items, grant) : empty(chain.none));
    return offTimes(items);
  }

  const off = read().catch((error) => {
    if (error.kind !== 'aborted') {
      fill(verdict, problem(error, again));
      fill(place);
    }
    return [];
  });
  return { element: card(t.grantPage.history, verdict, place), off };
}
