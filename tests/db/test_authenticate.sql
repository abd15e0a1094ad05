-- SPDX-License-Identifier: MIT
--
-- The one door: what it tells, whom it lets in, and that it cannot be forced.
BEGIN;
SELECT plan(29);
\ir two_tenants.sql

SET LOCAL ROLE grantd_app;

-- A key that is good.
SELECT results_eq('SELECT * FROM grantd.authenticate(sha256(''key A''))',
	$$VALUES ('11111111-1111-7111-8111-111111111111'::uuid,
		'cccccccc-0000-7000-8000-00000000000a'::uuid, 'key of A'::text,
		'{admin,auditor}'::text[], 7::bigint, 1::bigint,
		'cccccccc-0000-7000-8000-00000000000a 1 7'::text)$$,
	'a good key tells its tenant, id, name, roles, policy version, version and stamp');
SELECT is(grantd.current_tenant(), :a::uuid, 'and chooses its tenant');
SELECT is((SELECT count(*) FROM grantd.grants), 2::bigint, 'whose grants are visible then');
SELECT results_eq('SELECT policy_version FROM grantd.authenticate(sha256(''key B''))',
	ARRAY[8::bigint], 'a key without expiry is good too');
SELECT is(grantd.current_tenant(), :b::uuid, 'the last key decides');

SET LOCAL ROLE grantd_owner;
SELECT results_eq('SELECT * FROM grantd.find_key(sha256(''key revoked''))',
	$$VALUES ('11111111-1111-7111-8111-111111111111'::uuid,
		'cccccccc-0000-7000-8000-00000000000d'::uuid)$$,
	'an operator finds a key of any tenant, a revoked one too');
SELECT is(grantd.current_tenant(), :b::uuid, 'which chooses no tenant');
SET LOCAL ROLE grantd_app;

-- Keys that are not.
SELECT is_empty(format('SELECT * FROM grantd.authenticate(%L)', sha256('nobody''s')),
	'an unknown key is not let in');
SELECT is(grantd.current_tenant(), NULL, 'and what was chosen before is chosen no more');
SELECT is(current_setting('grantd.tenant'), '', 'the setting is empty');
SELECT is(current_setting('grantd.stamp'), '', 'and so is the stamp');
SELECT is_empty('SELECT * FROM grantd.grants', 'no grant is visible any more');
SELECT is_empty('SELECT * FROM grantd.authenticate(sha256(''key revoked''))',
	'a revoked key is not let in');
SELECT is_empty('SELECT * FROM grantd.authenticate(sha256(''key expired''))',
	'an expired key is not let in');
