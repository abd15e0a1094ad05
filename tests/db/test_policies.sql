-- SPDX-License-Identifier: MIT
--
-- Policies and rules: what the tables refuse, and what a worker sees of them.
BEGIN;
SELECT plan(24);
\ir two_tenants.sql

\set policy '''dddddddd-0000-7000-8000-000000000001'''
\set rule '''dddddddd-0000-7000-8000-000000000002'''

-- The same ids in both tenants: an id alone says nothing.
INSERT INTO grantd.policies (tenant_id, id, name)
SELECT t, :policy, 'access' FROM unnest(ARRAY[:a, :b]::uuid[]) t;
INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal, policy_text)
SELECT t, :policy, :rule, 1, 'permit (principal, action, resource);'
FROM unnest(ARRAY[:a, :b]::uuid[]) t;

SELECT pg_temp.refused(what, format('UPDATE grantd.%s SET %s', tab, change), '23514 ' || rule)
FROM (VALUES
	('policies', 'a policy without a name', 'name = ''''', 'display_name_one_line'),
	('policies', 'version 0 of a policy', 'version = 0', 'revision_positive'),
	('policy_rules', 'a rule without text', 'policy_text = ''''', 'rule_text_length'),
	('policy_rules', 'a rule over 48 KiB', 'policy_text = repeat(''x'', 49153)',
		'rule_text_length'),
	('policy_rules', 'an empty notice', 'notice = ''''', 'notice_one_line'),
	('policy_rules', 'a notice of two lines', 'notice = E''a\nb''', 'notice_one_line'),
	('policy_rules', 'a notice of 1025 bytes', 'notice = repeat(''x'', 1025)', 'notice_one_line')
) AS v(tab, what, change, rule);
SELECT pg_temp.refused('a rule of no policy', format($$UPDATE grantd.policy_rules
	SET policy_id = gen_random_uuid() WHERE tenant_id = %L$$, :a),
	'23503 policy_rules_tenant_id_policy_id_fkey');
SELECT pg_temp.refused('a name twice in a tenant', format($$INSERT INTO grantd.policies
	(tenant_id, id, name) VALUES (%L, gen_random_uuid(), 'access')$$, :a), '23505 policies_name');

SELECT lives_ok(format('UPDATE grantd.policy_rules SET %s', change), change || ' is accepted')
FROM unnest(ARRAY[
	'policy_text = repeat(''x'', 49152)',
	'notice = repeat(''x'', 1024)']) AS change;

-- A worker sees those of its tenant; what it may change of them is in test_changes.sql.
SET LOCAL ROLE grantd_app;
SELECT is_empty('SELECT * FROM grantd.policies', 'without a tenant no policy is visible');
SELECT is_empty('SELECT * FROM grantd.policy_rules', 'and no rule');
SELECT set_config('grantd.tenant', :a, true) \g /dev/null
SELECT results_eq('SELECT tenant_id FROM grantd.policies', ARRAY[:a::uuid], 'A sees its own policies');
SELECT results_eq('SELECT tenant_id FROM grantd.policy_rules', ARRAY[:a::uuid], 'and its own rules');
RESET ROLE;

-- A deleted policy leaves its name to others.
UPDATE grantd.policies SET deleted_at = now() WHERE tenant_id = :a;
SELECT lives_ok(format($$INSERT INTO grantd.policies (tenant_id, id, name)
	VALUES (%L, gen_random_uuid(), 'access')$$, :a), 'the name of a deleted policy is free');
SELECT results_eq($$SELECT priority, enabled, version::bigint, audit_length::bigint
	FROM grantd.policies WHERE tenant_id = '11111111-1111-7111-8111-111111111111' AND deleted_at IS NULL$$,
	'VALUES (0, true, 1::bigint, 0::bigint)',
	'a new policy is enabled, of priority 0, in version 1, with an empty chain');

-- What is in force, for a worker that has it not: in the order of priority, age and place.
UPDATE grantd.policy_rules SET policy_text = 'x', notice = NULL;
CREATE FUNCTION pg_temp.in_force(tenant uuid, key text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', policies_version, rank, content, message, audits), ', ')
	FROM grantd.get_policies(tenant, sha256(convert_to(key, 'UTF8')))
$$;
SELECT is(pg_temp.in_force(:a, 'key A'), '7', 'where no rule is in force, the version alone is told');
UPDATE grantd.policies SET priority = 1 WHERE tenant_id = :a AND deleted_at IS NULL;
INSERT INTO grantd.policies (tenant_id, id, name, priority, enabled, created_at)
SELECT :a, ('dddddddd-0000-7000-8000-00000000001' || n)::uuid, 'p' || n, priority, enabled, now() + n * interval '1 s'
FROM (VALUES (1, 5, true), (2, 7, true), (3, 5, true), (4, 9, false)) v(n, priority, enabled);
INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal, policy_text, notice, audit_session)
SELECT :a, p.id, gen_random_uuid(), o, p.name || '/' || o, CASE o WHEN 2 THEN 'told' END, o = 1
FROM grantd.policies p, unnest(ARRAY[2, 1]) o WHERE p.tenant_id = :a AND (p.name LIKE 'p_' OR p.deleted_at IS NOT NULL);
SELECT is(pg_temp.in_force(:a, 'key A'), '7 7 p2/1 t, 7 7 p2/2 told f, 7 5 p1/1 t, 7 5 p1/2 told f, 7 5 p3/1 t, 7 5 p3/2 told f',
	'rules of enabled policies that are not deleted, in their order');
SELECT is(pg_temp.in_force(:b, 'key B'), '8 0 x t', 'another tenant has its own');
SELECT is(pg_temp.in_force(:a, k), NULL, 'told to nobody: ' || k)
FROM unnest(ARRAY['key B', 'key revoked', 'key expired', 'nobody''s']) k;

SELECT * FROM finish();
ROLLBACK;
