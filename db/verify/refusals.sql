-- SPDX-License-Identifier: MIT
-- Verify grantd:refusals on pg

BEGIN;

SELECT tenant_id, key_id, operation, writer, call, called_at, entries, repeated, since, until
FROM grantd.refusals WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class
		WHERE oid = 'grantd.refusals'::regclass), 'row-level security is forced';
END
$$;

ROLLBACK;
