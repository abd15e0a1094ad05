// SPDX-License-Identifier: MIT
// TAP, one numbering for all tests of a run.

let run = 0;
let failed = 0;

const clean = (text) => String(text).replaceAll('#', '\\#').replaceAll('\n', ' ');

export function diag(...text) {
  for (const line of text.map(String).join(' ').split('\n'))
    console.log(`# ${line}`);
}

export function pass(what) {
  run += 1;
  console.log(`ok ${run} - ${clean(what)}`);
  return true;
}

export function fail(what, ...why) {
  run += 1;
  failed += 1;
  console.log(`not ok ${run} - ${clean(what)}`);
  for (const line of why)
    diag(line);
  return false;
}

export function skip(what, reason) {
  run += 1;
  console.log(`ok ${run} - ${clean(what)} # SKIP ${reason}`);
}

/** The plan, and the status to end with. */
export function done() {
  console.log(`1..${run}`);
  return failed === 0 && run > 0 ? 0 : 1;
}
