// SPDX-License-Identifier: MIT
// One policy: its rules read, edited, added and deleted. A change is shown as a difference before it is made.

import { call, forgetPermissions, get, getAll, newUuid } from '../api.js';
import { draftOf, dropDraft, keepDraft } from '../drafts.js';
import { button, div, fill, h, para, span } from '../dom.js';
import { go, href } from '../route.js';
import { more, t } from '../texts.js';
import { when } from '../time.js';
import { changeDialog } from '../parts/change.js';
import { field, submitButton } from '../parts/field.js';
import { offer } from '../parts/may.js';
import { forgetNames } from '../parts/names.js';
import { notify } from '../parts/notice.js';
import { diffView, effectBadge, ruleButton, ruleEditor, ruleText } from '../parts/rule.js';
import { empty, explain, loading } from '../parts/state.js';
import { enabledBadge, policyFields, policyOf } from './policies.js';
import { badge, pageHead } from '../parts/view.js';

export const title = t.policy.title;

const NEW_RULE = 'forbid (principal, action == Action::"UpdateGrant", resource)\nwhen { context has audit_enabled && !context.audit_enabled };';

const rulesPath = (policyId) => `/policies/${policyId}/rules`;
const rulePath = (rule) => `${rulesPath(rule.policy_id)}/${rule.id}`;
const etagOf = (thing) => `"${thing.version}"`;
const yesNo = (value) => (value ? t.common.yes : t.common.no);

/** What a rule says besides its text, as lines to compare. */
const besides = (rule) => rule && [`${t.rule.notice}: ${rule.notice ?? t.common.none}`, `${t.rule.ordinal}: ${rule.ordinal ?? t.rule.last}`,
  `${t.rule.auditSession}: ${yesNo(rule.audit_session)}`].join('\n');

/** Two states of a rule; null: it is not there. */
function ruleDiff(before, after) {
  const [a, b] = [besides(before), besides(after)];
  return [diffView(t.rule.text, before?.policy_text ?? '', after?.policy_text ?? ''), a !== b && diffView(t.rule.besides, a ?? '', b ?? '')];
}

const placedFault = (error) => error.code === 'invalid_policy' && error.details.line ? error.details : null;

/** What is wrong with a text, before anybody is asked to store it; null: nothing, or it could not be found out. */
async function faultOf({ id, policy_id, policy_text }, signal) {
  try {
    await call('POST', '/policies/evaluate', { harmless: true, signal, body: { action: 'ListPolicies', edits: [{ rule_id: id, policy_id, policy_text }] } });
    return null;
  } catch (error) {
    return placedFault(error);
  }
}

/** Ask for the reason under the difference, and store; the outcome's `fault` is for the editor. */
const changeRule = (page, before, after, spec) => changeDialog({ ...spec, body: ruleDiff(before, after), large: true, signal: page.signal,
  resource: { type: 'policy', id: page.id }, fault: placedFault,
  lines: ({ data }) => (data?.warning ? [t.rule.warned(data.warning.message)] : []) });

const bodyOf = ({ policy_text, notice, ordinal, audit_session }) => ({ policy_text, notice, ordinal, audit_session });

/** A rule of the page, read or edited; without a version it is not stored yet. */
class RuleView {
  constructor(page, rule) {
    Object.assign(this, { page, rule, element: h('li.card.rule', { id: `rule-${rule.id}` }) });
    if (draftOf(rule.id) || this.isNew)
      this.edit();
    else
      this.read();
  }

  get isNew() {
    return this.rule.version === undefined;
  }

  read() {
    const { rule } = this;
    fill(this.element,
      div('card-head',
        div('words', effectBadge(rule.effect), ' ', span('quiet small', t.rule.name(rule.ordinal)),
          !rule.audit_session && [' ', badge('off', t.rule.unaudited)]),
        div('actions', ruleButton(t.rule.edit, rule, () => { this.edit(); this.editor.control.focus(); }),
          ruleButton(t.rule.remove, rule, () => this.remove(), { class: 'danger' }))),
      ruleText(rule));
  }

