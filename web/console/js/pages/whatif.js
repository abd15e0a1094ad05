// SPDX-License-Identifier: MIT
// "What if": a request, composed or taken from an entry of the log, is put to the policies as they are stored and as they are edited here.

import { call, get, newUuid } from '../api.js';
import { allDrafts, dropDraft, dropDrafts, edits, keepDraft } from '../drafts.js';
import { fill, focusOn, h, unseen } from '../dom.js';
import { href } from '../route.js';
import { t } from '../texts.js';
import { badge } from '../parts/badge.js';
import { diffView } from '../parts/diff.js';
import { ruleEditor } from '../parts/editor.js';
import { field } from '../parts/field.js';
import { pageHead } from '../parts/head.js';
import { announce, noteBody } from '../parts/notice.js';
import { empty, explain, loading, problem } from '../parts/state.js';
import { wordsOf } from './keys.js';
import { effectBadge, noticeQuote, readRules } from './policy.js';
import { OPERATIONS, questionOfEntry } from '../question.js';

export const title = t.whatIf.title;

/** A tenant may have 4,096 rules: beyond this only those that decided are shown. */
const SHOWN = 200;

const w = t.whatIf;

function jsonOf(control, what) {
  const text = control.value.trim();
  if (text === '')
    return undefined;
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value;
  } catch {
    // Told below.
  }
  control.setAttribute('aria-invalid', 'true');
  control.focus();
  throw { title: w.badJson(what), lines: [] };
}

/** Members with something in them. */
const given = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== '' && value !== undefined && value !== null));
const pretty = (value) => (value === undefined || Object.keys(value).length === 0 ? '' : JSON.stringify(value, null, 2));

