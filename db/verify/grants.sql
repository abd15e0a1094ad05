-- SPDX-License-Identifier: MIT
-- Verify grantd:grants on pg

BEGIN;

SELECT tenant_id, id, request_id, grantee_id, resource_type, resource_id, action, status,
	audit_enabled, expires_at, granted_at, revoked_at, metadata, created_at, updated_at,
	version, audit_length, audit_head
FROM grantd.grants WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class
		WHERE oid = 'grantd.grants'::regclass), 'row-level security is forced';
	ASSERT has_table_privilege('grantd_app', 'grantd.grants', 'SELECT'), 'grantd_app may read grants';
	ASSERT NOT has_column_privilege('grantd_app', 'grantd.grants', 'tenant_id', 'UPDATE'),
		'grantd_app may not move a grant to another tenant';
END
$$;

ROLLBACK;
