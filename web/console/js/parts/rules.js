// SPDX-License-Identifier: MIT
// The rules of a policy, read and edited. What is edited is a draft until it is stored or dropped, kept in memory for "What if"; one without
// a text leaves the rule out.

import { call, get, getAll, newUuid } from '../api.js';
import { button, fill, h, newId, sign, unseen } from '../dom.js';
import { onSession } from '../session.js';
import { t } from '../texts.js';
import { changeDialog, etagOf, evaluate, offer, readDeleted } from './change.js';
import { field, form } from './field.js';
import { badge, empty } from './view.js';

const r = t.rule;
const yesNo = { true: t.common.yes, false: t.common.no };

/* ---- compared ---- */

/** With more the texts are shown as wholly other. */
const MOST_PAIRS = 4e6;

/** Lines, each with "same", "gone" or "new" before it. */
function lineDiff(before, after) {
  const [a, b] = [before, after].map((text) => (text === '' ? [] : text.split('\n')));
  if (a.length * b.length > MOST_PAIRS)
    return [...lineDiff(before, ''), ...lineDiff('', after)];
  // Lines common to what follows the i-th and j-th.
  const common = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  const lines = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;)
    if (a[i] === b[j]) {
      lines.push(['same', a[i++]]);
      j++;
    } else if (j === b.length || common[i + 1]?.[j] >= common[i][j + 1]) {
      lines.push(['gone', a[i++]]);
    } else {
      lines.push(['new', b[j++]]);
    }
  return lines;
}

const SIGNS = { same: ' ', gone: '−', new: '+' };

export const diffView = (label, before, after) => h('figure.linediff', h('figcaption.label', label),
  h('ol.mono', { tabindex: '0', 'aria-label': label }, lineDiff(before, after).map(([kind, line]) =>
    h(`li.line-${kind}`, sign('sign', SIGNS[kind]), kind !== 'same' && unseen(`${t.diff[kind]}: `), h('span.diff-text', line)))));

/** All that a rule says; nothing of one that is not there. */
const linesOf = ({ policy_text, notice, ordinal, audit_session }) => (policy_text ?
  `${policy_text}\n\n${r.notice}: ${notice ?? t.common.none}\n${r.ordinal}: ${ordinal ?? t.common.none}\n${r.auditSession}: ${yesNo[audit_session]}` : '');

const ruleDiff = (before, after) => diffView(r.difference, linesOf(before), linesOf(after));

/* ---- drafts ---- */

/** { policy, rule, wanted } by the rule's id */
export const drafts = new Map();
onSession('forgotten', () => drafts.clear());

export const edits = () => [...drafts.values()].map(({ policy, rule, wanted }) =>
  ({ rule_id: rule.id, policy_id: policy.id, priority: policy.priority, policy_text: wanted.policy_text || null, notice: wanted.notice }));

/** A rule that is not stored yet has no version. */
const isNew = (rule) => rule.version === undefined;
const ruleName = (rule) => (isNew(rule) ? r.isNew : r.name(rule.ordinal));

/* ---- edited ---- */

const NEW_RULE = 'forbid (principal, action == Action::"UpdateGrant", resource)\nwhen { context has audit_enabled && !context.audit_enabled };';

