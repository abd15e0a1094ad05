// SPDX-License-Identifier: MIT
// Entries of the audit log as they come: each once, and none left out.
//
// An entry is seen once it is committed, which may be after one with a later time. So a look reads from the newest back to a page without
// news, which finds most; and each stretch of time is read whole once more, when nothing can be committed into it any longer.

/** No change takes as long as this from its time to its commit. */
const COMMIT_MS = 120000;
const STRETCH_MS = 30000;
const PAGE = 250;

/** As the API has them, so that texts compare as times do. */
const timeText = (ms) => (ms === null ? undefined : new Date(ms).toISOString().replace('Z', '000Z'));

export class Follow {
  #met = new Map(); // the times of entries that may be read again, by their ids
  #settled = null; // all before this time is told
  #ahead = -Infinity; // the database's clock is before the one here by as much, at least

  /** read: a page of ListAuditLog, of `from`, `to`, `limit` and `cursor`; clock: milliseconds */
  constructor(read, clock = () => performance.now()) {
    Object.assign(this, { read, clock });
  }

  async #readPages(range, goesOn = () => true) {
    const entries = [];
    for (let page = { has_more: true }; page.has_more;) {
      page = await this.read({ ...range, limit: PAGE, cursor: page.next_cursor });
      entries.push(...page.data);
      if (!goesOn(page.data))
        break;
    }
    return entries;
  }

  #meet(entries) {
    for (const { id, created_at } of entries) {
      this.#met.set(id, created_at);
      this.#ahead = Math.max(this.#ahead, Date.parse(created_at) - this.clock());
    }
  }

  /** What is there already: at most so many, the newest first. What comes meanwhile is left to the first look. */
  async begin(count) {
    const { data: [newest] } = await this.read({ limit: 1 });
    this.#settled = newest ? Date.parse(newest.created_at) - COMMIT_MS : null;
    const from = timeText(this.#settled);
    this.#meet(await this.#readPages({ from }));
    const { data } = await this.read({ limit: count });
    return data.filter((e) => this.#met.has(e.id) || e.created_at < from);
  }

  /** What was not met before, the oldest first. Where it throws, the next look tells of it. */
  async look() {
    const end = this.clock() + this.#ahead - COMMIT_MS;
    const from = timeText(this.#settled);
    const isNew = ({ id }) => !this.#met.has(id);
    const entries = await this.#readPages({ from }, (page) => page.length === 0 || page.some(isNew));
    const settles = end - this.#settled >= STRETCH_MS;
    if (settles)
      entries.push(...await this.#readPages({ from, to: timeText(end) }));
    const fresh = new Map(entries.filter(isNew).map((e) => [e.id, e]));
    this.#meet(fresh.values());
    if (settles) {
      this.#settled = end;
      this.#met.forEach((time, id) => time < timeText(end) && this.#met.delete(id));
    }
    return [...fresh.values()].reverse();
  }
}
