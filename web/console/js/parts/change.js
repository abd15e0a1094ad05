// SPDX-License-Identifier: MIT
// A change, and what became of it. Nothing is said to be done that the API did not say, and nothing to have failed that
// may have happened: what is unknown is read again first.

import { get } from '../api.js';
import { t } from '../texts.js';
import { ruleList } from './names.js';
import { notify } from './notice.js';
import { explain } from './state.js';

/** What the one who typed can put right: the dialog stays open and says it. */
const FOR_THE_FORM = new Set([400, 413, 422]);

/**
 * Make a change and put what became of it on the board.
 * @param {{change: function(): Promise<*>, done: function(*): {title: string, lines?: *[]}, readAgain?: function():
 *   Promise<*>, isDone?: function(*): boolean, resource?: {type: string, id: string}}} spec
 *   readAgain: read the thing; isDone: does what was read have the change?
 *   resource: what it is about, so that the entry of a refusal is found, which names the rules
 * @returns {Promise<{state: 'done'|'refused'|'conflict'|'unknown', answer?: *, error?: *, found?: *}>}
 *   found: what was read again, after a conflict or an unknown outcome
 * @throws what is wrong with what was typed, for formDialog()
 */
export async function makeChange(spec) {
  try {
    const answer = await spec.change();
    notify({ kind: 'done', ...spec.done(answer) });
    return { state: 'done', answer };
  } catch (error) {
    if (error.kind === undefined || FOR_THE_FORM.has(error.status))
      throw error;
    if (error.kind === 'aborted')
      return { state: 'unknown', error };
    if (error.unknown)
      return afterUnknown(spec, error);
    if (error.status === 412)
      return afterConflict(spec, error);
    tellRefusal(spec, error);
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

/** The answer says what the rules' authors say; the refusal's entry names the rules. */
async function tellRefusal(spec, error) {
  const what = explain(error);
  notify(what);
  if (error.code !== 'policy_denied' || !spec.resource)
    return;
  try {
    const rules = await rulesOfRefusal(spec.resource, error.request_id);
    if (rules.length > 0)
      notify({ ...what, lines: [...what.lines, t.change.byRules(rules.length), ruleList(rules)] }, false);
  } catch {
    // Without the log there are still the notices.
  }
}

async function rulesOfRefusal({ type, id }, requestId) {
  const { data } = await get('/audit-log', { query: { resource_type: type, resource_id: id, outcome: 'denied', limit: 5 } });
  const entry = data.data.find((e) => e.metadata?.request_id === requestId);
  return Array.isArray(entry?.metadata.rules) ? entry.metadata.rules : [];
}