/** Of a fault: the word, quoted text or sign that it is at; a wrong name, and the nearest one. */
const WORD = /^(?:"[^"\n]*"?|\w+|\S)/;
const REMEDY = /`([^`]+)`[^`]*; did you mean `([^`]+)`\?/u;

/** What an error tells of a place in a rule's text: line and column (in code points) are from 1. */
const faultIn = ({ code, details }) => (code === 'invalid_policy' && details.line ? details : null);

/** The field of a rule's text. tell(what faultIn() has); null: nothing any more. */
function ruleEditor(value) {
  const fault = h('.fault.place', { id: newId('fault'), role: 'alert' });
  const element = field('policy_text', r.text, { class: 'mono', rows: 8, autocapitalize: 'none', value,
    'aria-describedby': fault.id, oninput: () => tell(null) });
  const { control } = element;

  /** A button that puts the nearest name in place of the wrong one. */
  function remedy(message, from) {
    const [, wrong, right] = REMEDY.exec(message) ?? [];
    const at = wrong ? control.value.indexOf(wrong, from) : -1;
    return at >= 0 && button(t.editor.mend(right), () => {
      control.setRangeText(right, at, at + wrong.length);
      control.dispatchEvent(new Event('input', { bubbles: true }));
      control.focus();
    });
  }

  function tell(details) {
    control.ariaInvalid = details && 'true';
    fill(fault);
    if (!details)
      return;
    const { line, column, message = '' } = details;
    const lines = control.value.split('\n');
    const shown = lines[line - 1] ?? '';
    const from = [...lines.slice(0, line - 1), ''].join('\n').length + [...shown].slice(0, column - 1).join('').length;
    fill(fault, h('p.note-title', t.editor.at(line, column)), h('pre.excerpt', { tabindex: '0' }, `${shown}\n${' '.repeat(column - 1)}^`),
      h('p', message), remedy(message, from));
    control.focus();
    control.setSelectionRange(from, from + (WORD.exec(control.value.slice(from))?.[0].length ?? 0));
  }

  element.append(fault);
  return Object.assign(element, { tell });
}

const rulesPath = (policyId) => `/policies/${policyId}/rules`;
export const readRules = (policyId, signal) => getAll(rulesPath(policyId), { signal });

/** Before anybody is asked why; null also where it could not be found out. */
const faultOf = ({ id, policy_id }, { policy_text }) =>
  evaluate({ action: 'ListPolicies', edits: [{ rule_id: id, policy_id, policy_text }] }).then(() => null, faultIn);

/** One of page.views. add: the button that such ones come from. */
function ruleView(page, policy, rule, add) {
  const { id } = rule;
  const element = h('li.card.rule', { 'data-rule': id });
  const verdict = h('span.words');
  const difference = h('.stack');
  const list = rulesPath(policy.id);
  const path = `${list}/${id}`;
  let editor, anyway, elements; // of the form

  const focus = () => element.querySelector('textarea, button').focus();

  function light(isDecisive, isFailed) {
    element.classList.toggle('lit', isDecisive);
    fill(verdict, isDecisive && badge('info', r.decided), isFailed && badge('warn', r.failed));
  }

  function read() {
    // A button of many alike says which rule it is for.
    const act = (text, onclick, kind) => button([text, ' ', unseen(ruleName(rule))], onclick, kind);
    fill(element, h('.card-head',
      h('.words', badge(rule.effect === 'forbid' ? 'bad' : 'good', rule.effect), h('span.quiet.small', ruleName(rule)),
        !rule.audit_session && badge('off', r.unaudited), verdict),
      h('.actions', act(r.edit, begin), page.isTrial ? act(r.leaveOut, leaveOut) : act(r.remove, remove, 'danger'))),
    h('pre.rule-text', rule.policy_text), rule.notice && h('blockquote.rule-notice', unseen(`${r.notice}: `), rule.notice));
  }

  function edit() {
    const { policy_text, notice, ordinal, audit_session } = { policy_text: NEW_RULE, audit_session: true, ...rule, ...drafts.get(id)?.wanted };
    const tryIt = () => {
      keep();
      page.tryIt();
    };
    editor = ruleEditor(policy_text);
    anyway = h('label.check', { hidden: true }, h('input', { type: 'checkbox', name: 'anyway' }), ' ', r.anyway);
    const content = form({ class: 'stack', 'aria-label': ruleName(rule), oninput: () => keep(), verb: r.review,
      beside: [button(r.tryIt, tryIt), button(r.drop, drop)] }, review,
    h('.words', h('strong', ruleName(rule)), verdict), editor, anyway,
    h('.fields', field('notice', r.notice, { hint: r.noticeHint, value: notice, maxlength: 1024 }),
      field('ordinal', r.ordinal, { hint: r.ordinalHint, type: 'number', step: 1, value: ordinal }),
      field('audit_session', r.auditSession, { hint: r.auditSessionHint, options: yesNo, value: audit_session })),
    difference);
    ({ elements } = content);
    fill(element, content);
    compare();
  }

  function begin() {
    edit();
    focus();
  }

  function leaveOut() {
    keep({ policy_text: '' });
    begin();
  }

  function typed() {
    const { policy_text, notice, ordinal, audit_session } = elements;
    return { policy_text: policy_text.value, notice: notice.value.trim() || null,
      ordinal: ordinal.value === '' ? rule.ordinal : Number(ordinal.value), audit_session: audit_session.value === 'true' };
  }

  function keep(wanted = typed()) {
    drafts.set(id, { policy, rule, wanted });
    compare();
    page.ondraft?.();
  }

  /** Say that it is a draft, and how it differs from what is stored. */
  function compare() {
    const draft = drafts.get(id);
    fill(difference, draft && [h('p', badge('warn', r.draft)), !isNew(rule) && ruleDiff(rule, draft.wanted)]);
  }

  function drop() {
    drafts.delete(id);
    page.ondraft?.();
    if (isNew(rule)) {
      page.views.delete(id);
      element.remove();
      add.focus();
    } else {
      read();
      focus();
    }
  }

  function showFault(details) {
    anyway.hidden = false;
    editor.tell(details);
  }

  async function review() {
    const body = typed();
    if (!body.policy_text && !isNew(rule))
      return remove();
    const isAnyway = elements.anyway.checked;
    const fault = isAnyway ? null : await faultOf(rule, body);
    if (fault)
      return showFault(fault);
    const options = { body, query: { allow_unknown: isAnyway || null } };
    return isNew(rule) ? change('CreatePolicyRule', r.create, 'POST', options) : change('UpdatePolicyRule', r.update, 'PATCH', options);
  }

  const remove = () => change('DeletePolicyRule', r.deletion, 'DELETE');

  async function change(operation, words, method, options) {
    const wanted = options?.body ?? {};
    const send = (reason) => call(method, isNew(rule) ? list : path, { ...options, reason, ifMatch: isNew(rule) ? null : etagOf(rule) }).catch((error) => {
      const fault = faultIn(error);
      throw fault ? { title: t.editor.at(fault.line, fault.column), lines: [fault.message] } : error;
    });
    const outcome = await changeDialog({ operation, words, danger: !options, large: true, body: ruleDiff(rule, wanted), signal: page.signal,
      resource: { type: 'policy', id: policy.id }, change: send, lines: ({ data }) => (data?.warning ? [r.warned(data.warning.message)] : []),
      readAgain: () => (options ? get : readDeleted)(path), isDone: ({ data = {} }) => linesOf(data) === linesOf(wanted) });
    if (outcome?.state === 'conflict' && outcome.now && options) {
      // What another made of it is what the next difference is to, and what was typed stays.
      rule = outcome.now.data;
      keep();
      begin();
    } else if (outcome?.state === 'done' || outcome?.state === 'conflict') {
      if (outcome.state === 'done')
        drafts.delete(id);
      await page.load();
    }
  }

  const view = { element, focus, light, drop, showFault };
  page.views.set(id, view);
  // As they are now.
  Object.assign(drafts.get(id) ?? {}, { policy, rule });
  if (drafts.has(id) || isNew(rule))
    edit();
  else
    read();
  return view;
}

/**
 * A policy's rules, and what is drafted besides; `add` is the button for one more. page: signal; views, of rules by their ids; load() after a
 * change; tryIt() asks "What if"; ondraft() after a change of drafts; isTrial: it is "What if" itself
 */
export function rulesView(page, policy) {
  const { id, name, rules } = policy;
  const others = [...drafts.values()].filter(({ rule }) => rule.policy_id === id && !rules.some((stored) => stored.id === rule.id)).
    // Deleted by another: a new one.
    map(({ rule }) => ({ ...rule, version: undefined }));
  const label = [t.policy.add, ' ', unseen(name)];
  const add = page.isTrial ? button(label, begin) : offer('CreatePolicyRule', label, begin, 'primary');
  const items = [...rules, ...others].map((rule) => ruleView(page, policy, rule, add).element);
  const element = h('ol.stack.rules-list', { 'aria-label': t.policy.rules }, items.length > 0 ? items : h('li', empty(...t.policy.none)));

  function begin() {
    const view = ruleView(page, policy, { id: newUuid(), policy_id: id }, add);
    element.querySelector('.empty')?.closest('li').remove();
    element.append(view.element);
    view.focus();
  }

  return Object.assign(element, { add });
}
