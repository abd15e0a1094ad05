-- SPDX-License-Identifier: MIT
--
-- The audit log: nobody changes it, and its hashes are what the comments on
-- grantd.audit_hash() and in audit_record.sql say they are.
BEGIN;
SELECT plan(37);
\ir two_tenants.sql

-- Appending, as a worker: to a chain of one entry of the first form.
EXECUTE patch_first_form(:entry1, true);
SET LOCAL ROLE grantd_app;
SELECT set_config('grantd.tenant', :a, true) \g /dev/null
SELECT lives_ok($$EXECUTE patch('eeeeeeee-0000-7000-8000-000000000002', false)$$, 'a worker appends');
SELECT results_eq('SELECT sequence, record IS NULL, metadata IS NULL FROM grantd.audit_log ORDER BY sequence',
	'VALUES (1::bigint, true, false), (2, false, true)', 'entries are numbered from 1, whatever their form');
SELECT is((SELECT previous_hash::bytea FROM grantd.audit_log WHERE sequence = 1),
	decode(repeat('00', 32), 'hex'), 'the first entry follows 32 zero bytes');
SELECT is((SELECT previous_hash::bytea FROM grantd.audit_log WHERE sequence = 2),
	(SELECT hash::bytea FROM grantd.audit_log WHERE sequence = 1), 'the second follows the first');
SELECT is((SELECT record::text FROM grantd.audit_log WHERE sequence = 2),
	'{"request_id":"r","before":{"audit_enabled":true,"version":2},"after":{"audit_enabled":false,"version":3}}',
	'it says what was asked for, what was and what is');
SELECT results_eq('SELECT audit_length::bigint, audit_head::bytea FROM grantd.grants
	WHERE id = ''aaaaaaaa-0000-7000-8000-000000000001''',
	'SELECT sequence::bigint, hash::bytea FROM grantd.audit_log WHERE sequence = 2',
	'the grant carries the length and the head of its chain');
RESET ROLE;
SELECT is_empty('SELECT pg_temp.broken()', 'both hashes can be computed again from their rows');
SET LOCAL ROLE grantd_app;

-- Changing it, as a worker.
SELECT throws_ok('UPDATE grantd.audit_log SET actor_id = ''x''', '42501',
	'permission denied for table audit_log', 'a worker may not update it');
SELECT throws_ok('DELETE FROM grantd.audit_log', '42501',
	'permission denied for table audit_log', 'a worker may not delete from it');
SELECT throws_ok('TRUNCATE grantd.audit_log', '42501',
	'permission denied for table audit_log', 'a worker may not truncate it');
SELECT throws_ok($$INSERT INTO grantd.audit_log (tenant_id, id) VALUES (grantd.current_tenant(),
	gen_random_uuid())$$, '42501', 'permission denied for table audit_log', 'nor add to it by itself');
RESET ROLE;
SELECT throws_ok($$INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action,
	resource_type, resource_id, outcome, metadata, sequence, previous_hash, hash)
	SELECT tenant_id, gen_random_uuid(), actor_id, actor_type, action, resource_type,
	resource_id, outcome, metadata, sequence, previous_hash, hash FROM grantd.audit_log$$,
	'23505', NULL, 'a place in a chain is taken once');

-- Changing it, as the owner and as a superuser, whom no privilege stops.
SET LOCAL ROLE grantd_owner;
SELECT throws_ok('UPDATE grantd.audit_log SET actor_id = ''x''', '42501',
	'grantd.audit_log is append-only: UPDATE is not allowed', 'the owner is told no: UPDATE');
SELECT throws_ok('DELETE FROM grantd.audit_log', '42501',
	'grantd.audit_log is append-only: DELETE is not allowed', 'the owner is told no: DELETE');
SELECT throws_ok('TRUNCATE grantd.audit_log', '42501',
	'grantd.audit_log is append-only: TRUNCATE is not allowed', 'the owner is told no: TRUNCATE');
SELECT throws_ok('DELETE FROM grantd.audit_log WHERE false', '42501', NULL,
	'even where no row would go');
