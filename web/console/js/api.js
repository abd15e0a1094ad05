// SPDX-License-Identifier: MIT
// Requests to /v1. Every failure is an ApiError whose `kind` says what is known about it.

import { credentials, forget, onSession } from './session.js';

/** Beside the console, whatever is mounted in front of both. */
const BASE = new URL('../../v1', import.meta.url).href;
const TIMEOUT_MS = 30000;
const WRITES = new Set(['POST', 'PATCH', 'DELETE', 'PUT']);

/**
 * kind:
 *   refused         the API's own answer: status, code, notices, details say which
 *   commit_unknown  the API does not know whether the change was committed
 *   offline         nothing was heard: no network, no server, or the connection was lost
 *   timeout         no answer within 30 s
 *   garbled         an answer that is none of the API's, such as a proxy's page
 *   aborted         the page that asked is gone; nothing needs to be said
 * unknown: whether a write may have happened all the same: read the thing again before saying anything about it.
 */
export class ApiError extends Error {
  constructor(kind, { message = kind, ...fields } = {}) {
    super(message);
    const { details = {}, notices = [] } = fields;
    Object.assign(this, { name: 'ApiError', kind, status: 0, code: kind, unknown: false }, fields, { details, notices });
  }
}

/** Members with something in them. */
export const given = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined && value !== ''));

/** A header's value is bytes: text goes as UTF-8. */
const headerText = (text) => text && String.fromCharCode(...new TextEncoder().encode(text));

/** The answer, whose body is not read yet. */
function send(method, path, options, signal) {
  const { query = {}, body, accept = 'application/json', reason, ifMatch, idempotencyKey } = options;
  const search = new URLSearchParams(given(query)).toString();
  return fetch(BASE + path + (search && `?${search}`), {
    method, signal, body: JSON.stringify(body),
    headers: given({ Accept: accept, ...credentials(), ...options.credentials, 'Content-Type': body && 'application/json',
      'X-Audit-Reason': headerText(reason), 'If-Match': ifMatch, 'Idempotency-Key': idempotencyKey }),
    cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer',
  });
}

/** undefined: it is no JSON. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an answer that is none of success says; a key that was good and is not any more ends the session. */
function errorOf({ status, headers }, text, write, options) {
  if (status === 401 && !options.credentials)
    forget('rejected');
  const body = parse(text);
  const request_id = body?.details?.request_id ?? headers.get('X-Request-Id');
  const common = { status, request_id, retryAfter: headers.get('Retry-After') };
  if (typeof body?.code !== 'string')
    return new ApiError('garbled', { ...common, unknown: write && status >= 500 });
  const { code, message, details, notices } = body;
  const unknown = code === 'commit_unknown';
  return new ApiError(unknown ? code : 'refused', { ...common, code, message, details, notices, unknown });
}

/** What is known of a request that failed without an answer. */
function silence(options, error, unknown) {
  if (options.signal?.aborted)
    return new ApiError('aborted');
  return new ApiError(error.name === 'TimeoutError' ? 'timeout' : 'offline', { unknown });
}

/** The answer whose body is not read yet, for exports; no time-out. @returns {Promise<Response>} */
export async function stream(path, options) {
  const response = await send('GET', path, options, options.signal).catch((error) => { throw silence(options, error, false); });
  if (!response.ok)
    throw errorOf(response, await response.text().catch(() => ''), false, options);
  return response;
}

/**
 * A request.
 * @param {string} path below /v1, its ids through encodeURIComponent
 * @param {{query?: Object, body?: *, reason?: string, ifMatch?: string, idempotencyKey?: string, credentials?: Object,
 *   harmless?: boolean, signal?: AbortSignal}} [options] a write is better not given a signal: what became of it is to be told
 *   also where its page is left
 * @returns {Promise<{data: *, etag: string|null, text: string}>} text: the body as it came
 */
export async function call(method, path, options = {}) {
  const write = WRITES.has(method) && !options.harmless;
  const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(options.signal ? [options.signal] : [])]);
  let response, text;
  try {
    response = await send(method, path, options, signal);
    text = await response.text();
  } catch (error) {
    throw silence(options, error, write);
  }
  if (!response.ok)
    throw errorOf(response, text, write, options);
  const data = text === '' ? null : parse(text);
  // A whole answer of the API's is JSON or nothing.
  if (data === undefined)
    throw new ApiError('garbled', { status: response.status, unknown: write });
  return { data, text, etag: response.headers.get('ETag') };
}

export const get = (path, options) => call('GET', path, options);

/** A list whole, or its first pages of 250. @returns {Promise<Object[] & {more: boolean}>} more: there are others */
export async function getAll(path, { pages = Infinity, query, signal } = {}) {
  const all = Object.assign([], { more: true });
  for (let cursor = null; all.more && pages > 0; pages--) {
    const { data } = await get(path, { query: { ...query, limit: 250, cursor }, signal });
    all.push(...data.data);
    all.more = data.has_more;
    cursor = data.next_cursor;
  }
  return all;
}

/** A UUIDv4, for Idempotency-Key; crypto.randomUUID() is for secure contexts alone. */
export function newUuid() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map((x) => x.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const may = new Map();
const MAY_MS = 60000;

/** After a change of policies or keys, and at sign-out. */
export function forgetPermissions() {
  may.clear();
}

onSession('forgotten', forgetPermissions);

/**
 * What the policies would say to this key. It is advice: a rule may look at what only the real request has.
 * @param {{grant_id?: string, context?: Object, signal?: AbortSignal}} [about]
 * @returns {Promise<{allowed: boolean|null, notices: string[]}>} null: it could not be found out
 */
export async function permitted(action, about = {}) {
  const { signal, ...question } = about;
  const body = { action, ...question };
  const name = JSON.stringify(body);
  const known = may.get(name);
  if (known && Date.now() - known.at < MAY_MS)
    return known.answer;
  try {
    const { data } = await call('POST', '/policies/evaluate', { body, signal, harmless: true });
    const answer = { allowed: data.decision === 'allow', notices: data.notices };
    may.set(name, { at: Date.now(), answer });
    return answer;
  } catch {
    return { allowed: null, notices: [] };
  }
}
