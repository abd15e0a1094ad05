// SPDX-License-Identifier: MIT
// "What if": a request, composed or taken from an entry of the log, is put to the policies as they are stored and as they are edited here.

import { call, get, getAll, given, newUuid } from '../api.js';
import { allDrafts, dropDraft, dropDrafts, edits, keepDraft } from '../drafts.js';
import { button, div, fill, focusOn, h, para, span, unseen } from '../dom.js';
import { OPERATIONS, questionOfEntry } from '../question.js';
import { href } from '../route.js';
import { t } from '../texts.js';
import { field, markWrong, submitButton, unmark, wordsOf } from '../parts/field.js';
import { announce } from '../parts/notice.js';
import { diffView, effectBadge, ruleButton, ruleEditor, ruleText } from '../parts/rule.js';
import { empty, explain, loading, noteBox, problem } from '../parts/state.js';
import { badge, pageHead } from '../parts/view.js';

export const title = t.whatIf.title;

/** A tenant may have 4,096 rules: beyond this only those that decided are shown. */
const SHOWN = 200;

const w = t.whatIf;

const pretty = (value) => (value === undefined || Object.keys(value).length === 0 ? '' : JSON.stringify(value, null, 2));

class Question {
  constructor(ask, signal) {
    const f = w.fields;
    const json = { tag: 'textarea', class: 'mono' };
    this.signal = signal;
    this.fields = {};
    const make = (name, label, spec) => (this.fields[name] = field({ name, label, ...spec }));
    const action = make('action', f.action, { tag: 'select', options: OPERATIONS.map((o) => [o, o]), value: 'UpdateGrant' });
    const who = make('who', f.who, { tag: 'select', options: Object.entries(f.whos), onchange: () => this.follow() });
    this.described = div('fields', make('roles', f.roles, { hint: t.keys.create.rolesHint, autocapitalize: 'none' }),
      make('name', f.name, { maxlength: 200 }), make('id', f.key, { maxlength: 36 }));
    this.fault = h('div.fault', { role: 'alert' });
    this.element = h('form.card.stack', { novalidate: true, 'aria-label': w.question, onsubmit: (event) => { event.preventDefault(); ask(); } },
      h('h2', w.question), div('fields', action, who), this.described,
      div('fields', div('stack', make('grant_id', f.grantId, { hint: f.grantIdHint, maxlength: 36 }),
        div('actions', button(f.take, () => this.takeGrant()))), make('grant', f.grant, { hint: f.grantHint, rows: 5, ...json })),
      div('fields',
        make('audit_enabled', f.switch, { tag: 'select', options: [['', t.common.none], ['true', t.common.on], ['false', t.common.off]] }),
        make('reason', t.reason.label, { maxlength: 512 }), make('source_ip', f.address, { maxlength: 45 }),
        make('now', f.now, { hint: f.nowHint, maxlength: 40 })),
      make('more', f.more, { hint: f.moreHint, rows: 3, ...json }), this.fault,
      div('actions', submitButton(w.ask)));
    this.follow();
  }

  text(name) {
    return this.fields[name].control.value.trim();
  }

  set(values) {
    for (const [name, value] of Object.entries(values))
      this.fields[name].control.value = String(value ?? '');
  }

  follow() {
    this.described.hidden = this.text('who') === 'me';
  }

  tell(what) {
    fill(this.fault, what && noteBox('refused', what));
  }

  /** The grant as it is, to be changed at will. */
  async takeGrant() {
    try {
      const { data } = await get(`/grants/${encodeURIComponent(this.text('grant_id'))}`, { signal: this.signal });
      this.set({ grant: pretty(data) });
      this.tell(null);
      announce(w.taken);
    } catch (error) {
      if (error.kind !== 'aborted')
        this.tell(explain(error));
    }
  }

  /** Fill the form in. @param {Object} question as EvaluatePolicies takes it */
  put({ action, principal, grant, context = {} }) {
    const { audit_enabled, reason, source_ip, now, ...more } = context;
    this.set({ action, who: principal ? 'described' : 'me', roles: principal?.roles.join(' '), name: principal?.name, id: principal?.id,
      grant_id: grant?.id, grant: pretty(grant), audit_enabled, reason, source_ip, now, more: pretty(more) });
    this.follow();
  }

