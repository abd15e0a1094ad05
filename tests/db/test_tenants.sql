-- SPDX-License-Identifier: MIT
--
-- What one tenant can see and do to another: nothing. Tried as the real roles.
BEGIN;
SELECT plan(25);
\ir two_tenants.sql

-- A worker without a tenant.
SET LOCAL ROLE grantd_app;
SELECT is(grantd.current_tenant(), NULL, 'no tenant is chosen at first');
SELECT is_empty('SELECT id FROM grantd.tenants', 'without a tenant no tenant is visible');
SELECT is_empty('SELECT id FROM grantd.api_keys', 'without a tenant no key is visible');
SELECT is_empty('SELECT * FROM grantd.grants', 'without a tenant no grant is visible');
SELECT is_empty('SELECT * FROM grantd.audit_log', 'without a tenant no audit entry is visible');
SELECT throws_ok($$INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type,
	resource_id, action, expires_at) VALUES ('11111111-1111-7111-8111-111111111111',
	gen_random_uuid(), 'x', 'aws_account', '1', 'x', now() + interval '1 hour')$$,
	'42501', NULL, 'without a tenant no grant can be inserted');

-- The setting is '' after a transaction that had one: no tenant either, and no error.
SELECT set_config('grantd.tenant', '', true) \g /dev/null
SELECT is_empty('SELECT * FROM grantd.grants', 'an empty tenant is none');

-- A worker that serves A.
SELECT set_config('grantd.tenant', :a, true) \g /dev/null
SELECT results_eq('SELECT name::text FROM grantd.tenants', ARRAY['A'], 'A sees itself alone');
SELECT results_eq('SELECT DISTINCT tenant_id FROM grantd.api_keys', ARRAY[:a::uuid],
	'A sees its own keys');
SELECT results_eq('SELECT tenant_id, id FROM grantd.grants ORDER BY id',
	format('VALUES (%L::uuid, %L::uuid), (%L, %L)', :a, :grant1, :a, :grant2),
	'A sees its own grants');
SELECT is_empty(format('SELECT * FROM grantd.grants WHERE tenant_id = %L', :b),
	'A does not see B''s grants by naming B');
SELECT is_empty(format('SELECT * FROM grantd.grants WHERE tenant_id = %L FOR UPDATE', :b),
	'A cannot lock B''s grants');
SELECT is_empty(format('UPDATE grantd.grants SET audit_enabled = true WHERE tenant_id = %L
	RETURNING id', :b), 'A cannot update B''s grants by naming B');
SELECT results_eq('UPDATE grantd.grants SET audit_enabled = true RETURNING tenant_id',
	ARRAY[:a, :a]::uuid[], 'an update without a condition stays within A');
SELECT throws_ok(format($$INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type,
	resource_id, action, expires_at) VALUES (%L, gen_random_uuid(), 'x', 'aws_account', '1',
	'x', now() + interval '1 hour')$$, :b), '42501', NULL, 'A cannot insert a grant for B');
SELECT throws_ok(format($$INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type,
	action, resource_type, resource_id, outcome, metadata, sequence, previous_hash, hash)
	VALUES (%L, gen_random_uuid(), 'x', 'system', 'x', 'tenant', %1$L, 'done', '{}', 1,
	sha256(''), sha256(''))$$, :b), '42501', NULL, 'A cannot write into B''s audit log');
SELECT is_empty(format('UPDATE grantd.api_keys SET last_used_at = now() WHERE tenant_id = %L
	RETURNING id', :b), 'A cannot touch B''s keys');
RESET ROLE;
SELECT is((SELECT count(*) FROM grantd.grants WHERE tenant_id = :b AND audit_enabled), 0::bigint,
	'B''s grants are as they were');

-- The schema's owner, as which grantctl works, is bound too.
SET LOCAL ROLE grantd_owner;
SELECT set_config('grantd.tenant', '', true) \g /dev/null
SELECT is_empty('SELECT * FROM grantd.grants', 'the owner sees no grant without a tenant');
SELECT is_empty('SELECT id FROM grantd.api_keys', 'the owner sees no key without a tenant');
SELECT is((SELECT count(*) FROM grantd.tenants), 2::bigint, 'the owner sees all tenants');
SELECT lives_ok($$INSERT INTO grantd.tenants (id, name) VALUES (gen_random_uuid(), 'C')$$,
	'the owner creates a tenant');
SELECT set_config('grantd.tenant', :b, true) \g /dev/null
SELECT results_eq('SELECT DISTINCT tenant_id FROM grantd.grants', ARRAY[:b::uuid],
	'the owner sees the grants of the tenant it chose');
RESET ROLE;

-- The role behind the look-up sees keys and nothing more.
SET LOCAL ROLE grantd_auth;
SELECT throws_ok('SELECT id FROM grantd.grants', '42501', NULL, 'grantd_auth cannot read grants');
SELECT throws_ok('SELECT name FROM grantd.tenants', '42501', NULL,
	'grantd_auth cannot read a tenant''s name');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
