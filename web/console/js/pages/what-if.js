// SPDX-License-Identifier: MIT
// "What if": a request is put to the policies as they are stored and as they are edited here.

import { get, getAll, given, OPERATIONS } from '../api.js';
import { button, fill, h } from '../dom.js';
import { t } from '../texts.js';
import { evaluate } from '../parts/change.js';
import { field, form, objectOf, wordsOf } from '../parts/field.js';
import { tryTo } from '../parts/notice.js';
import { drafts, edits, readRules, rulesView } from '../parts/rules.js';
import { badge, card, empty, loading, pageHead, pretty } from '../parts/view.js';

const w = t.whatIf;
const f = w.fields;

/* ---- the request ---- */

function questionForm(ask) {
  const json = { class: 'mono', rows: 4 };
  return form({ class: 'card stack', 'aria-label': w.question, verb: w.ask }, ask, h('h2', w.question),
    h('.fields', field('action', f.action, { options: OPERATIONS }),
      field('roles', f.roles, { hint: f.rolesHint, autocapitalize: 'none' }), field('name', f.name), field('id', f.key)),
    field('grant', f.grant, { hint: f.grantHint, ...json }),
    h('.fields', field('audit_enabled', f.switch, { options: [['', t.common.none], [true, t.common.on], [false, t.common.off]] }),
      field('reason', t.reason.label), field('source_ip', f.address), field('now', f.now, { hint: f.nowHint })),
    field('more', f.more, { hint: f.moreHint, ...json }));
}

/** What EvaluatePolicies takes. @throws for form() */
function questionOf(data) {
  const { action, roles = '', name, id, audit_enabled, reason, source_ip, now } =
    given(Object.fromEntries([...data].map(([member, text]) => [member, text.trim()])));
  const json = (member) => objectOf(data.get(member), f[member], member);
  return given({ action, principal: (roles || name || id) && { ...given({ id, name }), roles: wordsOf(roles) }, grant: json('grant'),
    context: given({ ...json('more'), audit_enabled: audit_enabled && audit_enabled === 'true', reason, source_ip, now }) });
}

/** What the context may tell of what is there or to be made, and of what that is to become: docs/policies.md. */
const TARGET = 'key name roles expires_at request_id grantee_id resource_type resource_id action metadata policy \
priority enabled effect policy_text'.split(' ');
const ASKED = 'expires_at name priority enabled effect policy_text'.split(' ');

const told = (prefix, names, object) => given(Object.fromEntries(names.map((name) => [prefix + name, object[name]])));

function contextOf({ action, resource_type, resource_id, metadata: { before, after } }) {
  const { resource = {}, ...asked } = after ?? {};
  if (action === 'UpdateGrant')
    return { audit_enabled: asked.audit_enabled };
  if (action.startsWith('Create'))
    return told('target_', TARGET, { ...asked, resource_type: resource.type, resource_id: resource.id });
  // A key, or a policy: others are no members.
  return { ...told('target_', TARGET, { ...before, [resource_type.replace('api_', '')]: resource_id }), ...told('asked_', ASKED, asked) };
}

/** The fields for the request that an entry of the log tells of; its key as it is now, if that may be read. */
async function fieldsOf(entry, signal) {
  const { action, actor_type, actor_id, resource_type, resource_id, metadata: { before, source_ip, user_agent, request_id } } = entry;
  const keys = actor_type === 'api_key' ? await getAll('/api-keys', { pages: 8, signal }).catch(() => []) : [];
  const { name, roles = [] } = keys.find((key) => key.id === actor_id) ?? {};
  const { audit_enabled, ...more } = contextOf(entry);
  // The grant as it was before the change, as far as the entry tells.
  const grant = resource_type === 'grant' && action !== 'CreateGrant' &&
    await get(`/grants/${resource_id}`, { signal }).then(({ data }) => data, () => ({ id: resource_id }));
  return { action, name, roles: roles.join(' '), id: actor_type === 'api_key' ? actor_id : '', grant: pretty({ ...grant, ...(grant && before) }),
    audit_enabled, reason: entry.reasoning, source_ip, now: entry.created_at, more: pretty(given({ ...more, user_agent, request_id })) };
}

/* ---- the answers ---- */

