// SPDX-License-Identifier: MIT
// Who is signed in. The key lives in this module and nowhere else. Signing out, idle time, and leaving or reloading the page forget it.

const IDLE_MS = 15 * 60 * 1000;
const WARN_MS = 60 * 1000;

let key = null;
let tenant = null;
let lastSeen = 0;
const listeners = { forgotten: [], warning: [] };

/** 'forgotten', with the reason; 'warning': each second of the last minute. */
export const onSession = (event, listener) => listeners[event].push(listener);

const tell = (event, argument) => listeners[event].forEach((listener) => listener(argument));

export const isSignedIn = () => key !== null;

export const credentials = () => (key === null ? {} : { 'X-API-Key': key, 'X-Tenant-ID': tenant });

export const keyName = () => key?.slice(0, 12);

/** In lower case, as it is hashed. */
export const tenantId = () => tenant;

export function signIn(newKey, newTenant) {
  key = newKey;
  tenant = newTenant.toLowerCase();
  lastSeen = Date.now();
}

export function forget(reason) {
  const was = key;
  key = null;
  tenant = null;
  if (was)
    tell('forgotten', reason);
}

export const idleLeft = () => lastSeen + IDLE_MS - Date.now();

/** Somebody is there; but not any more where the time is over, as on a computer that slept. */
export function touch() {
  if (idleLeft() <= 0)
    forget('idle');
  lastSeen = Date.now();
}

function check() {
  if (idleLeft() <= 0)
    forget('idle');
  else if (key && idleLeft() <= WARN_MS)
    tell('warning');
}

setInterval(check, 1000);
