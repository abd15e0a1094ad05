// SPDX-License-Identifier: MIT
// A change with its reason, and what became of it. Nothing is said to be done that the API did not say, and nothing to have failed that
// may have happened: what is unknown is read again first.

import { get } from '../api.js';
import { para } from '../dom.js';
import { t } from '../texts.js';
import { formDialog } from './dialog.js';
import { reasonField, reasonOf } from './field.js';
import { advice } from './may.js';
import { ruleList } from './names.js';
import { notify } from './notice.js';
import { explain } from './state.js';

/** What the one who typed can put right: the dialog stays open and says it. */
const FOR_THE_FORM = new Set([400, 413, 422]);

const textOf = (words, name) => (typeof words === 'function' ? words(name) : words);

/**
 * Ask for the reason in a dialog, make the change, and put what became of it on the board.
 * @param {{words: {title: *, verb: string, text?: string, done: *}, name?: *, operation?: string, about?: Object, head?: *, body?: *,
 *   take?: function(FormData): *, change: function(string, *): Promise<*>, lines?: function(*): *[], fault?: function(*): *,
 *   readAgain?: function(string, *): Promise<*>, isDone?: function(*, *): boolean, resource?: {type: string, id: string}}} spec
 *   words: texts, or functions of the name; name: text, or a function of what was taken; about: for advice(); take: what the form has, or a fault for formDialog();
 *   change: takes the reason and what was taken; readAgain: reads the thing; isDone: does what was read have the change?
 *   resource: what it is about, so that the entry of a refusal is found, which names the rules; fault: what of an error is for the caller
 * @returns {Promise<{state: 'done'|'refused'|'conflict'|'unknown'|'fault', now?: *, fault?: *, taken: *}|undefined>}
 *   now: what was answered, or read again after a conflict or an unknown outcome; undefined: the dialog was closed
 */
export function changeDialog(spec) {
  const { words, name, operation, about, head, body, take, danger, large, signal } = spec;
  return formDialog({
    title: textOf(words.title, name), verb: words.verb, danger, large, signal,
    body: [head, words.text && para('quiet', words.text), operation && advice(operation, { ...about, signal }), body, reasonField()],
    submit: async (data) => {
      const reason = reasonOf(data);
      const taken = take?.(data);
      return { ...await makeChange(spec, reason, taken), taken };
    },
  });
}

async function makeChange(spec, reason, taken) {
  const { words, name, change, lines, fault } = spec;
  try {
    const answer = await change(reason, taken);
    notify({ kind: 'done', title: t.change.committed + textOf(words.done, textOf(name, taken)), lines: lines?.(answer) });
    return { state: 'done', now: answer };
  } catch (error) {
    if (fault?.(error))
      return { state: 'fault', fault: fault(error) };
    if (error.kind === undefined || FOR_THE_FORM.has(error.status))
      throw error;
    if (error.kind === 'aborted')
      return { state: 'unknown' };
    const readAgain = async () => spec.readAgain?.(reason, taken).catch(() => undefined);
    if (error.unknown)
      return afterUnknown(error, readAgain, (now) => spec.isDone?.(now, taken));
    if (error.status === 412) {
      const now = await readAgain();
      notify({ kind: 'conflict', title: t.change.conflict, lines: [t.change.conflictLine], foot: explain(error).foot });
      return { state: 'conflict', now };
    }
    tellRefusal(spec, error);
    return { state: 'refused' };
  }
}

async function afterUnknown(error, readAgain, isDone) {
  const why = explain(error);
  notify({ kind: 'unknown', title: t.change.checking, lines: [why.title] });
  const now = await readAgain();
  const done = now && isDone(now);
  if (done) {
    notify({ kind: 'done', title: t.change.foundDone, lines: [why.title, t.change.foundDoneLine] });
    return { state: 'done', now };
  }
  // false: it may still be on its way.
  notify({ ...why, kind: 'unknown', ...(done === false ? { title: t.change.foundNotDone, lines: [why.title, t.change.foundNotDoneLine] } :
    { title: t.change.unknown, lines: [why.title, ...why.lines, t.change.stillUnknown] }) });
  return { state: 'unknown', now };
}

/** The answer says what the rules' authors say; the refusal's entry names the rules. */
async function tellRefusal({ resource }, error) {
  const what = explain(error);
  notify(what);
  if (error.code !== 'policy_denied' || !resource)
    return;
  try {
    const { data } = await get('/audit-log', { query: { resource_type: resource.type, resource_id: resource.id, outcome: 'denied', limit: 5 } });
    const rules = data.data.find((e) => e.metadata?.request_id === error.request_id)?.metadata.rules;
    if (Array.isArray(rules) && rules.length > 0)
      notify({ ...what, lines: [...what.lines, t.change.byRules(rules.length), ruleList(rules)] }, false);
  } catch {
    // Without the log there are still the notices.
  }
}
