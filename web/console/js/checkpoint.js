// SPDX-License-Identifier: MIT
// Checkpoints, as `grantctl audit checkpoint` writes them: read, their digest computed anew, and held against the chains as they are.

const TITLE = 'grantd-checkpoint 1';
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const TENANT = new RegExp(`^tenant (${UUID})$`);
const HEAD = new RegExp(`^(grant|api_key|policy|tenant) (${UUID}) ([1-9][0-9]{0,18}) ([0-9a-f]{64})$`);
const DIGEST = /^(sha256|hmac-sha256) ([0-9a-f]{64})\n$/;

/** @typedef {{type: string, id: string, length: number, hash: string}} Head */

/**
 * @param {string} text of a file
 * @returns {{taken: string, tenants: Map<string, Head[]>, digest: {name: string, value: string}, covered: string}|null} null: it is
 *   none, or not all of one
 */
export function readCheckpoint(text) {
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  const digest = DIGEST.exec(text.slice(end));
  const [first, second, ...lines] = text.slice(0, end).split('\n');
  if (!digest || first !== TITLE || !second?.startsWith('taken ') || lines.pop() !== '')
    return null;
  const tenants = new Map();
  let heads = null;
  for (const line of lines) {
    const tenant = TENANT.exec(line);
    const head = HEAD.exec(line);
    if (tenant)
      tenants.set(tenant[1], heads = []);
    else if (head && heads)
      heads.push({ type: head[1], id: head[2], length: Number(head[3]), hash: head[4] });
    else
      return null;
  }
  return { taken: second.slice(6), tenants, digest: { name: digest[1], value: digest[2] }, covered: text.slice(0, end) };
}

const hex = (buffer) => [...new Uint8Array(buffer)].map((x) => x.toString(16).padStart(2, '0')).join('');

/**
 * Is the file as it was written?
 * @param {ArrayBuffer|null} key of an HMAC
 * @returns {Promise<'holds'|'broken'|'key-needed'|'unable'>}
 */
export async function checkDigest({ digest, covered }, key) {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle)
    return 'unable';
  const bytes = new TextEncoder().encode(covered);
  if (digest.name === 'sha256')
    return hex(await subtle.digest('SHA-256', bytes)) === digest.value ? 'holds' : 'broken';
  if (!key)
    return 'key-needed';
  const hmac = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return hex(await subtle.sign('HMAC', hmac, bytes)) === digest.value ? 'holds' : 'broken';
}

const PAGE = 250;

/**
 * One chain as it is now against its head then.
 * @param {function(Object): Promise<{data: Object[], has_more: boolean, next_cursor: string|null}>} read a page of ListAuditLog
 * @returns {Promise<{state: 'agrees'|'grown'|'shorter'|'differs'|'gone', length: number}>} length: as it is now
 */
export async function compareHead(head, read) {
  const about = { resource_type: head.type, resource_id: head.id };
  let page = await read({ ...about, limit: 1 });
  const length = page.data[0]?.sequence ?? 0;
  if (length < head.length)
    return { state: length === 0 ? 'gone' : 'shorter', length };
  let entry = page.data.find((e) => e.sequence === head.length);
  for (let cursor = null; !entry && length > head.length;) {
    page = await read({ ...about, limit: Math.min(PAGE, length - head.length + 1), cursor });
    entry = page.data.find((e) => e.sequence === head.length);
    if (!page.has_more || page.data.some((e) => e.sequence < head.length))
      break;
    cursor = page.next_cursor;
  }
  if (entry?.hash !== head.hash)
    return { state: 'differs', length };
  return { state: length === head.length ? 'agrees' : 'grown', length };
}

/** Some at a time. */
export async function eachOf(list, work, signal, atOnce = 4) {
  let next = 0;
  const one = async () => {
    while (next < list.length && !signal.aborted)
      await work(list[next++]);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}