SELECT is_empty('SELECT * FROM grantd.authenticate(NULL)', 'no key is not let in');
SELECT is_empty('SELECT * FROM grantd.authenticate('''')', 'an empty hash is not let in');
SELECT is(grantd.current_tenant(), NULL, 'none of them chose a tenant');
RESET ROLE;

-- Revocation holds at once.
UPDATE grantd.api_keys SET revoked_at = now() WHERE hash = :key_b;
SET LOCAL ROLE grantd_app;
SELECT is_empty('SELECT * FROM grantd.authenticate(sha256(''key B''))',
	'a key that was good is not let in once it is revoked');
RESET ROLE;

-- Within one statement the clock stands still, so the moment itself can be tried.
CREATE TEMP TABLE moments (what text, found bigint);
DO $$
BEGIN
	UPDATE grantd.api_keys SET expires_at = statement_timestamp() WHERE key_name = 'AAAAAAAA';
	INSERT INTO moments SELECT 'then', count(*) FROM grantd.authenticate(sha256('key A'));
	UPDATE grantd.api_keys SET expires_at = statement_timestamp() + interval '1 us'
	WHERE key_name = 'AAAAAAAA';
	INSERT INTO moments SELECT 'before', count(*) FROM grantd.authenticate(sha256('key A'));
END
$$;
SELECT is((SELECT found FROM moments WHERE what = 'then'), 0::bigint,
	'in the very moment that a key expires it is good no more');
SELECT is((SELECT found FROM moments WHERE what = 'before'), 1::bigint,
	'a microsecond before, it was');
UPDATE grantd.api_keys SET expires_at = NULL WHERE key_name = 'AAAAAAAA';

-- A hash that two keys share, here of two tenants, opens neither.
INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash)
VALUES (:b, 'cccccccc-0000-7000-8000-0000000000ba', 'BBBBBBBA', 'copy', '{admin}', :key_a);
SELECT set_config('grantd.tenant', '', true) \g /dev/null
SET LOCAL ROLE grantd_app;
SELECT throws_ok('SELECT * FROM grantd.authenticate(sha256(''key A''))', '21000', NULL,
	'a hash that two keys share is an error');
SELECT is(grantd.current_tenant(), NULL, 'and chooses no tenant');
RESET ROLE;
DELETE FROM grantd.api_keys WHERE key_name = 'BBBBBBBA';

-- A caller who names a schema of his own first, with functions, operators and
-- tables that lie, and temporary ones besides.
CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO grantd_app;
CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS
	$$SELECT pg_catalog.set_config('grantd.tenant', '22222222-2222-7222-8222-222222222222', true)$$;
CREATE FUNCTION evil.current_setting(text, boolean) RETURNS text LANGUAGE sql AS
	$$SELECT '22222222-2222-7222-8222-222222222222'$$;
CREATE FUNCTION evil.statement_timestamp() RETURNS timestamptz LANGUAGE sql AS
	$$SELECT '1970-01-01 00:00:00+00'::timestamptz$$;
CREATE FUNCTION evil.equal(bytea, bytea) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION evil.equal(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR evil.= (FUNCTION = evil.equal, LEFTARG = bytea, RIGHTARG = bytea);
CREATE OPERATOR evil.= (FUNCTION = evil.equal, LEFTARG = uuid, RIGHTARG = uuid);
CREATE FUNCTION evil.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$SELECT '\x00'::bytea$$;
CREATE TEMP TABLE api_keys AS TABLE grantd.api_keys;
CREATE TEMP TABLE tenants AS TABLE grantd.tenants;
UPDATE pg_temp.api_keys SET revoked_at = NULL, expires_at = NULL, tenant_id = :b;
GRANT SELECT ON pg_temp.api_keys, pg_temp.tenants TO grantd_app;
CREATE TEMP TABLE tried (what text, outcome text);
GRANT INSERT ON tried TO grantd_app;

DO $$
DECLARE
	found record;
BEGIN
	SET LOCAL ROLE grantd_app;
	SET LOCAL search_path = evil, pg_temp, pg_catalog;
	SELECT * INTO found FROM grantd.authenticate(pg_catalog.sha256('key A'));
	INSERT INTO pg_temp.tried VALUES ('tenant of key A', found.tenant_id),
		('chosen for key A', grantd.current_tenant()),
		('grants for key A', (SELECT count(*) || ' of ' || min(tenant_id::text) FROM grantd.grants));
	FOR found IN SELECT * FROM grantd.authenticate(pg_catalog.sha256('nobody''s')) LOOP
		INSERT INTO pg_temp.tried VALUES ('unknown key', found.tenant_id);
	END LOOP;
	FOR found IN SELECT * FROM grantd.authenticate(pg_catalog.sha256('key expired')) LOOP
		INSERT INTO pg_temp.tried VALUES ('expired key', found.tenant_id);
	END LOOP;
	INSERT INTO pg_temp.tried VALUES ('chosen at last',
		coalesce(grantd.current_tenant()::text, 'none')),
		('change by key A', (grantd.update_grant('11111111-1111-7111-8111-111111111111', pg_catalog.sha256('key A'),
			1, 7, NULL, 'eeeeeeee-0000-7000-8000-000000000001', '{"request_id":"r"}', NULL,
			'aaaaaaaa-0000-7000-8000-000000000001', NULL, true)).state),
		('change by nobody', (grantd.update_grant('11111111-1111-7111-8111-111111111111', pg_catalog.sha256('nobody''s'),
			1, 7, NULL, 'eeeeeeee-0000-7000-8000-000000000002', '{"request_id":"r"}', NULL,
			'aaaaaaaa-0000-7000-8000-000000000001', NULL, false)).state),
		('change in B by key A', (grantd.revoke_grant('22222222-2222-7222-8222-222222222222', pg_catalog.sha256('key A'),
			1, 8, NULL, 'eeeeeeee-0000-7000-8000-000000000003', '{"request_id":"r"}', NULL,
			'aaaaaaaa-0000-7000-8000-000000000001', NULL)).state);
END
$$;
RESET search_path;
RESET ROLE;
SELECT is((SELECT outcome FROM tried WHERE what = 'tenant of key A'), :a,
	'with lying functions about, a key has its own tenant');
SELECT is((SELECT outcome FROM tried WHERE what = 'chosen for key A'), :a,
	'and chooses that one');
SELECT is((SELECT outcome FROM tried WHERE what = 'grants for key A'), '2 of ' || :a,
	'and sees no other''s grants');
SELECT is_empty($$SELECT * FROM tried WHERE what IN ('unknown key', 'expired key')$$,
	'keys that are not good stay outside');
SELECT is((SELECT outcome FROM tried WHERE what = 'chosen at last'), 'none',
	'and choose no tenant');
SELECT results_eq($$SELECT what, outcome FROM tried WHERE what LIKE 'change %' ORDER BY what$$,
	$$VALUES ('change by key A', 'done'), ('change by nobody', 'key'), ('change in B by key A', 'key')$$,
	'a change is its own tenant''s key''s alone');
SELECT is_empty('SELECT pg_temp.broken()', 'and the hash of its entry is the same');

SELECT * FROM finish();
ROLLBACK;
