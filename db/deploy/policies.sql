-- SPDX-License-Identifier: MIT
-- Deploy grantd:policies to pg
-- requires: audit_log
--
-- A tenant's policies, and the rules in each. Whoever changes either takes the
-- lock of the tenant's row first and moves its policy_version in the same
-- statement: so changes of one tenant come one after another, and a worker sees
-- by that number alone that the set it has compiled is old. What is changed is
-- told in the policy's audit chain, rules included.
--
-- A policy is never deleted from the table, since its row carries the head of
-- its audit chain. It is marked: deleted_at is set, its rules go, and its name is
-- free again.

\if :{?grantd_in_transaction}
\else
BEGIN;
\endif
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

CREATE DOMAIN grantd.rule_text AS text
	CONSTRAINT rule_text_length CHECK (octet_length(VALUE) BETWEEN 1 AND 49152);
COMMENT ON DOMAIN grantd.rule_text IS 'One Cedar statement, at most 48 KiB: the text before and the text after a change fit one audit entry';

CREATE DOMAIN grantd.notice AS text
	CONSTRAINT notice_one_line CHECK (octet_length(VALUE) BETWEEN 1 AND 1024
		AND VALUE !~ '[[:cntrl:]]');
COMMENT ON DOMAIN grantd.notice IS 'What callers are told: one line, 1 to 1024 bytes';

