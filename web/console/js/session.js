// SPDX-License-Identifier: MIT
// Who is signed in. The key lives in this module's variables and nowhere else: not in storage, not in the address, not
// in a log, not in the document. What forgets it: sign out, idle time, leaving or reloading the page.

/** Idle time until the session is forgotten, and how long before that people are asked. In milliseconds. */
const IDLE_MS = 15 * 60 * 1000;
const WARN_MS = 60 * 1000;

let key = null;
let tenant = null;
let lastSeen = 0;
let timer = null;
const listeners = { forgotten: [], warning: [] };

export function onSession(event, listener) {
  listeners[event].push(listener);
}

function tell(event, argument) {
  for (const listener of listeners[event])
    listener(argument);
}

export const isSignedIn = () => key !== null;

/** The headers of a request. Only api.js asks. */
export const credentials = () => (key === null ? {} : { 'X-API-Key': key, 'X-Tenant-ID': tenant });

/** What may be shown: the tenant, and the part of the key that names it. */
export const identity = () => ({ tenant, keyName: key?.slice(0, 12) });

/** The tenant's id in lower case, as it is hashed. */
export const tenantId = () => tenant;

export function signIn(newKey, newTenant) {
  key = newKey;
  tenant = newTenant.toLowerCase();
  touch();
}

/** Forget the key. */
export function forget(reason) {
  const was = key !== null;
  key = null;
  tenant = null;
  clearTimeout(timer);
  timer = null;
  if (was)
    tell('forgotten', reason);
}

/** Somebody is there. */
export function touch() {
  lastSeen = Date.now();
  if (key !== null)
    schedule();
}

/** Milliseconds until the session is forgotten. */
export const idleLeft = () => lastSeen + IDLE_MS - Date.now();

function schedule() {
  clearTimeout(timer);
  const left = idleLeft();
  timer = setTimeout(check, Math.max(0, left > WARN_MS ? left - WARN_MS : left));
}

/** A computer that slept has its timers late: the clock decides. */
export function check() {
  if (key === null)
    return;
  if (idleLeft() <= 0) {
    forget('idle');
    return;
  }
  if (idleLeft() <= WARN_MS)
    tell('warning');
  schedule();
}
