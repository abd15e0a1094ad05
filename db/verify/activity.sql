-- SPDX-License-Identifier: MIT
-- Verify grantd:activity on pg

BEGIN;

SELECT tenant_id, grant_id, id, recorded_at, occurred_at, service, name, kind, outcome, source_ip,
	details
FROM grantd.activity_event WHERE false;

SELECT tenant_id, grant_id, month, service, kind, outcome, events
FROM grantd.activity_count WHERE false;

DO $$
BEGIN
	ASSERT (SELECT count(*) >= 4 AND bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class
		WHERE oid IN (SELECT relid FROM pg_partition_tree('grantd.activity_event')
			UNION ALL SELECT relid FROM pg_partition_tree('grantd.activity_count'))),
		'row-level security is forced, on every partition too';
	ASSERT to_regclass('grantd.activity_event_other') IS NOT NULL
		AND to_regclass('grantd.activity_count_other') IS NOT NULL,
		'there is a partition for what belongs to no other';
	ASSERT NOT has_column_privilege('grantd_app', 'grantd.activity_event', 'recorded_at', 'INSERT'),
		'grantd_app may not say when an event was stored';
	ASSERT NOT has_table_privilege('grantd_app', 'grantd.activity_event', 'UPDATE, DELETE, TRUNCATE'),
		'grantd_app may not change events';
	ASSERT NOT has_function_privilege('grantd_app',
		'grantd.activity_maintain(integer, interval, boolean)', 'EXECUTE'),
		'grantd_app may not drop partitions';
	ASSERT (SELECT version >= 4 FROM grantd.schema_version), 'the schema says its version';
END
$$;

ROLLBACK;
