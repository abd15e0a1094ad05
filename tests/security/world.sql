-- SPDX-License-Identifier: MIT
--
-- What there is to tamper with: two tenants with keys, grants, policies and activity, all made by the functions that make
-- changes. Read by tests/security/run, as the superuser.
\set a '''aaaaaaaa-0000-7000-8000-000000000000'''
\set b '''bbbbbbbb-0000-7000-8000-000000000000'''
\set by 'NULL, gen_random_uuid(), ''{"request_id":"r"}'', NULL'
\set none 'NULL, NULL, NULL, ''root'', gen_random_uuid(), ''{"request_id":"r"}'', NULL'
\set of_a ':a, sha256(''key A''), 1, (SELECT policy_version FROM grantd.tenants WHERE id = :a), NULL, gen_random_uuid(), ''{"request_id":"r"}'', NULL'

SELECT (grantd.create_tenant(:a, :none, 'A')).state;
SELECT (grantd.create_tenant(:b, :none, 'B')).state;
SELECT (grantd.create_api_key(:a, :none, 'a1aaaaaa-0000-7000-8000-000000000000', 'AAAAAAA1', 'admin', '{admin}',
	sha256('key A'), '2099-01-01')).state;
SELECT (grantd.create_api_key(:a, :none, 'a2aaaaaa-0000-7000-8000-000000000000', 'AAAAAAA2', 'reader', '{auditor}',
	sha256('key reader'), now() + interval '1 hour')).state;
SELECT (grantd.create_api_key(:a, :none, 'a3aaaaaa-0000-7000-8000-000000000000', 'AAAAAAA3', 'gone', '{admin}',
	sha256('key gone'), NULL)).state;
SELECT (grantd.revoke_api_key(:of_a, 'a3aaaaaa-0000-7000-8000-000000000000', 1)).state;
SELECT (grantd.create_api_key(:b, :none, 'b1bbbbbb-0000-7000-8000-000000000000', 'BBBBBBB1', 'admin', '{admin}',
	sha256('key B'), NULL)).state;

SELECT (grantd.create_policy(:of_a, 'f1aaaaaa-0000-7000-8000-000000000000', 'base', 10, true)).state;
SELECT (grantd.change_rule(:of_a, 'CreatePolicyRule', 'f1aaaaaa-0000-7000-8000-000000000000',
	'e1aaaaaa-0000-7000-8000-000000000000', 'permit (principal in Role::"admin", action, resource);', NULL, true, NULL)).state;
SELECT (grantd.change_rule(:of_a, 'CreatePolicyRule', 'f1aaaaaa-0000-7000-8000-000000000000',
	'e2aaaaaa-0000-7000-8000-000000000000',
	'permit (principal in Role::"auditor", action == Action::"GetGrant", resource);', 'read only', false, NULL)).state;
SELECT (grantd.change_rule(:of_a, 'CreatePolicyRule', 'f1aaaaaa-0000-7000-8000-000000000000',
	'e3aaaaaa-0000-7000-8000-000000000000', 'forbid (principal, action == Action::"RevokeGrant", resource);', NULL, false, NULL)).state;
SELECT (grantd.create_policy(:of_a, 'f2aaaaaa-0000-7000-8000-000000000000', 'old', 1, true)).state;
SELECT (grantd.delete_policy(:of_a, 'f2aaaaaa-0000-7000-8000-000000000000')).state;

SELECT (grantd.create_grant(:of_a, id::uuid, NULL, who, 'aws_account', '123456789012', 'connect', true,
	'2099-01-01', '{"ticket": "OPS-7"}', NULL, NULL)).state
FROM (VALUES ('01aaaaaa-0000-7000-8000-000000000000', 'alice'), ('02aaaaaa-0000-7000-8000-000000000000', 'bob'),
	('03aaaaaa-0000-7000-8000-000000000000', 'carol')) AS g (id, who);
SELECT (grantd.create_grant(:b, :none, '01bbbbbb-0000-7000-8000-000000000000', NULL, 'dave', 'aws_account', '210987654321',
	'connect', true, '2099-01-01', '{}', 'once', sha256('body'))).state;
SELECT (grantd.update_grant(:of_a, '01aaaaaa-0000-7000-8000-000000000000', 1, false)).state;
SELECT (grantd.update_grant(:of_a, '01aaaaaa-0000-7000-8000-000000000000', 2, true)).state;
SELECT (grantd.revoke_grant(:of_a, '03aaaaaa-0000-7000-8000-000000000000', 1)).state;
SELECT grantd.log_denied(:of_a, 'UpdateGrant', '02aaaaaa-0000-7000-8000-000000000000', '{"audit_enabled": false}');
SELECT (grantd.record_activity(:a, sha256('key A'), 1, (SELECT policy_version FROM grantd.tenants WHERE id = :a),
	'01aaaaaa-0000-7000-8000-000000000000', 3, (SELECT jsonb_agg(jsonb_build_object('id', gen_random_uuid(),
		'occurred_at', now(), 'service', CASE n % 2 WHEN 0 THEN 's3' ELSE 'ec2' END, 'name', 'Get', 'kind', 'read',
		'outcome', 'success')) FROM generate_series(1, 20) n))).state;

-- So that there are statistics that a worker's role might see.
ANALYZE;
