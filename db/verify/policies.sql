-- SPDX-License-Identifier: MIT
-- Verify grantd:policies on pg

BEGIN;

SELECT tenant_id, id, name, priority, enabled, created_at, updated_at, deleted_at, version,
	audit_length, audit_head
FROM grantd.policies WHERE false;

SELECT tenant_id, policy_id, id, ordinal, policy_text, notice, audit_session, created_at,
	updated_at, version
FROM grantd.policy_rules WHERE false;

DO $$
BEGIN
	ASSERT (SELECT bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class
		WHERE oid IN ('grantd.policies'::regclass, 'grantd.policy_rules'::regclass)),
		'row-level security is forced';
	ASSERT NOT has_table_privilege('grantd_app', 'grantd.policies', 'DELETE'),
		'grantd_app may not delete the head of an audit chain';
	ASSERT NOT has_column_privilege('grantd_app', 'grantd.tenants', 'name', 'UPDATE'),
		'grantd_app may not rename a tenant';
	ASSERT (SELECT version >= 2 FROM grantd.schema_version), 'the schema says its version';
END
$$;

ROLLBACK;
