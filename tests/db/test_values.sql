-- SPDX-License-Identifier: MIT
--
-- What the tables refuse, whoever writes.
BEGIN;
SELECT plan(117);
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

-- What columns without a domain hold is what the functions let through: nobody else writes them. A worker
-- with a key, and grantctl without one.
SET LOCAL ROLE grantd_app;
SELECT pg_temp.refused(what, pg_temp.call(name, arguments::jsonb), rule)
FROM (VALUES
	('an operation without a name', 'log_denied', '{"operation":""}', '23514 identifier_length'),
	('an operation of 257 bytes', 'log_denied', jsonb_build_object('operation', repeat('x', 257))::text,
		'23514 identifier_length'),
	('an operation on rules that is none', 'change_rule', '{"operation":"CreatePolicy"}', '22023 '),
	('somebody without a name', 'update_grant', '{"key_hash":null,"actor":""}', '23514 identifier_length'),
	('somebody with a name of 257 bytes', 'revoke_grant',
		jsonb_build_object('key_hash', NULL, 'actor', repeat('x', 257))::text, '23514 identifier_length'),
	('nobody', 'create_grant', '{"key_hash":null,"actor":null}', '23502 '),
	('an entry without an id', 'update_grant', '{"entry":null}', '23502 '),
	('more than 1 MiB of what was wanted', 'log_denied',
		jsonb_build_object('requested', jsonb_build_object('x', repeat('x', 1048576)))::text,
		'23514 audit_log_record_length'),
	('more than 128 KiB of context', 'update_grant', jsonb_build_object('context',
		jsonb_build_object('x', repeat('x', 131072))::text)::text, '23514 audit_log_record_length'),
	('a grant of nobody', 'create_grant', '{"grantee":""}', '23514 identifier_length'),
	('a grant of an unknown resource', 'create_grant', '{"resource_kind":"x"}', '23514 resource_type_known'),
	('a grant of nothing', 'create_grant', '{"resource":""}', '23514 resource_identifier_length'),
	('a grant to do nothing', 'create_grant', '{"operation":""}', '23514 identifier_length'),
	('a grant for ever', 'create_grant', '{"expires":"infinity"}', '23514 moment_four_digit_year'),
	('a grant with a list', 'create_grant', '{"about":"[]"}', '23514 json_object_only'),
	('an Idempotency-Key with a blank', 'create_grant', jsonb_build_object('idempotency_key', 'a b', 'body',
		sha256(''), 'grant_id', :entry1)::text, '23514 idempotency_key_printable'),
	('a body''s hash of one byte', 'create_grant', jsonb_build_object('idempotency_key', 'a', 'body',
		'\x00', 'grant_id', :entry1)::text, '23514 body_hash_sha256'),
	('a key without a name', 'create_api_key', '{"title":""}', '23514 display_name_one_line'),
	('a key name of 7 characters', 'create_api_key', '{"public_name":"AAAAAAA"}', '23514 key_name_base62'),
	('a key without roles', 'create_api_key', '{"role_list":"{}"}', '23514 role_names_form'),
	('a key''s hash of one byte', 'create_api_key', '{"new_hash":"\\x00"}', '23514 sha256_length'),
	('a new hash of one byte', 'rotate_api_key', '{"new_hash":"\\x00"}', '23514 sha256_length'),
	('a policy of two lines', 'create_policy', '{"title":"a\nb"}', '23514 display_name_one_line')
) AS v(what, name, arguments, rule);
SELECT pg_temp.refused('a context that is ' || what, pg_temp.call(name, jsonb_build_object('context', context)),
	coalesce(rule, CASE name WHEN 'update_grant' THEN '22P02 ' ELSE '23502 ' END))
FROM (VALUES ('none', NULL, NULL), ('an empty object', '{}', '22P02 '), ('a list', '["x"]', '22P02 '),
	('two objects', '{"a":1} {"b":1}', '22P02 '), ('followed by a blank', '{"a":1} ', '22P02 '),
	('no JSON', 'x', '22P02 ')) AS c(what, context, rule),
	unnest(ARRAY['update_grant', 'create_grant']) AS name;
RESET ROLE;
INSERT INTO grantd.policies (tenant_id, id, name) VALUES (:a, 'dddddddd-0000-7000-8000-000000000001', 'p');
SELECT pg_temp.refused('a rule without text', pg_temp.call('change_rule', '{"text_":""}'), '23514 rule_text_length');
SELECT pg_temp.refused('a notice of two lines', pg_temp.call('change_rule', '{"notice_":"a\nb"}'), '23514 notice_one_line');
SELECT pg_temp.refused('a tenant without a name', pg_temp.call('create_tenant', jsonb_build_object('tenant', gen_random_uuid(),
	'actor', 'x', 'title', '')), '23514 display_name_one_line');
SELECT pg_temp.refused('a reason of 513 bytes for ' || name, pg_temp.call(name, jsonb_build_object('reason', repeat('x', 513),
	'tenant', CASE name WHEN 'create_tenant' THEN gen_random_uuid() ELSE :a END, 'actor', 'x',
	'key_id', CASE name WHEN 'revoke_api_key' THEN 'cccccccc-0000-7000-8000-00000000000a' ELSE :entry1 END,
	'policy_id', CASE name WHEN 'create_policy' THEN :b ELSE 'dddddddd-0000-7000-8000-000000000001' END)),
	'23514 reason_length')
FROM unnest(ARRAY['update_grant', 'revoke_grant', 'create_grant', 'log_denied', 'create_api_key', 'rotate_api_key',
	'revoke_api_key', 'create_policy', 'update_policy', 'delete_policy', 'change_rule', 'create_tenant']) AS name;
SELECT is((SELECT count(*) FROM grantd.audit_log), 0::bigint, 'none of all that left an entry');
SELECT is((SELECT count(*) FROM grantd.grants WHERE audit_length > 0 OR version > 1), 0::bigint, 'or a change');
SELECT lives_ok(pg_temp.call('change_rule', jsonb_build_object('text_', repeat(E'\x01', 49152))),
	'the longest text of a rule fits an entry');
SELECT lives_ok(pg_temp.call('change_rule', jsonb_build_object('operation', 'UpdatePolicyRule', 'policies_version',
	(SELECT policy_version FROM grantd.tenants WHERE id = :a), 'text_', repeat(E'\x02', 49152))),
	'and so do two, whatever is in them');

-- Tenants and the version.
SELECT pg_temp.refused('a tenant without a name',
	'UPDATE grantd.tenants SET name = ''''', '23514 display_name_one_line');
SELECT pg_temp.refused('a second schema version',
	'INSERT INTO grantd.schema_version (version, serves_from) VALUES (2, 2)', '23505 schema_version_pkey');
SELECT pg_temp.refused('a second schema version, differently',
	'INSERT INTO grantd.schema_version (only_row, version, serves_from) VALUES (false, 2, 2)',
	'23514 schema_version_only_row_check');

SELECT * FROM finish();
ROLLBACK;