const decisionView = (label, { decision, forbidden, reason, notices, rules, errors }) => card(
  [label, decision === 'allow' ? badge('good', w.allow) : badge('bad', forbidden ? w.forbidden : w.deny)],
  reason && h('p', t.errors.reason[reason] ?? reason),
  notices.length > 0 && h('ul.quotes', notices.map((notice) => h('li', notice))),
  h('p.quiet', rules.length > 0 ? w.byRules(rules.length) : w.byNone),
  errors.length > 0 && h('ul.stack', errors.map((error) => h('li', badge('warn', t.rule.failed), ' ', error.message))));

const policyView = ({ id, name, enabled, priority }, list) => h('.stack',
  h('.card-head', h('h3', h('a', { href: `#/policies/${id}` }, name)),
    h('span.quiet.small', enabled ? `${t.policies.fields.priority} ${priority}` : t.policies.notInForce)),
  list, h('.actions', list.add));

const ID = /^[\da-f-]{36}$/i;
const NONE = { rules: [], errors: [] };

export async function show(root, { query }, signal) {
  const question = questionForm(ask);
  const answers = h('.answers', { role: 'status' });
  const summary = h('.card-head');
  const place = h('.stack', loading(3));
  const page = { signal, isTrial: true, views: new Map(), load, ondraft: forget, tryIt };
  let answer = NONE;

  function set(values) {
    for (const [name, value] of Object.entries(values))
      question.elements[name].value = value ?? '';
  }

  /** All policies and their rules; those in force are what is asked. */
  function load() {
    return tryTo(place, async () => {
      const policies = (await getAll('/policies', { signal })).sort((a, b) => b.priority - a.priority);
      const rules = await Promise.all(policies.map(({ id }) => readRules(id, signal)));
      page.views.clear();
      const drawn = policies.map((policy, i) => policyView(policy, rulesView(page, { ...policy, rules: rules[i] })));
      count();
      light();
      return drawn.length > 0 ? drawn : empty(...t.policies.none);
    });
  }

  function count() {
    fill(summary, drafts.size > 0 && [h('h2', w.drafts(drafts.size)), button(w.dropAll, dropAll)]);
  }

  /** What was answered was about other rules. */
  function forget() {
    count();
    fill(answers);
    answer = { ...NONE };
    light();
  }

  function dropAll() {
    for (const id of drafts.keys())
      page.views.get(id)?.drop();
    // Of rules that are gone, too.
    drafts.clear();
    forget();
    question.elements.action.focus();
  }

  function light() {
    const has = (list, id) => list.some((rule) => rule.rule_id === id);
    page.views.forEach((view, id) => view.light(has(answer.rules, id), has(answer.errors, id)));
  }

  /** @throws for form() what no rule's editor shows */
  async function ask(data) {
    const id = data.get('grant').trim();
    if (ID.test(id)) {
      data.set('grant', pretty((await get(`/grants/${id}`, { signal })).data));
      set({ grant: data.get('grant') });
    }
    const stored = questionOf(data);
    const changes = edits();
    const was = answer;
    const questions = changes.length > 0 ? [stored, { ...stored, edits: changes }] : [stored];
    try {
      const decisions = await Promise.all(questions.map((body) => evaluate(body, signal)));
      if (answer !== was)
        return;
      fill(answers, decisions.map((decision, i) => decisionView([w.stored, w.edited][i], decision)));
      answer = decisions.at(-1);
      light();
    } catch (error) {
      const [, index] = /^edits\[(\d+)\]\.policy_text$/.exec(error.details?.member) ?? [];
      const view = error.code === 'invalid_policy' && page.views.get(changes[index]?.rule_id);
      if (!view)
        throw error;
      view.showFault(error.details);
    }
  }

  function tryIt() {
    question.requestSubmit();
    answers.scrollIntoView({ block: 'nearest' });
  }

  root.append(pageHead(w.title, { lead: w.lead, back: 'policies' }), question, answers, summary, h('h2', w.rules), place);
  load();
  if (query.get('entry')) {
    const { data } = await get(`/audit-log/${encodeURIComponent(query.get('entry'))}`, { signal });
    set(await fieldsOf(data, signal));
    question.requestSubmit();
  }
}