class Question {
  constructor(ask, signal) {
    const f = w.fields;
    this.signal = signal;
    this.action = field({ label: f.action, name: 'action', tag: 'select', options: OPERATIONS.map((o) => [o, o]), value: 'UpdateGrant' });
    this.who = field({ label: f.who, name: 'who', tag: 'select', options: Object.entries(f.whos), onchange: () => this.follow() });
    this.roles = field({ label: f.roles, hint: t.keys.create.rolesHint, name: 'roles', autocapitalize: 'none' });
    this.name = field({ label: f.name, name: 'name', maxlength: 200 });
    this.key = field({ label: f.key, name: 'id', maxlength: 36 });
    this.grantId = field({ label: f.grantId, hint: f.grantIdHint, name: 'grant_id', maxlength: 36 });
    this.grant = field({ label: f.grant, hint: f.grantHint, name: 'grant', tag: 'textarea', rows: 5, class: 'mono' });
    this.switch = field({ label: f.switch, name: 'audit_enabled', tag: 'select', options: [['', t.common.none], ['true', t.common.on], ['false', t.common.off]] });
    this.reason = field({ label: t.reason.label, name: 'reason', maxlength: 512 });
    this.address = field({ label: f.address, name: 'source_ip', maxlength: 45 });
    this.now = field({ label: f.now, hint: f.nowHint, name: 'now', maxlength: 40 });
    this.more = field({ label: f.more, hint: f.moreHint, name: 'more', tag: 'textarea', rows: 3, class: 'mono' });
    this.described = h('div', { class: 'fields' }, this.roles, this.name, this.key);
    this.fault = h('div', { class: 'fault', role: 'alert' });
    this.element = h('form', { class: 'card stack', novalidate: true, 'aria-label': w.question, onsubmit: (event) => { event.preventDefault(); ask(); } },
      h('h2', null, w.question),
      h('div', { class: 'fields' }, this.action, this.who), this.described,
      h('div', { class: 'fields' }, h('div', { class: 'stack' }, this.grantId,
        h('div', { class: 'actions' }, h('button', { type: 'button', onclick: () => this.takeGrant() }, f.take))), this.grant),
      h('div', { class: 'fields' }, this.switch, this.reason, this.address, this.now), this.more, this.fault,
      h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary' }, w.ask)));
    this.follow();
  }

  follow() {
    this.described.hidden = this.who.control.value === 'me';
  }

  tell(what) {
    fill(this.fault, what && h('div', { class: 'note note-refused' }, h('div', { class: 'note-body' }, noteBody(what))));
  }

  /** The grant as it is, to be changed at will. */
  async takeGrant() {
    try {
      const { data } = await get(`/grants/${encodeURIComponent(this.grantId.control.value.trim())}`, { signal: this.signal });
      this.grant.control.value = pretty(data);
      this.tell(null);
      announce(w.taken);
    } catch (error) {
      if (error.kind !== 'aborted')
        this.tell(explain(error));
    }
  }

  /** Fill the form in. @param {Object} q as EvaluatePolicies takes it */
  put(q) {
    const { audit_enabled, reason, source_ip, now, ...more } = q.context ?? {};
    this.action.control.value = q.action;
    this.who.control.value = q.principal ? 'described' : 'me';
    this.roles.control.value = (q.principal?.roles ?? []).join(' ');
    this.name.control.value = q.principal?.name ?? '';
    this.key.control.value = q.principal?.id ?? '';
    this.grantId.control.value = q.grant?.id ?? '';
    this.grant.control.value = pretty(q.grant);
    this.switch.control.value = audit_enabled === undefined ? '' : String(audit_enabled);
    this.reason.control.value = reason ?? '';
    this.address.control.value = source_ip ?? '';
    this.now.control.value = now ?? '';
    this.more.control.value = pretty(more);
    this.follow();
  }

  /** As EvaluatePolicies takes it. @throws {{title, lines}} */
  get() {
    for (const control of this.element.querySelectorAll('[aria-invalid]'))
      control.removeAttribute('aria-invalid');
    const text = (f) => f.control.value.trim();
    const context = given({ ...jsonOf(this.more.control, w.fields.more), audit_enabled: text(this.switch) === '' ? undefined : text(this.switch) === 'true',
      reason: text(this.reason), source_ip: text(this.address), now: text(this.now) });
    const principal = text(this.who) === 'me' ? undefined : { ...given({ id: text(this.key), name: text(this.name) }), roles: wordsOf(text(this.roles)) };
    return given({ action: text(this.action), principal, grant: jsonOf(this.grant.control, w.fields.grant), context });
  }
}

const decided = (answer) => (answer.decision === 'allow' ? badge('good', w.allow) : badge('bad', answer.forbidden ? w.forbidden : w.deny));

/** One decision, in words. */
function decisionView(label, answer) {
  return h('section', { class: 'card stack decision', 'aria-label': label },
    h('div', { class: 'card-head' }, h('h2', null, label), decided(answer)),
    answer.reason && h('p', null, t.errors.reason[answer.reason] ?? answer.reason),
    answer.notices.length > 0 && h('ul', { class: 'quotes' }, answer.notices.map((notice) => h('li', null, notice))),
    h('p', { class: 'quiet' }, answer.rules.length > 0 ? w.byRules(answer.rules.length) : w.byNone),
    answer.errors.length > 0 && h('ul', { class: 'stack' }, answer.errors.map((e) => h('li', null, badge('warn', w.failed), ' ', e.message))));
}

class WhatIf {
  constructor(root, signal) {
    this.signal = signal;
    this.question = new Question(() => this.ask(), signal);
    this.answers = h('div', { class: 'answers', role: 'status' });
    this.drafts = h('section', { class: 'stack', 'aria-label': w.drafts });
    this.rules = h('div', null, loading(3));
    root.append(pageHead(title, { lead: w.lead, back: { href: href('/policies'), text: t.nav.policies } }), this.question.element, this.answers,
      this.drafts, h('section', { class: 'stack', 'aria-label': w.rules }, h('h2', null, w.rules), h('p', { class: 'quiet' }, w.rulesText), this.rules));
    this.drawDrafts();
  }

  /** All policies and their rules; those in force are what is asked. */
  async load() {
    this.policies = [];
    for (let cursor = null; ;) {
      const { data } = await get('/policies', { query: { limit: 250, cursor }, signal: this.signal });
      this.policies.push(...data.data);
      if (!data.has_more)
        break;
      cursor = data.next_cursor;
    }
    this.policies.sort((a, b) => b.priority - a.priority);
    await Promise.all(this.policies.map(async (policy) => { policy.rules = await readRules(policy.id, this.signal); }));
    this.drawRules();
  }

