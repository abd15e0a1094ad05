-- SPDX-License-Identifier: MIT
-- Verify grantd:authenticate on pg

BEGIN;

DO $$
BEGIN
	ASSERT (SELECT prosecdef AND proowner = 'grantd_auth'::regrole FROM pg_proc
		WHERE oid = 'grantd.authenticate(bytea)'::regprocedure),
		'authenticate() runs as grantd_auth';
	ASSERT has_function_privilege('grantd_app', 'grantd.authenticate(bytea)', 'EXECUTE'),
		'grantd_app may call authenticate()';
	ASSERT (SELECT prosecdef AND proowner = 'grantd_auth'::regrole FROM pg_proc
		WHERE oid = 'grantd.find_key(bytea)'::regprocedure),
		'find_key() runs as grantd_auth';
	ASSERT NOT has_function_privilege('grantd_app', 'grantd.find_key(bytea)', 'EXECUTE'),
		'grantd_app may not call find_key()';
	ASSERT NOT has_schema_privilege('grantd_auth', 'grantd', 'CREATE'),
		'grantd_auth may not create anything in the schema';
END
$$;

ROLLBACK;
