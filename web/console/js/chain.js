// SPDX-License-Identifier: MIT
// The audit log's hash chains, recomputed here: nothing that the server says of them is believed.
//
// An entry's hash is SHA-256 over all its other columns in one of two forms (db/audit_row.h). Which one an entry has is not
// told: each form begins with a name of its own, so that no text is of both, and an entry holds if either gives its hash.

const encoder = new TextEncoder();
/** Microseconds from 1970 to 2000. */
const TO_2000 = 946684800000000n;

/** Can hashes be computed here? Browsers give Web Crypto to HTTPS and to this machine itself. */
export function canHash() {
  return globalThis.crypto?.subtle !== undefined;
}

/** Microseconds since 1970 of "2026-11-23T09:30:00.000000Z". @returns {bigint} */
function microseconds(text) {
  const [, seconds, fraction = ''] = /^([^.Z]*)(?:\.(\d{1,6}))?Z$/.exec(text) ?? [];
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

function hexBytes(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (x) => parseInt(x, 16));
}

const uuidBytes = (uuid) => hexBytes(uuid.replaceAll('-', ''));

function int64(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value);
  return bytes;
}

/** Its length in 4 bytes, and the bytes; null is the length -1. */
function counted(text) {
  const bytes = text === null ? new Uint8Array() : encoder.encode(text);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setInt32(0, text === null ? -1 : bytes.length);
  return [length, bytes];
}

/** "<bytes in decimal>:<bytes>,"; null is "-,". */
function netstring(value) {
  if (value === null)
    return [encoder.encode('-,')];
  const bytes = encoder.encode(String(value));
  return [encoder.encode(`${bytes.length}:`), bytes, encoder.encode(',')];
}

/** @param {Object} e the entry @param {string} record its metadata as the text that came */
function firstForm(e, record, tenant) {
  return ['grantd-audit-1', e.previous_hash, tenant, e.id, e.resource_type, e.resource_id, e.sequence, e.actor_id, e.actor_type,
    e.action, e.outcome, record, e.reasoning, microseconds(e.created_at)].flatMap(netstring);
}

function secondForm(e, record, tenant) {
  return [encoder.encode('grantd-audit-2'), hexBytes(e.previous_hash), uuidBytes(tenant), uuidBytes(e.id),
    uuidBytes(e.resource_id), int64(BigInt(e.sequence)), int64(microseconds(e.created_at) - TO_2000),
    ...[e.resource_type, e.actor_id, e.actor_type, e.action, e.outcome, e.reasoning].flatMap(counted), encoder.encode(record)];
}

async function sha256(parts) {
  const digest = await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer());
  return [...new Uint8Array(digest)].map((x) => x.toString(16).padStart(2, '0')).join('');
}

/**
 * Is `hash` that of the entry's content?
 * @param {Object} entry as the API gives it @param {string} record see readEntries() @param {string} tenant in lower case
 */
export async function hashHolds(entry, record, tenant) {
  const forms = [secondForm, firstForm];
  for (const form of forms)
    if (await sha256(form(entry, record, tenant)) === entry.hash)
      return true;
  return false;
}

/** Strings, those that are names with their colon, and brackets. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[[\]{}]/gs;

/**
 * The values of the members "metadata" of objects at this depth, as they are in the text: the order of members and how
 * numbers are written are part of what is hashed.
 */
function records(text, depth) {
  const found = [];
  let at = 0;
  let from = -1;
  let isNext = false;
  for (const { 0: token, 1: colon, index } of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') {
      if (isNext && from < 0)
        from = index;
      at += 1;
    } else if (token === '}' || token === ']') {
      at -= 1;
      if (from >= 0 && at === depth) {
        found.push(text.slice(from, index + 1));
        from = -1;
      }
    }
    isNext = at === depth && colon !== undefined && token.startsWith('"metadata"');
  }
  return found;
}

/** The record of one entry, of its text. */
export const recordOf = (text) => records(text, 1)[0] ?? '';

/**
 * The entries of a page of ListAuditLog, each with its record.
 * @param {string} text the body as it came
 * @returns {{entry: Object, record: string}[]}
 */
export function readEntries(text) {
  const found = records(text, 3);
  return JSON.parse(text).data.map((entry, i) => ({ entry, record: found[i] ?? '' }));
}

const FIRST = '0'.repeat(64);

/**
 * Checks a chain page by page, from its last entry back to its first.
 * Each entry is looked at by itself (hash) and against the one before it in the chain (sequence, previous_hash).
 */
export class ChainCheck {
  #tenant;
  #newer = null;

  /** @param {string} tenant in lower case */
  constructor(tenant) {
    this.#tenant = tenant;
    this.checked = 0;
    /** @type {{entry: Object, fault: 'content'|'link'|'gap'|'begin'}[]} in the order of the chain */
    this.faults = [];
  }

  /** @param {{entry: Object, record: string}[]} page the next older ones, newest first */
  async add(page) {
    for (const { entry, record } of page) {
      this.#meet(entry);
      if (!await hashHolds(entry, record, this.#tenant))
        this.#fault(entry, 'content');
      this.#newer = entry;
      this.checked += 1;
    }
  }

  /** The chain is read to its beginning. */
  end() {
    const first = this.#newer;
    if (first !== null && (first.sequence !== 1 || first.previous_hash !== FIRST))
      this.#fault(first, 'begin');
  }

  /** How the newer entry follows this one. */
  #meet(entry) {
    const newer = this.#newer;
    if (newer === null)
      return;
    if (newer.sequence !== entry.sequence + 1)
      this.#fault(newer, 'gap');
    else if (newer.previous_hash !== entry.hash)
      this.#fault(newer, 'link');
  }

  #fault(entry, fault) {
    this.faults.unshift({ entry, fault });
    this.faults.sort((a, b) => a.entry.sequence - b.entry.sequence);
  }
}
