-- SPDX-License-Identifier: MIT
-- Verify grantd:audit_log on pg

BEGIN;

SELECT tenant_id, id, actor_id, actor_type, action, resource_type, resource_id, outcome,
	metadata, reasoning, created_at, sequence, previous_hash, hash
FROM grantd.audit_log WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class
		WHERE oid = 'grantd.audit_log'::regclass), 'row-level security is forced';
	ASSERT NOT has_any_column_privilege('grantd_app', 'grantd.audit_log', 'UPDATE')
		AND NOT has_table_privilege('grantd_app', 'grantd.audit_log', 'DELETE, TRUNCATE'),
		'grantd_app may only add';
	ASSERT (SELECT tgenabled = 'O' FROM pg_trigger
		WHERE tgrelid = 'grantd.audit_log'::regclass
		  AND tgname = 'audit_log_is_append_only'), 'the trigger is on';
	ASSERT (SELECT version >= 1 FROM grantd.schema_version), 'the schema says its version';
END
$$;

ROLLBACK;
