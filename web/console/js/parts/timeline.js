// SPDX-License-Identifier: MIT
// Audit entries as people read them: who, what, before and after, which rules, why.

import { div, h, para, span } from '../dom.js';
import { own, t } from '../texts.js';
import { when } from '../time.js';
import { href } from '../route.js';
import { badge } from './badge.js';
import { actor, ruleList } from './names.js';

/** A value of JSON in a line. */
export function valueText(value) {
  return value === undefined ? t.common.none : typeof value === 'string' ? value : JSON.stringify(value);
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Members of both, each once; what did not change is left out. */
function differences(before, after) {
  const b = isObject(before) ? before : {};
  const a = isObject(after) ? after : {};
  return [...new Set([...Object.keys(b), ...Object.keys(a)])]
    .filter((name) => JSON.stringify(b[name]) !== JSON.stringify(a[name]))
    .map((name) => ({ name, before: b[name], after: a[name] }));
}

/** What an entry changed, or would have. */
export function changeTable(entry) {
  const { before, after } = entry.metadata;
  const rows = differences(before, after);
  if (rows.length === 0)
    return null;
  const heads = [t.entry.member, isObject(before) && t.entry.before, entry.outcome === 'denied' ? t.entry.asked : t.entry.after];
  return h('table', { class: 'diff' },
    h('caption', { class: 'unseen' }, t.entry.change),
    h('thead', null, h('tr', null, heads.map((x) => x && h('th', { scope: 'col' }, x)))),
    h('tbody', null, rows.map((r) => h('tr', null,
      h('th', { scope: 'row' }, r.name),
      isObject(before) && h('td', { class: 'mono old' }, valueText(r.before)),
      h('td', { class: 'mono new' }, valueText(r.after))))));
}

/** Terms and what they say; what is empty is left out. */
export function facts(pairs) {
  return h('dl', { class: 'facts' }, pairs.filter(([, value]) => value)
    .map(([term, value]) => h('div', null, h('dt', null, term), h('dd', null, value))));
}

export const operationName = (action) => own(t.operations, action) ?? action;

export function outcomeBadge(entry) {
  return entry.outcome === 'denied' ? badge('bad', t.entry.denied) : badge('good', t.entry.done);
}

function rulesOf(entry) {
  const rules = Array.isArray(entry.metadata.rules) ? entry.metadata.rules : [];
  return rules.length > 0 ? ruleList(rules) : null;
}

/** All that an entry tells, for its place on a page. */
export function entryBody(entry) {
  const m = entry.metadata;
  return [
    para('why', span('quiet', `${t.entry.why}: `), entry.reasoning ?? span('quiet', t.entry.noReason)),
    changeTable(entry),
    rulesOf(entry) && h('div', null, span('quiet small', entry.outcome === 'denied' ? t.entry.refusedBy : t.entry.permittedBy), rulesOf(entry)),
    typeof m.repeated === 'number' && para('small', t.entry.repeated(m.repeated)),
    h('details', { class: 'more' }, h('summary', null, t.common.details), facts([
      [t.entry.sequence, String(entry.sequence)],
      [t.entry.request, m.request_id && span('mono', valueText(m.request_id))],
      [t.entry.address, m.source_ip && span('mono', valueText(m.source_ip))],
      [t.entry.program, m.user_agent && valueText(m.user_agent)],
      [t.entry.id, span('mono', entry.id)],
      [t.entry.hash, span('mono', entry.hash)],
      [t.entry.previous, span('mono', entry.previous_hash)],
    ])),
  ];
}

/**
 * One entry in a timeline.
 * @param {{off: boolean, before: boolean, fault?: string}} state off: auditing was off after it;
 *   before: and before it, which is the line down to the entry before
 */
export function timelineItem(entry, { off, before, fault }) {
  return h('li', { class: `entry ${off ? 'is-off' : ''} ${before ? 'was-off' : ''} ${fault ? 'broken' : ''} ${entry.outcome}`, 'data-id': entry.id },
    div('entry-head',
      h('h3', null, operationName(entry.action)), outcomeBadge(entry),
      fault && badge('bad', t.chain.faults[fault]),
      span('entry-when', when(entry.created_at))),
    para('small quiet', t.entry.by, ' ', actor(entry)),
    fault && para('fault-text', t.chain.faultTexts[fault]),
    entryBody(entry));
}

export const entryHref = (entry) => href(`/log/${entry.id}`);
