// SPDX-License-Identifier: MIT
// One policy: its rules read, edited, added and deleted. A change is shown as a difference before it is made.

import { call, forgetPermissions, get, newUuid } from '../api.js';
import { draftOf, dropDraft, keepDraft } from '../drafts.js';
import { fill, h, unseen } from '../dom.js';
import { go, href } from '../route.js';
import { t } from '../texts.js';
import { when } from '../time.js';
import { badge } from '../parts/badge.js';
import { makeChange } from '../parts/change.js';
import { diffView } from '../parts/diff.js';
import { formDialog } from '../parts/dialog.js';
import { ruleEditor } from '../parts/editor.js';
import { field, reasonField, reasonOf } from '../parts/field.js';
import { pageHead } from '../parts/head.js';
import { advice, offer } from '../parts/may.js';
import { forgetNames } from '../parts/names.js';
import { notify } from '../parts/notice.js';
import { empty, explain, loading } from '../parts/state.js';
import { enabledBadge, policyFields, policyOf } from './policies.js';

export const title = t.policy.title;

const NEW_RULE = 'forbid (principal, action == Action::"UpdateGrant", resource)\nwhen { context has audit_enabled && !context.audit_enabled };';

const policyPath = (id) => `/policies/${encodeURIComponent(id)}`;
const rulesPath = (id) => `${policyPath(id)}/rules`;
const rulePath = (rule) => `${rulesPath(rule.policy_id)}/${encodeURIComponent(rule.id)}`;
const etagOf = (thing) => `"${thing.version}"`;

/** All rules, in order: a tenant has at most 4,096. */
export async function readRules(policyId, signal) {
  const rules = [];
  for (let cursor = null; ;) {
    const { data } = await get(rulesPath(policyId), { query: { limit: 250, cursor }, signal });
    rules.push(...data.data);
    if (!data.has_more)
      return rules;
    cursor = data.next_cursor;
  }
}

export const effectBadge = (effect) => (effect === 'forbid' ? badge('bad', t.rule.forbid) : badge('good', t.rule.permit));

export function noticeQuote(notice) {
  return notice && h('blockquote', { class: 'rule-notice' }, unseen(`${t.rule.notice}: `), notice);
}

/** What a rule says besides its text, as lines to compare. */
const besides = (rule) => [`${t.rule.notice}: ${rule.notice ?? t.common.none}`, `${t.rule.ordinal}: ${rule.ordinal ?? t.rule.last}`,
  `${t.rule.auditSession}: ${rule.audit_session ? t.common.yes : t.common.no}`].join('\n');

/** Two states of a rule; null: it is not there. */
function ruleDiff(before, after) {
  const view = [diffView(t.rule.text, before?.policy_text ?? '', after?.policy_text ?? '')];
  const [a, b] = [before, after].map((r) => (r ? besides(r) : ''));
  return a === b ? view : [...view, diffView(t.rule.besides, a, b)];
}

/** What is wrong with a text, before anybody is asked to store it; null: nothing, or it could not be found out. */
async function faultOf(rule, signal) {
  try {
    await call('POST', '/policies/evaluate', { harmless: true, signal, body: { action: 'ListPolicies',
      edits: [{ rule_id: rule.id, policy_id: rule.policy_id, policy_text: rule.policy_text }] } });
    return null;
  } catch (error) {
    return error.code === 'invalid_policy' && error.details.line ? error.details : null;
  }
}

/** Ask for the reason under the difference, and store. @returns {Promise<*>} the outcome; its `fault` is for the editor */
function confirmChange({ words, before, after, operation, change, readAgain, isDone, resource, danger, signal }) {
  return formDialog({
    title: words.title, verb: words.verb, danger, large: true, signal,
    body: [advice(operation, { signal }), ruleDiff(before, after), reasonField({ required: true })],
    submit: async (data) => {
      const reason = reasonOf(data);
      try {
        return await makeChange({ change: () => change(reason), readAgain, isDone, done: (answer) => ({ title: words.done,
          lines: answer.data?.warning ? [t.rule.warned(answer.data.warning.message)] : [] }), resource });
      } catch (error) {
        if (error.code === 'invalid_policy' && error.details.line)
          return { state: 'invalid', fault: error.details };
        throw error;
      }
    },
  });
}

