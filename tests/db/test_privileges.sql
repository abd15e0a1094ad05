-- SPDX-License-Identifier: MIT
--
-- What a worker may do within the tenant it serves: read, and call the functions meant for it. Tried table by
-- table, column by column and function by function.
BEGIN;
SELECT plan(58);
\ir two_tenants.sql

CREATE TEMP TABLE all_tables AS
SELECT oid, relname::text AS name FROM pg_class
WHERE relnamespace = 'grantd'::regnamespace AND relkind IN ('r', 'p');
CREATE TEMP TABLE worker_functions (name) AS VALUES ('authenticate'), ('current_tenant'), ('get_grant'), ('get_policies'),
	('update_grant'), ('revoke_grant'), ('create_grant'), ('log_denied'), ('record_activity'),
	('create_api_key'), ('rotate_api_key'), ('revoke_api_key'), ('note_key_use'), ('create_policy'),
	('update_policy'), ('delete_policy'), ('change_rule');
GRANT SELECT ON all_tables, worker_functions TO PUBLIC;

-- Statements that change TABLE, one for each thing and each column, which are not refused for want of a privilege.
CREATE FUNCTION pg_temp.writes(name text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
	statement text;
BEGIN
	FOR statement IN
		SELECT format(form, name) FROM unnest(ARRAY['INSERT INTO grantd.%I DEFAULT VALUES',
			'DELETE FROM grantd.%I', 'TRUNCATE grantd.%I', 'SELECT FROM grantd.%I FOR KEY SHARE',
			'LOCK TABLE grantd.%I IN EXCLUSIVE MODE',
			'ALTER TABLE grantd.%I DISABLE ROW LEVEL SECURITY',
			'CREATE POLICY all_of_it ON grantd.%I USING (true)']) form
		UNION ALL
		SELECT format(form, name, attname) FROM pg_attribute,
			unnest(ARRAY['UPDATE grantd.%I SET %I = DEFAULT',
				'INSERT INTO grantd.%I (%I) VALUES (DEFAULT)']) form
		WHERE attrelid = format('grantd.%I', name)::regclass AND attnum > 0 AND NOT attisdropped
	LOOP
		BEGIN
			EXECUTE statement;
			RETURN NEXT statement;
		EXCEPTION
		WHEN insufficient_privilege THEN
			IF SQLERRM NOT LIKE 'permission denied for %' AND SQLERRM NOT LIKE 'must be owner of %' THEN
				RETURN NEXT statement || ': ' || SQLERRM;
			END IF;
		WHEN OTHERS THEN
			RETURN NEXT statement || ': ' || SQLERRM;
		END;
	END LOOP;
END
$$;

SET LOCAL ROLE grantd_app;
SELECT set_config('grantd.tenant', :a, true) \g /dev/null
SELECT is_empty(format('SELECT pg_temp.writes(%L)', name), 'a worker may write nothing of ' || name)
FROM all_tables WHERE name !~ '_[0-9]{4}_[0-9]{2}$' ORDER BY name;
SELECT is_empty($$SELECT pg_temp.writes(name) FROM all_tables WHERE name ~ '_[0-9]{4}_[0-9]{2}$'$$,
	'nor of the months');
SELECT is_empty($$SELECT name FROM all_tables WHERE name ~ '_([0-9]{4}_[0-9]{2}|other)$'
	AND has_any_column_privilege(oid, 'SELECT')$$, 'nor read a month past its table');

-- It may read all but the secret.
SELECT set_eq($$SELECT name || '.' || attname FROM all_tables JOIN pg_attribute ON attrelid = oid
	AND attnum > 0 AND NOT attisdropped WHERE name !~ '_([0-9]{4}_[0-9]{2}|other)$'
	AND NOT has_column_privilege(oid, attnum, 'SELECT')$$, ARRAY['api_keys.hash'],
	'a worker may read every column but the hash of a key');
SELECT throws_ok('SELECT hash FROM grantd.api_keys', '42501', NULL,
	'a worker may not read the hash of a key');
SELECT throws_ok('SELECT id FROM grantd.api_keys WHERE hash = sha256(''key A'')', '42501', NULL,
	'a worker may not ask for a hash');
SELECT throws_ok('CREATE TABLE grantd.mine ()', '42501', NULL, 'a worker may not create tables');
SELECT throws_ok('SET row_security = off; SELECT * FROM grantd.grants', '42501', NULL,
	'a worker may not ask for tables without row-level security');
SET LOCAL row_security = on;

-- Functions.
SELECT set_eq($$SELECT proname::text FROM pg_proc WHERE pronamespace = 'grantd'::regnamespace
	AND has_function_privilege(oid, 'EXECUTE')$$, 'SELECT name FROM worker_functions',
	'a worker may call these functions and no other');
SELECT throws_ok('SELECT * FROM grantd.find_key(sha256(''key B''))', '42501', NULL,
	'a worker may not ask whose key it is');
RESET ROLE;

CREATE TEMP TABLE keyless AS
SELECT p.proname::text AS name, pg_temp.call(p.proname, '{"key_hash":null,"actor":"mallory"}') AS statement
FROM pg_proc p WHERE p.pronamespace = 'grantd'::regnamespace AND 'entry' = ANY (p.proargnames)
  AND p.prosecdef;
GRANT SELECT ON keyless TO PUBLIC;
SELECT is((SELECT count(*) FROM keyless), 14::bigint, 'fourteen functions make entries');

-- A login is what counts here, whatever role is set: so sessions of their own.
CREATE ROLE grantd_test_worker LOGIN IN ROLE grantd_app;
CREATE ROLE grantd_test_operator LOGIN IN ROLE grantd_owner;
CREATE ROLE grantd_test_stranger LOGIN;
GRANT USAGE ON SCHEMA grantd TO grantd_test_stranger;

SET LOCAL SESSION AUTHORIZATION grantd_test_worker;
SELECT throws_ok(statement, '42501', CASE WHEN name LIKE '%_tenant' OR name = 'begin_archive' THEN 'permission denied for function ' || name
	ELSE 'a change without a key is for members of grantd_owner' END, 'without a key a worker is refused: ' || name)
FROM keyless ORDER BY name;
SELECT results_eq(pg_temp.call('record_activity', '{"key_hash":null}'),
	$$VALUES ('{"state":"key","accepted":null}'::jsonb)$$, 'nor are events recorded without one');
SELECT ok((grantd.get_grant(:a, NULL, :grant1)).id IS NULL, 'nor is a grant shown');
SELECT is_empty(format('SELECT * FROM grantd.get_policies(%L, NULL)', :a), 'nor are rules');
SELECT throws_ok('SET ROLE grantd_owner', '42501', NULL, 'a worker cannot become the owner');
SELECT throws_ok('SET ROLE grantd_auth', '42501', NULL, 'nor the role behind the functions');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM grantd.audit_log), 0::bigint, 'and no entry was made by any of that');

