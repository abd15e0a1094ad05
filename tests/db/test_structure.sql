-- SPDX-License-Identifier: MIT
--
-- Rules that the catalog can answer, so that they bind a table that comes later.
BEGIN;
SELECT plan(25);

CREATE TEMP VIEW owned AS	-- tables that belong to tenants, and the column that says to whom
SELECT c.oid, c.relname, CASE c.relname WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END AS tenant
FROM pg_class c
WHERE c.relnamespace = 'grantd'::regnamespace AND c.relkind IN ('r', 'p')
  AND c.relname <> 'schema_version';

SELECT bag_has('SELECT relname::text FROM owned',
	$$VALUES ('tenants'), ('api_keys'), ('grants'), ('audit_log')$$, 'the tables are there');

SELECT is_empty($$
	SELECT o.relname FROM owned o WHERE NOT EXISTS (SELECT FROM pg_attribute a
		WHERE a.attrelid = o.oid AND a.attname = o.tenant AND a.attnotnull
		  AND a.atttypid = 'uuid'::regtype)
$$, 'every table has its tenant in a column of its own');

SELECT is_empty($$
	SELECT o.relname, i.indexrelid::regclass FROM owned o JOIN pg_index i ON i.indrelid = o.oid
	JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum = i.indkey[0]
	WHERE (i.indisunique OR i.indisexclusion) AND a.attname <> o.tenant
$$, 'every primary key and unique index begins with the tenant');

SELECT is_empty($$
	SELECT o.relname, k.conname FROM owned o JOIN pg_constraint k ON k.conrelid = o.oid
	JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum = k.conkey[1]
	JOIN owned r ON r.oid = k.confrelid
	JOIN pg_attribute f ON f.attrelid = r.oid AND f.attnum = k.confkey[1]
	WHERE k.contype = 'f' AND (a.attname <> o.tenant OR f.attname <> r.tenant)
$$, 'every foreign key begins with the tenant on both sides');

SELECT is_empty($$
	SELECT o.relname FROM owned o WHERE NOT EXISTS (SELECT FROM pg_index i
		WHERE i.indrelid = o.oid AND i.indisprimary)
$$, 'every table has a primary key');

SELECT is_empty($$
	SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'grantd'::regnamespace
$$, 'nothing draws numbers from a sequence');

SELECT is_empty($$
	SELECT o.relname FROM owned o JOIN pg_class c USING (oid)
	WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)
$$, 'row-level security is enabled and forced on every table');

SELECT is_empty($$
	SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'grantd'
	  AND (permissive <> 'PERMISSIVE' OR roles && ARRAY['public']::name[])
$$, 'every policy names its roles');

SELECT is_empty($$
	SELECT o.relname FROM owned o WHERE NOT EXISTS (SELECT FROM pg_policies p
		WHERE p.schemaname = 'grantd' AND p.tablename = o.relname
		  AND 'grantd_app' = ANY (p.roles))
$$, 'every table has a policy for workers');

SELECT is_empty($$
	SELECT o.relname, p.policyname FROM owned o
	JOIN pg_policies p ON p.schemaname = 'grantd' AND p.tablename = o.relname
	CROSS JOIN LATERAL (SELECT format('(%s = grantd.current_tenant())', o.tenant)) AS w(wanted)
	WHERE 'grantd_app' = ANY (p.roles)
	  AND (p.qual IS DISTINCT FROM w.wanted OR coalesce(p.with_check, w.wanted) <> w.wanted)
$$, 'every policy for workers compares the tenant with the chosen one, and nothing else');

SELECT is_empty($$
	SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
	WHERE c.relnamespace = 'grantd'::regnamespace AND c.relkind <> 'c' AND r.rolname <> 'grantd_owner'
$$, 'grantd_owner owns every table and index');

SELECT is_empty($$
	SELECT classid::regclass, objid FROM pg_shdepend
	WHERE deptype = 'o' AND refclassid = 'pg_authid'::regclass
	  AND refobjid = 'grantd_app'::regrole
$$, 'grantd_app owns nothing');

SELECT is_empty($$
	SELECT o.relname, p.priv FROM owned o,
		unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p(priv)
	WHERE has_table_privilege('grantd_app', o.oid, p.priv)
	OR p.priv IN ('INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege('grantd_app', o.oid, p.priv)
$$, 'grantd_app may read tables and nothing else');

SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'grantd'::regnamespace
	  AND p.prosqlbody IS NULL
	  AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=pg\_catalog, pg\_temp')
$$, 'every function pins its search_path or was parsed when it was made');

SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'grantd'::regnamespace
	  AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) WHERE grantee = 0))
$$, 'no function may be called by everybody');

