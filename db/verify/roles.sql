-- SPDX-License-Identifier: MIT
-- Verify grantd:roles on pg

BEGIN;

DO $$
BEGIN
	ASSERT (SELECT count(*) = 3 FROM pg_roles
		WHERE rolname IN ('grantd_owner', 'grantd_app', 'grantd_auth')
		  AND NOT (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole)),
		'the roles grantd_owner, grantd_app and grantd_auth exist, without login or great powers';
END
$$;

ROLLBACK;