  /** The rule as the form has it. */
  wanted() {
    const ordinal = this.ordinal.control.value.trim();
    return { ...this.rule, policy_text: this.editor.control.value, notice: this.notice.control.value.trim() || null,
      ordinal: ordinal === '' ? undefined : Number(ordinal), audit_session: this.audit.control.value === 'true' };
  }

  keep() {
    const { id, policy_id, policy_text: was = null } = this.rule;
    const { policy_text, notice } = this.wanted();
    const { priority, name: label } = this.page.policy;
    keepDraft({ rule_id: id, policy_id, policy_text, notice, priority, was, label });
  }

  edit() {
    const { rule } = this;
    const r = t.rule;
    const draft = draftOf(rule.id);
    const keep = () => this.keep();
    this.editor = ruleEditor({ label: r.text, name: 'policy_text', value: draft?.policy_text ?? rule.policy_text ?? NEW_RULE, onchange: keep });
    this.notice = field({ label: r.notice, hint: r.noticeHint, name: 'notice', value: (draft ?? rule).notice ?? '', maxlength: 1024, oninput: keep });
    this.ordinal = field({ label: r.ordinal, hint: r.ordinalHint, name: 'ordinal', type: 'number', step: 1, value: String(rule.ordinal ?? '') });
    this.audit = field({ label: r.auditSession, hint: r.auditSessionHint, name: 'audit_session', tag: 'select',
      options: [true, false].map((value) => [String(value), yesNo(value)]), value: String(rule.audit_session ?? true) });
    this.anyway = h('input', { type: 'checkbox' });
    this.anywayLine = h('label.check', { hidden: true }, this.anyway, ' ', r.anyway);
    fill(this.element, h('form.stack', { novalidate: true, onsubmit: (event) => { event.preventDefault(); this.review(); } },
      div('card-head', h('h2', this.isNew ? r.isNew : r.editing(rule.ordinal)), draft && badge('warn', r.draft)),
      this.editor, this.anywayLine, div('fields', this.notice, this.ordinal, this.audit),
      div('actions', submitButton(r.review),
        button(r.tryIt, () => { this.keep(); go('/what-if'); }), button(t.dialog.cancel, () => this.cancel()))));
  }

  cancel() {
    dropDraft(this.rule.id);
    if (this.isNew) {
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
    const wanted = this.wanted();
    if (wanted.ordinal !== undefined && !Number.isInteger(wanted.ordinal)) {
      this.ordinal.control.focus();
      return;
    }
    this.editor.clearFault();
    const fault = this.anyway.checked ? null : await faultOf(wanted, this.page.signal);
    const outcome = fault ? { state: 'fault', fault } : await this.store(wanted);
    if (outcome?.state === 'fault') {
      this.fault(outcome.fault);
    } else if (outcome?.state === 'done') {
      dropDraft(this.rule.id);
      await this.page.changed();
    } else if (outcome?.state === 'conflict' && outcome.now) {
      // What another made of it is what the next difference is to, and what was typed stays.
      this.keep();
      this.rule = outcome.now.data;
      this.edit();
      this.editor.control.focus();
    }
  }

  store(wanted) {
    const { rule, page } = this;
    const body = bodyOf(wanted);
    const options = { body, query: { allow_unknown: this.anyway.checked || undefined }, signal: page.signal };
    if (this.isNew)
      return changeRule(page, null, wanted, { words: t.rule.create, operation: 'CreatePolicyRule',
        change: (reason) => call('POST', rulesPath(page.id), { ...options, reason }) });
    return changeRule(page, rule, wanted, { words: t.rule.update, operation: 'UpdatePolicyRule',
      change: (reason) => call('PATCH', rulePath(rule), { ...options, reason, ifMatch: etagOf(rule) }),
      readAgain: () => get(rulePath(rule)), isDone: ({ data }) => JSON.stringify(bodyOf(data)) === JSON.stringify(body) });
  }

  async remove() {
    const { rule, page } = this;
    const outcome = await changeRule(page, rule, null, { words: t.rule.deletion, operation: 'DeletePolicyRule', danger: true,
      change: (reason) => call('DELETE', rulePath(rule), { reason, ifMatch: etagOf(rule), signal: page.signal }) });
    if (outcome?.state === 'done' || outcome?.state === 'conflict')
      await page.changed();
  }
}

const settingsText = (policy) => [`${t.policies.fields.name}: ${policy.name}`, `${t.policies.fields.priority}: ${policy.priority}`,
  `${t.policies.fields.enabled}: ${policy.enabled ? t.policies.inForce : t.policies.notInForce}`].join('\n');

class PolicyPage {
  constructor(root, id, lit, signal) {
    Object.assign(this, { id, lit, signal, path: `/policies/${id}`, rules: h('ol.stack.rules-list', { 'aria-label': t.policy.rules }) });
    this.head = pageHead(title, { back: { href: href('/policies'), text: t.nav.policies } });
    this.facts = div('words', loading(1));
    root.append(this.head, this.facts, this.rules);
  }