  /** @throws {{title}} what is no JSON */
  json(name, label) {
    const { control } = this.fields[name];
    try {
      const value = this.text(name) === '' ? undefined : JSON.parse(control.value);
      if (value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value)))
        return value;
    } catch {
      // Told below.
    }
    markWrong(control);
    throw { title: w.badJson(label) };
  }

  /** As EvaluatePolicies takes it. */
  get() {
    unmark(this.element);
    const those = (...names) => given(Object.fromEntries(names.map((name) => [name, this.text(name)])));
    const asked = this.text('audit_enabled');
    const context = { ...given(this.json('more', w.fields.more) ?? {}), ...(asked && { audit_enabled: asked === 'true' }),
      ...those('reason', 'source_ip', 'now') };
    const principal = this.text('who') === 'me' ? undefined : { ...those('id', 'name'), roles: wordsOf(this.text('roles')) };
    return given({ action: this.text('action'), principal, grant: this.json('grant', w.fields.grant), context });
  }
}

const decided = (answer) => (answer.decision === 'allow' ? badge('good', w.allow) : badge('bad', answer.forbidden ? w.forbidden : w.deny));

/** One decision, in words. */
function decisionView(label, answer) {
  return h('section.card.stack.decision', { 'aria-label': label },
    div('card-head', h('h2', label), decided(answer)),
    answer.reason && h('p', t.errors.reason[answer.reason] ?? answer.reason),
    answer.notices.length > 0 && h('ul.quotes', answer.notices.map((notice) => h('li', notice))),
    para('quiet', answer.rules.length > 0 ? w.byRules(answer.rules.length) : w.byNone),
    answer.errors.length > 0 && h('ul.stack', answer.errors.map((e) => h('li', badge('warn', w.failed), ' ', e.message))));
}

class WhatIf {
  constructor(root, signal) {
    this.signal = signal;
    this.question = new Question(() => this.ask(), signal);
    this.answers = h('div.answers', { role: 'status' });
    this.drafts = h('section.stack', { 'aria-label': w.drafts });
    this.rules = h('div', loading(3));
    root.append(pageHead(title, { lead: w.lead, back: { href: href('/policies'), text: t.nav.policies } }), this.question.element, this.answers,
      this.drafts, h('section.stack', { 'aria-label': w.rules }, h('h2', w.rules), para('quiet', w.rulesText), this.rules));
    this.drawDrafts();
  }

  /** All policies and their rules; those in force are what is asked. */
  async load() {
    const { signal } = this;
    this.policies = (await getAll('/policies', { signal })).sort((a, b) => b.priority - a.priority);
    await Promise.all(this.policies.map(async (policy) => { policy.rules = await getAll(`/policies/${policy.id}/rules`, { signal }); }));
    this.drawRules();
  }

  /** What is edited, each with its difference; and one editor for each that is tried. */
  drawDrafts() {
    const list = allDrafts();
    this.editors = new Map();
    fill(this.drafts, list.length > 0 && [
      div('card-head', h('h2', w.draftsHead(list.length)),
        button(w.dropAll, () => { dropDrafts(); this.drawDrafts(); })),
      list.map((draft) => this.draftView(draft))]);
  }

  draftView(draft) {
    const place = h('div');
    const isText = draft.policy_text !== null;
    const draw = () => fill(place, diffView(w.difference, draft.was ?? '', draft.policy_text ?? ''));
    const editor = isText && ruleEditor({ label: t.rule.text, name: 'policy_text', value: draft.policy_text, rows: 5, onchange: (policy_text) => {
      keepDraft(Object.assign(draft, { policy_text }));
      draw();
    } });
    if (editor)
      this.editors.set(draft.rule_id, editor);
    draw();
    return div('card stack draft',
      div('card-head', h('h3', isText ? w.editing(draft.label) : w.without(draft.label)),
        div('actions',
          isText && h('a.button', { href: href(`/policies/${draft.policy_id}`, { rule: draft.rule_id }) }, w.toStore),
          button(w.drop, () => { dropDraft(draft.rule_id); this.drawDrafts(); focusOn(this.question.element.querySelector('h2')); }))),
      editor, place);
  }

