-- SPDX-License-Identifier: MIT
-- Verify grantd:idempotency on pg

BEGIN;

SELECT tenant_id, key, body_hash, grant_id, audit_enabled, created_at
FROM grantd.idempotency_keys WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class
		WHERE oid = 'grantd.idempotency_keys'::regclass), 'row-level security is forced';
	ASSERT NOT has_table_privilege('grantd_app', 'grantd.idempotency_keys', 'UPDATE'),
		'what a key was used for does not change';
END
$$;

ROLLBACK;
