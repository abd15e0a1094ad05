-- SPDX-License-Identifier: MIT
-- Verify grantd:schema on pg

BEGIN;

SELECT only_row, version, changed_at FROM grantd.schema_version;

DO $$
BEGIN
	ASSERT has_schema_privilege('grantd_app', 'grantd', 'USAGE'), 'grantd_app may use the schema';
	ASSERT NOT has_schema_privilege('grantd_app', 'grantd', 'CREATE'),
		'grantd_app may not create anything in the schema';
	PERFORM set_config('grantd.tenant', '', true);
	ASSERT grantd.current_tenant() IS NULL, 'without a tenant there is none';
END
$$;

ROLLBACK;