  /** What is edited, each with its difference; and one editor for each that is tried. */
  drawDrafts() {
    const list = allDrafts();
    this.editors = new Map();
    fill(this.drafts, list.length > 0 && [
      h('div', { class: 'card-head' }, h('h2', null, w.draftsHead(list.length)),
        h('button', { type: 'button', onclick: () => { dropDrafts(); this.drawDrafts(); } }, w.dropAll)),
      list.map((draft) => this.draftView(draft))]);
  }

  draftView(draft) {
    const place = h('div');
    const draw = () => fill(place, diffView(w.difference, draft.was ?? '', draft.policy_text ?? ''));
    const editor = draft.policy_text !== null && ruleEditor({ label: t.rule.text, name: 'policy_text', value: draft.policy_text, rows: 5, onchange: (text) => {
      draft.policy_text = text;
      keepDraft(draft);
      draw();
    } });
    if (editor)
      this.editors.set(draft.rule_id, editor);
    draw();
    return h('div', { class: 'card stack draft' },
      h('div', { class: 'card-head' }, h('h3', null, draft.policy_text === null ? w.without(draft.label) : w.editing(draft.label)),
        h('div', { class: 'actions' },
          draft.policy_text !== null && h('a', { class: 'button', href: href(`/policies/${draft.policy_id}`, { rule: draft.rule_id }) }, w.toStore),
          h('button', { type: 'button', onclick: () => { dropDraft(draft.rule_id); this.drawDrafts(); focusOn(this.question.element.querySelector('h2')); } }, w.drop))),
      editor, place);
  }

  ruleView(policy, rule) {
    const draft = (policy_text) => () => {
      keepDraft({ rule_id: rule.id, policy_id: policy.id, priority: policy.priority, policy_text, was: rule.policy_text, label: policy.name });
      this.drawDrafts();
      focusOn(this.editors.get(rule.id)?.control ?? this.drafts.querySelector('button'));
    };
    return h('li', { class: 'rule', 'data-rule': rule.id },
      h('div', { class: 'card-head' }, h('div', { class: 'words' }, effectBadge(rule.effect), h('span', { class: 'rule-state' })),
        h('div', { class: 'actions' }, h('button', { type: 'button', class: 'link', onclick: draft(rule.policy_text) }, w.edit, ' ', unseen(t.rule.name(rule.ordinal))),
          h('button', { type: 'button', class: 'link', onclick: draft(null) }, w.leaveOut, ' ', unseen(t.rule.name(rule.ordinal))))),
      h('pre', { class: 'rule-text' }, rule.policy_text), noticeQuote(rule.notice));
  }

  policyView(policy, room) {
    const shown = policy.rules.slice(0, room);
    return h('div', { class: 'card stack' },
      h('div', { class: 'card-head' }, h('h3', null, h('a', { href: href(`/policies/${policy.id}`) }, policy.name)),
        h('span', { class: 'quiet small' }, policy.enabled ? t.policy.priority(policy.priority) : t.policies.notInForce)),
      shown.length > 0 && h('ol', { class: 'stack' }, shown.map((rule) => this.ruleView(policy, rule))),
      shown.length < policy.rules.length && h('p', { class: 'quiet' }, w.more(policy.rules.length - shown.length)),
      h('div', { class: 'actions' }, h('button', { type: 'button', onclick: () => {
        const id = newUuid();
        keepDraft({ rule_id: id, policy_id: policy.id, priority: policy.priority, policy_text: w.example, was: null, label: policy.name });
        this.drawDrafts();
        this.editors.get(id).control.focus();
      } }, w.add, ' ', unseen(policy.name))));
  }

  drawRules() {
    let room = SHOWN;
    fill(this.rules, this.policies.length === 0 ? empty(t.policies.none.title, t.policies.none.text) :
      h('div', { class: 'stack' }, this.policies.map((policy) => {
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

/** @param {HTMLElement} root @param {{query: URLSearchParams}} params @param {AbortSignal} signal */
export async function show(root, { query }, signal) {
  const page = new WhatIf(root, signal);
  const rules = page.load().catch((error) => { if (error.kind !== 'aborted') fill(page.rules, problem(error)); });
  if (query.get('entry')) {
    const { data } = await get(`/audit-log/${encodeURIComponent(query.get('entry'))}`, { signal });
    page.question.put(await questionOfEntry(data, signal));
    await page.ask();
  } else if (query.get('grant')) {
    page.question.grantId.control.value = query.get('grant');
    await page.question.takeGrant();
  }
  await rules;
}
