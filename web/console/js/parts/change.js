// SPDX-License-Identifier: MIT
// A change, and what became of it. Nothing is said to be done that the API did not say, and nothing to have failed that
// may have happened: what is unknown is read again first.

import { t } from '../texts.js';
import { notify } from './notice.js';
import { explain } from './state.js';

/**
 * Make a change and put what became of it on the board.
 * @param {{change: function(): Promise<*>, readAgain?: function(): Promise<*>, isDone?: function(*): boolean,
 *   done: function(*): {title: string, lines?: *[]}, signal?: AbortSignal}} spec
 *   readAgain: read the thing; isDone: does what was read have the change?
 * @returns {Promise<{state: 'done'|'refused'|'conflict'|'unknown', answer?: *, error?: *, found?: *}>}
 *   found: what was read again, after a conflict or an unknown outcome
 */
export async function makeChange(spec) {
  try {
    const answer = await spec.change();
    notify({ kind: 'done', ...spec.done(answer) });
    return { state: 'done', answer };
  } catch (error) {
    if (error.kind === undefined)
      throw error;
    if (error.kind === 'aborted')
      return { state: 'unknown', error };
    if (error.unknown)
      return afterUnknown(spec, error);
    if (error.status === 412)
      return afterConflict(spec, error);
    notify(explain(error));
    return { state: 'refused', error };
  }
}

async function tryRead(spec) {
  try {
    return spec.readAgain ? await spec.readAgain() : undefined;
  } catch {
    return undefined;
  }
}

async function afterUnknown(spec, error) {
  const why = explain(error);
  notify({ kind: 'unknown', title: t.change.checking, lines: [why.title] });
  const found = await tryRead(spec);
  if (found === undefined || !spec.isDone) {
    notify({ ...why, kind: 'unknown', title: t.change.unknown, lines: [why.title, ...why.lines, t.change.stillUnknown] });
    return { state: 'unknown', error, found };
  }
  if (spec.isDone(found)) {
    notify({ kind: 'done', title: t.change.foundDone, lines: [why.title, t.change.foundDoneLine] });
    return { state: 'done', found };
  }
  // It may still be on its way.
  notify({ ...why, kind: 'unknown', title: t.change.foundNotDone, lines: [why.title, t.change.foundNotDoneLine] });
  return { state: 'unknown', error, found };
}

async function afterConflict(spec, error) {
  const found = await tryRead(spec);
  notify({ kind: 'conflict', title: t.change.conflict, lines: [t.change.conflictLine], foot: explain(error).foot });
  return { state: 'conflict', error, found };
}