  /** Look at what a rule would do: with another text, or without (null). */
  tryRule(policy, { id: rule_id, policy_text: was = null }, policy_text) {
    keepDraft({ rule_id, policy_id: policy.id, priority: policy.priority, policy_text, was, label: policy.name });
    this.drawDrafts();
    focusOn(this.editors.get(rule_id)?.control ?? this.drafts.querySelector('button'));
  }

  ruleView(policy, rule) {
    return h('li.rule', { 'data-rule': rule.id },
      div('card-head', div('words', effectBadge(rule.effect), span('rule-state')),
        div('actions', ruleButton(w.edit, rule, () => this.tryRule(policy, rule, rule.policy_text), { class: 'link' }),
          ruleButton(w.leaveOut, rule, () => this.tryRule(policy, rule, null), { class: 'link' }))),
      ruleText(rule));
  }

  policyView(policy, room) {
    const shown = policy.rules.slice(0, room);
    return div('card stack',
      div('card-head', h('h3', h('a', { href: href(`/policies/${policy.id}`) }, policy.name)),
        span('quiet small', policy.enabled ? t.policy.priority(policy.priority) : t.policies.notInForce)),
      shown.length > 0 && h('ol.stack', shown.map((rule) => this.ruleView(policy, rule))),
      shown.length < policy.rules.length && para('quiet', w.more(policy.rules.length - shown.length)),
      div('actions', button([w.add, ' ', unseen(policy.name)], () => this.tryRule(policy, { id: newUuid() }, w.example))));
  }

  drawRules() {
    let room = SHOWN;
    fill(this.rules, this.policies.length === 0 ? empty(t.policies.none.title, t.policies.none.text) :
      div('stack', this.policies.map((policy) => {
        const view = this.policyView(policy, Math.max(0, room));
        room -= policy.rules.length;
        return view;
      })));
    this.light(this.lastAnswer);
  }

  /** Those that decided light up, and those that failed say so. */
  light(answer) {
    this.lastAnswer = answer;
    for (const element of this.rules.querySelectorAll('[data-rule]')) {
      const is = (list) => answer?.[list].some((r) => r.rule_id === element.dataset.rule);
      element.classList.toggle('lit', Boolean(is('rules')));
      fill(element.querySelector('.rule-state'), is('rules') && [' ', badge('info', w.decided)], is('errors') && [' ', badge('warn', w.failed)]);
    }
  }

  evaluate(body) {
    return call('POST', '/policies/evaluate', { body, signal: this.signal, harmless: true }).then(({ data }) => data);
  }

  async ask() {
    this.question.tell(null);
    for (const editor of this.editors.values())
      editor.clearFault();
    try {
      const question = this.question.get();
      const changes = edits();
      const stored = await this.evaluate(question);
      const edited = changes.length > 0 ? await this.evaluate({ ...question, edits: changes }) : null;
      fill(this.answers, decisionView(w.stored, stored), edited && decisionView(w.edited(changes.length), edited));
      announce(edited ? w.heardBoth(stored.decision, edited.decision) : w.heard(stored.decision));
      this.light(edited ?? stored);
    } catch (error) {
      this.refused(error);
    }
  }

  refused(error) {
    if (error.kind === 'aborted')
      return;
    const index = /^edits\[(\d+)\]\.policy_text$/.exec(error.details?.member ?? '')?.[1];
    const editor = index && this.editors.get(edits()[Number(index)]?.rule_id);
    if (error.code === 'invalid_policy' && editor)
      editor.showFault(error.details);
    else
      this.question.tell(error.title ? error : explain(error));
  }
}

export async function show(root, { query }, signal) {
  const page = new WhatIf(root, signal);
  const rules = page.load().catch((error) => { if (error.kind !== 'aborted') fill(page.rules, problem(error)); });
  if (query.get('entry')) {
    const { data } = await get(`/audit-log/${encodeURIComponent(query.get('entry'))}`, { signal });
    page.question.put(await questionOfEntry(data, signal));
    await page.ask();
  } else if (query.get('grant')) {
    page.question.set({ grant_id: query.get('grant') });
    await page.question.takeGrant();
  }
  await rules;
}
