// SPDX-License-Identifier: MIT
// When auditing of a grant was on and when off, as its entries tell.

/**
 * @typedef {{from: number, to: number, on: boolean, since: Object|null, until: Object|null}} Stretch
 *   in milliseconds since 1970; since, until: the entries that began and ended it
 */

/** What an entry says auditing was after it; null: nothing. */
function told(entry) {
  const value = entry.outcome === 'done' ? entry.metadata?.after?.audit_enabled : undefined;
  return typeof value === 'boolean' ? value : null;
}

/** @param {Object[]} entries of the grant, newest first, from the first entry on @returns {Stretch[]} oldest first */
export function stretches(entries, now) {
  const found = [];
  for (const entry of [...entries].reverse()) {
    const on = told(entry);
    const last = found.at(-1);
    if (on === null || last?.on === on)
      continue;
    const at = Date.parse(entry.created_at);
    if (last)
      Object.assign(last, { to: at, until: entry });
    found.push({ from: at, to: now, on, since: entry, until: null });
  }
  return found;
}

export function offBetween(all, from, to) {
  return all.filter((s) => !s.on && s.from < to && s.to > from);
}
