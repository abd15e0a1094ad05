-- SPDX-License-Identifier: MIT
--
-- What the tables refuse, whoever writes.
BEGIN;
SELECT plan(72);
\ir two_tenants.sql

-- Single values of a grant. The update is the superuser's, so that it gets to the check.
SELECT pg_temp.refused(what, format('UPDATE grantd.grants SET %s', change), '23514 ' || rule)
FROM (VALUES
	('an empty grantee', 'grantee_id = ''''', 'identifier_length'),
	('a grantee of 257 bytes', 'grantee_id = repeat(''ü'', 128) || ''x''', 'identifier_length'),
	('an unknown resource type', 'resource_type = ''aws_lambda''', 'resource_type_known'),
	('an empty resource', 'resource_id = ''''', 'resource_identifier_length'),
	('a resource of 2049 bytes', 'resource_id = repeat(''x'', 2049)', 'resource_identifier_length'),
	('an empty action', 'action = ''''', 'identifier_length'),
	('an unknown status', 'status = ''Active''', 'grant_status_known'),
	('metadata that is an array', 'metadata = ''[]''', 'json_object_only'),
	('metadata that is JSON''s null', 'metadata = ''null''', 'json_object_only'),
	('metadata over 128 KiB', 'metadata = jsonb_build_object(''x'', repeat(''x'', 131072))',
		'json_object_only'),
	('a grant that never expires', 'expires_at = ''infinity''', 'moment_four_digit_year'),
	('a grant until the year 10000', 'expires_at = ''10000-01-01 00:00:00+00''',
		'moment_four_digit_year'),
	('a grant from before the year 1', 'granted_at = ''0001-12-31 00:00:00+00 BC''',
		'moment_four_digit_year'),
	('version 0', 'version = 0', 'revision_positive'),
	('a chain of negative length', 'audit_length = -1', 'chain_length_natural'),
	('a chain head of 31 bytes', 'audit_head = ''\x00''', 'sha256_length'),
	('a revoked grant without a time', 'status = ''revoked''', 'grants_revoked_at_status'),
	('an active grant that was revoked', 'revoked_at = now()', 'grants_revoked_at_status'),
	('a grant that ends before it begins', 'expires_at = granted_at', 'grants_expires_later'),
	('a grant that begins after its end', 'granted_at = expires_at + interval ''1 us''',
		'grants_expires_later')
) AS v(what, change, rule);

SELECT pg_temp.refused('a grant without ' || c, format('UPDATE grantd.grants SET %I = NULL', c),
	'23502 ')
FROM unnest(ARRAY['grantee_id', 'resource_type', 'resource_id', 'action', 'status',
	'audit_enabled', 'expires_at', 'granted_at', 'metadata', 'created_at', 'updated_at',
	'version', 'audit_length', 'audit_head']) AS c;

SELECT pg_temp.refused('a revoked grant without a time, when inserted',
	$$INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,
	expires_at, status) VALUES ('11111111-1111-7111-8111-111111111111', gen_random_uuid(),
	'x', 'aws_account', '1', 'x', now() + interval '1 hour', 'revoked')$$,
	'23514 grants_revoked_at_status');
SELECT pg_temp.refused('a grant of no tenant',
	$$INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,
	expires_at) VALUES (gen_random_uuid(), gen_random_uuid(),
	'x', 'aws_account', '1', 'x', now() + interval '1 hour')$$,
	'23503 grants_tenant_id_fkey');
SELECT pg_temp.refused('a grant''s id twice in a tenant',
	$$UPDATE grantd.grants SET id = 'aaaaaaaa-0000-7000-8000-000000000009'$$, '23505 grants_pkey');

SELECT lives_ok(format('UPDATE grantd.grants SET %s', change), change || ' is accepted')
FROM unnest(ARRAY[
	'grantee_id = repeat(''ü'', 128)',
	'resource_id = repeat(''x'', 2048)',
	'resource_type = ''aws_organizational_unit''',
	'status = ''revoked'', revoked_at = now()',
	'status = ''active'', revoked_at = NULL',
	'expires_at = ''9999-12-31 23:59:59.999999+00''']) AS change;
SELECT results_eq($$
	INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,
		expires_at)
	VALUES ('11111111-1111-7111-8111-111111111111', gen_random_uuid(), 'x', 'aws_account', '1',
		'x', now() + interval '1 hour')
	RETURNING status::text, audit_enabled, metadata::jsonb, version::bigint,
		audit_length::bigint, audit_head::bytea
