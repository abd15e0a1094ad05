// SPDX-License-Identifier: MIT
// Requests to /v1. Every failure is an ApiError whose `kind` says what is known about it.

import { hexOf } from './chain.js';
import { credentials, forget, onSession } from './session.js';

/** Those that policies are asked about, for a <select>. */
export const OPERATIONS = 'UpdateGrant CreateGrant RevokeGrant GetGrant ListGrants RecordActivity ListActivity GetActivitySummary \
ListAuditLog GetAuditLogEntry ListPolicies CreatePolicy GetPolicy UpdatePolicy DeletePolicy ListPolicyRules CreatePolicyRule GetPolicyRule \
UpdatePolicyRule DeletePolicyRule EvaluatePolicies ListApiKeys CreateApiKey RotateApiKey RevokeApiKey'.split(' ').map((name) => [name, name]);

/** Beside the console, wherever both are. */
const BASE = new URL('../../v1', import.meta.url).href;
const TIMEOUT_MS = 30000;

/**
 * kind: refused (the API's answer), commit_unknown (too), offline, timeout, garbled (a proxy's page, say), aborted (by
 * the caller). unknown: a write may have happened all the same: read the thing again before saying anything about it.
 */
class ApiError extends Error {
  constructor(kind, { message = kind, details = {}, notices = [], ...fields } = {}) {
    super(message);
    Object.assign(this, { name: 'ApiError', kind, code: kind, unknown: false, details, notices, ...fields });
  }
}

/** Members with something in them. */
export const given = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => (value ?? '') !== ''));

/** A header's value is bytes: text goes as UTF-8. */
const headerText = (text) => text && String.fromCharCode(...new TextEncoder().encode(text));

function send(method, path, as, { query = {}, body, reason, ifMatch, idempotencyKey }, signal) {
  const search = new URLSearchParams(given(query)).toString();
  return fetch(BASE + path + (search && `?${search}`), {
    method, signal, body: JSON.stringify(body),
    headers: given({ ...as, 'Content-Type': body && 'application/json',
      'X-Audit-Reason': headerText(reason), 'If-Match': ifMatch, 'Idempotency-Key': idempotencyKey }),
    cache: 'no-store', credentials: 'omit', redirect: 'error',
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

function errorOf({ status, headers }, text, isWrite, as) {
  // The session's key was good and is not any more.
  if (status === 401 && as['X-API-Key'] === credentials()['X-API-Key'])
    forget('rejected');
  const { code, message, details, notices } = parse(text) ?? {};
  const common = { status, request_id: details?.request_id ?? headers.get('X-Request-Id'), retryAfter: headers.get('Retry-After') };
  if (typeof code !== 'string')
    return new ApiError('garbled', { ...common, unknown: isWrite && status >= 500 });
  const unknown = code === 'commit_unknown';
  return new ApiError(unknown ? code : 'refused', { ...common, ...given({ code, message, details, notices }), unknown });
}

function unanswered({ signal }, error, unknown) {
  return signal?.aborted ? new ApiError('aborted') : new ApiError(error.name === 'TimeoutError' ? 'timeout' : 'offline', { unknown });
}

/**
 * options: query, body, reason, ifMatch, idempotencyKey; as: other credentials; harmless: it changes nothing; raw: the Response itself,
 * without a time-out; signal: better not of a write, as what became of it is to be told even where its page is left.
 */
export async function call(method, path, options = {}) {
  const isWrite = !['GET', 'HEAD'].includes(method) && !options.harmless;
  const signal = AbortSignal.any([!options.raw && AbortSignal.timeout(TIMEOUT_MS), options.signal].filter(Boolean));
  const as = options.as ?? credentials();
  let response, text;
  try {
    response = await send(method, path, as, options, signal);
    if (options.raw && response.ok)
      return response;
    text = await response.text();
  } catch (error) {
    throw unanswered(options, error, isWrite);
  }
  if (!response.ok)
    throw errorOf(response, text, isWrite, as);
  const data = text === '' ? null : parse(text);
  if (data === undefined)
    throw new ApiError('garbled', { status: response.status, unknown: isWrite });
  return { data, text, etag: response.headers.get('ETag') };
}

export const get = (path, options) => call('GET', path, options);

/** A list whole, or its first pages. */
export async function getAll(path, { pages = Infinity, signal } = {}) {
  const all = [];
  for (let cursor; cursor !== null && pages > 0; pages--) {
    const { data } = await get(path, { query: { limit: 250, cursor }, signal });
    all.push(...data.data);
    cursor = data.next_cursor;
  }
  return all;
}

const KEPT_MS = 60000;
let known = new Map();

/** Not asked again soon, unless it failed. */
export function once(name, ask) {
  const { at = -Infinity } = known.get(name) ?? {};
  if (Date.now() - at >= KEPT_MS)
    known.set(name, { at: Date.now(), answer: ask().catch((error) => { known.delete(name); throw error; }) });
  return known.get(name).answer;
}

/** And what is still being asked. */
export function forgetAnswers() {
  known = new Map();
}

onSession('forgotten', forgetAnswers);

/** A UUIDv4, for Idempotency-Key; crypto.randomUUID() is for secure contexts alone. */
export function newUuid() {
  return hexOf(crypto.getRandomValues(new Uint8Array(16))).replace(/^(.{8})(.{4}).(.{3}).(.{3})/, '$1-$2-4$3-8$4-');
}

/** For what is asked for again: each signal aborts the one before, as `signal` aborts all. */
export function successive(signal) {
  let run = null;
  return () => {
    run?.abort();
    run = new AbortController();
    return AbortSignal.any([signal, run.signal]);
  };
}
