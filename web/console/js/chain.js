// SPDX-License-Identifier: MIT
// The audit log's hash chains, computed again here: nothing that the server says of them is believed.
//
// An entry's hash is SHA-256 over all its other columns in one of two forms (db/audit_row.h). Which one is not told: each begins with a
// name of its own, so that no text is of both, and an entry holds if either gives its hash.

const encoder = new TextEncoder();
/** Microseconds from 1970 to 2000. */
const TO_2000 = 946684800000000n;
const FIRST = '0'.repeat(64);

/** Browsers give Web Crypto to HTTPS and to this machine itself. */
export const canHash = () => globalThis.crypto?.subtle !== undefined;

/** Since 1970, of "2026-11-23T09:30:00.000000Z". */
const microseconds = (text) => BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * 1000n + BigInt(text.slice(20, 26));

const hexBytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (x) => parseInt(x, 16));
const uuidBytes = (uuid) => hexBytes(uuid.replaceAll('-', ''));

/** A number in so many bytes, the highest first. */
const number = (value, size) => hexBytes(BigInt.asUintN(8 * size, BigInt(value)).toString(16).padStart(2 * size, '0'));

/** Its length in 4 bytes, and the bytes; null is the length -1. */
function counted(text) {
  const bytes = encoder.encode(text ?? '');
  return [number(text === null ? -1 : bytes.length, 4), bytes];
}

/** "<bytes in decimal>:<bytes>,"; null is "-,". */
function netstring(value) {
  const bytes = encoder.encode(value ?? '');
  return [encoder.encode(value === null ? '-' : `${bytes.length}:`), bytes, encoder.encode(',')];
}

const firstForm = (e, record, tenant) => ['grantd-audit-1', e.previous_hash, tenant, e.id, e.resource_type, e.resource_id, e.sequence, e.actor_id,
  e.actor_type, e.action, e.outcome, record, e.reasoning, microseconds(e.created_at)].flatMap(netstring);

const secondForm = (e, record, tenant) => [encoder.encode('grantd-audit-2'), hexBytes(e.previous_hash), uuidBytes(tenant), uuidBytes(e.id),
  uuidBytes(e.resource_id), number(e.sequence, 8), number(microseconds(e.created_at) - TO_2000, 8),
  ...[e.resource_type, e.actor_id, e.actor_type, e.action, e.outcome, e.reasoning].flatMap(counted), encoder.encode(record)];

export const hexOf = (buffer) => [...new Uint8Array(buffer)].map((x) => x.toString(16).padStart(2, '0')).join('');

const sha256 = async (parts) => hexOf(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer()));

/** Is its hash that of its content? The record is its metadata as the text that came; the tenant is in lower case. */
export async function hashHolds(entry, record, tenant) {
  for (const form of [secondForm, firstForm])
    if (await sha256(form(entry, record, tenant)) === entry.hash)
      return true;
  return false;
}

/** Strings, those that are names with their colon, and brackets. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|[[\]{}]/gs;

/** The outermost members "metadata" as they are in the text: their order and how numbers are written are hashed. */
function records(text) {
  const found = [];
  let from = -1; // where such a member begins, and how deep its brackets are
  let depth = 0;
  let isNext = false;
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    const step = { '{': 1, '[': 1, '}': -1, ']': -1 }[token] ?? 0;
    if (isNext && depth === 0 && step > 0)
      from = index;
    if (from >= 0)
      depth += step;
    if (from >= 0 && depth === 0) {
      found.push(text.slice(from, index + 1));
      from = -1;
    }
    isNext = /^"metadata"\s*:/.test(token);
  }
  return found;
}

/** The record of one entry, of its text. */
export const recordOf = (text) => records(text)[0] ?? '';

/** How an entry does not follow the one before it in its chain; false: it does. */
function misfit(entry, before) {
  if (!before)
    return (entry.sequence !== 1 || entry.previous_hash !== FIRST) && 'begin';
  if (entry.sequence !== before.sequence + 1)
    return 'gap';
  return entry.previous_hash !== before.hash && 'link';
}

/**
 * The entries of a chain, the last first, of bodies of ListAuditLog as they came; each with its fault: 'content', a misfit, or false, as it
 * is for all where nothing can be hashed.
 */
export async function* checked(pages, tenant) {
  let newer = null;
  const withFault = async (before) => ({ entry: newer.entry,
    fault: canHash() && (await hashHolds(newer.entry, newer.record, tenant) ? misfit(newer.entry, before) : 'content') });
  for await (const text of pages) {
    const found = records(text);
    for (const [i, entry] of JSON.parse(text).data.entries()) {
      if (newer)
        yield await withFault(entry);
      newer = { entry, record: found[i] ?? '' };
    }
  }
  if (newer)
    yield await withFault(null);
}
