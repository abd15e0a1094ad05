// SPDX-License-Identifier: MIT
// Dialogs; and changes: what the policies would say, the reason, and what became of them. Nothing is said to be done that the API did not
// say, and nothing to have failed that may have happened: what is unknown is read again first.

import { call, forgetAnswers, get, once } from '../api.js';
import { button, fill, h, newId, sign } from '../dom.js';
import { t } from '../texts.js';
import { ruleList } from './entry.js';
import { field, form } from './field.js';
import { explain, note, notify } from './notice.js';

export const evaluate = async (body, signal) => (await call('POST', '/policies/evaluate', { body, signal, harmless: true })).data;

/** For note(); null: the policies would permit it, or it could not be found out. It is advice: the request itself decides. */
async function refusal(action, about) {
  const body = { action, ...about };
  const { decision, notices } = await once(JSON.stringify(body), () => evaluate(body)).catch(() => ({ decision: 'allow' }));
  return decision === 'allow' ? null : { title: t.advice.title, quotes: notices, lines: notices.length > 0 ? [] : [t.errors.noNotice] };
}

function advice(operation, about) {
  const place = h('.advice', { role: 'status' });
  refusal(operation, about).then((what) => fill(place, what && note({ ...what, kind: 'conflict', foot: t.advice.foot })));
  return place;
}

/** A button that says so where the policies would refuse its operation, about {grant_id?, context?}. */
export function offer(operation, text, onclick, kind, about) {
  const offered = button(text, onclick, kind);
  refusal(operation, about).then((what) => {
    if (what) {
      offered.append(sign('lock', '⊘'));
      offered.title = [what.title, ...what.quotes, ...what.lines].join(': ');
    }
  });
  return offered;
}

/** Of what was deleted: nothing is there any more. */
export const readDeleted = (path) => get(path).catch((error) => {
  if (error.status !== 404)
    throw error;
  return {};
});

const head = (title) => h('h2', { id: newId('title') }, title);

/** Until it is closed; not where its page was left. */
function open(dialog, signal) {
  if (signal?.aborted)
    return null;
  const before = document.activeElement;
  dialog.setAttribute('aria-labelledby', dialog.querySelector('h2').id);
  document.body.append(dialog);
  dialog.showModal();
  signal?.addEventListener('abort', () => dialog.close());
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      // <dialog> gives the focus back, but not where what had it was drawn anew.
      if (before?.isConnected)
        before.focus();
      resolve();
    });
  });
}

export function showDialog({ title, body, close, oncancel, signal }) {
  const dialog = h('dialog', { oncancel }, h('.stack', head(title), body, h('.actions', button(close, () => dialog.close(), 'primary'))));
  return open(dialog, signal);
}

const c = t.change;
const textOf = (words, name) => (typeof words === 'function' ? words(name) : words);

/**
 * Ask for the reason, make the change, and say what became of it. spec:
 *   words: title, verb, text?, done: texts, or functions of `name`, which is a text, or a function of what was taken
 *   take(data): what the form has, or throws a fault for it; change(reason, taken); lines(answer): more to say of it
 *   readAgain(), isDone(now, taken): where the outcome is unknown, or another was faster
 *   resource: {type, id} of a refusal's entry
 * Returns {state: 'done'|'refused'|'conflict'|'unknown', now: as answered or read again, taken}; undefined: it was closed.
 */
export async function changeDialog(spec) {
  const { words, name, operation, about, body, take, danger, large, signal } = spec;
  let outcome;
  const isBusy = () => dialog.querySelector('form [aria-disabled]') !== null;
  const cancel = button(t.dialog.cancel, () => isBusy() || dialog.close());
  const content = form({ verb: words.verb, kind: danger ? 'danger' : 'primary', beside: cancel }, async (data) => {
    const reason = data.get('reason').replace(/\s+/gu, ' ').trim();
    if (reason === '')
      throw { title: t.reason.missing, member: 'reason' };
    const taken = take?.(data);
    outcome = { ...await makeChange(spec, reason, taken), taken };
    // Policies, keys and their names may be others now.
    forgetAnswers();
    dialog.close();
  }, head(textOf(words.title, name)), h('.stack', spec.head, words.text && h('p.quiet', words.text), operation && advice(operation, about), body,
    field('reason', t.reason.label, { hint: t.reason.hint, spellcheck: 'true', required: true })));
  // What is under way is waited for.
  const dialog = h('dialog', { class: large && 'large', oncancel: (event) => isBusy() && event.preventDefault() }, content);
  await open(dialog, signal);
  return outcome;
}

/** Who typed can put it right: the dialog stays open. */
const FOR_THE_FORM = [400, 413, 422];

async function makeChange(spec, reason, taken) {
  const { words, name, lines } = spec;
  const readAgain = async () => spec.readAgain?.(reason, taken).catch(() => undefined);
  try {
    const now = await spec.change(reason, taken);
    notify({ kind: 'done', title: c.committed + textOf(words.done, textOf(name, taken)), lines: lines?.(now) });
    return { state: 'done', now };
  } catch (error) {
    if (!error.kind || FOR_THE_FORM.includes(error.status))
      throw error;
    if (error.kind === 'aborted')
      return { state: 'unknown' };
    if (error.unknown)
      return afterUnknown(explain(error), readAgain, (now) => spec.isDone(now, taken));
    if (error.status === 412) {
      const now = await readAgain();
      notify({ ...explain(error), kind: 'conflict', lines: [c.conflictLine] });
      return { state: 'conflict', now };
    }
    tellRefusal(spec, error);
    return { state: 'refused' };
  }
}

async function afterUnknown({ title, foot }, readAgain, isDone) {
  const say = (kind, [what, ...lines]) => notify({ kind, title: what, lines: [title, ...lines], foot });
  say('unknown', c.checking);
  const now = await readAgain();
  const state = now && isDone(now) ? 'done' : 'unknown';
  say(state, state === 'done' ? c.foundDone : now ? c.foundNotDone : c.unknown);
  return { state, now };
}

/** The rules are named by the refusal's entry alone; without the log there are still the notices. */
async function tellRefusal({ resource }, error) {
  const what = explain(error);
  notify(what);
  if (error.code !== 'policy_denied' || !resource)
    return;
  const query = { resource_type: resource.type, resource_id: resource.id, outcome: 'denied', limit: 5 };
  const { data } = await get('/audit-log', { query }).catch(() => ({ data: { data: [] } }));
  const { rules } = data.data.find(({ metadata }) => metadata.request_id === error.request_id)?.metadata ?? {};
  if (rules?.length > 0)
    notify({ ...what, lines: [...what.lines, c.byRules, ruleList(rules)] }, false);
}

/** Of a thing as it is shown, so that only that is changed. */
export const etagOf = ({ version, status }) => `"${[version, status].filter(Boolean).join('.')}"`;
