-- SPDX-License-Identifier: MIT
-- Deploy grantd:rule_text to pg
-- requires: policies
--
-- A rule is its text. The columns from effect to conditions said the same in
-- parts; nothing looked rules up by them, and they had to be kept in step with
-- the text. Whoever shows a rule in parts reads them from the text.
--
-- The schema's version moves with the change after this one. Until then this one
-- is found undone by install.sql, and may run again.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
SET LOCAL ROLE grantd_owner;
SET LOCAL client_min_messages = warning;

-- The constraints on these columns and the privileges for them go with them.
ALTER TABLE grantd.policy_rules
	DROP COLUMN IF EXISTS effect,
	DROP COLUMN IF EXISTS principal_scope_type,
	DROP COLUMN IF EXISTS principal_is_type,
	DROP COLUMN IF EXISTS principal_entity_type,
	DROP COLUMN IF EXISTS principal_entity_id,
	DROP COLUMN IF EXISTS action_scope_type,
	DROP COLUMN IF EXISTS action_ids,
	DROP COLUMN IF EXISTS resource_scope_type,
	DROP COLUMN IF EXISTS resource_is_type,
	DROP COLUMN IF EXISTS resource_entity_type,
	DROP COLUMN IF EXISTS resource_entity_id,
	DROP COLUMN IF EXISTS conditions;
DROP DOMAIN IF EXISTS grantd.rule_effect, grantd.scope_type, grantd.entity_type_name;

COMMENT ON COLUMN grantd.policy_rules.policy_text IS 'The whole statement as written: all that the rule says';

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif
