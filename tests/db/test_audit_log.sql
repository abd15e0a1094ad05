-- SPDX-License-Identifier: MIT
--
-- The audit log: nobody changes it, and its hashes are what the comment on
-- grantd.audit_hash() says they are.
BEGIN;
SELECT plan(24);
\ir two_tenants.sql

-- Appending, as a worker.
SET LOCAL ROLE grantd_app;
SELECT set_config('grantd.tenant', :a, true) \g /dev/null
EXECUTE patch(:entry1);
SELECT lives_ok($$EXECUTE patch('eeeeeeee-0000-7000-8000-000000000002')$$, 'a worker appends');
SELECT results_eq('SELECT sequence::bigint FROM grantd.audit_log ORDER BY sequence',
	ARRAY[1, 2]::bigint[], 'entries are numbered from 1');
SELECT is((SELECT previous_hash::bytea FROM grantd.audit_log WHERE sequence = 1),
	decode(repeat('00', 32), 'hex'), 'the first entry follows 32 zero bytes');
SELECT is((SELECT previous_hash::bytea FROM grantd.audit_log WHERE sequence = 2),
	(SELECT hash::bytea FROM grantd.audit_log WHERE sequence = 1), 'the second follows the first');
SELECT results_eq('SELECT audit_length::bigint, audit_head::bytea FROM grantd.grants
	WHERE id = ''aaaaaaaa-0000-7000-8000-000000000001''',
	'SELECT sequence::bigint, hash::bytea FROM grantd.audit_log WHERE sequence = 2',
	'the grant carries the length and the head of its chain');
SELECT is_empty($$SELECT id FROM grantd.audit_log WHERE hash <> grantd.audit_hash(previous_hash,
	tenant_id, id, resource_type, resource_id, sequence, actor_id, actor_type, action, outcome,
	metadata, reasoning, created_at)$$, 'every hash can be computed again from its row');

-- Changing it, as a worker.
SELECT throws_ok('UPDATE grantd.audit_log SET actor_id = ''x''', '42501',
	'permission denied for table audit_log', 'a worker may not update it');
SELECT throws_ok('DELETE FROM grantd.audit_log', '42501',
	'permission denied for table audit_log', 'a worker may not delete from it');
SELECT throws_ok('TRUNCATE grantd.audit_log', '42501',
	'permission denied for table audit_log', 'a worker may not truncate it');
SELECT throws_ok($$INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action,
	resource_type, resource_id, outcome, metadata, sequence, previous_hash, hash)
	SELECT tenant_id, gen_random_uuid(), actor_id, actor_type, action, resource_type,
	resource_id, outcome, metadata, sequence, previous_hash, hash FROM grantd.audit_log$$,
	'23505', NULL, 'a place in a chain is taken once');
RESET ROLE;

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
SELECT throws_ok($$INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action,
	resource_type, resource_id, outcome, metadata, sequence, previous_hash, hash)
	SELECT tenant_id, id, actor_id, actor_type, action, resource_type, resource_id, outcome,
	metadata, sequence, previous_hash, hash FROM grantd.audit_log
	ON CONFLICT (tenant_id, id) DO UPDATE SET actor_id = 'x'$$, '42501', NULL,
	'nor by way of INSERT ... ON CONFLICT');
RESET ROLE;
SELECT throws_ok('UPDATE grantd.audit_log SET actor_id = ''x''', '42501', NULL,
	'a superuser is told no as well');

-- The canonical form, written out.
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

SELECT * FROM finish();
ROLLBACK;