/** The rule of the page, and what is done with it. */
class RuleView {
  /** @param {Object} rule null-ish version: not stored yet */
  constructor(page, rule) {
    Object.assign(this, { page, rule, element: h('li', { class: 'card rule', id: `rule-${rule.id}` }) });
    if (draftOf(rule.id) || rule.version === undefined)
      this.edit();
    else
      this.read();
  }

  read() {
    const { rule } = this;
    const name = unseen(t.rule.name(rule.ordinal));
    fill(this.element,
      h('div', { class: 'card-head' },
        h('div', { class: 'words' }, effectBadge(rule.effect), ' ', h('span', { class: 'quiet small' }, t.rule.name(rule.ordinal)),
          !rule.audit_session && [' ', badge('off', t.rule.unaudited)]),
        h('div', { class: 'actions' },
          h('button', { type: 'button', onclick: () => { this.edit(); this.editor.control.focus(); } }, t.rule.edit, ' ', name),
          h('button', { type: 'button', class: 'danger', onclick: () => this.remove() }, t.rule.remove, ' ', name.cloneNode(true)))),
      h('pre', { class: 'rule-text' }, rule.policy_text), noticeQuote(rule.notice));
  }

  /** The rule as the form has it. */
  wanted() {
    const notice = this.notice.control.value.trim();
    const ordinal = this.ordinal.control.value.trim();
    return { ...this.rule, policy_text: this.editor.control.value, notice: notice === '' ? null : notice,
      ordinal: ordinal === '' ? undefined : Number(ordinal), audit_session: this.audit.control.value === 'true' };
  }

  keep() {
    const { id, policy_id } = this.rule;
    const { policy_text, notice } = this.wanted();
    keepDraft({ rule_id: id, policy_id, policy_text, notice, priority: this.page.policy.priority, was: this.rule.policy_text ?? null,
      label: this.page.policy.name });
  }

  edit() {
    const { rule } = this;
    const draft = draftOf(rule.id);
    const keep = () => this.keep();
    this.editor = ruleEditor({ label: t.rule.text, name: 'policy_text', value: draft?.policy_text ?? rule.policy_text ?? NEW_RULE, onchange: keep });
    this.notice = field({ label: t.rule.notice, hint: t.rule.noticeHint, name: 'notice', value: (draft ? draft.notice : rule.notice) ?? '', maxlength: 1024, oninput: keep });
    this.ordinal = field({ label: t.rule.ordinal, hint: t.rule.ordinalHint, name: 'ordinal', type: 'number', step: 1, value: rule.ordinal === undefined ? '' : String(rule.ordinal) });
    this.audit = field({ label: t.rule.auditSession, hint: t.rule.auditSessionHint, name: 'audit_session', tag: 'select',
      options: [['true', t.common.yes], ['false', t.common.no]], value: String(rule.audit_session ?? true) });
    this.anyway = h('input', { type: 'checkbox' });
    this.anywayLine = h('label', { class: 'check', hidden: true }, this.anyway, ' ', t.rule.anyway);
    fill(this.element, h('form', { class: 'stack', novalidate: true, onsubmit: (event) => { event.preventDefault(); this.review(); } },
      h('div', { class: 'card-head' }, h('h2', null, rule.version === undefined ? t.rule.isNew : t.rule.editing(rule.ordinal)),
        draft && badge('warn', t.rule.draft)),
      this.editor, this.anywayLine, h('div', { class: 'fields' }, this.notice, this.ordinal, this.audit),
      h('div', { class: 'actions' },
        h('button', { type: 'submit', class: 'primary' }, t.rule.review),
        h('button', { type: 'button', onclick: () => { this.keep(); go('/what-if'); } }, t.rule.tryIt),
        h('button', { type: 'button', onclick: () => this.cancel() }, t.dialog.cancel))));
  }