$$, $$VALUES ('active', false, '{}'::jsonb, 1::bigint, 0::bigint, decode(repeat('00', 32), 'hex'))$$,
	'a new grant is active, not audited, in version 1, with an empty chain');

-- Keys.
SELECT pg_temp.refused(what, format('UPDATE grantd.api_keys SET %s WHERE key_name = ''AAAAAAAA''',
	change), '23514 ' || rule)
FROM (VALUES
	('a key name of 7 characters', 'key_name = ''AAAAAAA''', 'key_name_base62'),
	('a key name of 9 characters', 'key_name = ''AAAAAAAAA''', 'key_name_base62'),
	('a key name with a line break', 'key_name = E''AAAAAAA\n''', 'key_name_base62'),
	('a key name outside base62', 'key_name = ''AAAAAAA_''', 'key_name_base62'),
	('a name of two lines', 'name = E''a\nb''', 'display_name_one_line'),
	('a name of 201 bytes', 'name = repeat(''x'', 201)', 'display_name_one_line'),
	('a key without roles', 'roles = ''{}''', 'role_names_form'),
	('a role that is null', 'roles = ''{admin,NULL}''', 'role_names_form'),
	('an empty role', 'roles = ''{""}''', 'role_names_form'),
	('a role with a comma', 'roles = ARRAY[''a,b'']', 'role_names_form'),
	('a role with a quotation mark', 'roles = ARRAY[''a"'']', 'role_names_form'),
	('an upper-case role', 'roles = ARRAY[''Admin'']', 'role_names_form'),
	('a table of roles', 'roles = ''{{admin},{auditor}}''', 'role_names_form'),
	('33 roles', 'roles = array_fill(''a''::text, ARRAY[33])', 'role_names_form'),
	('a hash of 31 bytes', 'hash = substr(hash, 1, 31)', 'sha256_length'),
	('a key that expired before it was made', 'expires_at = created_at',
		'api_keys_expires_later')
) AS v(what, change, rule);
SELECT pg_temp.refused('a key name twice in a tenant',
	$$UPDATE grantd.api_keys SET key_name = 'AAAAAAAD' WHERE key_name = 'AAAAAAAA'$$,
	'23505 api_keys_tenant_id_key_name_key');
SELECT lives_ok($$UPDATE grantd.api_keys SET roles = array_fill(repeat('a', 63), ARRAY[32])$$,
	'32 roles of 63 characters are accepted');
SELECT lives_ok($$UPDATE grantd.api_keys SET roles = ARRAY['admin', 'null', 'null']$$,
	'a role called null is accepted');

-- Audit entries.
SET LOCAL ROLE grantd_app;
SELECT set_config('grantd.tenant', :a, true) \g /dev/null
SELECT pg_temp.refused(what, format($$
	INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,
		resource_id, outcome, metadata, reasoning, sequence, previous_hash, hash)
	SELECT %L, gen_random_uuid(), 'x', %L, 'x', %L, gen_random_uuid(), %L, '{}', %L,
		%s, sha256(''), substr(sha256(''), 1, %s)$$, :a, actor, owner, outcome, reasoning,
	sequence, bytes), '23514 ' || rule)
FROM (VALUES
	('an unknown kind of actor', 'user', 'grant', 'done', '', 1, 32, 'actor_type_known'),
	('a chain of something unknown', 'system', 'session', 'done', '', 1, 32, 'chain_owner_known'),
	('an unknown outcome', 'system', 'grant', 'failed', '', 1, 32, 'outcome_known'),
	('a reason of 513 bytes', 'system', 'grant', 'done', repeat('x', 513), 1, 32, 'reason_length'),
	('an entry in place 0', 'system', 'grant', 'done', '', 0, 32, 'revision_positive'),
	('a hash of 31 bytes', 'system', 'grant', 'done', '', 1, 31, 'sha256_length')
) AS v(what, actor, owner, outcome, reasoning, sequence, bytes, rule);
RESET ROLE;

-- Tenants and the version.
SELECT pg_temp.refused('a tenant without a name',
	'UPDATE grantd.tenants SET name = ''''', '23514 display_name_one_line');
SELECT pg_temp.refused('a second schema version',
	'INSERT INTO grantd.schema_version (version) VALUES (2)', '23505 schema_version_pkey');
SELECT pg_temp.refused('a second schema version, differently',
	'INSERT INTO grantd.schema_version (only_row, version) VALUES (false, 2)',
	'23514 schema_version_only_row_check');

SELECT * FROM finish();
ROLLBACK;
