-- SPDX-License-Identifier: MIT
-- Revert grantd:policies from pg

BEGIN;

UPDATE grantd.schema_version SET version = 1, changed_at = statement_timestamp();
REVOKE UPDATE (policy_version, audit_length, audit_head) ON grantd.tenants FROM grantd_app;
DROP POLICY tenants_change_own_row ON grantd.tenants;
DROP TABLE grantd.policy_rules;
DROP TABLE grantd.policies;
DROP DOMAIN grantd.notice;
DROP DOMAIN grantd.rule_text;
DROP DOMAIN grantd.entity_type_name;
DROP DOMAIN grantd.scope_type;
DROP DOMAIN grantd.rule_effect;

COMMIT;
