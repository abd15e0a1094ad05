-- SPDX-License-Identifier: MIT
--
-- What one tenant can see and do to another: nothing. Tried as the real roles.
BEGIN;
SELECT plan(27);
\ir two_tenants.sql

-- A worker without a tenant.
SET LOCAL ROLE grantd_app;
SELECT is(grantd.current_tenant(), NULL, 'no tenant is chosen at first');
SELECT is_empty('SELECT id FROM grantd.tenants', 'without a tenant no tenant is visible');
SELECT is_empty('SELECT id FROM grantd.api_keys', 'without a tenant no key is visible');
SELECT is_empty('SELECT * FROM grantd.grants', 'without a tenant no grant is visible');
SELECT is_empty('SELECT * FROM grantd.audit_log', 'without a tenant no audit entry is visible');
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
-- Each change names a tenant, and the key has to be that one's: A's key in B, where the same ids are.
SELECT is((grantd.get_grant(:b, :key_a, :grant1)).id, NULL, 'A''s key does not show B''s grant');
SELECT is((grantd.update_grant(:b, :key_a, 1, 8, NULL, gen_random_uuid(), '{"n":1}', NULL, :grant1, 1, true)).state,
	'key', 'nor does it change it');
SELECT is((grantd.revoke_grant(:b, :key_a, 1, 8, NULL, gen_random_uuid(), '{"n":1}', NULL, :grant1, 1)).state,
	'key', 'nor revoke it');
SELECT is((grantd.create_grant(:b, :key_a, 1, 8, NULL, gen_random_uuid(), '{"n":1}', NULL, gen_random_uuid(), NULL,
	'x', 'aws_account', '1', 'x', false, now() + interval '1 hour', '{}', NULL, NULL)).state,
	'key', 'nor make one there');
SELECT is((grantd.create_api_key(:b, :key_a, 1, 8, NULL, gen_random_uuid(), '{"n":1}', NULL, gen_random_uuid(),
	'BBBBBBBC', 'x', '{admin}', sha256('x'), NULL)).state, 'key', 'nor a key');
SELECT is((grantd.revoke_api_key(:b, :key_a, 1, 8, NULL, gen_random_uuid(), '{"n":1}', NULL,
	'cccccccc-0000-7000-8000-00000000000b', 1)).state, 'key', 'nor revoke B''s');
SELECT is((grantd.create_policy(:b, :key_a, 1, 8, NULL, gen_random_uuid(), '{"n":1}', NULL, gen_random_uuid(),
	'x', 0, true)).state, 'key', 'nor make a policy');
SELECT is(grantd.log_denied(:b, :key_a, 1, 8, NULL, gen_random_uuid(), '{"n":1}', NULL, 'X', :grant1, '{}'),
	'key', 'nor write into B''s audit log');
SELECT grantd.note_key_use(:b, :key_a, 0) \g /dev/null
SELECT is((grantd.update_grant(:a, :key_a, 1, 7, NULL, :entry1, '{"n":1}', NULL, :grant1, 1, true)).state,
	'done', 'with its own tenant it changes its own grant');
RESET ROLE;
SELECT is((SELECT count(*) FROM grantd.grants WHERE tenant_id = :b AND audit_enabled), 0::bigint,
	'B''s grants are as they were');
SELECT results_eq('SELECT DISTINCT tenant_id FROM grantd.audit_log', ARRAY[:a::uuid], 'and B has no entry');
SELECT is_empty('SELECT id FROM grantd.api_keys WHERE last_used_at IS NOT NULL', 'nor is a key''s use noted where it is not');

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

SELECT * FROM finish();
ROLLBACK;