  cancel() {
    dropDraft(this.rule.id);
    if (this.rule.version === undefined) {
      this.element.remove();
      this.page.add.focus();
      return;
    }
    this.read();
    this.element.querySelector('button').focus();
  }

  fault(details) {
    this.anywayLine.hidden = false;
    this.editor.showFault(details);
  }

  async review() {
    const { rule, page } = this;
    const wanted = this.wanted();
    const isNew = rule.version === undefined;
    if (wanted.ordinal !== undefined && !Number.isInteger(wanted.ordinal)) {
      this.ordinal.control.focus();
      return;
    }
    this.editor.clearFault();
    const fault = this.anyway.checked ? null : await faultOf(wanted, page.signal);
    if (fault) {
      this.fault(fault);
      return;
    }
    const outcome = await confirmChange(isNew ? this.creation(wanted) : this.update(wanted));
    if (outcome?.state === 'invalid')
      this.fault(outcome.fault);
    else
      await this.finish(outcome);
  }

  body({ policy_text, notice, ordinal, audit_session }) {
    return { policy_text, notice, audit_session, ...(ordinal === undefined ? {} : { ordinal }) };
  }

  get options() {
    return { query: this.anyway.checked ? { allow_unknown: 'true' } : {}, signal: this.page.signal };
  }

  creation(wanted) {
    return { words: t.rule.create, before: null, after: wanted, operation: 'CreatePolicyRule', signal: this.page.signal,
      resource: { type: 'policy', id: wanted.policy_id },
      change: (reason) => call('POST', rulesPath(wanted.policy_id), { ...this.options, body: this.body(wanted), reason }) };
  }

  update(wanted) {
    const { rule } = this;
    const same = (r) => JSON.stringify(this.body(r)) === JSON.stringify(this.body(wanted));
    return { words: t.rule.update, before: rule, after: wanted, operation: 'UpdatePolicyRule', signal: this.page.signal,
      resource: { type: 'policy', id: rule.policy_id }, readAgain: () => get(rulePath(rule)), isDone: (answer) => same(answer.data),
      change: (reason) => call('PATCH', rulePath(rule), { ...this.options, body: this.body(wanted), reason, ifMatch: etagOf(rule) }) };
  }

  /** Stored: as it is now. Another's change: theirs is what the next difference is to, and what was typed stays. */
  async finish(outcome) {
    if (outcome?.state === 'done') {
      dropDraft(this.rule.id);
      await this.page.changed();
    } else if (outcome?.state === 'conflict' && outcome.found) {
      this.keep();
      this.rule = outcome.found.data;
      this.edit();
      this.editor.control.focus();
    }
  }

  async remove() {
    const { rule, page } = this;
    const outcome = await confirmChange({ words: t.rule.deletion, before: rule, after: null, operation: 'DeletePolicyRule', danger: true,
      signal: page.signal, resource: { type: 'policy', id: rule.policy_id },
      change: (reason) => call('DELETE', rulePath(rule), { reason, ifMatch: etagOf(rule), signal: page.signal }),
      readAgain: () => get(rulePath(rule)) });
    if (outcome?.state === 'done' || outcome?.state === 'conflict')
      await page.changed();
  }
}

const settingsText = (policy) => [`${t.policies.fields.name}: ${policy.name}`, `${t.policies.fields.priority}: ${policy.priority}`,
  `${t.policies.fields.enabled}: ${policy.enabled ? t.policies.inForce : t.policies.notInForce}`].join('\n');

class PolicyPage {
  constructor(root, id, lit, signal) {
    Object.assign(this, { id, lit, signal, rules: h('ol', { class: 'stack rules-list', 'aria-label': t.policy.rules }) });
    this.head = pageHead(t.policy.title, { back: { href: href('/policies'), text: t.nav.policies } });
    this.facts = h('div', { class: 'words' }, loading(1));
    root.append(this.head, this.facts, this.rules);
  }

  async load() {
    const [policy, rules] = await Promise.all([get(policyPath(this.id), { signal: this.signal }), readRules(this.id, this.signal)]);
    this.policy = policy.data;
    this.draw(rules);
  }