UPDATE grantd.tenants SET hold = 'removing' WHERE id = :b;
SELECT throws_ok('DELETE FROM grantd.audit_log', '42501', NULL, 'nor where another tenant is being removed');
UPDATE grantd.tenants SET hold = NULL WHERE id = :b;
SELECT throws_ok($$INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action,
	resource_type, resource_id, outcome, metadata, sequence, previous_hash, hash)
	SELECT tenant_id, id, actor_id, actor_type, action, resource_type, resource_id, outcome,
	metadata, sequence, previous_hash, hash FROM grantd.audit_log
	ON CONFLICT (tenant_id, id) DO UPDATE SET actor_id = 'x'$$, '42501', NULL,
	'nor by way of INSERT ... ON CONFLICT');
RESET ROLE;
SELECT throws_ok('UPDATE grantd.audit_log SET actor_id = ''x''', '42501', NULL,
	'a superuser is told no as well');

-- The canonical form of the first kind of entry, written out.
CREATE FUNCTION pg_temp.hash_of(metadata jsonb, reasoning text, actor text DEFAULT 'tester',
	action text DEFAULT 'UpdateGrant', at timestamptz DEFAULT '2026-01-02 03:04:05.678901+00')
	RETURNS bytea LANGUAGE sql AS $$
	SELECT grantd.audit_hash(decode(repeat('0f', 32), 'hex'),
		'11111111-1111-7111-8111-11111111ABCD', 'EEEEEEEE-0000-7000-8000-000000000001',
		'grant', 'aaaaaaaa-0000-7000-8000-000000000001', 12, actor, 'system', action,
		'done', metadata, reasoning, at)
$$;
SELECT is(pg_temp.hash_of('{"b": [1, 2.50], "a": "ü"}', 'Größe, 10:x,'),
	sha256(convert_to('14:grantd-audit-1,'
		'64:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f,'
		'36:11111111-1111-7111-8111-11111111abcd,'
		'36:eeeeeeee-0000-7000-8000-000000000001,'
		'5:grant,36:aaaaaaaa-0000-7000-8000-000000000001,2:12,6:tester,6:system,'
		'11:UpdateGrant,4:done,27:{"a": "ü", "b": [1, 2.50]},14:Größe, 10:x,,'
		'16:1767323045678901,', 'UTF8')),
	'the hash is that of the canonical form');
-- sha256sum of the same bytes, by another program.
SELECT is(encode(pg_temp.hash_of('{}', NULL), 'hex'),
	'6f717ea8abbd09a1c2adab417805169f63be04445a360492ce2e6da38c7d1b32',
	'and what another program computes');
SELECT is(pg_temp.hash_of('{}', ''), sha256(convert_to('14:grantd-audit-1,'
		'64:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f,'
		'36:11111111-1111-7111-8111-11111111abcd,'
		'36:eeeeeeee-0000-7000-8000-000000000001,'
		'5:grant,36:aaaaaaaa-0000-7000-8000-000000000001,2:12,6:tester,6:system,'
		'11:UpdateGrant,4:done,2:{},0:,16:1767323045678901,', 'UTF8')),
	'an empty text is not a null');
SELECT isnt(pg_temp.hash_of('{}', NULL), pg_temp.hash_of('{}', ''), 'nor has it its hash');
SELECT isnt(pg_temp.hash_of('{}', '', 'ab', 'c'), pg_temp.hash_of('{}', '', 'a', 'bc'),
	'bytes that move from one field to the next change the hash');
SELECT is(pg_temp.hash_of('{}', NULL, at => '1969-12-31 23:59:59.999999+00'),
	sha256(convert_to('14:grantd-audit-1,'
		'64:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f,'
		'36:11111111-1111-7111-8111-11111111abcd,'
		'36:eeeeeeee-0000-7000-8000-000000000001,'
		'5:grant,36:aaaaaaaa-0000-7000-8000-000000000001,2:12,6:tester,6:system,'
		'11:UpdateGrant,4:done,2:{},-,2:-1,', 'UTF8')), 'a time before 1970 is negative');
SET LOCAL timezone = 'Pacific/Chatham';
SELECT is(encode(pg_temp.hash_of('{}', NULL), 'hex'),
	'6f717ea8abbd09a1c2adab417805169f63be04445a360492ce2e6da38c7d1b32',
	'the session''s time zone does not matter');
