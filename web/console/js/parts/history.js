// SPDX-License-Identifier: MIT
// A grant's history: its entries as a timeline, and its chain checked here.

import { get } from '../api.js';
import { canHash, ChainCheck, readEntries } from '../chain.js';
import { div, fill, h, para } from '../dom.js';
import { tenantId } from '../session.js';
import { t } from '../texts.js';
import { stretches } from './audited.js';
import { badge } from './badge.js';
import { readGrant } from './grant.js';
import { announce } from './notice.js';
import { empty, loading, problem } from './state.js';
import { timelineItem } from './entry.js';

const PAGE = 250;
const SHOWN = 20;

/** All entries of the grant, newest first, a page at a time. */
async function* pagesOf(id, signal) {
  let cursor = null;
  do {
    const { data, text } = await get('/audit-log', { query: { resource_type: 'grant', resource_id: id, limit: PAGE, cursor }, signal });
    yield readEntries(text);
    cursor = data.has_more ? data.next_cursor : null;
  } while (cursor !== null);
}

/** What the entries, newest first, say last of a member of the grant; undefined: nothing. */
const lastTold = (entries, name) => entries.find((e) => e.outcome === 'done' && e.metadata?.after?.[name] !== undefined)?.metadata.after[name];

const isAsTold = (grant, entries) => ['version', 'audit_enabled'].every((name) => [undefined, grant[name]].includes(lastTold(entries, name)));

/**
 * Whether the grant is as its last entries say: entries cut off from the end of a chain leave the rest whole. Grant and entries
 * were read one after the other: where something may have come between, both are read again.
 */
async function endHolds(grant, entries, signal) {
  for (let looks = 0; !isAsTold(grant, entries); looks++) {
    if (looks === 2)
      return false;
    const newest = (await pagesOf(grant.id, signal).next()).value.map((p) => p.entry);
    entries = [...newest, ...entries];
    grant = (await readGrant(grant.id, signal)).data;
  }
  return true;
}

function verdictOf(check, ending) {
  const c = t.chain;
  if (check.checked === 0)
    return { kind: 'warn', title: t.grantPage.noEntries };
  const [first] = check.faults;
  if (first)
    return { kind: 'bad', title: c.broken(first.entry.sequence), text: `${c.faultTexts[first.fault]} ${c.after}` };
  if (!ending)
    return { kind: 'bad', title: c.cut, text: c.cutText };
  return { kind: 'good', title: c.holds(check.checked), text: c.holdsText };
}

function verdictBox({ kind, title, text }) {
  return div(`verdict verdict-${kind}`, badge(kind, t.chain.words[kind]),
    h('div', null, para('note-title', title), text && para('small', text)));
}

function timeline(entries, faults, grant) {
  const faultOf = new Map(faults.map((f) => [f.entry.id, f.fault]));
  const all = stretches(entries, Date.now());
  const isOff = (entry) => entry !== undefined && all.some((s) => !s.on && Date.parse(entry.created_at) >= s.from && Date.parse(entry.created_at) < s.to);
  const list = h('ol', { class: 'timeline', reversed: true });
  const more = h('button', { type: 'button', onclick: () => { grow(); } }, t.common.showMore);
  let shown = 0;
  // The first fault is to be seen without looking for it.
  const oldestFault = entries.findLastIndex((e) => faultOf.has(e.id));
  function grow(least = 0) {
    const next = entries.slice(shown, Math.max(shown + SHOWN, least));
    list.append(...next.map((e, i) => timelineItem(e, { off: isOff(e), before: isOff(entries[shown + i + 1]), fault: faultOf.get(e.id) })));
    shown += next.length;
    more.hidden = shown >= entries.length;
  }
  grow(Math.min(oldestFault + 2, 2000));
  return [grant.audit_enabled ? null : para('off-now', t.grantPage.offNow), list, div('actions', more)];
}

/**
 * @returns {{element: HTMLElement, stretches: Promise<import('./audited.js').Stretch[]>}} stretches: empty where the log
 *   may not be read
 */
export function history(grant, signal) {
  const verdict = div('verdict-place', verdictBox({ kind: 'quiet', title: t.chain.reading(0) }));
  const place = h('div', null, loading(8));
  const element = h('section', { class: 'card', 'aria-labelledby': 'history-title' },
    div('card-head', h('h2', { id: 'history-title' }, t.grantPage.history)), verdict, place);

  async function read() {
    const entries = [];
    const check = new ChainCheck(tenantId());
    for await (const page of pagesOf(grant.id, signal)) {
      entries.push(...page.map((p) => p.entry));
      if (canHash())
        await check.add(page);
      fill(verdict, verdictBox({ kind: 'quiet', title: t.chain.reading(entries.length) }));
      // Of a long chain the latest entries are there to be read before the first ones are checked.
      if (entries.length === PAGE)
        fill(place, timeline(entries, check.faults, grant));
    }
    check.end();
    const shown = canHash() ? verdictOf(check, await endHolds(grant, entries, signal)) : { kind: 'warn', title: t.chain.cannot, text: t.chain.cannotText };
    fill(verdict, verdictBox(shown));
    announce(shown.title, shown.kind === 'bad');
    fill(place, entries.length > 0 ? timeline(entries, check.faults, grant) : empty(t.grantPage.noEntries));
    return stretches(entries, Date.now());
  }

  const done = read().catch((error) => {
    if (error.kind !== 'aborted') {
      fill(verdict, verdictBox({ kind: 'warn', title: t.chain.unread }));
      fill(place, problem(error));
    }
    return [];
  });
  return { element, stretches: done };
}