  draw(rules) {
    const { policy, signal } = this;
    const p = t.policy;
    this.head.querySelector('h1').textContent = policy.name;
    document.title = `${policy.name} · ${t.product}`;
    this.add = offer('CreatePolicyRule', p.add, { class: 'primary', onclick: () => this.addRule() }, { signal });
    fill(this.facts, enabledBadge(policy), h('span', { class: 'quiet' }, p.facts(policy.priority, policy.version), ' ', when(policy.updated_at, 'short')),
      h('div', { class: 'actions push' },
        offer('UpdatePolicy', p.settings.open, { onclick: () => this.settings() }, { signal }),
        offer('DeletePolicy', p.deletion.open, { class: 'danger', onclick: () => this.remove() }, { signal }),
        h('a', { class: 'button', href: href('/what-if') }, t.whatIf.open), this.add));
    this.stored = rules;
    fill(this.rules, rules.length > 0 ? rules.map((rule) => new RuleView(this, rule).element) : h('li', null, empty(p.none.title, p.none.text)));
    const lit = this.lit && document.getElementById(`rule-${this.lit}`);
    if (lit) {
      lit.classList.add('lit');
      lit.scrollIntoView({ block: 'center' });
      this.lit = null;
    }
  }

  addRule() {
    const view = new RuleView(this, { id: newUuid(), policy_id: this.id });
    this.rules.querySelector('.empty')?.closest('li').remove();
    this.rules.append(view.element);
    view.editor.control.focus();
  }

  async changed() {
    forgetPermissions();
    forgetNames();
    await this.load().catch((error) => { if (error.kind !== 'aborted') notify(explain(error)); });
  }

  async settings() {
    const { policy, signal } = this;
    const words = t.policy.settings;
    const place = h('div', { 'aria-live': 'polite' }, h('p', { class: 'quiet' }, words.same));
    const fields = policyFields(policy);
    fields.addEventListener('input', () => {
      const form = fields.closest('form');
      const next = { name: form.elements.name.value, priority: form.elements.priority.value, enabled: form.elements.enabled.value === 'true' };
      const [a, b] = [settingsText(policy), settingsText(next)];
      fill(place, a === b ? h('p', { class: 'quiet' }, words.same) : diffView(words.difference, a, b));
    });
    const outcome = await formDialog({
      title: words.title, verb: words.verb, signal, body: [advice('UpdatePolicy', { signal }), fields, place, reasonField({ required: true })],
      submit: (data) => {
        const body = policyOf(data);
        const reason = reasonOf(data);
        return makeChange({
          change: () => call('PATCH', policyPath(policy.id), { body, reason, ifMatch: etagOf(policy), signal }),
          done: () => ({ title: words.done(body.name), lines: [] }),
          readAgain: () => get(policyPath(policy.id), { signal }),
          isDone: ({ data: now }) => settingsText(now) === settingsText(body),
          resource: { type: 'policy', id: policy.id },
        });
      },
    });
    if (outcome)
      await this.changed();
  }

  async remove() {
    const { policy, signal } = this;
    const words = t.policy.deletion;
    const outcome = await formDialog({
      title: words.title(policy.name), verb: words.verb, danger: true, large: true, signal,
      body: [h('p', null, words.text), advice('DeletePolicy', { signal }),
        diffView(t.policy.rules, this.stored.map((r) => r.policy_text).join('\n\n'), ''), reasonField({ required: true })],
      submit: (data) => {
        const reason = reasonOf(data);
        return makeChange({
          change: () => call('DELETE', policyPath(policy.id), { reason, ifMatch: etagOf(policy), signal }),
          done: () => ({ title: words.done(policy.name), lines: [] }),
          resource: { type: 'policy', id: policy.id },
        });
      },
    });
    if (outcome?.state === 'done') {
      forgetPermissions();
      go('/policies');
    } else if (outcome?.state === 'conflict') {
      await this.changed();
    }
  }
}

/** @param {HTMLElement} root @param {{path: string[], query: URLSearchParams}} params @param {AbortSignal} signal */
export async function show(root, { path: [id], query }, signal) {
  await new PolicyPage(root, id, query.get('rule'), signal).load();
}
