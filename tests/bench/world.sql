-- SPDX-License-Identifier: MIT
-- Tenants with one key each for the load and one for pgbench, the policy that a new tenant gets, grants, and entries. Run by the
-- superuser in a database with grantd's schema, after bench.keys was filled:
--
--     psql -v tenants=N -v grants=N -v entries=N -v template=UUID -f world.sql
--
-- `grants` and `entries` are of all tenants together; `template` is a tenant that grantctl made, whose policy the others get.
-- Number g's grant is of tenant number g % tenants. Ids are hashes of the numbers, so that whoever knows a number
-- knows the id, and ids that follow each other in time are strewn over the index as random ones are. What pgbench's keys
-- are the hashes of is no text in a key's form: they open nothing through grantd.
\set ON_ERROR_STOP on
SET timezone = 'UTC';

CREATE FUNCTION bench.tenant(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5('tenant ' || n)::uuid;
CREATE FUNCTION bench.grant(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5('grant ' || n)::uuid;
CREATE FUNCTION bench.key(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5('key ' || n)::uuid;

BEGIN;
-- What triggers and foreign keys would look at row by row is so by construction.
SET LOCAL session_replication_role = replica;
INSERT INTO grantd.tenants (id, name) SELECT bench.tenant(n), 'tenant ' || n FROM bench.keys;

-- What is noted of a key's use is noted already, as for keys that are in use all the time.
INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash, last_used_at)
	SELECT bench.tenant(n), md5('load ' || n)::uuid, name, 'load', '{operator,collector}', hash, statement_timestamp()
	FROM bench.keys;
INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash, last_used_at)
	SELECT bench.tenant(n), bench.key(n), lpad(n::text, 8, '0'), 'pgbench', '{operator,collector}', sha256(int8send(n)),
		statement_timestamp()
	FROM bench.keys;

INSERT INTO grantd.policies
	SELECT (jsonb_populate_record(p, jsonb_build_object('tenant_id', bench.tenant(n),
		'audit_length', 0, 'audit_head', '\x' || repeat('00', 32)))).*
	FROM grantd.policies p, bench.keys WHERE p.tenant_id = :'template' ORDER BY n;
INSERT INTO grantd.policy_rules
	SELECT (jsonb_populate_record(r, jsonb_build_object('tenant_id', bench.tenant(n)))).*
	FROM grantd.policy_rules r, bench.keys WHERE r.tenant_id = :'template' ORDER BY n;

-- Entry n is of grant n % grants.
INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action, expires_at, created_at, metadata,
		audit_length, audit_head)
	SELECT bench.tenant(g % :tenants), bench.grant(g), 'user-' || g % 1000, 'aws_account', '123456789012', 'administer',
		'2099-01-01', now() - (:grants - g) * interval '1 second', '{"ticket": "OPS-4711"}',
		length, CASE WHEN length = 0 THEN decode(repeat('00', 32), 'hex') ELSE sha256(int8send(g)) END
	FROM generate_series(0, :grants - 1) g, LATERAL (SELECT (:entries + :grants - 1 - g) / :grants AS length) l;

-- Ids in the order of time, as writers make them; the hashes are none of a chain's.
INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type, resource_id, outcome, metadata,
		created_at, sequence, previous_hash, hash)
	SELECT bench.tenant(n % :grants % :tenants),
		(lpad(to_hex((extract(epoch FROM t) * 1000)::bigint), 12, '0') || '7000' || '8' || substr(md5(n::text), 1, 15))::uuid,
		bench.key(n % :grants % :tenants)::text, 'api_key', 'UpdateGrant', 'grant', bench.grant(n % :grants), 'done',
		jsonb_build_object('before', jsonb_build_object('audit_enabled', n / :grants % 2 = 1, 'version', n / :grants + 1),
			'after', jsonb_build_object('audit_enabled', n / :grants % 2 = 0, 'version', n / :grants + 2),
			'request_id', md5('request ' || n)::uuid, 'source_ip', '192.0.2.17', 'user_agent', 'curl/7.88.1',
			'rules', jsonb_build_array(jsonb_build_object('policy_id', md5('policy')::uuid, 'rule_id', md5('rule')::uuid))),
		t, n / :grants + 1, sha256(int8send(n)), sha256(int8send(n + 1))
	FROM generate_series(0, :entries - 1) n, LATERAL (SELECT now() - (:entries - n) * interval '100 milliseconds' AS t) l;
COMMIT;
VACUUM ANALYZE;