  async load() {
    const [policy, rules] = await Promise.all([get(this.path, { signal: this.signal }), getAll(rulesPath(this.id), { signal: this.signal })]);
    this.policy = policy.data;
    this.draw(rules);
  }

  draw(rules) {
    const { policy, signal } = this;
    const p = t.policy;
    this.head.querySelector('h1').textContent = policy.name;
    document.title = `${policy.name} · ${t.product}`;
    this.add = offer('CreatePolicyRule', p.add, { class: 'primary', onclick: () => this.addRule() }, { signal });
    fill(this.facts, enabledBadge(policy), span('quiet', p.facts(policy.priority, policy.version), ' ', when(policy.updated_at, 'short')),
      div('actions push', offer('UpdatePolicy', p.settings.open, { onclick: () => this.settings() }, { signal }),
        offer('DeletePolicy', more(p.deletion.verb), { class: 'danger', onclick: () => this.remove() }, { signal }),
        h('a.button', { href: href('/what-if') }, more(t.whatIf.title)), this.add));
    this.stored = rules;
    fill(this.rules, rules.length > 0 ? rules.map((rule) => new RuleView(this, rule).element) : h('li', empty(p.none.title, p.none.text)));
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
    const { policy, signal, path } = this;
    const words = t.policy.settings;
    const same = () => para('quiet', words.same);
    const place = h('div', { 'aria-live': 'polite' }, same());
    const fields = policyFields(policy);
    fields.addEventListener('input', () => {
      const { name, priority, enabled } = fields.closest('form').elements;
      const [a, b] = [settingsText(policy), settingsText({ name: name.value, priority: priority.value, enabled: enabled.value === 'true' })];
      fill(place, a === b ? same() : diffView(words.difference, a, b));
    });
    const outcome = await changeDialog({ words, name: (body) => body.name, operation: 'UpdatePolicy', body: [fields, place], take: policyOf, signal,
      change: (reason, body) => call('PATCH', path, { body, reason, ifMatch: etagOf(policy), signal }),
      readAgain: () => get(path, { signal }), isDone: ({ data }, body) => settingsText(data) === settingsText(body),
      resource: { type: 'policy', id: policy.id } });
    if (outcome)
      await this.changed();
  }

  async remove() {
    const { policy, signal, path } = this;
    const outcome = await changeDialog({ words: t.policy.deletion, name: policy.name, operation: 'DeletePolicy', danger: true, large: true, signal,
      body: diffView(t.policy.rules, this.stored.map((r) => r.policy_text).join('\n\n'), ''),
      change: (reason) => call('DELETE', path, { reason, ifMatch: etagOf(policy), signal }), resource: { type: 'policy', id: policy.id } });
    if (outcome?.state === 'done') {
      forgetPermissions();
      go('/policies');
    } else if (outcome?.state === 'conflict') {
      await this.changed();
    }
  }
}

export const show = (root, { path: [id], query }, signal) => new PolicyPage(root, id, query.get('rule'), signal).load();
