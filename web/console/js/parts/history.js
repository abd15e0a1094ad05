// SPDX-License-Identifier: MIT
// A grant's history: its entries as a timeline, and its chain checked here.

import { get } from '../api.js';
import { canHash, ChainCheck, readEntries } from '../chain.js';
import { button, div, fill, h, para } from '../dom.js';
import { tenantId } from '../session.js';
import { t } from '../texts.js';
import { offBetween, stretches } from './audited.js';
import { readGrant } from './grant.js';
import { announce } from './notice.js';
import { empty, loading, problem } from './state.js';
import { timelineItem } from './entry.js';
import { badge } from './view.js';

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

const c = t.chain;

function verdictOf({ checked, faults: [first] }, ending) {
  if (checked === 0)
    return ['warn', t.grantPage.noEntries];
  if (first)
    return ['bad', c.broken(first.entry.sequence), `${c.faultTexts[first.fault]} ${c.after}`];
  return ending ? ['good', c.holds(checked), c.holdsText] : ['bad', c.cut, c.cutText];
}

const verdictBox = (kind, title, text) => div(`verdict verdict-${kind}`, badge(kind, c.words[kind]),
  h('div', para('note-title', title), text && para('small', text)));

function timeline(entries, faults, grant) {
  const faultOf = new Map(faults.map((f) => [f.entry.id, f.fault]));
  const off = offBetween(stretches(entries, Date.now()), 0, Infinity);
  const isOff = (entry) => entry !== undefined && off.some((s) => Date.parse(entry.created_at) >= s.from && Date.parse(entry.created_at) < s.to);
  const list = h('ol.timeline', { reversed: true });
  const more = button(t.common.showMore, () => grow());
  let shown = 0;
  function grow(least = 0) {
    const next = entries.slice(shown, Math.max(shown + SHOWN, least));
    list.append(...next.map((e, i) => timelineItem(e, { off: isOff(e), before: isOff(entries[shown + i + 1]), fault: faultOf.get(e.id) })));
    shown += next.length;
    more.hidden = shown >= entries.length;
  }
  // The first fault is to be seen without looking for it.
  grow(Math.min(entries.findLastIndex((e) => faultOf.has(e.id)) + 2, 2000));
  return [!grant.audit_enabled && para('off-now', t.grantPage.offNow), list, div('actions', more)];
}

/**
 * @returns {{element: HTMLElement, stretches: Promise<import('./audited.js').Stretch[]>}} stretches: empty where the log
 *   may not be read
 */
export function history(grant, signal) {
  const verdict = div('verdict-place', verdictBox('quiet', c.reading(0)));
  const place = h('div', loading(8));
  const element = h('section.card', { 'aria-labelledby': 'history-title' },
    div('card-head', h('h2', { id: 'history-title' }, t.grantPage.history)), verdict, place);

  async function read() {
    const entries = [];
    const check = new ChainCheck(tenantId());
    for await (const page of pagesOf(grant.id, signal)) {
      entries.push(...page.map((p) => p.entry));
      if (canHash())
        await check.add(page);
      fill(verdict, verdictBox('quiet', c.reading(entries.length)));
      // Of a long chain the latest entries are there to be read before the first ones are checked.
      if (entries.length === PAGE)
        fill(place, timeline(entries, check.faults, grant));
    }
    check.end();
    const told = canHash() ? verdictOf(check, await endHolds(grant, entries, signal)) : ['warn', c.cannot, c.cannotText];
    fill(verdict, verdictBox(...told));
    announce(told[1], told[0] === 'bad');
    fill(place, entries.length > 0 ? timeline(entries, check.faults, grant) : empty(t.grantPage.noEntries));
    return stretches(entries, Date.now());
  }

  const done = read().catch((error) => {
    if (error.kind !== 'aborted') {
      fill(verdict, verdictBox('warn', c.unread));
      fill(place, problem(error));
    }
    return [];
  });
  return { element, stretches: done };
}