CREATE TABLE grantd.policies (
	tenant_id    uuid NOT NULL REFERENCES grantd.tenants (id),
	id           uuid NOT NULL,
	name         grantd.display_name NOT NULL,
	priority     integer NOT NULL DEFAULT 0,
	enabled      boolean NOT NULL DEFAULT true,
	created_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
	updated_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
	deleted_at   timestamptz,
	version      grantd.revision NOT NULL DEFAULT 1,
	audit_length grantd.chain_length NOT NULL,
	audit_head   grantd.chain_head NOT NULL,

	PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX policies_name ON grantd.policies (tenant_id, name) WHERE deleted_at IS NULL;
COMMENT ON INDEX grantd.policies_name IS 'One policy of a name at a time; a deleted one leaves its name to others';

COMMENT ON TABLE grantd.policies IS 'Named groups of rules; a deleted one stays for the sake of its audit chain';
COMMENT ON COLUMN grantd.policies.tenant_id IS 'The tenant that the policy belongs to';
COMMENT ON COLUMN grantd.policies.id IS 'Any UUID, unique within the tenant';
COMMENT ON COLUMN grantd.policies.name IS 'What people call it; unique among the tenant''s policies';
COMMENT ON COLUMN grantd.policies.priority IS 'Higher ones are asked first, and what they decide lower ones cannot overrule';
COMMENT ON COLUMN grantd.policies.enabled IS 'Whether its rules are asked';
COMMENT ON COLUMN grantd.policies.created_at IS 'When the row was inserted';
COMMENT ON COLUMN grantd.policies.updated_at IS 'When the policy itself last changed; its rules do not count';
COMMENT ON COLUMN grantd.policies.deleted_at IS 'When it was deleted; null while it is there';
COMMENT ON COLUMN grantd.policies.version IS 'Number of the present state, from 1: what the ETag tells; its rules have their own';
COMMENT ON COLUMN grantd.policies.audit_length IS 'Number of entries in the audit chain of the policy and its rules';
COMMENT ON COLUMN grantd.policies.audit_head IS 'Hash of the last entry of that chain; 32 zero bytes while it is empty';

-- policy_text is the rule; the columns from effect to conditions are the same in
-- parts, taken from it by whoever writes the row, for people and queries to read.
CREATE TABLE grantd.policy_rules (
	tenant_id             uuid NOT NULL,
	policy_id             uuid NOT NULL,
	id                    uuid NOT NULL,
	ordinal               integer NOT NULL,
	effect                grantd.rule_effect NOT NULL,
	principal_scope_type  grantd.scope_type NOT NULL,
	principal_is_type     grantd.entity_type_name,
	principal_entity_type grantd.entity_type_name,
	principal_entity_id   text,
	action_scope_type     grantd.scope_type NOT NULL,
	action_ids            text[] NOT NULL,
	resource_scope_type   grantd.scope_type NOT NULL,
	resource_is_type      grantd.entity_type_name,
	resource_entity_type  grantd.entity_type_name,
	resource_entity_id    text,
	conditions            text NOT NULL,
	policy_text           grantd.rule_text NOT NULL,
	notice                grantd.notice,
	audit_session         boolean NOT NULL DEFAULT true,
	created_at            timestamptz NOT NULL DEFAULT statement_timestamp(),
	updated_at            timestamptz NOT NULL DEFAULT statement_timestamp(),
	version               grantd.revision NOT NULL DEFAULT 1,

	PRIMARY KEY (tenant_id, policy_id, id),
	FOREIGN KEY (tenant_id, policy_id) REFERENCES grantd.policies (tenant_id, id),
	CONSTRAINT policy_rules_principal CHECK (
		(principal_is_type IS NOT NULL) = (principal_scope_type = 'is_in')
		AND (principal_entity_type IS NOT NULL) = (principal_scope_type <> 'any')
		AND (principal_entity_id IS NOT NULL) = (principal_scope_type IN ('eq', 'in', 'is_in'))),
	CONSTRAINT policy_rules_action CHECK (
		action_scope_type IN ('any', 'eq', 'in')
		AND array_position(action_ids, NULL) IS NULL
		AND cardinality(action_ids) = CASE action_scope_type
			WHEN 'any' THEN 0 WHEN 'eq' THEN 1 ELSE cardinality(action_ids) END),
	CONSTRAINT policy_rules_resource CHECK (
		(resource_is_type IS NOT NULL) = (resource_scope_type = 'is_in')
		AND (resource_entity_type IS NOT NULL) = (resource_scope_type <> 'any')
		AND (resource_entity_id IS NOT NULL) = (resource_scope_type IN ('eq', 'in', 'is_in')))
);

COMMENT ON TABLE grantd.policy_rules IS 'Rules, each one Cedar statement, in the order in which their policy asks them';
COMMENT ON COLUMN grantd.policy_rules.tenant_id IS 'The tenant that the rule belongs to';
COMMENT ON COLUMN grantd.policy_rules.policy_id IS 'The policy that the rule belongs to';
COMMENT ON COLUMN grantd.policy_rules.id IS 'Any UUID, unique within the policy';
COMMENT ON COLUMN grantd.policy_rules.ordinal IS 'Place among the policy''s rules, from low to high; equals are ordered by id';
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
COMMENT ON COLUMN grantd.policy_rules.notice IS 'What callers are told when the rule determines an answer; null: nothing';
COMMENT ON COLUMN grantd.policy_rules.audit_session IS 'Whether a grant that this rule permitted to create starts with auditing on';
COMMENT ON COLUMN grantd.policy_rules.created_at IS 'When the row was inserted';
COMMENT ON COLUMN grantd.policy_rules.updated_at IS 'created_at of the audit entry of the last change';
COMMENT ON COLUMN grantd.policy_rules.version IS 'Number of the present state, from 1: what the ETag tells';

ALTER TABLE grantd.policies ENABLE ROW LEVEL SECURITY;
ALTER TABLE grantd.policies FORCE ROW LEVEL SECURITY;
CREATE POLICY policies_tenant ON grantd.policies TO grantd_owner, grantd_app
	USING (tenant_id = grantd.current_tenant())
	WITH CHECK (tenant_id = grantd.current_tenant());
COMMENT ON POLICY policies_tenant ON grantd.policies IS 'Rows of the chosen tenant alone';

ALTER TABLE grantd.policy_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE grantd.policy_rules FORCE ROW LEVEL SECURITY;
CREATE POLICY policy_rules_tenant ON grantd.policy_rules TO grantd_owner, grantd_app
	USING (tenant_id = grantd.current_tenant())
	WITH CHECK (tenant_id = grantd.current_tenant());
COMMENT ON POLICY policy_rules_tenant ON grantd.policy_rules IS 'Rows of the chosen tenant alone';

GRANT SELECT, INSERT ON grantd.policies TO grantd_app;
GRANT UPDATE (name, priority, enabled, updated_at, deleted_at, version, audit_length, audit_head)
	ON grantd.policies TO grantd_app;
GRANT SELECT, INSERT, DELETE ON grantd.policy_rules TO grantd_app;
GRANT UPDATE (ordinal, effect, principal_scope_type, principal_is_type, principal_entity_type,
	principal_entity_id, action_scope_type, action_ids, resource_scope_type, resource_is_type,
	resource_entity_type, resource_entity_id, conditions, policy_text, notice, audit_session,
	updated_at, version)
	ON grantd.policy_rules TO grantd_app;

-- A worker moves its own tenant's policy_version, and appends to its chain.
CREATE POLICY tenants_change_own_row ON grantd.tenants FOR UPDATE TO grantd_app
	USING (id = grantd.current_tenant())
	WITH CHECK (id = grantd.current_tenant());
COMMENT ON POLICY tenants_change_own_row ON grantd.tenants IS 'A worker moves policy_version and the audit chain of the tenant it serves at the moment';
GRANT UPDATE (policy_version, audit_length, audit_head) ON grantd.tenants TO grantd_app;

-- The second set of changes is complete.
UPDATE grantd.schema_version SET version = 2, changed_at = statement_timestamp();

RESET ROLE;
\if :{?grantd_in_transaction}
\else
COMMIT;
\endif
