// SPDX-License-Identifier: MIT
// Following a log of which many entries come, some committed long after others with later times: each is told once, none is left out, and
// a look reads about what came since the one before, not all of the last minutes.

import { readFile } from 'node:fs/promises';

const source = await readFile(new URL('../../web/console/js/follow.js', import.meta.url), 'utf8');
const { Follow } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const BEGIN = Date.parse('2026-11-23T09:30:00Z');
const LOOK_MS = 3000;
const LATEST_MS = 119000;

/** Numbers from 0 to 1, the same each time. */
function numbers(seed) {
  return () => {
    for (const by of [13, -17, 5])
      seed ^= by > 0 ? seed << by : seed >>> -by;
    return (seed >>> 0) / 2 ** 32;
  };
}

const timeText = (ms) => `${new Date(ms).toISOString().slice(0, -1)}000Z`;

/** So many entries a second: one of a hundred is committed late; lists are in an order that is not quite that of times. */
function makeEntries(perSecond, seconds) {
  const random = numbers(7);
  const entries = Array.from({ length: perSecond * seconds }, (_, n) => {
    const time = BEGIN + Math.floor((n / perSecond) * 1000);
    return { id: `entry ${n}`, time, created_at: timeText(time), place: time + random() * 200, seen: time + random() * (n % 100 === 99 ? LATEST_MS : 50) };
  });
  return entries.sort((a, b) => b.place - a.place);
}

class Log {
  constructor(entries) {
    Object.assign(this, { entries, now: BEGIN, reads: 0 });
  }

  /** As ListAuditLog: the newest first, of which those are there that are committed. */
  read = async ({ from = '', to = '~', limit, cursor }) => {
    this.reads += 1;
    const data = [];
    let at = cursor ?? 0;
    for (; at < this.entries.length && data.length <= limit; at++) {
      const e = this.entries[at];
      if (e.seen <= this.now && e.created_at >= from && e.created_at < to)
        data.push(e);
    }
    const has_more = data.length > limit;
    return { data: data.slice(0, limit), has_more, next_cursor: has_more ? at - 1 : null };
  };
}

/** Looks from then until nothing comes any more. */
async function followAll(log, from, until) {
  const follow = new Follow(log.read, () => log.now);
  const told = [];
  let most = 0;
  log.now = from;
  const shown = await follow.begin(50);
  const old = log.entries.filter((e) => e.seen <= from);
  log.reads = 0;
  while (log.now < until) {
    log.now += LOOK_MS;
    const before = log.reads;
    told.push(...await follow.look());
    most = Math.max(most, log.reads - before);
  }
  const wanted = log.entries.filter((e) => e.seen > from).map((e) => e.id);
  return { shown, told: told.map((e) => e.id), wanted, old, most, reads: log.reads };
}

export async function run(t) {
  const many = new Log(makeEntries(200, 400));
  const busy = await followAll(many, BEGIN + 200000, BEGIN + 600000);
  t.is('what is there already', busy.shown.map((e) => e.id), busy.old.slice(0, 50).map((e) => e.id));
  t.is('each entry is told, late ones too', busy.told.toSorted(), busy.wanted.toSorted());
  t.ok('a look never reads two minutes of entries, which are 96 pages', busy.most < 60, `${busy.most} pages`);
  t.ok('and each entry is read about twice', busy.reads < 3 * (busy.wanted.length / 250) + 2 * 134, `${busy.reads} pages of ${busy.wanted.length} entries`);

  const few = new Log(makeEntries(1, 60));
  const late = few.entries.at(-30);
  late.seen = BEGIN + 100000;
  const follow = new Follow(few.read, () => few.now);
  few.now = BEGIN + 90000;
  await follow.begin(50);
  few.now = BEGIN + 99000;
  t.is('nothing came', await follow.look(), []);
  few.now = BEGIN + 102000;
  t.is('where few come, a late one is told at once', (await follow.look()).map((e) => e.id), [late.id]);

  const none = new Log([]);
  let isLost = false;
  const read = async (query) => {
    if (isLost && query.cursor)
      throw new Error('lost');
    return none.read(query);
  };
  const empty = new Follow(read, () => none.now);
  t.is('an empty log has nothing', [await empty.begin(50), await empty.look()], [[], []]);
  none.entries.push(...makeEntries(1, 3));
  none.now = BEGIN + 10000;
  t.is('and then all that comes', (await empty.look()).map((e) => e.id), ['entry 0', 'entry 1', 'entry 2']);
  none.entries.unshift(...makeEntries(100, 6).slice(0, 300).filter((e) => e.seen < none.now));
  isLost = true;
  t.is('a page that does not come', await empty.look().catch((e) => e.message), 'lost');
  isLost = false;
  t.is('is made up for by the next look', (await empty.look()).length, none.entries.length - 3);
}