SELECT set_eq($$
	SELECT p.proname::text FROM pg_proc p
	WHERE p.pronamespace = 'grantd'::regnamespace AND p.prosecdef
$$, ARRAY['authenticate', 'find_key', 'get_grant', 'get_policies', 'update_grant', 'revoke_grant', 'create_grant', 'log_denied',
	'record_activity', 'create_api_key', 'rotate_api_key', 'revoke_api_key', 'note_key_use', 'create_policy',
	'update_policy', 'delete_policy', 'change_rule', 'create_tenant', 'update_tenant', 'find_strays',
	'audit_bound', 'audit_by_id', 'audit_by_writer', 'audit_of_writer', 'begin_archive', 'drop_archived'],
	'these functions run with rights that their callers lack');

SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'grantd'::regnamespace
	  AND p.prosecdef AND p.proowner <> 'grantd_auth'::regrole
$$, 'all of them with those of grantd_auth');

SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'grantd'::regnamespace
	  AND p.prosecdef AND p.proname NOT IN ('authenticate', 'find_key', 'find_strays', 'audit_bound',
		'audit_by_id', 'audit_by_writer', 'audit_of_writer', 'drop_archived')
	  AND p.proargnames[1:2] <> ARRAY['tenant', 'key_hash']
$$, 'and all that know a tenant begin with it and the key');

SELECT is_empty($$
	SELECT classid::regclass, objid FROM pg_shdepend
	WHERE deptype = 'o' AND refclassid = 'pg_authid'::regclass AND refobjid = 'grantd_auth'::regrole
	  AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
	  AND classid NOT IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_class'::regclass)
	UNION ALL
	SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relowner = 'grantd_auth'::regrole AND relkind <> 'c'
$$, 'grantd_auth owns functions and the types of their answers');

SELECT is_empty($$
	SELECT relname, conname FROM pg_constraint k JOIN owned o ON o.oid = k.conrelid
	WHERE k.contype = 'c' AND o.relname IN ('grants', 'audit_log')
$$, 'the tables that every PATCH writes have no CHECK to compile each time');

SELECT set_eq($$
	SELECT o.relname || '.' || a.attname FROM owned o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0
	JOIN pg_type t ON t.oid = a.atttypid AND t.typtype = 'd' WHERE o.relname IN ('grants', 'audit_log')
$$, ARRAY['grants.grantee_id', 'grants.resource_type', 'grants.resource_id', 'grants.action', 'grants.status',
	'grants.expires_at', 'grants.granted_at', 'grants.metadata', 'audit_log.metadata'],
	'and no domain in the columns that it writes');

SELECT set_eq($$
	SELECT i.indexrelid::regclass::text FROM pg_index i
	WHERE i.indrelid = 'grantd.audit_log'::regclass
$$, ARRAY['grantd.audit_log_pkey', 'grantd.audit_log_chain', 'grantd.audit_log_order'], 'the audit log has three indexes');

SELECT is_empty($$
	SELECT i.indexrelid::regclass, a.attname FROM owned o
	JOIN pg_index i ON i.indrelid = o.oid
	JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum = ANY (i.indkey)
	WHERE (o.relname, a.attname) IN (SELECT k, c FROM (VALUES
		('tenants', ARRAY['policy_version', 'updated_at', 'version', 'audit_length', 'audit_head']),
		('api_keys', ARRAY['expires_at', 'revoked_at', 'last_used_at', 'updated_at', 'version', 'audit_length',
			'audit_head']),
		('grants', ARRAY['audit_enabled', 'status', 'revoked_at', 'updated_at', 'version', 'audit_length',
			'audit_head', 'audit_previous'])) AS t(k, columns), unnest(columns) c)
$$, 'no index of what carries a chain in every request has a column that changes');

SELECT is_empty($$
	SELECT o.relname, a.attname FROM pg_class o
	LEFT JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE o.relnamespace = 'grantd'::regnamespace AND o.relkind IN ('r', 'p')
	  AND (col_description(o.oid, a.attnum) IS NULL
		OR obj_description(o.oid, 'pg_class') IS NULL)
$$, 'every table and column is described');

SELECT is_empty($$
	SELECT oid::regprocedure::text FROM pg_proc
	WHERE pronamespace = 'grantd'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL
	UNION ALL
	SELECT oid::regtype::text FROM pg_type
	WHERE typnamespace = 'grantd'::regnamespace AND typtype IN ('d', 'c')
	  AND NOT EXISTS (SELECT FROM pg_class WHERE pg_class.oid = typrelid AND relkind <> 'c')
	  AND obj_description(oid, 'pg_type') IS NULL
	UNION ALL
	SELECT polname FROM pg_policy WHERE obj_description(oid, 'pg_policy') IS NULL
	UNION ALL
	SELECT tgname FROM pg_trigger t JOIN owned o ON o.oid = t.tgrelid
	WHERE NOT t.tgisinternal AND obj_description(t.oid, 'pg_trigger') IS NULL
	UNION ALL
	SELECT nspname FROM pg_namespace
	WHERE nspname = 'grantd' AND obj_description(oid, 'pg_namespace') IS NULL
$$, 'every function, type, policy, trigger and the schema are described');

SELECT * FROM finish();
ROLLBACK;
