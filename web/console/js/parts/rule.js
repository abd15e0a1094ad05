// SPDX-License-Identifier: MIT
// A rule as pages show it.

import { button, h, unseen } from '../dom.js';
import { t } from '../texts.js';
import { badge } from './view.js';

export const effectBadge = (effect) => (effect === 'forbid' ? badge('bad', t.rule.forbid) : badge('good', t.rule.permit));

export const ruleText = ({ policy_text, notice }) => [h('pre', { class: 'rule-text' }, policy_text),
  notice && h('blockquote', { class: 'rule-notice' }, unseen(`${t.rule.notice}: `), notice)];

/** A button of many alike says which rule it is for. */
export const ruleButton = (text, rule, onclick, attributes) => button([text, ' ', unseen(t.rule.name(rule.ordinal))], onclick, attributes);
