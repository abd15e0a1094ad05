// SPDX-License-Identifier: MIT
// Rules as somebody would have them, kept in memory while he looks at what they would do: nothing of it is stored.

import { onSession } from './session.js';

/** @typedef {{rule_id: string, policy_id: string, priority?: number, policy_text: string|null, notice?: string|null,
 *   was: string|null, label: string}} Draft  policy_text null: without the rule; was null: a new one */

/** @type {Map<string, Draft>} by rule */
const drafts = new Map();
onSession('forgotten', () => drafts.clear());

export const draftOf = (ruleId) => drafts.get(ruleId);
export const allDrafts = () => [...drafts.values()];
export const keepDraft = (draft) => drafts.set(draft.rule_id, draft);
export const dropDraft = (ruleId) => drafts.delete(ruleId);
export const dropDrafts = () => drafts.clear();

/** For EvaluatePolicies. */
export const edits = () => allDrafts().map(({ rule_id, policy_id, priority, policy_text, notice }) =>
  ({ rule_id, policy_id, ...(priority === undefined ? {} : { priority }), policy_text, ...(notice === undefined ? {} : { notice }) }));
