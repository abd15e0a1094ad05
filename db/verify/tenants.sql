-- SPDX-License-Identifier: MIT
-- Verify grantd:tenants on pg

BEGIN;

SELECT id, name, policy_version, created_at, updated_at, version, audit_length, audit_head
FROM grantd.tenants WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class
		WHERE oid = 'grantd.tenants'::regclass), 'row-level security is forced';
	ASSERT has_table_privilege('grantd_app', 'grantd.tenants', 'SELECT'),
		'grantd_app may read tenants';
END
$$;

ROLLBACK;
