-- SPDX-License-Identifier: MIT
-- Verify grantd:audit_archives on pg

BEGIN;

SELECT tenant_id, id, entry, digest, before, entries, chains, actor, created_at
FROM grantd.audit_archives WHERE false;
SELECT tenant_id, resource_type, resource_id, sequence, hash, archive, told, seal
FROM grantd.audit_cuts WHERE false;

DO $$
BEGIN
	ASSERT (SELECT bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class
		WHERE oid IN ('grantd.audit_archives'::regclass, 'grantd.audit_cuts'::regclass)),
		'row-level security is forced';
	ASSERT (SELECT count(*) = 2 FROM pg_trigger WHERE tgrelid = 'grantd.audit_log'::regclass
		AND tgname IN ('audit_log_is_append_only', 'audit_log_was_archived') AND tgenabled <> 'D'),
		'nobody deletes what no archive has';
END
$$;

ROLLBACK;
