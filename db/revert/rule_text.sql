-- SPDX-License-Identifier: MIT
-- Revert grantd:rule_text from pg
--
-- The columns come back, but not what was in them: that is read from the text by
-- a Cedar parser, which SQL has not. A guess would be shown to people as what
-- the rule says, and with nulls the older grantd cannot read the rule at all. So
-- this stops where there are rules, and says how to take them along.

BEGIN;
SET LOCAL ROLE grantd_owner;

CREATE DOMAIN grantd.rule_effect AS text
	CONSTRAINT rule_effect_known CHECK (VALUE IN ('permit', 'forbid'));
COMMENT ON DOMAIN grantd.rule_effect IS 'permit or forbid';

CREATE DOMAIN grantd.scope_type AS text
	CONSTRAINT scope_type_known CHECK (VALUE IN ('any', 'eq', 'in', 'is', 'is_in'));
COMMENT ON DOMAIN grantd.scope_type IS 'How the head of a rule limits its principal, action or resource: not, by ==, by in, by is, by is ... in';

CREATE DOMAIN grantd.entity_type_name AS text
	CONSTRAINT entity_type_name_path CHECK (octet_length(VALUE) <= 1024
		AND VALUE ~ '^[A-Za-z_][A-Za-z0-9_]*(::[A-Za-z_][A-Za-z0-9_]*)*$');
COMMENT ON DOMAIN grantd.entity_type_name IS 'Cedar entity type, such as ApiKey or App::User';

-- A row without a value is seen here whoever runs this, which row-level security
-- would hide from a query.
DO $$
BEGIN
	ALTER TABLE grantd.policy_rules
		ADD COLUMN effect                grantd.rule_effect NOT NULL,
		ADD COLUMN principal_scope_type  grantd.scope_type NOT NULL,
		ADD COLUMN principal_is_type     grantd.entity_type_name,
		ADD COLUMN principal_entity_type grantd.entity_type_name,
		ADD COLUMN principal_entity_id   text,
		ADD COLUMN action_scope_type     grantd.scope_type NOT NULL,
		ADD COLUMN action_ids            text[] NOT NULL,
		ADD COLUMN resource_scope_type   grantd.scope_type NOT NULL,
		ADD COLUMN resource_is_type      grantd.entity_type_name,
		ADD COLUMN resource_entity_type  grantd.entity_type_name,
		ADD COLUMN resource_entity_id    text,
		ADD COLUMN conditions            text NOT NULL;
EXCEPTION WHEN not_null_violation THEN
	RAISE EXCEPTION 'there are policy rules, whose parts SQL cannot read from their text'
		USING ERRCODE = 'object_not_in_prerequisite_state',
		HINT = 'Keep each tenant''s with "grantctl policy show --tenant ID >ID.cedar", DELETE FROM '
			'grantd.policy_rules, revert, and put them back with "grantctl policy apply --tenant ID '
			'ID.cedar" of the older version. Until then these tenants'' requests are refused.';
END
$$;

ALTER TABLE grantd.policy_rules
	ADD CONSTRAINT policy_rules_principal CHECK (
		(principal_is_type IS NOT NULL) = (principal_scope_type = 'is_in')
		AND (principal_entity_type IS NOT NULL) = (principal_scope_type <> 'any')
		AND (principal_entity_id IS NOT NULL) = (principal_scope_type IN ('eq', 'in', 'is_in'))),
	ADD CONSTRAINT policy_rules_action CHECK (
		action_scope_type IN ('any', 'eq', 'in')
		AND array_position(action_ids, NULL) IS NULL
		AND cardinality(action_ids) = CASE action_scope_type
			WHEN 'any' THEN 0 WHEN 'eq' THEN 1 ELSE cardinality(action_ids) END),
	ADD CONSTRAINT policy_rules_resource CHECK (
		(resource_is_type IS NOT NULL) = (resource_scope_type = 'is_in')
		AND (resource_entity_type IS NOT NULL) = (resource_scope_type <> 'any')
		AND (resource_entity_id IS NOT NULL) = (resource_scope_type IN ('eq', 'in', 'is_in')));

COMMENT ON COLUMN grantd.policy_rules.effect IS 'permit or forbid';
COMMENT ON COLUMN grantd.policy_rules.principal_scope_type IS 'How the rule''s head limits who asks';
COMMENT ON COLUMN grantd.policy_rules.principal_is_type IS 'is_in: the type after "is"; null otherwise';
COMMENT ON COLUMN grantd.policy_rules.principal_entity_type IS 'is: the type after "is"; eq, in, is_in: the type of the entity after "==" or "in"; any: null';
COMMENT ON COLUMN grantd.policy_rules.principal_entity_id IS 'eq, in, is_in: that entity''s id; null otherwise';
COMMENT ON COLUMN grantd.policy_rules.action_scope_type IS 'How the rule''s head limits what is asked for: any, eq or in';
COMMENT ON COLUMN grantd.policy_rules.action_ids IS 'eq: one operation; in: any number of operations and groups; any: none';
COMMENT ON COLUMN grantd.policy_rules.resource_scope_type IS 'How the rule''s head limits on what';
COMMENT ON COLUMN grantd.policy_rules.resource_is_type IS 'As principal_is_type';
COMMENT ON COLUMN grantd.policy_rules.resource_entity_type IS 'As principal_entity_type';
COMMENT ON COLUMN grantd.policy_rules.resource_entity_id IS 'As principal_entity_id';
COMMENT ON COLUMN grantd.policy_rules.conditions IS 'The when and unless clauses as written; may be empty';
COMMENT ON COLUMN grantd.policy_rules.policy_text IS 'The whole statement as written: what is evaluated, and what the other columns were taken from';

GRANT UPDATE (effect, principal_scope_type, principal_is_type, principal_entity_type,
	principal_entity_id, action_scope_type, action_ids, resource_scope_type, resource_is_type,
	resource_entity_type, resource_entity_id, conditions)
	ON grantd.policy_rules TO grantd_app;

COMMIT;
