-- SPDX-License-Identifier: MIT
--
-- Policies and rules: what the tables refuse, and what a worker may do with them.
BEGIN;
SELECT plan(40);
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

-- What a worker may do in the tenant that it serves, column by column.
SET LOCAL ROLE grantd_app;
SELECT set_config('grantd.tenant', :a, true) \g /dev/null
SELECT lives_ok(format('UPDATE grantd.policies SET %I = %1$I', c), 'a worker may update policies.' || c)
FROM unnest(ARRAY['name', 'priority', 'enabled', 'updated_at', 'deleted_at', 'version',
	'audit_length', 'audit_head']) AS c;
SELECT throws_ok(format('UPDATE grantd.policies SET %I = %1$I', c), '42501', NULL,
	'a worker may not update policies.' || c)
FROM unnest(ARRAY['tenant_id', 'id', 'created_at']) AS c;
SELECT lives_ok(format('UPDATE grantd.policy_rules SET %I = %1$I', c),
	'a worker may update policy_rules.' || c)
FROM unnest(ARRAY['ordinal', 'policy_text', 'notice', 'audit_session', 'updated_at', 'version']) AS c;
SELECT throws_ok(format('UPDATE grantd.policy_rules SET %I = %1$I', c), '42501', NULL,
	'a worker may not update policy_rules.' || c)
FROM unnest(ARRAY['tenant_id', 'policy_id', 'id', 'created_at']) AS c;
SELECT throws_ok('DELETE FROM grantd.policies', '42501', NULL,
	'a worker may not delete a policy, whose row ends its audit chain');
SELECT lives_ok('UPDATE grantd.tenants SET policy_version = policy_version + 1',
	'a worker may move its tenant''s policy_version');
SELECT throws_ok('UPDATE grantd.tenants SET version = version + 1', '42501', NULL,
	'and may not move its version');

-- Only that tenant's rows were touched.
DELETE FROM grantd.policy_rules;
RESET ROLE;
SELECT results_eq('SELECT tenant_id FROM grantd.policy_rules', format('SELECT %L::uuid', :b),
	'a worker deletes the rules of the tenant that it serves, and no other');
SELECT results_eq('SELECT name::text, policy_version::bigint FROM grantd.tenants ORDER BY name',
	$$VALUES ('A', 8::bigint), ('B', 8::bigint)$$, 'and moves the version of no other');
SET LOCAL ROLE grantd_app;
SELECT throws_ok(format($$INSERT INTO grantd.policies (tenant_id, id, name)
	VALUES (%L, gen_random_uuid(), 'x')$$, :b), '42501', NULL,
	'a worker may not give another tenant a policy');

-- A deleted policy leaves its name to others.
UPDATE grantd.policies SET deleted_at = now();
SELECT lives_ok(format($$INSERT INTO grantd.policies (tenant_id, id, name)
	VALUES (%L, gen_random_uuid(), 'access')$$, :a), 'the name of a deleted policy is free');
SELECT results_eq($$SELECT priority, enabled, version::bigint, audit_length::bigint
	FROM grantd.policies WHERE deleted_at IS NULL$$,
	'VALUES (0, true, 1::bigint, 0::bigint)',
	'a new policy is enabled, of priority 0, in version 1, with an empty chain');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
