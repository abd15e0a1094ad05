-- SPDX-License-Identifier: MIT
-- Verify grantd:rule_text on pg

BEGIN;

SELECT tenant_id, policy_id, id, ordinal, policy_text, notice, audit_session, created_at,
	updated_at, version
FROM grantd.policy_rules WHERE false;

DO $$
BEGIN
	ASSERT (SELECT count(*) = 10 FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
		AND attrelid = 'grantd.policy_rules'::regclass), 'a rule is its text';
	ASSERT NOT has_column_privilege('grantd_app', 'grantd.policy_rules', 'policy_id', 'UPDATE'),
		'grantd_app may not move a rule to another policy';
	ASSERT to_regtype('grantd.scope_type') IS NULL, 'nothing has a scope type';
END
$$;

ROLLBACK;
