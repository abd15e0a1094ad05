-- SPDX-License-Identifier: MIT
-- Verify grantd:changes on pg

BEGIN;

DO $$
BEGIN
	ASSERT (SELECT count(*) = 18 AND bool_and(prosecdef) AND bool_and(proowner = 'grantd_auth'::regrole)
		FROM pg_proc WHERE pronamespace = 'grantd'::regnamespace AND proname IN ('get_grant', 'get_policies',
			'update_grant', 'revoke_grant', 'create_grant', 'log_denied', 'record_activity',
			'create_api_key', 'rotate_api_key', 'revoke_api_key', 'note_key_use', 'create_policy',
			'update_policy', 'delete_policy', 'change_rule', 'create_tenant',
			'update_tenant', 'find_strays')
			AND has_function_privilege('grantd_owner', oid, 'EXECUTE')
			AND has_function_privilege('grantd_app', oid, 'EXECUTE') = (proname NOT IN ('create_tenant', 'update_tenant', 'find_strays'))),
		'every change is a function that runs as grantd_auth';
	ASSERT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'grantd'::regnamespace
		AND relkind IN ('r', 'p') AND (has_any_column_privilege('grantd_app', oid, 'INSERT, UPDATE')
			OR has_table_privilege('grantd_app', oid, 'DELETE, TRUNCATE'))),
		'grantd_app writes no table';
	ASSERT NOT has_schema_privilege('grantd_auth', 'grantd', 'CREATE'),
		'grantd_auth may not create anything in the schema';
	ASSERT (SELECT version >= 6 FROM grantd.schema_version), 'the schema says its version';
END
$$;

ROLLBACK;
