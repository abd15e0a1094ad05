-- SPDX-License-Identifier: MIT
--
-- What a worker may do within the tenant it serves, tried column by column.
BEGIN;
SELECT plan(52);
\ir two_tenants.sql

SET LOCAL ROLE grantd_app;
SELECT set_config('grantd.tenant', :a, true) \g /dev/null

-- Grants: these columns may change, no other may.
SELECT lives_ok(format('UPDATE grantd.grants SET %I = %1$I', c), 'a worker may update grants.' || c)
FROM unnest(ARRAY['audit_enabled', 'status', 'revoked_at', 'updated_at', 'version',
	'audit_length', 'audit_head']) AS c;
SELECT throws_ok(format('UPDATE grantd.grants SET %I = %1$I', c), '42501', NULL,
	'a worker may not update grants.' || c)
FROM unnest(ARRAY['tenant_id', 'id', 'request_id', 'grantee_id', 'resource_type', 'resource_id',
	'action', 'expires_at', 'granted_at', 'metadata', 'created_at']) AS c;
SELECT lives_ok($$INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type,
	resource_id, action, expires_at) VALUES (grantd.current_tenant(), gen_random_uuid(), 'x',
	'aws_account', '1', 'x', now() + interval '1 hour')$$, 'a worker may insert a grant');
SELECT throws_ok('DELETE FROM grantd.grants', '42501', NULL, 'a worker may not delete grants');
SELECT throws_ok('TRUNCATE grantd.grants', '42501', NULL, 'a worker may not truncate grants');

-- Keys.
SELECT throws_ok('SELECT hash FROM grantd.api_keys', '42501', NULL,
	'a worker may not read the hash of a key');
SELECT throws_ok('SELECT id FROM grantd.api_keys WHERE hash = sha256(''key A'')', '42501', NULL,
	'a worker may not ask for a hash');
SELECT lives_ok(format('UPDATE grantd.api_keys SET %I = %1$I', c),
	'a worker may update api_keys.' || c)
FROM unnest(ARRAY['expires_at', 'revoked_at', 'last_used_at', 'updated_at', 'version',
	'audit_length', 'audit_head']) AS c;
SELECT throws_ok(format('UPDATE grantd.api_keys SET %I = DEFAULT', c), '42501', NULL,
	'a worker may not update api_keys.' || c)
FROM unnest(ARRAY['tenant_id', 'id', 'key_name', 'name', 'roles', 'hash', 'created_at']) AS c;
SELECT throws_ok('UPDATE grantd.api_keys SET revoked_at = NULL', '23514',
	'a revoked API key stays revoked', 'a worker may not bring back a revoked key');
SELECT throws_ok('UPDATE grantd.api_keys SET revoked_at = now() - interval ''1 day''', '23514',
	'a revoked API key stays revoked', 'nor say that it was revoked at another time');
SELECT throws_ok('SELECT * FROM grantd.find_key(sha256(''key B''))', '42501', NULL,
	'a worker may not ask whose key it is');
SELECT throws_ok('DELETE FROM grantd.api_keys', '42501', NULL, 'a worker may not delete keys');

-- Tenants and the schema itself.
SELECT throws_ok('UPDATE grantd.tenants SET name = ''x''', '42501', NULL,
	'a worker may not rename its tenant');
SELECT throws_ok('INSERT INTO grantd.tenants (id, name) VALUES (gen_random_uuid(), ''x'')',
	'42501', NULL, 'a worker may not create tenants');
SELECT cmp_ok((SELECT version FROM grantd.schema_version), '>=', 1, 'a worker may read the schema''s version');
SELECT throws_ok('UPDATE grantd.schema_version SET version = version + 1', '42501', NULL,
	'a worker may not change the schema''s version');
SELECT throws_ok('CREATE TABLE grantd.mine ()', '42501', NULL, 'a worker may not create tables');
SELECT throws_ok('ALTER TABLE grantd.grants DISABLE ROW LEVEL SECURITY', '42501', NULL,
	'a worker may not switch row-level security off');
SELECT throws_ok($$CREATE POLICY all_of_it ON grantd.grants USING (true)$$, '42501', NULL,
	'a worker may not add a policy');
SELECT throws_ok('SET row_security = off; SELECT * FROM grantd.grants', '42501', NULL,
	'a worker may not ask for tables without row-level security');
SET LOCAL row_security = on;
RESET ROLE;

-- A login role has what it inherits, and cannot become more.
SELECT is(pg_has_role('grantd_app', 'grantd_owner', 'MEMBER'), false,
	'grantd_app is no member of grantd_owner');
SELECT is(pg_has_role('grantd_app', 'grantd_auth', 'MEMBER'), false,
	'grantd_app is no member of grantd_auth');

-- A stranger.
CREATE ROLE grantd_test_stranger;
GRANT USAGE ON SCHEMA grantd TO grantd_test_stranger;
SET LOCAL ROLE grantd_test_stranger;
SELECT throws_ok('SELECT * FROM grantd.authenticate(sha256(''key A''))', '42501', NULL,
	'a role that is no worker may not try keys');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
