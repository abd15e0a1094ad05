-- SPDX-License-Identifier: MIT
--
-- UpdateGrant touches no index: its new row versions stay on their page (HOT),
-- also on a page that was filled by inserts.
BEGIN;
SELECT plan(4);
\ir two_tenants.sql

INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,
	expires_at)
SELECT :a, gen_random_uuid(), 'somebody@example.com', 'aws_account', '123456789012', 'connect',
	now() + interval '1 hour'
FROM generate_series(1, 500);

SET LOCAL ROLE grantd_app;
SELECT set_config('grantd.tenant', :a, true) \g /dev/null
EXECUTE patch('eeeeeeee-0000-7000-8000-000000000001', true) \g /dev/null
EXECUTE patch('eeeeeeee-0000-7000-8000-000000000002', false) \g /dev/null
EXECUTE patch('eeeeeeee-0000-7000-8000-000000000003', true) \g /dev/null
RESET ROLE;
SELECT is((SELECT ctid::text FROM grantd.grants WHERE tenant_id = :a AND id = :grant1) ~ '^\(0,',
	true, 'the row is still on the first page');
SELECT cmp_ok((SELECT count(*) FROM grantd.grants WHERE ctid::text LIKE '(0,%'), '<',
	(SELECT count(*) FROM grantd.grants WHERE ctid::text NOT LIKE '(0,%'),
	'which inserts have filled up to its fillfactor');
SELECT is(pg_stat_get_xact_tuples_updated('grantd.grants'::regclass), 3::bigint,
	'it was updated three times');
SELECT is(pg_stat_get_xact_tuples_hot_updated('grantd.grants'::regclass), 3::bigint,
	'three times without touching an index');

SELECT * FROM finish();
ROLLBACK;
