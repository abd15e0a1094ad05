-- SPDX-License-Identifier: MIT
-- Verify grantd:api_keys on pg

BEGIN;

SELECT tenant_id, id, key_name, name, roles, hash, created_at, updated_at, expires_at,
	revoked_at, last_used_at, version, audit_length, audit_head
FROM grantd.api_keys WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class
		WHERE oid = 'grantd.api_keys'::regclass), 'row-level security is forced';
	ASSERT NOT has_column_privilege('grantd_app', 'grantd.api_keys', 'hash', 'SELECT'),
		'grantd_app may not read hashes';
	ASSERT has_column_privilege('grantd_auth', 'grantd.api_keys', 'hash', 'SELECT'),
		'grantd_auth may read hashes';
END
$$;

ROLLBACK;