SET LOCAL SESSION AUTHORIZATION grantd_test_operator;
SELECT lives_ok((SELECT statement FROM keyless WHERE name = 'update_grant'), 'an operator changes a grant without a key');
SELECT lives_ok(pg_temp.call('create_tenant', jsonb_build_object('tenant', gen_random_uuid(), 'actor', 'x')),
	'and makes a tenant');
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT actor_type, actor_id FROM grantd.audit_log WHERE tenant_id = ' || quote_literal(:a),
	$$VALUES ('system', 'mallory')$$, 'which the entry says');

-- Whoever may log in and is neither.
SET LOCAL SESSION AUTHORIZATION grantd_test_stranger;
SELECT is_empty($$SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'grantd'::regnamespace
	AND has_function_privilege(oid, 'EXECUTE')$$, 'a role that is no worker may call nothing');
SELECT throws_ok('SELECT * FROM grantd.authenticate(sha256(''key A''))', '42501', NULL, 'and try no keys');
SELECT is_empty('SELECT name FROM all_tables WHERE has_any_column_privilege(oid, ''SELECT'')', 'nor read anything');
RESET SESSION AUTHORIZATION;

-- A login role has what it inherits, and cannot become more.
SELECT is(pg_has_role('grantd_app', 'grantd_owner', 'MEMBER'), false,
	'grantd_app is no member of grantd_owner');
SELECT is(pg_has_role('grantd_app', 'grantd_auth', 'MEMBER'), false,
	'grantd_app is no member of grantd_auth');

-- The functions' role: what they need, and no more.
SELECT set_eq($$SELECT name || ' ' || p FROM all_tables, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE',
	'TRUNCATE', 'REFERENCES', 'TRIGGER']) p WHERE has_table_privilege('grantd_auth', oid, p)$$,
	ARRAY['tenants SELECT', 'tenants INSERT', 'tenants UPDATE', 'api_keys SELECT', 'api_keys INSERT',
	'api_keys UPDATE', 'grants SELECT', 'grants INSERT', 'grants UPDATE', 'audit_log SELECT', 'audit_log INSERT',
	'policies SELECT', 'policies INSERT', 'policies UPDATE', 'policy_rules SELECT', 'policy_rules INSERT',
	'policy_rules UPDATE', 'policy_rules DELETE', 'idempotency_keys SELECT', 'idempotency_keys INSERT',
	'idempotency_keys DELETE', 'activity_event SELECT', 'activity_event INSERT', 'activity_count SELECT',
	'activity_count INSERT', 'activity_count UPDATE', 'refusals SELECT', 'refusals INSERT',
	'refusals UPDATE', 'refusals DELETE', 'audit_log DELETE', 'audit_archives SELECT', 'audit_archives INSERT',
	'audit_archives UPDATE', 'audit_cuts SELECT', 'audit_cuts INSERT', 'audit_cuts UPDATE'],
	'the functions'' role may do with the tables what they do, and cannot change an entry');
SET LOCAL ROLE grantd_auth;
SELECT throws_ok('UPDATE grantd.api_keys SET revoked_at = NULL', '23514', 'a revoked API key stays revoked',
	'it cannot bring back a revoked key');
SELECT throws_ok('UPDATE grantd.api_keys SET revoked_at = now() - interval ''1 day''', '23514',
	'a revoked API key stays revoked', 'nor say that it was revoked at another time');
SELECT throws_ok('UPDATE grantd.schema_version SET version = 7', '42501', NULL, 'nor move the schema''s version');
SELECT throws_ok('CREATE FUNCTION grantd.mine() RETURNS integer LANGUAGE sql AS ''SELECT 1''', '42501', NULL,
	'nor make functions');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
