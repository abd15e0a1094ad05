-- SPDX-License-Identifier: MIT
--
-- Changes: every function, in every state that it can answer with, and what is stored then.
BEGIN;
SELECT plan(311);
\ir two_tenants.sql

\set key1 '''cccccccc-0000-7000-8000-000000000001'''
\set key2 '''cccccccc-0000-7000-8000-000000000002'''
\set policy '''dddddddd-0000-7000-8000-000000000001'''
\set rule '''dddddddd-0000-7000-8000-000000000002'''
\set grant3 '''aaaaaaaa-0000-7000-8000-000000000003'''
SELECT set_config('grantd.tenant', :a, true) \g /dev/null

-- All that is stored, in short.
CREATE FUNCTION pg_temp.stored() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	name text;
	one text;
	found text := '';
BEGIN
	FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'grantd'::regnamespace
		AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1
	LOOP
		EXECUTE format('SELECT md5(coalesce(string_agg(t::text, %L ORDER BY t::text), %L)) FROM grantd.%I t',
			E'\n', '', name) INTO one;
		found := found || ' ' || one;
	END LOOP;
	RETURN found;
END
$$;

-- What a call answers, as a worker's: its state, and the row as JSON.
CREATE FUNCTION pg_temp.answer(name text, arguments jsonb, OUT state text, OUT said jsonb) LANGUAGE plpgsql AS $$
BEGIN
	IF name NOT IN ('create_tenant', 'update_tenant') THEN
		SET LOCAL ROLE grantd_app;
	END IF;
	EXECUTE pg_temp.call(name, arguments) INTO said;
	RESET ROLE;
	state := coalesce(said ->> 'state', said #>> '{}');
END
$$;

-- Passes where a call answers so and nothing is stored by it.
CREATE FUNCTION pg_temp.nothing(wanted text, name text, arguments jsonb, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	before CONSTANT text := pg_temp.stored();
	answer CONSTANT record := pg_temp.answer(name, arguments);
BEGIN
	RETURN is(answer.state || CASE WHEN before = pg_temp.stored() THEN '' ELSE ', and something was changed' END,
		wanted, format('%s of %s changes nothing: %s', wanted, name, what));
END
$$;

-- Calls that changed something, and what they answered.
CREATE TEMP TABLE calls (n integer PRIMARY KEY, name text, arguments jsonb, state text, said jsonb, made_at timestamptz);
CREATE FUNCTION pg_temp.entry(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
	SELECT ('eeeeeeee-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid
$$;
CREATE FUNCTION pg_temp.policies() RETURNS bigint LANGUAGE sql AS $$
	SELECT policy_version FROM grantd.tenants WHERE id = '11111111-1111-7111-8111-111111111111'
$$;
CREATE FUNCTION pg_temp.done(n integer, name text, arguments jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	given CONSTANT jsonb := jsonb_build_object('entry', pg_temp.entry(n), 'reason', 'reason ' || n,
		'context', jsonb_build_object('n', n), 'policies_version', pg_temp.policies()) || arguments;
	answer record;
	policies CONSTANT bigint := pg_temp.policies();
	microseconds CONSTANT bigint := extract(epoch FROM statement_timestamp()) * 1000000;
BEGIN
	answer := pg_temp.answer(name, given);
	INSERT INTO calls VALUES (n, name, given, answer.state, answer.said, statement_timestamp());
	RETURN is(answer.state || CASE WHEN name !~ '(_policy|_rule|update_tenant)$' AND pg_temp.policies() = policies
		OR name ~ '(_policy|_rule|update_tenant)$' AND pg_temp.policies() >= microseconds AND pg_temp.policies() > policies THEN ''
		ELSE ' with a policy_version that is wrong' END, 'done', format('%s: %s', n, name));
END
$$;

-- ---- who may, and on what knowledge ----

INSERT INTO grantd.policies (tenant_id, id, name) VALUES (:a, :b, 'there');
INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal, policy_text) VALUES (:a, :b, :b, 1, 'x');
CREATE TEMP TABLE every AS
SELECT name, jsonb_build_object('policy_id', CASE name WHEN 'create_policy' THEN :policy ELSE :b END, 'rule_id', CASE
	WHEN operation = 'CreatePolicyRule' THEN :rule ELSE :b END, 'operation', operation, 'grant_id', CASE name
	WHEN 'create_grant' THEN :grant3 ELSE :grant1 END, 'key_id', CASE name WHEN 'revoke_api_key'
	THEN 'cccccccc-0000-7000-8000-00000000000a' ELSE :key1 END) AS arguments
FROM (VALUES ('update_grant', 'x'), ('revoke_grant', 'x'), ('create_grant', 'x'), ('log_denied', 'x'),
	('create_api_key', 'x'), ('rotate_api_key', 'x'), ('revoke_api_key', 'x'), ('create_policy', 'x'),
	('update_policy', 'x'), ('delete_policy', 'x'), ('change_rule', 'CreatePolicyRule'),
	('change_rule', 'UpdatePolicyRule'), ('change_rule', 'DeletePolicyRule')) AS f(name, operation);

SELECT pg_temp.nothing('key', name, arguments || jsonb_build_object('key_hash', sha256(h::bytea)), h)
FROM every, unnest(ARRAY['key B', 'key revoked', 'key expired', 'nobody''s']) h;
SELECT pg_temp.nothing('stale', name, arguments || change::jsonb, what)
FROM every, (VALUES ('the key has another version', '{"key_version":2}'), ('no version of the key', '{"key_version":null}'),
	('the policies have another version', '{"policies_version":8}'),
	('no version of the policies', '{"policies_version":null}')) AS c(what, change);
SELECT pg_temp.nothing('stale', name, arguments || '{"grant_version":2,"old_version":2}', 'the row has another version')
FROM every WHERE name IN ('update_grant', 'revoke_grant', 'rotate_api_key', 'revoke_api_key');
SELECT pg_temp.nothing('none', name, arguments || jsonb_build_object('grant_id', :policy, 'old_id', :policy, 'key_id', :policy,
	'policy_id', :policy), 'it is not there')
FROM every WHERE name NOT LIKE 'create_%';
SELECT pg_temp.nothing('none', name, arguments || jsonb_build_object('rule_id', :policy), 'the rule is not there')
FROM every WHERE arguments ->> 'operation' IN ('UpdatePolicyRule', 'DeletePolicyRule');
SELECT pg_temp.nothing('past', name, arguments || jsonb_build_object('expires', statement_timestamp()), 'it ends now')
FROM every WHERE name IN ('create_grant', 'create_api_key', 'rotate_api_key');

-- Where the tenant is not served: nothing is done, and nobody is told that his key is none, unless the tenant is disabled.
CREATE FUNCTION pg_temp.stands(state text, hold text) RETURNS void LANGUAGE sql AS $$
	UPDATE grantd.tenants SET state = stands.state, hold = stands.hold, moved_to = CASE stands.state WHEN 'moved' THEN 'there' END
	WHERE id = '11111111-1111-7111-8111-111111111111'
$$;
SELECT pg_temp.stands('serving', 'closed') \g /dev/null
SELECT throws_ok(pg_temp.call(name, arguments), 'GD001', 'the tenant is closed for a moment, as it moves', 'closed: ' || name) FROM every;
SELECT throws_ok(pg_temp.call('record_activity', '{"grant_version":1,"events":[]}'), 'GD001', NULL, 'closed: record_activity');
SELECT throws_ok(pg_temp.call('update_grant', '{"key_hash":null,"actor":"root"}'), 'GD001', NULL, 'closed: grantctl writes nothing either');
SELECT isnt((grantd.get_grant(:a, :key_a, :grant1)).id, NULL, 'closed: a grant is shown');
SELECT isnt_empty('SELECT * FROM grantd.authenticate(sha256(''key A''))', 'closed: the key is good');
SELECT pg_temp.stands('serving', 'arriving') \g /dev/null
SELECT throws_ok(pg_temp.call(name, arguments), 'GD001', 'the tenant is arriving here, and not open yet', 'arriving: ' || name) FROM every;
SELECT is((grantd.get_grant(:a, :key_a, :grant1)).id, NULL, 'arriving: no grant is shown');
SELECT is_empty(format('SELECT * FROM grantd.get_policies(%L, %L)', :a, :key_a), 'arriving: nor are rules');
SELECT throws_ok('SELECT * FROM grantd.authenticate(sha256(''key A''))', 'GD001', NULL, 'arriving: its key is to come again');
SELECT pg_temp.stands('moved', NULL) \g /dev/null
SELECT throws_ok(pg_temp.call(name, arguments), 'GD001', 'the tenant has moved to there', 'moved: ' || name) FROM every;
SELECT throws_ok(pg_temp.call('record_activity', '{"grant_version":1,"events":[]}'), 'GD001', NULL, 'moved: record_activity');
SELECT is((grantd.get_grant(:a, :key_a, :grant1)).id, NULL, 'moved: no grant is shown');
SELECT throws_ok('SELECT * FROM grantd.authenticate(sha256(''key A''))', 'GD001', NULL, 'moved: its key is to come again');
SELECT is_empty('SELECT * FROM grantd.authenticate(sha256(''key revoked''))', 'moved: one that was revoked is none');
SELECT pg_temp.stands('disabled', NULL) \g /dev/null
SELECT pg_temp.nothing('key', name, arguments, 'the tenant is disabled') FROM every;
SELECT is((grantd.get_grant(:a, :key_a, :grant1)).id, NULL, 'disabled: no grant is shown');
SELECT is_empty('SELECT * FROM grantd.authenticate(sha256(''key A''))', 'disabled: its key is none');
SELECT results_eq(pg_temp.call('record_activity', '{"grant_version":1,"events":[]}'),
	$$VALUES ('{"state":"key","accepted":null}'::jsonb)$$, 'disabled: record_activity');
SELECT pg_temp.stands('disabled', 'removing') \g /dev/null
SELECT throws_ok(pg_temp.call('update_grant', '{"key_hash":null,"actor":"root"}'), 'GD001', 'the tenant is being removed', 'removing: grantctl writes nothing');
SELECT pg_temp.stands('serving', NULL) \g /dev/null

-- Grantctl, without a key: whatever the versions, and the tenant is looked for.
SELECT pg_temp.nothing('none', name, arguments || jsonb_build_object('key_hash', NULL, 'actor', 'x', 'tenant', gen_random_uuid()),
	'there is no such tenant') FROM every WHERE name IN ('create_grant', 'create_api_key');
SELECT pg_temp.refused('a policy of no tenant', pg_temp.call('create_policy', jsonb_build_object('key_hash', NULL, 'actor', 'x',
	'tenant', gen_random_uuid())), '23503 policies_tenant_id_fkey');
SELECT pg_temp.nothing('same', 'update_policy', jsonb_build_object('policy_id', :b, 'title', 'there', 'rank', 0), 'all is so');
SELECT pg_temp.nothing('same', 'change_rule', jsonb_build_object('policy_id', :b, 'rule_id', :b, 'operation',
	'UpdatePolicyRule', 'text_', 'x'), 'all is so');
SELECT pg_temp.nothing('same', 'change_rule', jsonb_build_object('policy_id', :b, 'rule_id', :b, 'operation',
	'UpdatePolicyRule', 'text_', 'x', 'place', 1), 'all is so, and in its place');
SELECT pg_temp.nothing('same', 'update_grant', '{"wanted":false}', 'it is off');
SELECT pg_temp.nothing('same', 'revoke_api_key', '{"key_id":"cccccccc-0000-7000-8000-00000000000d"}', 'it is revoked');
SELECT pg_temp.nothing('revoked', 'rotate_api_key', '{"old_id":"cccccccc-0000-7000-8000-00000000000d"}', 'the old key is');
SELECT is((SELECT count(*) FROM grantd.audit_log), 0::bigint, 'no entry was made so far');
DELETE FROM grantd.policy_rules;
DELETE FROM grantd.policies;

-- ---- changes ----

SELECT pg_temp.done(1, 'create_grant', jsonb_build_object('grant_id', :grant3, 'request_id', :b, 'grantee', 'she', 'resource_kind',
	'aws_s3_bucket', 'resource', 'bucket', 'operation', 'read', 'audited', true, 'expires', '2100-01-02T03:04:05.678901Z',
	'about', '{"k":[1]}', 'idempotency_key', 'once', 'body', sha256('body')));
SELECT pg_temp.done(2, 'update_grant', jsonb_build_object('grant_id', :grant3, 'grant_version', 1, 'wanted', false));
SELECT pg_temp.done(3, 'update_grant', jsonb_build_object('grant_id', :grant3, 'wanted', true));
SELECT pg_temp.done(4, 'update_grant', jsonb_build_object('grant_id', :grant3, 'grant_version', 3, 'wanted', false,
	'key_hash', NULL, 'actor', 'root'));
SELECT pg_temp.done(5, 'log_denied', jsonb_build_object('grant_id', :grant3, 'operation', 'UpdateGrant', 'requested',
	'{"audit_enabled":true}'));
SELECT pg_temp.done(6, 'log_denied', '{"grant_id":null,"operation":"CreateApiKey","requested":{"name":"x"}}');
SELECT pg_temp.done(7, 'revoke_grant', jsonb_build_object('grant_id', :grant3, 'grant_version', 4));
SELECT pg_temp.done(8, 'update_grant', jsonb_build_object('grant_id', :grant3, 'grant_version', 5, 'wanted', true));
SELECT results_eq('SELECT status::text, audit_enabled, version, audit_length, revoked_at, updated_at, created_at, granted_at::timestamptz
	FROM grantd.grants WHERE tenant_id = ' || quote_literal(:a) || ' AND id = ' || quote_literal(:grant3), $$SELECT 'revoked', true,
	6::bigint, 7::bigint, max(made_at) FILTER (WHERE n = 7), max(made_at) FILTER (WHERE n = 8), min(made_at), min(made_at) FROM calls$$,
	'the grant is what the calls made it, one after the other');
SELECT pg_temp.nothing('same', 'revoke_grant', jsonb_build_object('grant_id', :grant3), 'it is revoked');
SELECT pg_temp.nothing('same', 'update_grant', jsonb_build_object('grant_id', :grant3), 'it is on');
SELECT pg_temp.nothing('same', 'update_grant', jsonb_build_object('grant_id', :grant3, 'key_hash', NULL, 'actor', 'root'), 'it is on');
SELECT is((SELECT count(*) FROM grantd.grants WHERE version > 1), 1::bigint, 'and no other has changed');

SELECT pg_temp.nothing('mismatch', 'create_grant', jsonb_build_object('grant_id', :entry1, 'idempotency_key', 'once', 'body',
	sha256('other')), 'the Idempotency-Key had another body');
SELECT pg_temp.nothing('first', 'create_grant', jsonb_build_object('grant_id', :entry1, 'idempotency_key', 'once', 'body',
	sha256('body'), 'expires', '2000-01-01'), 'the Idempotency-Key had this body');
SELECT is(((pg_temp.answer('create_grant', jsonb_build_object('grant_id', :entry1, 'idempotency_key', 'once', 'body',
	sha256('body')))).said - 'state'), (SELECT said - 'state' FROM calls WHERE n = 1),
	'and what was answered then is answered again, though the grant was switched and revoked since');
UPDATE grantd.idempotency_keys SET created_at = created_at - interval '24 hours';
SELECT pg_temp.done(9, 'create_grant', jsonb_build_object('grant_id', :entry1, 'idempotency_key', 'once', 'body', sha256('other')));
SELECT results_eq('SELECT tenant_id, key::text, body_hash::bytea, grant_id, audit_enabled FROM grantd.idempotency_keys',
	format('SELECT %L::uuid, ''once'', sha256(''other''), %L::uuid, false', :a, :entry1), 'after 24 hours it is good for another body');

SELECT pg_temp.done(10, 'create_api_key', jsonb_build_object('key_id', :key1, 'public_name', 'AAAAAAA1', 'title', 'one',
	'role_list', '{admin,auditor}', 'new_hash', sha256('key 1'), 'expires', '2100-01-02T03:04:05Z'));
SELECT grantd.note_key_use(:a, sha256('key 1'), 60000) \g /dev/null
SELECT isnt((SELECT last_used_at FROM grantd.api_keys WHERE id = :key1), NULL, 'a key''s use is noted');
CREATE TEMP TABLE used AS SELECT last_used_at FROM grantd.api_keys WHERE id = :key1;
SELECT grantd.note_key_use(:a, sha256('key 1'), 60000) \g /dev/null
SELECT is((SELECT last_used_at FROM grantd.api_keys WHERE id = :key1), (SELECT last_used_at FROM used), 'not so soon again');
SELECT grantd.note_key_use(:a, sha256('key 1'), 0) \g /dev/null
SELECT cmp_ok((SELECT last_used_at FROM grantd.api_keys WHERE id = :key1), '>', (SELECT last_used_at FROM used), 'but later');
SELECT pg_temp.done(11, 'rotate_api_key', jsonb_build_object('old_id', :key1, 'old_entry', pg_temp.entry(111), 'key_id', :key2,
	'public_name', 'AAAAAAA2', 'new_hash', sha256('key 2'), 'inherit', true));
SELECT results_eq($$SELECT name::text, roles::text[], hash::bytea, expires_at::timestamptz, version::bigint, revoked_at FROM grantd.api_keys
	WHERE key_name = 'AAAAAAA2'$$, $$VALUES ('one', '{admin,auditor}'::text[], sha256('key 2'), timestamptz '2100-01-02 03:04:05Z',
	1::bigint, NULL::timestamptz)$$, 'the new key has the old one''s name and roles, and its end');
SELECT results_eq($$SELECT expires_at::timestamptz, version::bigint, updated_at FROM grantd.api_keys WHERE key_name = 'AAAAAAA1'$$,
	$$SELECT made_at + interval '60 s', 2::bigint, made_at FROM calls WHERE n = 11$$, 'and the old one goes on for the overlap');
SELECT pg_temp.nothing('replaced', 'rotate_api_key', jsonb_build_object('old_id', :key1, 'old_version', 2), 'the old one was rotated');
SELECT pg_temp.done(12, 'revoke_api_key', jsonb_build_object('key_id', :key1, 'old_version', 2));
SELECT pg_temp.done(13, 'revoke_api_key', jsonb_build_object('key_id', :key2, 'key_hash', sha256('key 2')));
SELECT results_eq($$SELECT key_name::text, revoked_at, version::bigint FROM grantd.api_keys WHERE name = 'one' ORDER BY 1$$,
	$$SELECT 'AAAAAAA' || (n - 11), made_at, (14 - n + 1)::bigint FROM calls WHERE n IN (12, 13) ORDER BY n$$,
	'keys are revoked, also one by itself');
SELECT pg_temp.nothing('key', 'revoke_api_key', jsonb_build_object('key_id', :key2, 'key_hash', sha256('key 2')), 'the key is revoked');

SELECT pg_temp.done(14, 'create_policy', jsonb_build_object('title', 'access', 'rank', 7));
SELECT pg_temp.refused('a second policy of the name', pg_temp.call('create_policy', jsonb_build_object('policy_id', :b, 'title', 'access',
	'policies_version', pg_temp.policies())), '23505 policies_name');
SELECT pg_temp.done(15, 'change_rule', '{"operation":"CreatePolicyRule","text_":"permit (principal, action, resource);"}');
SELECT pg_temp.refused('a second rule of the id', pg_temp.call('change_rule', jsonb_build_object('text_', 'x', 'policies_version',
	pg_temp.policies())), '23505 policy_rules_pkey');
SELECT pg_temp.done(16, 'change_rule', '{"operation":"UpdatePolicyRule","text_":"forbid (principal, action, resource);",
	"notice_":"told","audits":false,"place":5}');
SELECT results_eq('SELECT ordinal, policy_text::text, notice::text, audit_session, version::bigint, created_at, updated_at FROM grantd.policy_rules',
	$$SELECT 5, 'forbid (principal, action, resource);', 'told', false, 2::bigint, min(made_at), max(made_at)
	FROM calls WHERE n IN (15, 16)$$, 'a rule is what it was made last');
SELECT pg_temp.done(17, 'change_rule', jsonb_build_object('operation', 'CreatePolicyRule', 'rule_id', :b, 'text_', 'x', 'notice_', 'y'));
SELECT is((SELECT ordinal FROM grantd.policy_rules WHERE id = :b), 6, 'a new one is behind the others');
SELECT pg_temp.done(18, 'change_rule', '{"operation":"DeletePolicyRule"}');
SELECT results_eq('SELECT id FROM grantd.policy_rules', ARRAY[:b::uuid], 'a deleted one is gone');
SELECT pg_temp.done(19, 'update_policy', '{"title":"other","rank":-1,"active":false}');
SELECT results_eq('SELECT name::text, priority, enabled, version::bigint, audit_length::bigint, updated_at FROM grantd.policies',
	$$SELECT 'other', -1, false, 2::bigint, 6::bigint, made_at FROM calls WHERE n = 19$$, 'a policy is what it was made last');
SELECT pg_temp.done(20, 'delete_policy', '{"key_hash":null,"actor":"root"}');
SELECT results_eq('SELECT name::text, version::bigint, deleted_at, updated_at FROM grantd.policies',
	$$SELECT 'other', 3::bigint, made_at, made_at FROM calls WHERE n = 20$$, 'a deleted one stays, marked');
SELECT is_empty('SELECT * FROM grantd.policy_rules', 'and its rules go');
SELECT pg_temp.nothing('none', name, jsonb_build_object('policies_version', pg_temp.policies()), 'the policy is deleted')
FROM unnest(ARRAY['update_policy', 'delete_policy', 'change_rule']) name;
SELECT pg_temp.done(21, 'create_tenant', '{"tenant":"33333333-3333-7333-8333-333333333333","title":"C","key_hash":null,"actor":"root"}');
SELECT results_eq('SELECT id, policy_version::bigint, version::bigint, audit_length::bigint FROM grantd.tenants WHERE name = ''C''',
	$$VALUES ('33333333-3333-7333-8333-333333333333'::uuid, 1::bigint, 1::bigint, 1::bigint)$$, 'a tenant is made');
SELECT pg_temp.done(22, 'create_grant', jsonb_build_object('grant_id', :rule, 'key_hash', NULL, 'actor', 'root', 'key_version', NULL,
	'policies_version', NULL));
SELECT pg_temp.done(23, 'create_api_key', jsonb_build_object('key_hash', NULL, 'actor', 'root', 'key_id', :rule, 'expires', NULL));
SELECT pg_temp.done(24, 'rotate_api_key', jsonb_build_object('old_id', :rule, 'old_entry', pg_temp.entry(124), 'key_id', :policy,
	'public_name', 'AAAAAAAY', 'new_hash', sha256('key 4'), 'expires', '2100-01-02T03:04:05Z'));
SELECT pg_temp.nothing('same', 'update_tenant', '{"key_hash":null,"actor":"root","failing_denies":false,"title":"A","serves":true}', 'all is so');
SELECT pg_temp.done(25, 'update_tenant', '{"key_hash":null,"actor":"root","failing_denies":true,"title":null}');

-- ---- their entries ----

SELECT results_eq($$SELECT c.n, e.action, e.resource_type || ' ' || right(e.resource_id::text, 4) || ' ' || e.sequence,
	concat_ws(' ', e.actor_type, right(e.actor_id, 4), e.outcome),
	(e.record ->> 'before')::jsonb, (e.record ->> 'after')::jsonb - CASE WHEN c.n < 9 THEN '{}' ELSE '{revoked_at,expires_at,hash_digest}'::text[] END
	FROM calls c JOIN grantd.audit_log e ON e.id IN (pg_temp.entry(c.n), pg_temp.entry(100 + c.n)) ORDER BY c.n, e.id$$,
$$VALUES
(1, 'CreateGrant', 'grant 0003 1', 'api_key 000a done', NULL, '{"action":"read","version":1,"metadata":{"k":[1]},"expires_at":
	"2100-01-02T03:04:05.678901Z","grantee_id":"she","request_id":"22222222-2222-7222-8222-222222222222","resource_id":"bucket",
	"audit_enabled":true,"resource_type":"aws_s3_bucket"}'::jsonb),
(2, 'UpdateGrant', 'grant 0003 2', 'api_key 000a done', '{"version":1,"audit_enabled":true}'::jsonb, '{"version":2,"audit_enabled":false}'),
(3, 'UpdateGrant', 'grant 0003 3', 'api_key 000a done', '{"version":2,"audit_enabled":false}', '{"version":3,"audit_enabled":true}'),
(4, 'UpdateGrant', 'grant 0003 4', 'system root done', '{"version":3,"audit_enabled":true}', '{"version":4,"audit_enabled":false}'),
(5, 'UpdateGrant', 'grant 0003 5', 'api_key 000a denied', '{"version":4,"audit_enabled":false}', '{"audit_enabled":true}'),
(6, 'CreateApiKey', 'tenant 1111 1', 'api_key 000a denied', NULL, '{"name":"x"}'),
(7, 'RevokeGrant', 'grant 0003 6', 'api_key 000a done', '{"status":"active","version":4}', '{"status":"revoked","version":5}'),
(8, 'UpdateGrant', 'grant 0003 7', 'api_key 000a done', '{"version":5,"audit_enabled":false}', '{"version":6,"audit_enabled":true}'),
(9, 'CreateGrant', 'grant 0001 1', 'api_key 000a done', NULL, '{"action":"connect","version":1,"metadata":{},"grantee_id":"somebody",
	"request_id":null,"resource_id":"1","audit_enabled":false,"resource_type":"aws_account"}'),
(10, 'CreateApiKey', 'api_key 0001 1', 'api_key 000a done', NULL, '{"name":"one","roles":["admin","auditor"],"version":1,"key_name":
	"AAAAAAA1","replaces":null}'),
(11, 'RotateApiKey', 'api_key 0002 1', 'api_key 000a done', NULL, '{"name":"one","roles":["admin","auditor"],"version":1,"key_name":
	"AAAAAAA2","replaces":"cccccccc-0000-7000-8000-000000000001"}'),
(11, 'RotateApiKey', 'api_key 0001 2', 'api_key 000a done', '{"version":1,"expires_at":"2100-01-02T03:04:05.000000Z"}', '{"version":2,
	"replaced_by":"cccccccc-0000-7000-8000-000000000002"}'),
(12, 'RevokeApiKey', 'api_key 0001 3', 'api_key 000a done', '{"version":2,"revoked_at":null}', '{"version":3}'),
(13, 'RevokeApiKey', 'api_key 0002 2', 'api_key 0002 done', '{"version":1,"revoked_at":null}', '{"version":2}'),
(14, 'CreatePolicy', 'policy 0001 1', 'api_key 000a done', NULL, '{"name":"access","enabled":true,"version":1,"priority":7}'),
(15, 'CreatePolicyRule', 'policy 0001 2', 'api_key 000a done', NULL, '{"rule_id":"dddddddd-0000-7000-8000-000000000002","ordinal":1,
	"policy_text":"permit (principal, action, resource);","notice":null,"audit_session":true,"version":1}'),
(16, 'UpdatePolicyRule', 'policy 0001 3', 'api_key 000a done', '{"rule_id":"dddddddd-0000-7000-8000-000000000002","ordinal":1,
	"policy_text":"permit (principal, action, resource);","notice":null,"audit_session":true,"version":1}',
	'{"rule_id":"dddddddd-0000-7000-8000-000000000002","ordinal":5,
	"policy_text":"forbid (principal, action, resource);","notice":"told","audit_session":false,"version":2}'),
(17, 'CreatePolicyRule', 'policy 0001 4', 'api_key 000a done', NULL, '{"rule_id":"22222222-2222-7222-8222-222222222222","ordinal":6,
	"policy_text":"x","notice":"y","audit_session":true,"version":1}'),
(18, 'DeletePolicyRule', 'policy 0001 5', 'api_key 000a done', '{"rule_id":"dddddddd-0000-7000-8000-000000000002","ordinal":5,
	"policy_text":"forbid (principal, action, resource);","notice":"told","audit_session":false,"version":2}', NULL),
(19, 'UpdatePolicy', 'policy 0001 6', 'api_key 000a done', '{"name":"access","enabled":true,"version":1,"priority":7}',
	'{"name":"other","enabled":false,"version":2,"priority":-1}'),
(20, 'DeletePolicy', 'policy 0001 7', 'system root done', '{"name":"other","enabled":false,"version":2,"priority":-1,"rules":1}', NULL),
(21, 'CreateTenant', 'tenant 3333 1', 'system root done', NULL, '{"name":"C","version":1}'),
(22, 'CreateGrant', 'grant 0002 1', 'system root done', NULL, '{"action":"connect","version":1,"metadata":{},"grantee_id":"somebody",
	"request_id":null,"resource_id":"1","audit_enabled":false,"resource_type":"aws_account"}'),
(23, 'CreateApiKey', 'api_key 0002 1', 'system root done', NULL, '{"name":"x","roles":["admin"],"version":1,"key_name":"AAAAAAAX",
	"replaces":null}'),
(24, 'RotateApiKey', 'api_key 0001 1', 'api_key 000a done', NULL, '{"name":"x","roles":["admin"],"version":1,"key_name":"AAAAAAAY",
	"replaces":"dddddddd-0000-7000-8000-000000000002"}'),
(24, 'RotateApiKey', 'api_key 0002 2', 'api_key 000a done', '{"version":1,"expires_at":null}', '{"version":2,
	"replaced_by":"dddddddd-0000-7000-8000-000000000001"}'),
(25, 'UpdateTenant', 'tenant 1111 2', 'system root done', '{"version":1,"failing_forbid_denies":false}',
	'{"version":2,"failing_forbid_denies":true}')$$, 'every change has its entry');
SELECT is_empty($$SELECT c.n FROM calls c JOIN grantd.audit_log e ON e.id = pg_temp.entry(c.n)
	WHERE e.created_at <> c.made_at OR e.reasoning <> 'reason ' || c.n OR (e.record ->> 'n')::integer <> c.n
	OR e.tenant_id <> (c.arguments || '{}' ->> 'tenant')::uuid OR e.metadata IS NOT NULL$$,
	'with the time, the reason and what was told of the request');
-- A time is told as answers tell it. Of a row that was changed later it is what the entry made it.
SELECT is_empty($$SELECT c.n, told, row FROM calls c JOIN grantd.audit_log e ON e.id = pg_temp.entry(c.n),
	LATERAL (SELECT e.record -> 'after' ->> 'expires_at' AS told, coalesce(c.said -> 'key', c.said) AS row) t
	WHERE c.name IN ('create_grant', 'create_api_key', 'rotate_api_key') AND (told !~ '^[0-9-]{10}T[0-9:]{8}\.[0-9]{6}Z$'
	OR (row ->> 'expires_at')::timestamptz IS DISTINCT FROM told::timestamptz)$$, 'when things end is told');
SELECT is_empty($$SELECT c.n FROM calls c JOIN grantd.audit_log e ON e.id = pg_temp.entry(100 + c.n)
	WHERE (c.said -> 'retired' ->> 'expires_at')::timestamptz <> (e.record -> 'after' ->> 'expires_at')::timestamptz
	OR (e.record -> 'after' ->> 'expires_at')::timestamptz <> c.made_at + interval '60 s'$$, 'of a retired key too');
SELECT is_empty($$SELECT c.n FROM calls c JOIN grantd.audit_log e ON e.id = pg_temp.entry(c.n) WHERE c.name = 'revoke_api_key'
	AND (e.record -> 'after' ->> 'revoked_at')::timestamptz <> c.made_at$$, 'and when keys were revoked');
-- By these grantctl audit verify notices a hash and a version that nobody set.
SELECT is_empty($$SELECT k.key_name FROM grantd.api_keys k JOIN grantd.audit_log e ON (e.tenant_id, e.resource_type, e.resource_id)
	= (k.tenant_id, 'api_key', k.id) AND e.record ->> 'before' IS NULL
	WHERE e.record -> 'after' ->> 'hash_digest' IS DISTINCT FROM encode(sha256(k.hash), 'hex')$$, 'the digest of a new key''s hash is told');
SELECT results_eq($$SELECT max((e.record ->> 'policy_version')::bigint), count(*), count(DISTINCT e.record ->> 'policy_version')
	FROM grantd.audit_log e WHERE e.record ->> 'policy_version' IS NOT NULL$$,
	$$SELECT policy_version::bigint, 8::bigint, 8::bigint FROM grantd.tenants WHERE name = 'A'$$, 'and how far each change moved the policies');
SELECT is_empty('SELECT pg_temp.broken()', 'and every chain holds');

-- ---- said again ----

-- Whatever became of the rows and of the keys since, a call that is repeated is answered as the first time.
UPDATE grantd.api_keys SET revoked_at = now(), version = version + 1 WHERE hash = :key_a;
SELECT pg_temp.nothing('made', name, arguments, 'call ' || n) FROM calls ORDER BY n;
SELECT results_eq($$SELECT c.n, (pg_temp.answer(name, arguments)).said - '{state,audit_length,audit_head,audit_previous,actor}'::text[]
	FROM calls c WHERE name <> 'log_denied' ORDER BY n$$, $$SELECT n, said - '{state,audit_length,audit_head,audit_previous,actor}'::text[]
	FROM calls WHERE name <> 'log_denied' ORDER BY n$$, 'with the rows that the first ones answered with');
SELECT is_empty('SELECT pg_temp.broken()', 'and every chain holds');
UPDATE grantd.api_keys SET hash = sha256('was A') WHERE hash = :key_a;
INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash)
VALUES (:a, :b, 'AAAAAAAB', 'another', '{admin}', :key_a);

-- With an id that an entry of something else has, nothing is done, whether that is noticed before the change or by it.
CREATE TEMP TABLE crossed AS
SELECT name, arguments || jsonb_build_object('policies_version', pg_temp.policies(), 'entry', pg_temp.entry(n)) AS arguments, rule
FROM (VALUES ('update_grant', 3, '{"wanted":false}'::jsonb, 'XX001 '), ('update_grant', 3, '{"wanted":true}', '23505 audit_log_pkey'),
	('update_grant', 2, jsonb_build_object('grant_id', :grant3, 'wanted', false), '23505 audit_log_pkey'),
	('update_grant', 5, jsonb_build_object('grant_id', :grant3, 'wanted', true), 'XX001 '),
	('update_grant', 12, jsonb_build_object('grant_id', :grant3, 'wanted', true), 'XX001 '),
	('revoke_grant', 3, '{}', 'XX001 '), ('create_grant', 9, jsonb_build_object('grant_id', gen_random_uuid()), 'XX001 '),
	('create_api_key', 10, '{}', 'XX001 '), ('revoke_api_key', 12, jsonb_build_object('key_id', :key2), 'XX001 '),
	('rotate_api_key', 10, '{}', 'XX001 '), ('create_policy', 14, jsonb_build_object('policy_id', :b), 'XX001 '),
	('update_policy', 10, '{}', 'XX001 '), ('delete_policy', 10, '{}', 'XX001 '), ('change_rule', 17, '{}', 'XX001 '),
	('change_rule', 14, '{}', 'XX001 ')) AS v(name, n, arguments, rule);
CREATE TEMP TABLE before AS SELECT pg_temp.stored();
SELECT pg_temp.refused(name || ' with the id of another''s entry', pg_temp.call(name, arguments), rule) FROM crossed;
SELECT is(pg_temp.stored(), (SELECT stored FROM before), 'none of which changed anything');
SELECT is((SELECT count(*) FROM grantd.audit_log), 27::bigint, 'and there is one entry for each that did, and two for each rotated key');

SELECT is_empty($$SELECT n, said FROM calls WHERE said::text ~ 'hash": "'$$, 'no answer tells a key''s hash');

-- ---- what a stolen worker's role gets ----

SELECT throws_ok(pg_temp.call('create_api_key', jsonb_build_object('key_hash', NULL, 'actor', 'root', 'new_hash', sha256('key B'), 'expires', NULL)), '23505',
	'there is an API key with this hash already', 'no second key with the hash of another tenant''s');

\set grant4 '''aaaaaaaa-0000-7000-8000-000000000004'''
INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action, expires_at)
VALUES (:a, :grant4, 'x', 'aws_account', '1', 'x', now() + interval '1 hour');
SELECT is((pg_temp.answer('revoke_grant', jsonb_build_object('grant_id', :grant4, 'key_hash', sha256('nobody')))).state, 'key',
	'a stranger is refused');
SELECT is(xmax::text, '0', 'and no row is held for him') FROM grantd.grants WHERE id = :grant4;

SELECT * FROM finish();
ROLLBACK;
