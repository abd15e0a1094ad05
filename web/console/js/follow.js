// SPDX-License-Identifier: MIT
// Entries of the audit log as they come: each once, and none left out.
//
// An entry is seen once it is committed, which may be after one with a later time. So each look goes back some time before the newest
// entry that is known, by the database's own clock, and tells of those that no look before it has met.

/** No change takes as long as this from its time to its commit. */
const BACK_MS = 120000;
const PAGE = 250;

export class Follow {
  /** @param {function(Object): Promise<{data: Object[], has_more: boolean, next_cursor: string|null}>} read takes `from`, `limit`, `cursor` */
  constructor(read) {
    this.read = read;
    this.met = new Set();
    this.newest = '';
  }

  #from() {
    return this.newest === '' ? undefined : new Date(Date.parse(this.newest) - BACK_MS).toISOString();
  }

  async #readAll() {
    const from = this.#from();
    const entries = [];
    for (let cursor = null; ;) {
      const page = await this.read({ from, limit: PAGE, cursor });
      entries.push(...page.data);
      if (!page.has_more)
        return entries;
      cursor = page.next_cursor;
    }
  }

  /** What is there already. @returns {Promise<Object[]>} at most so many, the newest first */
  async begin(count) {
    (await this.read({ limit: 1, cursor: null })).data.forEach((e) => this.#note(e));
    const from = this.#from() ?? '';
    const recent = await this.#readAll();
    this.met = new Set(recent.map((e) => e.id));
    if (recent.length >= count)
      return recent.slice(0, count);
    // What came meanwhile is left to the first look.
    const { data } = await this.read({ limit: count, cursor: null });
    return data.filter((e) => this.met.has(e.id) || e.created_at < from);
  }

  #note(entry) {
    if (entry.created_at > this.newest)
      this.newest = entry.created_at;
  }

  /** @returns {Promise<Object[]>} what was not met before, the oldest first. Where it throws, nothing is lost: the next look tells of it */
  async look() {
    const entries = await this.#readAll();
    const fresh = entries.filter((e) => !this.met.has(e.id));
    this.met = new Set(entries.map((e) => e.id));
    fresh.forEach((e) => this.#note(e));
    return fresh.reverse();
  }
}