SET LOCAL datestyle = 'SQL, DMY';
SET LOCAL bytea_output = 'escape';
SET LOCAL extra_float_digits = 0;
SELECT is(encode(pg_temp.hash_of('{}', NULL), 'hex'),
	'6f717ea8abbd09a1c2adab417805169f63be04445a360492ce2e6da38c7d1b32',
	'nor do its formats');

RESET timezone;
RESET datestyle;
RESET bytea_output;

-- The second form. Hashes as Python's hashlib and struct make them of the same values. What is appended to a
-- chain that is not there is taken back.
CREATE FUNCTION pg_temp.appended(entry integer, reason text, at timestamptz DEFAULT '2026-01-02 03:04:05.678901+00')
	RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	chain record;
	found grantd.audit_log;
BEGIN
	SELECT * INTO chain FROM grantd.audit_append('11111111-1111-7111-8111-111111111111',
		('eeeeeeee-0000-7000-8000-0000000000f' || entry)::uuid, 'tester ü', 'system', 'X', 'grant',
		'aaaaaaaa-0000-7000-8000-0000000000f0', 'denied', '{"n" : 1}', '{"b": 2.50}', NULL, reason, at,
		11, decode(repeat('0f', 32), 'hex'));
	SELECT * INTO found FROM grantd.audit_log WHERE sequence = 12;
	ASSERT found.hash = chain.head AND found.metadata IS NULL
		AND found.record::text = '{"n" : 1,"before":{"b": 2.50},"after":null}';
	RAISE EXCEPTION '% %', chain.length, encode(chain.head, 'hex');
EXCEPTION WHEN raise_exception THEN
	RETURN SQLERRM;
END
$$;
SELECT is(pg_temp.appended(1, 'Größe'), '12 c94a83e2ff5e771e2138ee4ccc337cb618ace5106cb34e595af950ab477ed1f3', 'the hash of the second form is that of its bytes');
SET LOCAL timezone = 'Pacific/Chatham';
SET LOCAL bytea_output = 'escape';
SELECT is(pg_temp.appended(2, NULL), '12 1b44b79a4c855cf9d4bf690a7ffdfbe70c16b10e59d5e6e1f5e2a29fddbb7cf7', 'a null is no empty text, whatever the session''s formats');
SELECT is(pg_temp.appended(3, '', '1999-12-31 23:59:59.999999+00'),
	'12 6922db51ec2a455bf7b81094636d1c321cc6079875aae24425172b05527636bf', 'an empty text is no null, and a time before 2000 is negative');

-- The same by the statement that has it spelled out, with everything that can be different in it.
SELECT is((grantd.update_grant(:a, :key_a, 1, 7, NULL, gen_random_uuid(), context, reason, :grant2, NULL, wanted)).state,
	'done', 'UpdateGrant with ' || coalesce(nullif(reason, ''), 'an empty reason', 'none'))
FROM (VALUES (1, true, '{"request_id":"r"}', 'Größe, "x"'), (2, false, '{"a" : "ü\u0000%s%"}', ''),
	(3, true, '{"n":1}', NULL), (4, false, '{"n":1}', repeat('ü', 256))) AS v(n, wanted, context, reason) ORDER BY n;
SELECT results_eq('SELECT reasoning, record::text FROM grantd.audit_log WHERE resource_id = ' || quote_literal(:grant2)
	|| ' ORDER BY sequence LIMIT 3', $$VALUES
	('Größe, "x"', '{"request_id":"r","before":{"audit_enabled":false,"version":1},"after":{"audit_enabled":true,"version":2}}'),
	('', '{"a" : "ü\u0000%s%","before":{"audit_enabled":true,"version":2},"after":{"audit_enabled":false,"version":3}}'),
	(NULL, '{"n":1,"before":{"audit_enabled":false,"version":3},"after":{"audit_enabled":true,"version":4}}')$$,
	'tells what it was given, as it was given');
SELECT is_empty('SELECT pg_temp.broken()', 'and its hashes are those of the bytes');
SELECT is((SELECT count(*) FROM grantd.audit_log WHERE resource_id = :grant2), 4::bigint, 'of all four');

SELECT * FROM finish();
ROLLBACK;
